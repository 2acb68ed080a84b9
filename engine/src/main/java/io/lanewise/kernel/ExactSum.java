package io.lanewise.kernel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/// A sum of float64 without error: whatever the order in which values and partial sums are added,
/// [#value()] is the true sum, rounded once.
///
/// The small superaccumulator of Neal, "Fast exact summation using small and large
/// superaccumulators" (arXiv:1505.05571, 2015), widened so that exact products fit: chunk i holds
/// multiples of 2^(32 i - 2148) in 64 bits, so that a thousand values are added before carries move
/// up. NaN and infinities are remembered apart, as they would propagate in any order: NaN, or
/// infinities of both signs, give NaN.
///
/// Only the chunks between the lowest and the highest that are not 0 are held, so that a sum of
/// numbers of about one size takes about a hundred bytes, and there can be one for each of many
/// groups.
///
/// Values that come as arrays are summed in blocks first ([ExactBlock]), several times as fast.
///
/// Not thread-safe: one per thread, then [#merge(ExactSum)]. Adding allocates nothing.
public final class ExactSum {
  /// Exponent of the lowest bit: that of the smallest product of two subnormals.
  private static final int LOWEST = -2148;

  private static final int CHUNKS = 136;

  /// The length of a sum as words: see [#words].
  public static final int WORDS = CHUNKS + 1;

  /// A value adds less than 2^53 to a chunk, which starts below 2^32: this many fit.
  private static final int CAPACITY = 1000;

  private static final long MANTISSA = (1L << 52) - 1;
  private static final long LOW = 0xffffffffL;

  /// Fewer values than this are added one by one.
  private static final int SHORT = 24;

  /// More in the last chunk would be a sum of more values than anyone has.
  private static final long LAST = 1L << 62;

  /// The chunks that a first value gets, so that those of similar size find room beside it.
  private static final int BELOW = 3;

  private static final int ABOVE = 2;

  private static final long[] NONE = new long[0];

  /// Chunks `low` to `low + chunks.length - 1`; the others are 0. The topmost has the sign.
  private long[] chunks = NONE;

  private int low;
  private double[] parts = {};
  private int room = CAPACITY;
  private boolean nan;
  private boolean positiveInfinity;
  private boolean negativeInfinity;

  /// Adds one value.
  public void add(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int exponent = (int) (bits >>> 52) & 0x7ff;
    long mantissa = bits & MANTISSA;
    if (exponent != 0) {
      if (exponent == 0x7ff) {
        addNonFinite(x);
        return;
      }
      mantissa |= 1L << 52;
      exponent--;
    }
    put(bits >> 63, mantissa, exponent - 1074 - LOWEST);
  }

  /// Adds `x[from]` to `x[to - 1]`.
  public void add(double[] x, int from, int to) {
    ExactBlock blocks = blocks();
    for (int start = from; start < to; start += ExactBlock.LENGTH) {
      int end = Math.min(start + ExactBlock.LENGTH, to);
      if (end - start >= SHORT && blocks.sum(x, start, end, parts)) {
        addParts(ExactBlock.PARTS);
      } else {
        for (int i = start; i < end; i++) {
          add(x[i]);
        }
      }
    }
  }

  /// Adds the exact products `x[i] y[i]` for i from `from` to `to - 1`.
  public void addProducts(double[] x, double[] y, int from, int to) {
    ExactBlock blocks = blocks();
    for (int start = from; start < to; start += ExactBlock.LENGTH) {
      int end = Math.min(start + ExactBlock.LENGTH, to);
      if (end - start >= SHORT && blocks.products(x, y, start, end, parts)) {
        addParts(2 * ExactBlock.PARTS);
      } else {
        for (int i = start; i < end; i++) {
          addProduct(x[i], y[i]);
        }
      }
    }
  }

  private ExactBlock blocks() {
    if (parts.length == 0) {
      parts = new double[2 * ExactBlock.PARTS];
    }
    return Kernels.active().exactBlock();
  }

  private void addParts(int count) {
    for (int k = 0; k < count; k++) {
      add(parts[k]);
    }
  }

  /// Adds the exact product a b (not its rounding).
  public void addProduct(double a, double b) {
    double hi = a * b;
    double magnitude = Math.abs(hi);
    if (magnitude >= 0x1p-900 && magnitude <= 0x1p1000) {
      add(hi);
      add(Math.fma(a, b, -hi));
    } else if (!(Math.abs(a) <= Double.MAX_VALUE && Math.abs(b) <= Double.MAX_VALUE)) {
      addNonFinite(hi);
    } else if (a != 0 && b != 0) {
      addExtremeProduct(a, b);
    }
  }

  /// The product of finite numbers one part of which may overflow or underflow: mantissas are
  /// multiplied, exponents added.
  private void addExtremeProduct(double a, double b) {
    int ea = exponent(a);
    int eb = exponent(b);
    double ma = Math.scalb(a, -ea);
    double mb = Math.scalb(b, -eb);
    double hi = ma * mb;
    addScaled(hi, ea + eb);
    addScaled(Math.fma(ma, mb, -hi), ea + eb);
  }

