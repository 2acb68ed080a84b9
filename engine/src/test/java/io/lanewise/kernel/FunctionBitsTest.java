package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/// The vector loop of every elementary function has the bits of the plain form, for every argument.
class FunctionBitsTest {
  private interface Map {
    void map(long x, long y, int n);
  }

  private static final double[] EDGES = {
    0.0,
    -0.0,
    Double.NaN,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MIN_NORMAL,
    708,
    -708,
    1,
    -1,
    0.5,
    -0.5,
    Math.E,
    Math.sqrt(2),
    Math.sqrt(0.5),
    Math.sqrt(2) - 1,
    1e-20,
    -1e-20,
    1e300,
    Double.MAX_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    -709,
    -745.1,
    -745.2,
    -745.3,
    -800,
    1e5,
    0x1.0p1000,
    709.78,
    709.79
  };

  @Test
  void exp() {
    agree(Exp::of, Exp.Simd::map, -760, 720);
    agree(Exp::of, Exp.Simd::map, -1, 1);
  }

  @Test
  void expm1() {
    agree(Expm1::of, Expm1.Simd::map, -760, 720);
    agree(Expm1::of, Expm1.Simd::map, -1, 1);
  }

  @Test
  void expRemainder() {
    try (Arena arena = Arena.ofConfined()) {
      long scratch = arena.allocate(2 * Tiles.BLOCK_BYTES).address();
      Map map = (x, y, n) -> ExpRemainder.Simd.map64(x, y, n, scratch);
      agree(ExpRemainder::of, map, -760, 720);
      agree(ExpRemainder::of, map, -1, 1);
    }
  }

  @Test
  void log() {
    agree(Log::of, Log.Simd::map, -0.01, 3);
    agree(Log::of, Log.Simd::map, 0, 1e9);
  }

  @Test
  void log1p() {
    agree(Log1p::of, Log1p.Simd::map, -1.01, 3);
    agree(Log1p::of, Log1p.Simd::map, -1, 1e9);
  }

  private static void agree(DoubleUnaryOperator plain, Map loop, double from, double to) {
    SplittableRandom random = new SplittableRandom(3);
    int n = 20_003;
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] =
          i % 50 == 0
              ? EDGES[random.nextInt(EDGES.length)]
              : i % 3 == 0
                  ? Double.longBitsToDouble(random.nextLong())
                  : random.nextDouble(from, to);
    }
    try (Arena arena = Arena.ofConfined()) {
      long at = arena.allocate((n + 1) * 8L).address() + 1;
      for (int i = 0; i < n; i++) {
        Memory.f64(at + 8L * i, x[i]);
      }
      loop.map(at, at, n);
      for (int i = 0; i < n; i++) {
        double expected = plain.applyAsDouble(x[i]);
        if (Double.doubleToLongBits(Memory.f64(at + 8L * i)) != Double.doubleToLongBits(expected)) {
          assertThat(Memory.f64(at + 8L * i)).as("at %s", x[i]).isEqualTo(expected);
        }
      }
    }
  }
}
