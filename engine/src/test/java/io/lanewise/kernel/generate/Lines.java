package io.lanewise.kernel.generate;

import java.util.function.IntFunction;

/// What loops over sixteen accumulators have in common: they fill two vectors of 512 bits, four of
/// 256 or eight of 128, and C2 leaves out the branches of other widths.
final class Lines {
  /// The tree over vectors of accumulators, as far as it goes without mixing the lanes of one.
  static final String TREE =
      """
      if (L == 2) {
        a0 = a0.add(a4).add(a2.add(a6)).add(a1.add(a5).add(a3.add(a7)));
      } else if (L == 4) {
        a0 = a0.add(a2).add(a1.add(a3));
      } else {
        a0 = a0.add(a1);
      }
      """;

  private Lines() {}

  /// A line for each vector of accumulators.
  static String perVector(IntFunction<String> line) {
    return line.apply(0)
        + line.apply(1)
        + "if (L <= 4) {"
        + line.apply(2)
        + line.apply(3)
        + "} if (L == 2) {"
        + line.apply(4)
        + line.apply(5)
        + line.apply(6)
        + line.apply(7)
        + "}";
  }

  /// A line for each vector that the last `tail` elements of a row reach.
  static String tail(String length, IntFunction<String> line) {
    IntFunction<String> guarded =
        j -> "if (tail > %s) {%s}".formatted(times(j, length), line.apply(j));
    return perVector(guarded);
  }

  /// Masks of the elements behind the last sixteen whole ones.
  static String masks(String type, String species, String length) {
    StringBuilder lines = new StringBuilder();
    for (int j = 0; j < 8; j++) {
      lines.append(
          "VectorMask<%s> k%d = %s;\n"
              .formatted(
                  type,
                  j,
                  where(
                      j, "%s.indexInRange(%s, tail)".formatted(species, times(j, length)), "k0")));
    }
    return lines.toString();
  }

  /// Accumulators that are zero.
  static String zeros(String type, String species) {
    StringBuilder lines = new StringBuilder();
    for (int j = 0; j < 8; j++) {
      lines.append("%1$s a%2$d = %1$s.zero(%3$s);\n".formatted(type, j, species));
    }
    return lines.toString();
  }

  /// Accumulators from an array.
  static String lanes() {
    StringBuilder lines = new StringBuilder();
    for (int j = 0; j < 8; j++) {
      String load = "DoubleVector.fromArray(F64, lanes, " + times(j, "L") + ")";
      lines.append("DoubleVector a%d = %s;\n".formatted(j, where(j, load, "a0")));
    }
    return lines.toString();
  }

  /// `value` where there is a vector j, and `otherwise` elsewhere.
  private static String where(int j, String value, String otherwise) {
    return j < 2 ? value : (j < 4 ? "L <= 4 ? " : "L == 2 ? ") + value + " : " + otherwise;
  }

  /// `j * length`, in short.
  static String times(int j, String length) {
    return j == 0 ? "0" : j == 1 ? length : j + " * " + length;
  }

  /// What is added to an address to come to vector j.
  static String plus(int j, String bytes, String length) {
    return j == 0 ? "" : " + " + (j == 1 ? "" : j + " * ") + bytes + " * " + length;
  }
}