  /// The exponent of the leading bit.
  private static int exponent(double x) {
    return x > -Double.MIN_NORMAL && x < Double.MIN_NORMAL
        ? Math.getExponent(x * 0x1p54) - 54
        : Math.getExponent(x);
  }

  /// Adds `x 2^scale` for a normal x or zero.
  private void addScaled(double x, int scale) {
    if (x == 0) {
      return;
    }
    long bits = Double.doubleToRawLongBits(x);
    long mantissa = bits & MANTISSA | 1L << 52;
    int position = ((int) (bits >>> 52) & 0x7ff) - 1075 - LOWEST + scale;
    if (position < 0) {
      // Only zeros are shifted out: a product's low part is a multiple of the lowest place.
      mantissa >>= -position;
      position = 0;
    }
    put(bits >> 63, mantissa, position);
  }

  /// Adds `mantissa 2^(position + LOWEST)`, negated if `sign` is -1.
  private void put(long sign, long mantissa, int position) {
    long lower = mantissa << (position & 31) & LOW;
    long upper = mantissa >>> 32 - (position & 31);
    int i = (position >>> 5) - low;
    if (i < 0 || i + 1 >= chunks.length) {
      hold(position >>> 5, (position >>> 5) + 1);
      i = (position >>> 5) - low;
    }
    chunks[i] += (lower ^ sign) - sign;
    chunks[i + 1] += (upper ^ sign) - sign;
    if (--room == 0) {
      carry();
    }
  }

  /// Holds chunks `first` to `last` too, and some beside them.
  private void hold(int first, int last) {
    boolean empty = chunks.length == 0;
    int from = empty ? first : Math.min(first, low);
    int to = empty ? last : Math.max(last, low + chunks.length - 1);
    from = empty || from < low ? Math.max(0, from - BELOW) : from;
    to = empty || to >= low + chunks.length ? Math.min(CHUNKS - 1, to + ABOVE) : to;
    long[] wider = new long[to - from + 1];
    System.arraycopy(chunks, 0, wider, empty ? 0 : low - from, chunks.length);
    chunks = wider;
    low = from;
  }

  /// Adds what another sum holds; the other is unchanged in value.
  public void merge(ExactSum other) {
    carry();
    other.carry();
    if (other.chunks.length > 0) {
      int last = other.low + other.chunks.length - 1;
      if (chunks.length == 0 || other.low < low || last >= low + chunks.length) {
        hold(other.low, last);
      }
      for (int i = 0; i < other.chunks.length; i++) {
        chunks[other.low - low + i] += other.chunks[i];
      }
      carry();
    }
    nan |= other.nan;
    positiveInfinity |= other.positiveInfinity;
    negativeInfinity |= other.negativeInfinity;
  }

  /// Forgets everything added.
  public void clear() {
    Arrays.fill(chunks, 0);
    room = CAPACITY;
    nan = false;
    positiveInfinity = false;
    negativeInfinity = false;
  }

