package io.lanewise.kernel.generate;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A map with coefficients of their own for each row, from matrices to a matrix that may be one of
/// them. The last vector of a row overlaps the one before it; its inputs are read first, while they
/// are intact.
///
/// In the lines below, `at` is where the elements are, and a name that ends in `#` is one of the
/// loop's or of the last vector's.
///
/// @param name the method's, to which the element type is added
/// @param inputs what the matrices are called
/// @param coefficients one of each per row
/// @param counted whether the loop counts, so that C2 unrolls it: better for long rows, worse for
///   short ones
/// @param plainRow lines once per row of the plain form
/// @param plainLines lines for an element
/// @param plainValue what is stored
/// @param vectorRow lines once per row of the vector form
/// @param vectorLines lines for L elements
/// @param vectorValue what is stored
record RowMap(
    String name,
    List<String> inputs,
    List<String> coefficients,
    boolean counted,
    String plainRow,
    String plainLines,
    String plainValue,
    String vectorRow,
    String vectorLines,
    String vectorValue) {
  String plain(Element e) {
    return e.in(plainText().replace("NUMBERS", each(coefficients, "double %s"::formatted)));
  }

  private String plainText() {
    return """
      /// Rows `first` to `rows`.
      public static void NAME$N(INPUTS, ARRAYS, int first, int rows, int dim, long out) {
        for (int r = first; r < rows; r++) {
          long start = (long) r * dim * $B;
          NAME$N(STARTS, VALUES, dim, out + start);
        }
      }

      private static void NAME$N(INPUTS, NUMBERS, int dim, long out) {
        ROW
        for (int i = 0; i < dim; i++) {
          long at = (long) i * $B;
          LINES
          $put(out + at; VALUE);
        }
      }
    """
        .replace("NAME", name)
        .replace("INPUTS", each(inputs, "long %s"::formatted))
        .replace("ARRAYS", each(coefficients, "double[] %sOf"::formatted))
        .replace("STARTS", each(inputs, "%s + start"::formatted))
        .replace("VALUES", each(coefficients, "%sOf[r]"::formatted))
        .replace("ROW", plainRow)
        .replace("LINES", plainLines.replace("#", ""))
        .replace("VALUE", plainValue.replace("#", ""));
  }

  String vector(Element e) {
    return e.in(vectorText());
  }

  /// The same in float32, coefficients rounded to it.
  String plainInFloat32() {
    String text = plainText().replace("NUMBERS", each(coefficients, "float %s"::formatted));
    return Element.F32.in(
        text.replaceAll("double (\\w+) = \\$get", "float $1 = \\$raw")
            .replaceAll("\\$put\\((.*?); ", "Memory.f\\$N($1, ")
            .replaceAll("double (?!\\[)", "float ")
            .replaceAll("(\\w+)Of\\[r\\]", "(float) $1Of[r]"));
  }

  /// The same in float32, coefficients rounded to it.
  String vectorInFloat32() {
    return Element.F32.in(
        vectorText()
            .replace("$load(", "$own(")
            .replaceAll("\\$store\\((.*?); (.*)\\);", "$2.intoMemorySegment(MEMORY, $1, NATIVE);")
            .replace("DoubleVector", "FloatVector")
            .replace("F64", "F32")
            .replaceAll("\\bL\\b", "L32")
            .replaceAll("(\\w+)Of\\[r\\]", "(float) $1Of[r]"));
  }

  private String vectorText() {
    return """
        /// All rows.
        public static void NAME$N(INPUTS, ARRAYS, int rows, int dim, long out) {
          if (dim < L) {
            Scalar.NAME$N(ARGUMENTS, 0, rows, dim, out);
            return;
          }
          NAMEVectors$N(ARGUMENTS, rows, dim, out);
        }

        private static void NAMEVectors$N(INPUTS, ARRAYS, int rows, int dim, long out) {
          HEAD
          for (int r = 0; r < rows; r++) {
            BROADCASTS
            ROW
            long start = (long) r * dim * $B;
            long last = start + (long) (dim - L) * $B;
            LAST_LINES
            DoubleVector tail = LAST_VALUE;
            LOOP
              LINES
              $store(out + at; VALUE);
            }
            $store(out + last; tail);
          }
        }
    """
        .replace(
            "HEAD",
            counted
                ? "int whole = (dim - 1) / L * L;"
                : "long vectors = (long) (dim - 1) / L * L * $B;")
        .replace("LOOP", counted ? COUNTED : UNCOUNTED)
        .replace("NAME", name)
        .replace("INPUTS", each(inputs, "long %s"::formatted))
        .replace("ARRAYS", each(coefficients, "double[] %sOf"::formatted))
        .replace("ARGUMENTS", each(inputs, a -> a) + ", " + each(coefficients, "%sOf"::formatted))
        .replace("BROADCASTS", broadcasts())
        .replace("ROW", vectorRow)
        .replace("LAST_LINES", last(vectorLines))
        .replace("LAST_VALUE", last(vectorValue))
        .replace("LINES", vectorLines.replace("#", ""))
        .replace("VALUE", vectorValue.replace("#", ""));
  }

  private static final String COUNTED =
      """
      for (int i = 0; i < whole; i += L) {
        long at = start + (long) i * $B;
      """;

  private static final String UNCOUNTED =
      """
      long end = start + vectors;
      // Not a counted loop on purpose: C2 would give each short row the entry and exit of an
      // unrolled one.
      for (long at = start; at != end; at += L * $B) {
      """;

  private String broadcasts() {
    return coefficients.stream()
        .map("DoubleVector %1$s = DoubleVector.broadcast(F64, %1$sOf[r]);\n"::formatted)
        .collect(Collectors.joining());
  }

  private static String last(String lines) {
    return lines.replace("#", "Last").replaceAll("\\bat\\b", "last");
  }

  private static String each(List<String> names, Function<String, String> text) {
    return names.stream().map(text).collect(Collectors.joining(", "));
  }
}
