package io.lanewise.noise;

import io.lanewise.kernel.noise.CounterStream;
import io.lanewise.kernel.noise.Tile;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;

/// Writes 32-bit words to standard output without end, for batteries of tests such as dieharder and
/// PractRand (docs/precision.md says what was run):
///
///     java --add-modules jdk.incubator.vector -cp engine/target/classes:engine/target/test-classes
///         io.lanewise.noise.NoiseWords philox:1 words | dieharder -g 200 -a
///
/// `words` are the generator's own; `normals` are the high 32 bits of the normal distribution
/// function of float64 normals, so that what Box-Muller does to the words is tested too; `steps`
/// are words of steps 0, 1, 2, ... in turn, 64 of each.
final class NoiseWords {
  private static final int TILES = 1024;
  private static final int ELEMENTS = TILES * Tile.LONGS;

  private NoiseWords() {}

  public static void main(String[] arguments) throws IOException {
    CounterNoise noise = (CounterNoise) Noise.parse(arguments[0]);
    NoiseLoops kernels = NoiseLoops.active();
    CounterStream stream = noise instanceof PhiloxNoise ? kernels.philox() : kernels.threefry();
    try (Arena arena = Arena.ofConfined();
        FileChannel out = new FileOutputStream(FileDescriptor.out).getChannel()) {
      MemorySegment words = arena.allocate((long) TILES * Tile.BYTES, 64);
      MemorySegment normals = arena.allocate((long) TILES * Tile.BYTES, 64);
      for (int chunk = 0; ; chunk++) {
        switch (arguments[1]) {
          case "words" ->
              stream.words(noise.seed(), (long) chunk * TILES, 0, 0, words.address(), TILES);
          case "steps" -> {
            for (int t = 0; t < TILES; t++) {
              long at = words.address() + (long) t * Tile.BYTES;
              stream.words(noise.seed(), 0, chunk * TILES + t, 0, at, 1);
            }
          }
          case "normals" -> {
            noise.normalsF64((long) chunk * ELEMENTS, ELEMENTS, 0, normals);
            for (int i = 0; i < ELEMENTS; i++) {
              double p = NoiseStatisticsTest.below(normals.getAtIndex(ValueLayout.JAVA_DOUBLE, i));
              words.setAtIndex(ValueLayout.JAVA_INT, i, (int) (long) (p * 0x1p32));
            }
          }
          default ->
              throw new IllegalArgumentException(
                  "found " + arguments[1] + ", expected words, steps or normals");
        }
        long bytes = arguments[1].equals("normals") ? 4L * ELEMENTS : words.byteSize();
        var buffer = words.asSlice(0, bytes).asByteBuffer();
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
    }
  }
}
