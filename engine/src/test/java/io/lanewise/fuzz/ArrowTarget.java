package io.lanewise.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flatbuf.Message;
import org.jspecify.annotations.Nullable;

/// Arrow files and streams: their metadata, which is where lengths and offsets are, is hit more
/// often than the rest.
final class ArrowTarget implements Target {
  private final boolean file;
  private final List<Seed> seeds = new ArrayList<>();

  /// Where a message lies: its metadata, then its body.
  private record Part(int begin, int metadata, int body, int end) {}

  private record Seed(byte[] bytes, List<Part> parts) {}

  ArrowTarget(boolean file) throws IOException {
    this.file = file;
    for (byte[] bytes : new ArrowSeeds().write(file)) {
      seeds.add(new Seed(bytes, parts(bytes, file ? 8 : 0)));
    }
  }

  private static List<Part> parts(byte[] bytes, int from) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Part> parts = new ArrayList<>();
    int at = from;
    while (at + 8 <= bytes.length && buffer.getInt(at) == -1 && buffer.getInt(at + 4) > 0) {
      int metadata = at + 8;
      int body = metadata + buffer.getInt(at + 4);
      ByteBuffer slice = buffer.slice(metadata, body - metadata).order(ByteOrder.LITTLE_ENDIAN);
      int end = body + (int) Message.getRootAsMessage(slice).bodyLength();
      parts.add(new Part(at, metadata, body, end));
      at = end;
    }
    // The footer, or the mark of the end.
    parts.add(new Part(at, at, bytes.length, bytes.length));
    return parts;
  }

  @Override
  public String name() {
    return file ? "arrow-file" : "arrow-stream";
  }

  @Override
  public byte[] mutant(Random random) {
    Seed seed = seeds.get(random.nextInt(seeds.size()));
    byte[] bytes = seed.bytes.clone();
    int damages = 1 + random.nextInt(3);
    for (int i = 0; i < damages; i++) {
      Part part = seed.parts.get(random.nextInt(seed.parts.size()));
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3, 4, 5, 6 -> Damage.number(bytes, part.metadata, part.body, random);
        case 7, 8, 9, 10 -> Damage.number(bytes, part.body, part.end, random);
        case 11 -> Damage.number(bytes, part.begin, part.metadata, random);
        case 12 -> Damage.number(bytes, 0, bytes.length, random);
        // A schema, dictionary or batch is left out, comes twice, or is one of another file. What
        // follows moves, so it is the last damage.
        case 13 -> {
          return Damage.join(bytes, part.begin, bytes, part.end, bytes.length);
        }
        case 14 -> {
          Seed other = seeds.get(random.nextInt(seeds.size()));
          Part theirs = other.parts.get(random.nextInt(other.parts.size()));
          byte[] head = Damage.join(bytes, part.begin, other.bytes, theirs.begin, theirs.end);
          return Damage.join(
              head, head.length, bytes, random.nextBoolean() ? part.begin : part.end, bytes.length);
        }
        default -> {
          if (i + 1 == damages) {
            return Damage.pieces(bytes, random);
          }
        }
      }
    }
    return Arrays.copyOf(bytes, bytes.length);
  }

  @Override
  public Rows read(Path path, Random random) {
    return Rows.read(path, random.nextBoolean() ? 100 : 4, random.nextInt(4) == 0);
  }

  @Override
  public @Nullable Rows independent(Path path, byte[] bytes, Rows ours) throws IOException {
    return ArrowReading.read(bytes, file, ours.columns().keySet());
  }
}
