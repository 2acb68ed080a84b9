package io.lanewise.source;

/// What becomes of a CRC of 32 bits when zeros follow, so that checksums of pieces add up to that
/// of the whole: the CRC of A followed by B is that of A, shifted by the length of B, xor that of
/// B.
///
/// A CRC is the remainder of a polynomial over GF(2), and `n` bytes of zeros multiply it by `x^(8
/// n)`. Bits are reversed, as in the checksums: bit 31 is 1, bit 23 is `x^8`.
enum CrcShift {
  /// CRC-32 of zip, gzip and PNG.
  CRC32(0xEDB88320),
  /// CRC-32C, Castagnoli's.
  CRC32C(0x82F63B78);

  /// The largest number of zeros, and one.
  static final int LIMIT = 1 << 24;

  private static final int DIGITS = 6;

  private final int polynomial;

  /// `x^(8 d 16^j)` at `16 j + d`.
  @SuppressWarnings("ImmutableEnumChecker") // filled once, never handed out
  private final int[] powers = new int[16 * DIGITS];

  CrcShift(int polynomial) {
    this.polynomial = polynomial;
    int power = 1 << 23;
    for (int j = 0; j < DIGITS; j++) {
      powers[16 * j] = 1 << 31;
      for (int d = 1; d < 16; d++) {
        powers[16 * j + d] = product(powers[16 * j + d - 1], power);
      }
      power = product(powers[16 * j + 15], power);
    }
  }

  /// A checksum with zeros behind it.
  ///
  /// @param zeros how many bytes, from 0 to [#LIMIT], exclusive
  int shift(int crc, int zeros) {
    int shifted = crc;
    for (int j = 0, rest = zeros; rest != 0; j++, rest >>>= 4) {
      if ((rest & 15) != 0) {
        shifted = product(shifted, powers[16 * j + (rest & 15)]);
      }
    }
    return shifted;
  }

  /// The product of two polynomials modulo this one.
  private int product(int a, int b) {
    int product = 0;
    int shifted = b;
    for (int bit = 31; bit >= 0; bit--) {
      product ^= shifted & -(a >>> bit & 1);
      shifted = shifted >>> 1 ^ polynomial & -(shifted & 1);
    }
    return product;
  }
}
