package io.lanewise.noise;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.noise.CounterStream;
import io.lanewise.kernel.noise.Deviates;
import io.lanewise.kernel.noise.Tile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntConsumer;

/// Nanoseconds per element, one thread, warm, median of rounds; a quick look, not the benchmark.
///
///     java --add-modules jdk.incubator.vector -cp engine/target/classes:engine/target/test-classes
/// \
///         io.lanewise.noise.NoiseTimings
final class NoiseTimings {
  private static final int TILES = 32;
  private static final int ROUNDS = 101;

  // CPU time of this thread: other work on the machine counts less than in wall-clock time.
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private NoiseTimings() {}

  public static void main(String[] arguments) {
    boolean polluted = arguments.length > 0 && arguments[0].equals("polluted");
    if (polluted) {
      ProfilePollution.run();
    }
    System.out.println(
        "kernels " + Kernels.active().name() + (polluted ? ", profiles polluted before" : ""));
    for (String form : new String[] {"scalar", "simd"}) {
      NoiseLoops kernels = NoiseLoops.of(form);
      Deviates deviates = kernels.deviates();
      try (Arena arena = Arena.ofConfined()) {
        long tile = arena.allocate((long) TILES * Tile.BYTES, 64).address();
        for (CounterStream stream : new CounterStream[] {kernels.philox(), kernels.threefry()}) {
          String name = form + (stream == kernels.philox() ? " philox" : " threefry");
          time(
              name + " words, per u32",
              64 * TILES,
              i -> stream.words(1, (long) i * TILES, 0, 0, tile, TILES));
          time(
              name + " words + normalsF32",
              64 * TILES,
              i -> {
                stream.words(1, (long) i * TILES, 0, 0, tile, TILES);
                deviates.normalsF32(tile, TILES);
              });
          time(
              name + " words + normalsF64",
              32 * TILES,
              i -> {
                stream.words(1, (long) i * TILES, 0, 0, tile, TILES);
                deviates.normalsF64(tile, TILES);
              });
          time(
              name + " words + uniformsF64",
              32 * TILES,
              i -> {
                stream.words(1, (long) i * TILES, 0, 0, tile, TILES);
                deviates.uniformsF64(tile, TILES);
              });
        }
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      for (int count : new int[] {2048, 65536}) {
        MemorySegment out = arena.allocate(8L * count, 64);
        String label = ", whole call of " + count;
        for (Noise noise : new Noise[] {new PhiloxNoise(1), new ThreefryNoise(1)}) {
          time(
              noise + " normalsF32" + label,
              count,
              i -> noise.normalsF32((long) i * count, count, 0, out));
          time(
              noise + " normalsF64" + label,
              count,
              i -> noise.normalsF64((long) i * count, count, 0, out));
        }
        NumpyNoise numpy = new NumpyNoise(java.math.BigInteger.ONE, 0);
        long[] next = {0};
        time(
            "numpy normalsF64, sequential" + label,
            count,
            i -> {
              numpy.normalsF64(next[0], count, 0, out);
              next[0] += count;
            });
        time(
            "numpy normalsF64, again" + label,
            count,
            i -> numpy.normalsF64(777 + 1000L * i, count, 0, out));
      }
    }
  }

  private static void time(String label, int elements, IntConsumer body) {
    int calls = Math.max(1, 400_000 / elements);
    double[] rounds = new double[ROUNDS];
    for (int warm = 0; warm < 100; warm++) {
      for (int i = 0; i < calls; i++) {
        body.accept(i);
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (int i = 0; i < calls; i++) {
        body.accept(i);
      }
      rounds[round] = (THREADS.getCurrentThreadCpuTime() - start) / (double) calls / elements;
    }
    Arrays.sort(rounds);
    System.out.printf(
        Locale.ROOT, "%-52s median %.3f  best %.3f ns%n", label, rounds[ROUNDS / 2], rounds[0]);
  }
}
