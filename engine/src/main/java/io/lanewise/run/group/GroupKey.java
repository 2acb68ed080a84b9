package io.lanewise.run.group;

import java.math.BigDecimal;
import java.util.Comparator;

/// The key of a group: a number or a text.
///
/// A number is its value, whatever type stored it: a `Long` where it is a whole number of int64, a
/// `BigDecimal` where it is a decimal or a whole number beyond, otherwise a `Double`. So 0.0 and
/// -0.0 are one group, and all NaNs are one, which is ordered after infinity.
public final class GroupKey {
  private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final double TWO_TO_63 = 0x1p63;

  /// Numbers by value, then texts by their characters.
  public static final Comparator<Object> ORDER =
      Comparator.<Object, Boolean>comparing(key -> !(key instanceof Number))
          .thenComparing(GroupKey::compareNumbers)
          .thenComparing(GroupKey::label);

  private GroupKey() {}

  /// The key of a number.
  public static Number of(double value) {
    return value == Math.rint(value) && value >= -TWO_TO_63 && value < TWO_TO_63
        ? (Number) (long) value
        : (Number) value;
  }

  /// The key of a decimal number.
  public static Number of(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    return shortest.scale() <= 0 && value.compareTo(LEAST) >= 0 && value.compareTo(MOST) <= 0
        ? (Number) value.longValueExact()
        : shortest;
  }

  /// The key of 64 bits as an unsigned number.
  public static Number ofUnsigned(long bits) {
    return bits >= 0 ? (Number) bits : of(new BigDecimal(Long.toUnsignedString(bits)));
  }

  /// Every digit of a whole number or decimal; the shortest text that is a float64.
  public static String label(Object key) {
    return key instanceof BigDecimal decimal ? decimal.toPlainString() : key.toString();
  }

  private static int compareNumbers(Object a, Object b) {
    if (!(a instanceof Number x) || !(b instanceof Number y)) {
      return 0;
    }
    boolean exact = isFinite(x) && isFinite(y);
    return exact ? exact(x).compareTo(exact(y)) : Double.compare(x.doubleValue(), y.doubleValue());
  }

  private static boolean isFinite(Number number) {
    return !(number instanceof Double d) || Double.isFinite(d);
  }

  private static BigDecimal exact(Number number) {
    return switch (number) {
      case BigDecimal decimal -> decimal;
      case Double d -> new BigDecimal(d);
      default -> BigDecimal.valueOf(number.longValue());
    };
  }
}
