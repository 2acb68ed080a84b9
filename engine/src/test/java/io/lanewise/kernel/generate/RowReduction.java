package io.lanewise.kernel.generate;

import static io.lanewise.kernel.generate.Lines.perVector;

import java.util.regex.Matcher;

/// A sum along each row, in the order of `Lanes`: 16 float64 accumulators, then a fixed tree.
///
/// @param inputs what the matrices are called
/// @param plainTerm the value of an element, from `$get(INPUT + at)`
/// @param vectorTerm the same of a vector, from `$load(INPUT + at)`
/// @param squared whether the term is squared (by fma) or added as it is
record RowReduction(String[] inputs, String plainTerm, String vectorTerm, boolean squared) {
  /// The plain loops of one element type.
  String plain(Element e) {
    return e.in(
        """
          /// Rows `first` to `rows`; row r goes to `out[from + r]`.
          public static void rows$N(PARAMETERS, int first, int rows, int dim, double[] out, int from) {
            double[] lanes = new double[Lanes.COUNT];
            for (int r = first; r < rows; r++) {
              Arrays.fill(lanes, 0);
              long start = (long) r * dim * $B;
              row$N(STARTS, dim, lanes);
              out[from + r] = Lanes.reduce(lanes);
            }
          }

          private static void row$N(PARAMETERS, int dim, double[] lanes) {
            for (int i = 0; i < dim; i++) {
              long at = (long) i * $B;
              double v = TERM;
              lanes[i & 15] = IN_ROW;
            }
          }

          /// Adds elements `from` to `to` to the sixteen accumulators.
          public static void add$N(PARAMETERS, long from, long to, double[] lanes) {
            for (long i = from; i < to; i++) {
              long at = i * $B;
              double v = TERM;
              lanes[(int) i & 15] = ADDED;
            }
          }
        """
            .replace("PARAMETERS", parameters())
            .replace("STARTS", starts())
            .replace("TERM", plainTerm)
            .replace("IN_ROW", squared ? "Math.fma(v, v, lanes[i & 15])" : "lanes[i & 15] + v")
            .replace(
                "ADDED",
                squared ? "Math.fma(v, v, lanes[(int) i & 15])" : "lanes[(int) i & 15] + v"));
  }

  /// The vector loop over whole rows of one element type.
  String vectorRows(Element e) {
    return e.in(
        """
          /// The first `rows` rows, behind which whole vectors may be read; row r goes to `out[from + r]`.
          public static void rows$N(PARAMETERS, int rows, int dim, double[] out, int from) {
            DoubleVector zero = DoubleVector.zero(F64);
            int tail = dim % Lanes.COUNT;
            int full = dim - tail;
            MASKS
            double[] last = new double[L];
            for (int r = 0; r < rows; r++) {
              long start = (long) r * dim * $B;
              ZEROS
              long end = start + (long) full * $B;
              // Not a counted loop on purpose: C2 would give each short row the entry and exit of an
              // unrolled one.
              for (long at = start; at != end; at += Lanes.COUNT * $B) {
                BODY
              }
              TAIL
              TREE
              a0.intoArray(last, 0);
              if (L == 2) {
                out[from + r] = last[0] + last[1];
              } else if (L == 4) {
                out[from + r] = (last[0] + last[2]) + (last[1] + last[3]);
              } else {
                out[from + r] =
                    ((last[0] + last[4]) + (last[2] + last[6]))
                        + ((last[1] + last[5]) + (last[3] + last[7]));
              }
            }
          }
        """
            .replace("PARAMETERS", parameters())
            .replace("MASKS", Lines.masks("Double", "F64", "L"))
            .replace("ZEROS", Lines.zeros("DoubleVector", "F64"))
            .replace("BODY", perVector(j -> add(j, term("at", j))))
            .replace(
                "TAIL",
                Lines.tail("L", j -> add(j, "zero.blend(" + term("end", j) + ", k" + j + ")")))
            .replace("TREE", Lines.TREE));
  }

