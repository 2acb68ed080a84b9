package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The accuracy table of the elementary functions: largest error against 50 digits, printed on
/// every run. The SIMD forms have the same bits ([KernelBitsTest], [FunctionBitsTest]), so the
/// plain ones are measured.
class FunctionAccuracyTest {
  /// A function, where it is sampled, and the error it promises.
  record Row(
      String name,
      DoubleUnaryOperator function,
      Function<BigDecimal, BigDecimal> truth,
      double from,
      double to,
      boolean logarithmic,
      double bound) {
    @Override
    public String toString() {
      return name + " [" + from + ", " + to + "]";
    }

    double argument(SplittableRandom random) {
      if (!logarithmic) {
        return random.nextDouble(from, to);
      }
      double x = Math.exp(random.nextDouble(Math.log(Math.abs(from)), Math.log(Math.abs(to))));
      return Math.copySign(x, from);
    }
  }

  static Stream<Row> rows() {
    DoubleUnaryOperator softplus = Softplus.Scalar::of;
    return Stream.of(
        new Row("exp", Exp::of, Exact::exp, -1, 1, false, 0.65),
        new Row("exp", Exp::of, Exact::exp, -708, 708, false, 0.65),
        new Row("exp", Exp::of, Exact::exp, 708, 709.7, false, 0.65),
        new Row("exp (subnormal)", Exp::of, Exact::exp, -745, -708, false, 1.1),
        new Row("expm1", Expm1::of, Exact::expm1, -2, 2, false, 0.8),
        new Row("expm1", Expm1::of, Exact::expm1, -50, 700, false, 0.8),
        new Row("expm1", Expm1::of, Exact::expm1, 1e-300, 1, true, 0.8),
        new Row("expm1", Expm1::of, Exact::expm1, -1e-300, -1, true, 0.8),
        new Row("exp(x)-1-x", ExpRemainder::of, Exact::expRemainder, -0.34, 0.34, false, 2),
        new Row("exp(x)-1-x", ExpRemainder::of, Exact::expRemainder, -2, 2, false, 8),
        new Row("exp(x)-1-x", ExpRemainder::of, Exact::expRemainder, -700, 700, false, 2),
        new Row("exp(x)-1-x", ExpRemainder::of, Exact::expRemainder, 1e-100, 1e-1, true, 2),
        new Row("log", Log::of, Exact::log, 0.5, 2, false, 0.8),
        new Row("log", Log::of, Exact::log, 0.999, 1.001, false, 0.8),
        new Row("log", Log::of, Exact::log, 1e-307, 1e308, true, 0.8),
        new Row("log (subnormal)", Log::of, Exact::log, 5e-324, 2e-308, true, 0.8),
        new Row("log1p", Log1p::of, Exact::log1p, -0.999999, 3, false, 0.8),
        new Row("log1p", Log1p::of, Exact::log1p, 1e-300, 1e300, true, 0.8),
        new Row("log1p", Log1p::of, Exact::log1p, -1e-300, -0.9999, true, 0.8),
        new Row("softplus", softplus, Exact::softplus, -2, 2, false, 2),
        new Row("softplus", softplus, Exact::softplus, -700, 700, false, 2),
        new Row("softplus", softplus, Exact::softplus, -745, -708, false, 2));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void staysBelowItsBound(Row row) {
    SplittableRandom random = new SplittableRandom(1041);
    AccuracyTable table = new AccuracyTable(row.name, row.from + " to " + row.to, row.bound);
    int samples = Integer.getInteger("lanewise.accuracy.samples", 300);
    for (int k = 0; k < samples; k++) {
      double x = row.argument(random);
      table.add(row.function.applyAsDouble(x), row.truth.apply(new BigDecimal(x)), x);
    }
    table.check();
  }

  @Test
  void specialValuesAreThoseOfMath() {
    double[] values = {
      0.0,
      -0.0,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      -Double.MIN_VALUE,
      Double.MIN_NORMAL,
      -Double.MIN_NORMAL,
      Double.MAX_VALUE,
      -Double.MAX_VALUE,
      -1,
      1,
      -2,
      710,
      -746,
      0x1.0p1000,
      1e-300,
      -1e-300,
      -1e-17
    };
    record Pair(String name, DoubleUnaryOperator ours, DoubleUnaryOperator math) {}
    for (Pair pair :
        List.of(
            new Pair("exp", Exp::of, Math::exp),
            new Pair("expm1", Expm1::of, Math::expm1),
            new Pair("log", Log::of, Math::log),
            new Pair("log1p", Log1p::of, Math::log1p))) {
      for (double x : values) {
        double ours = pair.ours.applyAsDouble(x);
        double math = pair.math.applyAsDouble(x);
        if (Double.isFinite(math) && math != 0) {
          assertThat(Math.abs(ours - math))
              .as("%s(%s)", pair.name, x)
              .isLessThanOrEqualTo(Math.ulp(math));
        } else {
          assertThat(Double.doubleToLongBits(ours))
              .as("%s(%s)", pair.name, x)
              .isEqualTo(Double.doubleToLongBits(math));
        }
      }
    }
    assertThat(Softplus.Scalar.of(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(Softplus.Scalar.of(Double.POSITIVE_INFINITY)).isInfinite();
    assertThat(Softplus.Scalar.of(Double.NaN)).isNaN();
    assertThat(Softplus.Scalar.of(1e9)).isEqualTo(1e9);
    assertThat(ExpRemainder.of(Double.NEGATIVE_INFINITY)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(ExpRemainder.of(Double.POSITIVE_INFINITY)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(ExpRemainder.of(Double.NaN)).isNaN();
    assertThat(ExpRemainder.of(-0.0)).isZero();
  }

  @Test
  void expRemainderIsNeverNegative() {
    SplittableRandom random = new SplittableRandom(7);
    for (int k = 0; k < 200_000; k++) {
      double x = Math.copySign(Math.exp(random.nextDouble(-100, 6)), random.nextInt() >> 1 | 1);
      assertThat(ExpRemainder.of(x)).isGreaterThanOrEqualTo(0);
    }
  }
}
