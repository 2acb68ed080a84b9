package io.lanewise.noise;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Golden values of `data/golden/noise`: lines of words, the first one names what follows.
final class GoldenNoise {
  private GoldenNoise() {}

  /// The lines of a name, without that name.
  static List<String[]> lines(String file, String name) {
    try {
      List<String[]> lines =
          Files.readAllLines(Path.of("../data/golden/noise", file)).stream()
              .map(line -> line.split(" "))
              .filter(words -> words[0].equals(name))
              .map(words -> Arrays.copyOfRange(words, 1, words.length))
              .toList();
      if (lines.isEmpty()) {
        throw new IllegalStateException(file + ": found no line '" + name + "', expected some");
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static double[] doubles(String[] words, int from) {
    return Arrays.stream(words, from, words.length)
        .mapToDouble(word -> Double.longBitsToDouble(Long.parseUnsignedLong(word, 16)))
        .toArray();
  }
}