  /// The sum, correctly rounded (half to even); 0 if nothing was added, an infinity if the sum is
  /// beyond the largest double.
  public double value() {
    if (nan || positiveInfinity && negativeInfinity) {
      return Double.NaN;
    }
    if (positiveInfinity || negativeInfinity) {
      return positiveInfinity ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
    carry();
    if (chunks.length == 0 || chunks[chunks.length - 1] >= 0) {
      return ExactRounding.ofChunks(chunks, scale());
    }
    long[] magnitude = new long[chunks.length];
    for (int i = 0; i < chunks.length; i++) {
      magnitude[i] = -chunks[i];
    }
    carry(magnitude);
    return -ExactRounding.ofChunks(magnitude, scale());
  }

  /// The sum without rounding.
  ///
  /// @throws ArithmeticException if a NaN or an infinity was added
  public BigDecimal exact() {
    if (nan || positiveInfinity || negativeInfinity) {
      throw new ArithmeticException("exact sum: found a value that is not finite");
    }
    carry();
    return ExactRounding.decimal(mantissa(), scale()).stripTrailingZeros();
  }

  /// The sum divided by a number of values, rounded to 34 digits and then to float64; NaN for none,
  /// and a sum that is not finite is the quotient.
  public double over(long count) {
    double sum = value();
    if (count == 0 || !Double.isFinite(sum)) {
      return count == 0 ? Double.NaN : sum;
    }
    return ExactRounding.quotient(mantissa(), scale(), BigInteger.valueOf(count));
  }

  /// The unbiased covariance of `count` pairs from the sums of either number and of the products,
  /// exact up to one rounding as in [#over]: nothing cancels. NaN for fewer than two pairs, or if a
  /// sum is not finite.
  public static double covariance(ExactSum x, ExactSum y, ExactSum products, long count) {
    if (count < 2
        || !Double.isFinite(x.value())
        || !Double.isFinite(y.value())
        || !Double.isFinite(products.value())) {
      return Double.NaN;
    }
    BigInteger n = BigInteger.valueOf(count);
    BigInteger scaled = products.mantissa().multiply(n);
    BigInteger subtracted = x.mantissa().multiply(y.mantissa());
    int exponent = Math.min(products.scale(), x.scale() + y.scale());
    BigInteger numerator =
        scaled
            .shiftLeft(products.scale() - exponent)
            .subtract(subtracted.shiftLeft(x.scale() + y.scale() - exponent));
    return ExactRounding.quotient(numerator, exponent, n.multiply(n.subtract(BigInteger.ONE)));
  }

  /// With [#scale], the finite sum as `mantissa 2^scale`, once carries have moved.
  private BigInteger mantissa() {
    byte[] bytes = new byte[Integer.BYTES * (chunks.length + 1)];
    for (int i = 0; i <= chunks.length; i++) {
      // The topmost chunk may need more than 32 bits.
      long chunk = chunks.length == 0 ? 0 : i == chunks.length ? chunks[i - 1] >> 32 : chunks[i];
      for (int b = 0; b < Integer.BYTES; b++) {
        bytes[bytes.length - 1 - Integer.BYTES * i - b] = (byte) (chunk >> Byte.SIZE * b);
      }
    }
    return new BigInteger(bytes);
  }

  private int scale() {
    return 32 * low + LOWEST;
  }

  /// Writes the sum as [#WORDS] integers, the same ones for the same sum: word i of the first 136
  /// counts multiples of `2^(32 i - 2148)`, all within `[0, 2^32)` but the last of them, which has
  /// the sign; the 137th says by bits 0 to 2 whether NaN, infinity or minus infinity was added.
  public void words(long[] into, int at) {
    carry();
    Arrays.fill(into, at, at + low, 0);
    long carried = 0;
    for (int i = low; i < CHUNKS - 1; i++) {
      long c = i - low < chunks.length ? chunks[i - low] + carried : carried;
      into[at + i] = c & LOW;
      carried = c >> 32;
    }
    boolean held = low + chunks.length == CHUNKS;
    into[at + CHUNKS - 1] = (held ? chunks[chunks.length - 1] : 0) + carried;
    into[at + CHUNKS] = (nan ? 1 : 0) | (positiveInfinity ? 2 : 0) | (negativeInfinity ? 4 : 0);
  }

  /// Becomes the sum that [#words] has written.
  ///
  /// @throws IllegalArgumentException if a word is out of its range
  public void setWords(long[] from, int at) {
    for (int i = 0; i < WORDS; i++) {
      long word = from[at + i];
      boolean fits =
          i < CHUNKS - 1
              ? word == (word & LOW)
              : i == CHUNKS - 1 ? word >= -LAST && word <= LAST : word == (word & 7);
      if (!fits) {
        throw new IllegalArgumentException(
            "exact sum: found %d as word %d, expected it in its range".formatted(word, i));
      }
    }
    clear();
    int first = 0;
    while (first < CHUNKS && from[at + first] == 0) {
      first++;
    }
    if (first < CHUNKS) {
      // Of a negative sum the words above its size are all ones.
      long sign = from[at + CHUNKS - 1] < 0 ? -1 : 0;
      int last = CHUNKS - 1;
      if (from[at + last] == sign) {
        do {
          last--;
        } while (last > first && from[at + last] == (sign & LOW));
      }
      hold(first, Math.min(last + 1, CHUNKS - 1));
      for (int i = first; i <= last; i++) {
        chunks[i - low] = from[at + i];
      }
      if (last < CHUNKS - 1) {
        chunks[last - low] += sign << 32;
      }
    }
    nan = (from[at + CHUNKS] & 1) != 0;
    positiveInfinity = (from[at + CHUNKS] & 2) != 0;
    negativeInfinity = (from[at + CHUNKS] & 4) != 0;
  }

  private void addNonFinite(double x) {
    nan |= Double.isNaN(x);
    positiveInfinity |= x == Double.POSITIVE_INFINITY;
    negativeInfinity |= x == Double.NEGATIVE_INFINITY;
  }

  /// Every chunk but the last becomes 32 bits, not negative; the last one keeps the sign. If it is
  /// full, there is one more.
  private void carry() {
    room = CAPACITY;
    if (chunks.length > 0) {
      long top = carry(chunks);
      if (top != (int) top && low + chunks.length < CHUNKS) {
        hold(low, low + chunks.length);
        carry(chunks);
      }
    }
  }

  /// Moves carries up.
  ///
  /// @return the last chunk
  private static long carry(long[] chunks) {
    long carried = 0;
    int last = chunks.length - 1;
    for (int i = 0; i < last; i++) {
      long c = chunks[i] + carried;
      chunks[i] = c & LOW;
      carried = c >> 32;
    }
    return chunks[last] += carried;
  }
}
