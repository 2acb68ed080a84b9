package io.lanewise.report;

import io.lanewise.result.CheckResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// Numbers for people: `2.14129`, `0.1060 ± 0.0063`, `(1.234 ± 0.020)e-8`. The standard error is
/// shown to two significant digits and the value to the same decimal place, for more would be
/// noise. Not for files that programs read.
public final class Digits {
  private static final int SIGNIFICANT = 6;

  /// What a double can hold; a smaller error does not make more digits meaningful.
  private static final int MOST = 15;

  private Digits() {}

  /// The value to six significant digits; with fewer if they say it all, as `0.25`; in full if it
  /// is an integer below a billion.
  public static String of(double value) {
    if (!Double.isFinite(value)) {
      return nonFinite(value);
    }
    if (value == 0) {
      return "0";
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return Long.toString((long) value);
    }
    BigDecimal rounded = rounded(value, SIGNIFICANT);
    boolean exact = rounded.compareTo(BigDecimal.valueOf(value)) == 0; // 0.25, but 5.14600
    return text(exact ? rounded.stripTrailingZeros() : rounded);
  }

  /// What a check found: a number, a status, or either with a note.
  public static String found(CheckResult check) {
    String note = check.note();
    return note == null
        ? of(check.found())
        : Double.isNaN(check.found()) ? note : "%s (%s)".formatted(of(check.found()), note);
  }

  /// The value with its standard error, or alone if that is NaN or the value is not finite.
  public static String of(double value, double standardError) {
    if (Double.isNaN(standardError) || !Double.isFinite(value)) {
      return of(value);
    }
    if (!Double.isFinite(standardError) || standardError <= 0) {
      return of(value) + " ± " + of(standardError);
    }
    BigDecimal error = rounded(standardError, 2);
    error = error.setScale(error.scale() + 2 - error.precision()); // 0.5 is exact: 0.50
    BigDecimal exact = new BigDecimal(value);
    int exponent = Math.max(value == 0 ? Integer.MIN_VALUE : exponent(exact), exponent(error));
    int decimals = error.scale();
    if (decimals + exponent + 1 > MOST) {
      return of(value) + " ± " + text(error);
    }
    BigDecimal rounded = exact.setScale(decimals, RoundingMode.HALF_EVEN);
    if (plain(exponent)) {
      return rounded.toPlainString() + " ± " + error.toPlainString();
    }
    return "(%s ± %s)e%d"
        .formatted(
            rounded.movePointLeft(exponent).toPlainString(),
            error.movePointLeft(exponent).toPlainString(),
            exponent);
  }

  private static BigDecimal rounded(double value, int significant) {
    return new BigDecimal(value).round(new MathContext(significant, RoundingMode.HALF_EVEN));
  }

  private static String text(BigDecimal value) {
    int exponent = exponent(value);
    return plain(exponent)
        ? value.toPlainString()
        : value.movePointLeft(exponent).toPlainString() + "e" + exponent;
  }

  /// Of the first significant digit.
  private static int exponent(BigDecimal value) {
    return value.precision() - value.scale() - 1;
  }

  private static boolean plain(int exponent) {
    return exponent >= -5 && exponent < 7;
  }

  private static String nonFinite(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return value > 0 ? "∞" : "-∞";
  }
}