  /// The loop over rows behind which nothing may be read.
  String vectorRest(Element e) {
    return e.in(
        """
          /// Rows `first` to `rows`, of which nothing is read past their end.
          public static void rest$N(PARAMETERS, int first, int rows, int dim, double[] out, int from) {
            double[] lanes = new double[Lanes.COUNT];
            for (int r = first; r < rows; r++) {
              Arrays.fill(lanes, 0);
              long start = (long) r * dim * $B;
              add$N(STARTS, dim, lanes);
              out[from + r] = Lanes.reduce(lanes);
            }
          }
        """
            .replace("PARAMETERS", parameters())
            .replace("STARTS", starts()));
  }

  /// The vector loop that adds a run to accumulators kept in an array.
  String vectorRun(Element e) {
    return e.in(
        """
          /// Adds `count` elements to the sixteen accumulators.
          public static void add$N(PARAMETERS, long count, double[] lanes) {
            long full = count & -Lanes.COUNT;
            LOADS
            for (long i = 0; i < full; i += Lanes.COUNT) {
              long at = i * $B;
              BODY
            }
            STORES
            Scalar.add$N(NAMES, full, count, lanes);
          }
        """
            .replace("PARAMETERS", parameters())
            .replace("NAMES", String.join(", ", inputs))
            .replace("LOADS", Lines.lanes())
            .replace(
                "BODY",
                Element.SHORT.contains(e) ? pairs(e) : perVector(j -> add(j, term("at", j))))
            .replace(
                "STORES",
                perVector(j -> "a%d.intoArray(lanes, %s);".formatted(j, Lines.times(j, "L")))));
  }

  /// A vector of float32 is loaded at a time, and becomes two of float64.
  private String pairs(Element e) {
    return perVector(j -> {
      StringBuilder lines = new StringBuilder();
      if (j % 2 == 0) {
        for (String input : inputs) {
          String address = input + " + at" + Lines.plus(j / 2, "$B", "L32");
          lines.append(e.widened(input + j / 2, address));
        }
      }
      String half = "((DoubleVector) $1%d.convertShape(F2D, F64, %d))".formatted(j / 2, j % 2);
      return lines + add(j, vectorTerm.replaceAll("\\$load\\((\\w+) \\+ at\\)", half));
    });
  }

  /// All rows, whatever is behind them.
  String vectorAll(Element e) {
    if (Element.SHORT.contains(e)) {
      return e.in(
          """
            /// All rows; row r goes to `out[r]`.
            public static void all$N(PARAMETERS, int rows, int dim, double[] out) {
              rest$N(NAMES, 0, rows, dim, out, 0);
            }
          """
              .replace("PARAMETERS", parameters())
              .replace("NAMES", String.join(", ", inputs)));
    }
    return e.in(
        """
          /// All rows; row r goes to `out[r]`.
          public static void all$N(PARAMETERS, int rows, int dim, double[] out) {
            int whole = Lanes.Simd.wholeRows(rows, dim);
            rows$N(NAMES, whole, dim, out, 0);
            rest$N(NAMES, whole, rows, dim, out, 0);
          }
        """
            .replace("PARAMETERS", parameters())
            .replace("NAMES", String.join(", ", inputs)));
  }

  private String add(int j, String value) {
    String text =
        squared
            ? "DoubleVector v# = " + value + ";\na# = v#.fma(v#, a#);"
            : "a# = a#.add(" + value + ");";
    return text.replace("#", Integer.toString(j));
  }

  private String term(String at, int j) {
    return vectorTerm.replaceAll(
        "\\bat\\b", Matcher.quoteReplacement(at + Lines.plus(j, "$B", "L")));
  }

  private String parameters() {
    return "long " + String.join(", long ", inputs);
  }

  private String starts() {
    return String.join(" + start, ", inputs) + " + start";
  }
}
