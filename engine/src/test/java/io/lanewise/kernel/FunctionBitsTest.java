package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.DoubleVector;
import org.junit.jupiter.api.Test;

/// The vector form of every elementary function has the bits of the plain form, wherever callers
/// use it.
class FunctionBitsTest {
  @Test
  void exp() {
    agree(Exp::of, Exp.Simd::of, x -> Math.abs(x) <= 708, -720, 720);
    agree(Exp::ofNonPositive, Exp.Simd::ofNonPositive, x -> !(x > 0), -800, 0);
  }

  @Test
  void expm1() {
    agree(Expm1::of, Expm1.Simd::of, x -> Math.abs(x) <= 708, -720, 720);
    agree(Expm1::of, Expm1.Simd::of, x -> Math.abs(x) <= 708, -1, 1);
  }

  @Test
  void expRemainder() {
    agree(ExpRemainder::of, ExpRemainder.Simd::of, x -> Math.abs(x) <= 708, -720, 720);
    agree(ExpRemainder::of, ExpRemainder.Simd::of, x -> Math.abs(x) <= 708, -1, 1);
  }

  @Test
  void log() {
    agree(Log::of, Log.Simd::of, x -> x >= Double.MIN_NORMAL && x <= Double.MAX_VALUE, 0, 3);
    agree(Log::of, Log.Simd::of, x -> x >= Double.MIN_NORMAL && x <= Double.MAX_VALUE, 0, 1e9);
  }

  @Test
  void log1p() {
    agree(Log1p::of, Log1p.Simd::of, x -> x > -1 && x < 0x1.0p1000, -1, 3);
    agree(Log1p::of, Log1p.Simd::of, x -> x > -1 && x < 0x1.0p1000, -1, 1e9);
  }

  @Test
  void softplus() {
    agree(Softplus.Scalar::of, Softplus.Simd::of, x -> !(x < -708), -720, 720);
    agree(Softplus.Scalar::of, Softplus.Simd::of, x -> !(x < -708), -3, 3);
  }

  private static void agree(
      DoubleUnaryOperator plain,
      UnaryOperator<DoubleVector> vector,
      DoublePredicate domain,
      double from,
      double to) {
    SplittableRandom random = new SplittableRandom(3);
    double[] special = {
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
      -800,
      1e5
    };
    int n = 40_000;
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      double v =
          i < special.length
              ? special[i]
              : i % 3 == 0
                  ? Double.longBitsToDouble(random.nextLong())
                  : random.nextDouble(from, to);
      x[i] = domain.test(v) ? v : 0.25;
    }
    double[] y = new double[n];
    int lanes = Species.L;
    for (int i = 0; i + lanes <= n; i += lanes) {
      vector.apply(DoubleVector.fromArray(Species.F64, x, i)).intoArray(y, i);
    }
    for (int i = 0; i < n / lanes * lanes; i++) {
      assertThat(Double.doubleToLongBits(y[i]))
          .as("at %s", x[i])
          .isEqualTo(Double.doubleToLongBits(plain.applyAsDouble(x[i])));
    }
  }
}
