package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Draws of fixed seeds look standard normal and unrelated. Every score is printed with its bound;
/// a score is a standard normal itself if the draws are what they should be.
class NoiseStatisticsTest {
  private static final int COUNT = 1 << 19;
  private static final double BOUND = 4;
  // sqrt(n) D of Kolmogorov-Smirnov exceeds this once in 1000 samples.
  private static final double KS_BOUND = 1.95;

  private static Stream<Arguments> draws() {
    return Stream.of(
        Arguments.of("philox:1", 0, true),
        Arguments.of("philox:1", 1, true),
        Arguments.of("philox:2", 0, true),
        Arguments.of("philox:1", 0, false),
        Arguments.of("philox:18446744073709551615", 2147483647, false),
        Arguments.of("threefry:1", 0, true),
        Arguments.of("threefry:1", 1, true),
        Arguments.of("threefry:2", 0, true),
        Arguments.of("threefry:1", 0, false),
        Arguments.of("threefry:18446744073709551615", 2147483647, false),
        Arguments.of("numpy:1", 0, false));
  }

  @ParameterizedTest
  @MethodSource("draws")
  void momentsTailsAndDistributionAreNormal(String spec, int step, boolean f32) {
    String label = spec + " step " + step + (f32 ? " f32" : " f64");
    double[] x = draw(spec, 0, step, f32);
    double n = x.length;
    double m1 = 0;
    double m2 = 0;
    double m3 = 0;
    double m4 = 0;
    for (double v : x) {
      m1 += v / n;
      m2 += v * v / n;
      m3 += v * v * v / n;
      m4 += v * v * v * v / n;
    }
    // Moments of a standard normal about zero; their variances are 1, 2, 15 and 96.
    score(label, "mean", m1 * Math.sqrt(n));
    score(label, "variance", (m2 - 1) * Math.sqrt(n / 2));
    score(label, "third moment", m3 * Math.sqrt(n / 15));
    score(label, "fourth moment", (m4 - 3) * Math.sqrt(n / 96));
    for (double edge : new double[] {0.01, 1, 3, 4}) {
      double p = 2 * below(-edge);
      double found = Arrays.stream(x).filter(v -> Math.abs(v) > edge).count();
      score(label, "|x| > " + edge, (found - n * p) / Math.sqrt(n * p * (1 - p)));
    }
    Arrays.sort(x);
    double distance = 0;
    for (int i = 0; i < x.length; i++) {
      double p = below(x[i]);
      distance = Math.max(distance, Math.max(p - i / n, (i + 1) / n - p));
    }
    double ks = distance * Math.sqrt(n);
    System.out.printf("statistics %s: Kolmogorov-Smirnov %.2f (bound %.2f)%n", label, ks, KS_BOUND);
    assertThat(ks).isLessThan(KS_BOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void neighboursInTheStreamAreUnrelated(String stream) {
    for (boolean f32 : new boolean[] {true, false}) {
      double[] x = draw(stream + ":3", 0, 0, f32);
      // Within a row, the two of a pair (16 or 8 apart), half tiles, tiles, chunks.
      for (int lag : new int[] {1, 2, 8, 16, 32, 64, 2048}) {
        double[] a = Arrays.copyOf(x, COUNT - lag);
        double[] b = Arrays.copyOfRange(x, lag, COUNT);
        correlate(stream + " lag " + lag + (f32 ? " f32" : " f64"), a, b);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void stepsSeedsAndTypesAreUnrelated(String stream) {
    double[] x = draw(stream + ":3", 0, 0, true);
    correlate(stream + " next step f32", x, draw(stream + ":3", 0, 1, true));
    correlate(stream + " next seed f32", x, draw(stream + ":4", 0, 0, true));
    correlate(
        stream + " high bit of seed f32", x, draw(stream + ":9223372036854775811", 0, 0, true));
    correlate(stream + " f32 and f64", x, draw(stream + ":3", 0, 0, false));
    correlate(stream + " 2^32 blocks later f32", x, draw(stream + ":3", 1L << 34, 0, true));
    String other = stream.equals("philox") ? "threefry" : "philox";
    correlate(stream + " and " + other + " of one seed f32", x, draw(other + ":3", 0, 0, true));
    correlate(
        stream + " next seed f64",
        draw(stream + ":3", 0, 0, false),
        draw(stream + ":4", 0, 0, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void uniformsAreUniform(String stream) {
    double[] x = new double[COUNT];
    ((CounterNoise) Noise.parse(stream + ":5")).uniformsF64(0, COUNT, 0, MemorySegment.ofArray(x));
    assertThat(Arrays.stream(x).min().orElseThrow()).isBetween(0.0, 1e-4);
    assertThat(Arrays.stream(x).max().orElseThrow()).isBetween(1 - 1e-4, Math.nextDown(1.0));
    // Every bit is set in half of the draws.
    for (int bit = 1; bit <= 53; bit++) {
      double scale = Math.scalb(1.0, bit);
      double set = Arrays.stream(x).filter(v -> (long) (v * scale) % 2 == 1).count();
      double z = (set - COUNT / 2.0) / Math.sqrt(COUNT / 4.0);
      assertThat(Math.abs(z)).as("bit %d", bit).isLessThan(BOUND);
    }
    Arrays.sort(x);
    double distance = 0;
    for (int i = 0; i < COUNT; i++) {
      distance = Math.max(distance, Math.max(x[i] - (double) i / COUNT, (i + 1.0) / COUNT - x[i]));
    }
    double ks = distance * Math.sqrt(COUNT);
    System.out.printf(
        "statistics %s uniforms: Kolmogorov-Smirnov %.2f (bound %.2f)%n", stream, ks, KS_BOUND);
    assertThat(ks).isLessThan(KS_BOUND);
  }

  /// Values and squares: the two of a Box-Muller pair share their radius, which only squares show.
  private static void correlate(String label, double[] a, double[] b) {
    double product = 0;
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      squares += (a[i] * a[i] - 1) * (b[i] * b[i] - 1);
    }
    score(label, "correlation", product / Math.sqrt(a.length));
    score(label, "correlation of squares", squares / 2 / Math.sqrt(a.length));
  }

  private static void score(String label, String what, double z) {
    System.out.printf("statistics %s: %s z = %.2f (bound %.0f)%n", label, what, z, BOUND);
    assertThat(Math.abs(z)).as("%s: %s", label, what).isLessThan(BOUND);
  }

  private static double[] draw(String spec, long first, int step, boolean f32) {
    Noise noise = Noise.parse(spec);
    double[] f64 = new double[COUNT];
    if (!f32) {
      noise.normalsF64(first, COUNT, step, MemorySegment.ofArray(f64));
      return f64;
    }
    float[] values = new float[COUNT];
    noise.normalsF32(first, COUNT, step, MemorySegment.ofArray(values));
    for (int i = 0; i < COUNT; i++) {
      f64[i] = values[i];
    }
    return f64;
  }

  /// The normal distribution function by its series about zero, all terms of one sign: 1/2 + phi(x)
  /// (x + x^3/3 + x^5/(3 5) + ...); good to 1e-15 absolute.
  static double below(double x) {
    double term = x;
    double sum = x;
    for (int k = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && k < 400; k += 2) {
      term *= x * x / k;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }
}
