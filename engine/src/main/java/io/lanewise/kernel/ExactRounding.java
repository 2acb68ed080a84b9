package io.lanewise.kernel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/// How exact numbers become float64.
final class ExactRounding {
  /// The least number of bits that the quotient is computed to.
  private static final int BITS = 120;

  private static final int MANTISSA = 53;

  /// 34 digits are within `2^-110` of the quotient.
  private static final int DIGITS = 108;

  /// Float64 are normal well within these powers of two.
  private static final int EXTREME = 1000;

  private ExactRounding() {}

  /// `numerator 2^exponent / denominator`, the denominator more than 0, rounded to 34 decimal
  /// digits, half to even, and then to float64. Nearly always that is the quotient rounded once;
  /// binary arithmetic tells, and is much faster. Only where the quotient is about halfway between
  /// two float64 does decimal arithmetic decide.
  static double quotient(BigInteger numerator, int exponent, BigInteger denominator) {
    if (numerator.signum() == 0) {
      return 0;
    }
    BigInteger magnitude = numerator.abs();
    int shift = Math.max(0, BITS - (magnitude.bitLength() - denominator.bitLength()));
    BigInteger quotient = magnitude.shiftLeft(shift).divide(denominator);
    int bits = quotient.bitLength();
    int below = bits - MANTISSA;
    int leading = exponent - shift + bits - 1;
    if (Math.abs(leading) > EXTREME) {
      return decimal(numerator, exponent, denominator);
    }
    BigInteger mantissa = quotient.shiftRight(below);
    BigInteger fromHalf =
        quotient.subtract(mantissa.shiftLeft(below)).subtract(BigInteger.ONE.shiftLeft(below - 1));
    if (fromHalf.bitLength() <= bits - DIGITS) {
      return decimal(numerator, exponent, denominator);
    }
    long rounded = mantissa.longValue() + (fromHalf.signum() > 0 ? 1 : 0);
    return numerator.signum() * Math.scalb((double) rounded, exponent - shift + below);
  }

  private static double decimal(BigInteger numerator, int exponent, BigInteger denominator) {
    return decimal(numerator, exponent)
        .divide(new BigDecimal(denominator), MathContext.DECIMAL128)
        .doubleValue();
  }

  /// `mantissa 2^exponent` without rounding.
  static BigDecimal decimal(BigInteger mantissa, int exponent) {
    // 2^-k = 5^k 10^-k
    return exponent >= 0
        ? new BigDecimal(mantissa.shiftLeft(exponent))
        : new BigDecimal(mantissa.multiply(BigInteger.valueOf(5).pow(-exponent)), -exponent);
  }

  /// The sum of `c[i] 2^(32 i + scale)`, each chunk of 32 bits and not negative, rounded half to
  /// even.
  static double ofChunks(long[] c, int scale) {
    int top = c.length - 1;
    while (top >= 0 && c[top] == 0) {
      top--;
    }
    if (top < 0) {
      return 0;
    }
    // The leading 64 bits, and whether anything is below them.
    int bits = 64 - Long.numberOfLeadingZeros(c[top]);
    long next = top >= 1 ? c[top - 1] : 0;
    long third = top >= 2 ? c[top - 2] : 0;
    long window = (c[top] << 32 | next) << 32 - bits | third >>> bits;
    boolean sticky = (third & (1L << bits) - 1) != 0;
    for (int i = top - 3; i >= 0 && !sticky; i--) {
      sticky = c[i] != 0;
    }
    int exponent = top * 32 + bits - 1 + scale; // of the leading bit
    int kept = Math.min(53, exponent + 1075); // fewer in a subnormal
    if (kept < 0) {
      return 0;
    }
    long mantissa = kept == 0 ? 0 : window >>> 64 - kept;
    long rest = window << kept; // kept < 64
    if (rest < 0 && (rest << 1 != 0 || sticky || (mantissa & 1) != 0)) {
      mantissa++;
    }
    return Math.scalb((double) mantissa, exponent + 1 - kept);
  }
}
