package io.lanewise.kernel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/// The quotient of exact numbers as float64.
///
/// It is the quotient rounded to 34 decimal digits, half to even, and then to float64. Nearly
/// always that is the quotient rounded once; binary arithmetic tells, and is much faster. Only
/// where the quotient is about halfway between two float64 does decimal arithmetic decide.
final class ExactQuotient {
  /// The least number of bits that the quotient is computed to.
  private static final int BITS = 120;

  private static final int MANTISSA = 53;

  /// 34 digits are within `2^-110` of the quotient.
  private static final int DIGITS = 108;

  /// Float64 are normal well within these powers of two.
  private static final int EXTREME = 1000;

  private ExactQuotient() {}

  /// `numerator 2^exponent / denominator`, the denominator more than 0.
  static double of(BigInteger numerator, int exponent, BigInteger denominator) {
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
}
