package io.lanewise.kernel;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// Elementary functions to about 50 digits from their series, in BigDecimal: the truth the kernels
/// are measured against. Shares nothing with them.
final class Exact {
  static final MathContext DIGITS = new MathContext(52, RoundingMode.HALF_EVEN);

  private static final BigDecimal SMALL = new BigDecimal("0.02");
  private static final BigDecimal TWO = BigDecimal.valueOf(2);

  private Exact() {}

  static BigDecimal exp(BigDecimal x) {
    return x.abs().compareTo(SMALL) <= 0
        ? BigDecimal.ONE.add(series(x, 1), DIGITS)
        : square(exp(x.divide(TWO, DIGITS)));
  }

  static BigDecimal expm1(BigDecimal x) {
    return x.abs().compareTo(SMALL) <= 0 ? series(x, 1) : exp(x).subtract(BigDecimal.ONE, DIGITS);
  }

  /// e^x - 1 - x.
  static BigDecimal expRemainder(BigDecimal x) {
    return x.abs().compareTo(SMALL) <= 0
        ? series(x, 2)
        : exp(x).subtract(BigDecimal.ONE).subtract(x, DIGITS);
  }

  /// ln x for x > 0: Newton's method on exp, from the double nearest the answer.
  static BigDecimal log(BigDecimal x) {
    int digits = x.precision() - x.scale() - 1;
    // x = m 10^digits with m in [1, 10)
    BigDecimal m = x.movePointLeft(digits);
    BigDecimal y =
        new BigDecimal(Math.log(m.doubleValue()))
            .add(digits == 0 ? BigDecimal.ZERO : BigDecimal.valueOf(digits).multiply(LN10));
    for (int k = 0; k < 2; k++) {
      // y + 2 (x - e^y) / (x + e^y): the error is cubed
      BigDecimal e = exp(y);
      y = y.add(TWO.multiply(x.subtract(e)).divide(x.add(e), DIGITS), DIGITS);
    }
    return y;
  }

  /// ln(1 + x) for x > -1.
  static BigDecimal log1p(BigDecimal x) {
    if (x.abs().compareTo(new BigDecimal("1e-6")) > 0) {
      return log(BigDecimal.ONE.add(x));
    }
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal power = x.negate();
    for (int n = 1; n <= 12; n++) {
      sum = sum.subtract(power.divide(BigDecimal.valueOf(n), DIGITS), DIGITS);
      power = power.multiply(x.negate(), DIGITS);
    }
    return sum;
  }

  /// ln(1 + e^x).
  static BigDecimal softplus(BigDecimal x) {
    return x.signum() > 0 ? x.add(log1p(exp(x.negate())), DIGITS) : log1p(exp(x));
  }

  /// How far a double is from the truth, in units of the truth's last place.
  static double ulps(double found, BigDecimal truth) {
    double nearest = truth.doubleValue();
    if (Double.isInfinite(found) || Double.isNaN(found)) {
      return found == nearest ? 0 : Double.POSITIVE_INFINITY;
    }
    if (Double.isInfinite(nearest)) {
      return Double.POSITIVE_INFINITY;
    }
    return new BigDecimal(found)
        .subtract(truth)
        .abs()
        .divide(new BigDecimal(Math.ulp(nearest)), DIGITS)
        .doubleValue();
  }

  private static final BigDecimal LN10 = ln10();

  private static BigDecimal ln10() {
    BigDecimal ten = BigDecimal.TEN;
    BigDecimal y = new BigDecimal(Math.log(10));
    for (int k = 0; k < 3; k++) {
      BigDecimal e = exp(y);
      y = y.add(TWO.multiply(ten.subtract(e)).divide(ten.add(e), DIGITS), DIGITS);
    }
    return y;
  }

  private static BigDecimal square(BigDecimal x) {
    return x.multiply(x, DIGITS);
  }

  /// The terms of e^x from x^n/n! on.
  private static BigDecimal series(BigDecimal x, int from) {
    BigDecimal term = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ZERO;
    for (int n = 1; n < 50; n++) {
      term = term.multiply(x, DIGITS).divide(BigDecimal.valueOf(n), DIGITS);
      if (n >= from) {
        sum = sum.add(term, DIGITS);
        if (term.signum() == 0
            || term.precision() - term.scale() < sum.precision() - sum.scale() - 50) {
          break;
        }
      }
    }
    return sum;
  }
}
