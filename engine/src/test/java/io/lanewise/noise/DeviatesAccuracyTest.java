package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.kernel.Kernels;
import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

/// The error of the transforms against exact Box-Muller of the same bits. The bounds here are those
/// that the javadoc of [CounterNoise] declares.
class DeviatesAccuracyTest {
  private static final double BOUND_F32 = 5;
  private static final double BOUND_F64 = 4;
  private static final MathContext DIGITS = new MathContext(40);
  private static final BigDecimal HALF_PI =
      new BigDecimal("1.5707963267948966192313216916397514420985846996875529");

  @Test
  void float32NormalsStayWithinTheDeclaredUlp() {
    NoiseLoops kernels = NoiseLoops.active();
    int tiles = 64;
    double worst = 0;
    double sum = 0;
    long n = 0;
    for (int batch = 0; batch < 200; batch++) {
      long[] words = ExtremeWords.tiles(1000 + batch, tiles);
      long[] normals = TileMemory.after(words, at -> kernels.deviates().normalsF32(at, tiles));
      for (int i = 0; i < words.length; i++) {
        for (int half = 0; half < 64; half += 32) {
          int base = i & ~8;
          int radius = (int) (words[base] >>> half);
          int angle = (int) (words[base + 8] >>> half);
          double u = ((radius & Integer.MAX_VALUE) + 0.5) * 0x1p-31;
          double r = Math.sqrt(-2 * (u > 0.5 ? StrictMath.log1p(u - 1) : StrictMath.log(u)));
          double v = ((angle & Integer.MAX_VALUE) + 0.5) * 0x1p-31;
          boolean first = i == base;
          double size = r * StrictMath.sin(Math.PI / 2 * (first ? 1 - v : v));
          double exact = (first ? radius : angle) < 0 ? -size : size;
          float found = Float.intBitsToFloat((int) (normals[i] >>> half));
          double error = Math.abs(found - exact) / Math.ulp((float) exact);
          worst = Math.max(worst, error);
          sum += error;
          n++;
        }
      }
    }
    System.out.printf(
        "accuracy %s float32 normal: max %.2f ulp, mean %.2f ulp of %d (bound %.0f)%n",
        Kernels.active().name(), worst, sum / n, n, BOUND_F32);
    assertThat(worst).isLessThan(BOUND_F32);
  }

  @Test
  void float64NormalsStayWithinTheDeclaredUlp() {
    NoiseLoops kernels = NoiseLoops.active();
    int tiles = 8;
    double worst = 0;
    double sum = 0;
    long n = 0;
    for (int batch = 0; batch < 30; batch++) {
      long[] words = ExtremeWords.tiles(2000 + batch, tiles);
      long[] normals = TileMemory.after(words, at -> kernels.deviates().normalsF64(at, tiles));
      for (int base = 0; base < words.length; base += base % 16 == 7 ? 9 : 1) {
        BigDecimal r = radius(unit(words[base]));
        BigDecimal v = unit(words[base + 8]);
        double a = error(r, BigDecimal.ONE.subtract(v), words[base], normals[base]);
        double b = error(r, v, words[base + 8], normals[base + 8]);
        worst = Math.max(worst, Math.max(a, b));
        sum += a + b;
        n += 2;
      }
    }
    System.out.printf(
        "accuracy %s float64 normal: max %.2f ulp, mean %.2f ulp of %d (bound %.0f)%n",
        Kernels.active().name(), worst, sum / n, n, BOUND_F64);
    assertThat(worst).isLessThan(BOUND_F64);
  }

  private static double error(BigDecimal r, BigDecimal v, long word, long bits) {
    BigDecimal size = r.multiply(sine(HALF_PI.multiply(v)), DIGITS);
    BigDecimal exact = word < 0 ? size.negate() : size;
    BigDecimal found = new BigDecimal(Double.longBitsToDouble(bits));
    return found.subtract(exact).abs().doubleValue() / Math.ulp(exact.doubleValue());
  }

  private static BigDecimal unit(long word) {
    return new BigDecimal(((word & 0x000FFFFFFFFFFFFFL) * 2 + 1) * 0x1p-53);
  }

  /// One Halley step from the double logarithm: its error of 1e-16 becomes 1e-48.
  private static BigDecimal radius(BigDecimal u) {
    BigDecimal guess = new BigDecimal(StrictMath.log(u.doubleValue()));
    if (u.doubleValue() > 0.5) {
      guess = new BigDecimal(StrictMath.log1p(u.subtract(BigDecimal.ONE).doubleValue()));
    }
    BigDecimal power = exp(guess);
    BigDecimal log =
        guess.add(u.subtract(power).multiply(BigDecimal.TWO).divide(u.add(power), DIGITS));
    return log.multiply(new BigDecimal(-2)).sqrt(DIGITS);
  }

  private static BigDecimal exp(BigDecimal x) {
    BigDecimal small = x.divide(new BigDecimal(256), DIGITS);
    BigDecimal term = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ONE;
    for (int k = 1; k < 24; k++) {
      term = term.multiply(small, DIGITS).divide(new BigDecimal(k), DIGITS);
      sum = sum.add(term, new MathContext(60));
    }
    for (int k = 0; k < 8; k++) {
      sum = sum.multiply(sum, new MathContext(60));
    }
    return sum;
  }

  private static BigDecimal sine(BigDecimal x) {
    BigDecimal square = x.multiply(x, DIGITS);
    BigDecimal term = x;
    BigDecimal sum = x;
    for (int k = 2; k < 38; k += 2) {
      term = term.multiply(square, DIGITS).divide(new BigDecimal(-k * (k + 1)), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    return sum;
  }
}
