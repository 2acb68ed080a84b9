package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The number of the file that is being read, as a line of text in mapped memory: it is there even
/// after the JVM has crashed.
record LastSeed(ByteBuffer line) {
  private static final int DIGITS = 19;

  /// @param file the file that holds the line
  static LastSeed in(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      return new LastSeed(channel.map(FileChannel.MapMode.READ_WRITE, 0, DIGITS + 1));
    }
  }

  static LastSeed nowhere() {
    return new LastSeed(ByteBuffer.allocate(DIGITS + 1));
  }

  void set(long seed) {
    String digits = Long.toString(seed);
    line.put(0, (" ".repeat(DIGITS - digits.length()) + digits + "\n").getBytes(US_ASCII));
  }
}
