package io.lanewise.kernel.generate;

import java.util.List;

/// Squared distances added up in float32 over blocks of 512 columns: in a block element i goes to
/// float32 accumulator i mod 32, the tree over 32 and 16 accumulators is float32, the rest of it
/// and the sum over blocks are float64.
final class BlockReduction {
  private BlockReduction() {}

  static String squaredError() {
    return ClassText.of(
        "SquaredErrorSingleLoops",
        "Squared distances between rows, added up in float32 over blocks.",
        List.of(Element.F32.in(PLAIN)),
        List.of(Element.F32.in(ROWS), Element.F32.in(partialSums()), REDUCE));
  }

  private static final String PLAIN =
      """
        /// Columns whose squares are added up in float32.
        public static final int BLOCK = 512;

        /// float32 accumulators.
        public static final int LANES = 32;

        /// Rows `first` to `rows`.
        public static void rows$N(long x, long y, int first, int rows, int dim, double[] out) {
          float[] lanes = new float[LANES];
          for (int r = first; r < rows; r++) {
            long at = (long) r * dim * $B;
            double sum = 0;
            for (int i = 0; i < dim; i += BLOCK, at += BLOCK * $B) {
              sum += block$N(x + at, y + at, Math.min(BLOCK, dim - i), lanes);
            }
            out[r] = sum;
          }
        }

        private static double block$N(long x, long y, int n, float[] lanes) {
          Arrays.fill(lanes, 0);
          for (int i = 0; i < n; i++) {
            long at = (long) i * $B;
            float v = $raw(x + at) - $raw(y + at);
            lanes[i & 31] = Math.fma(v, v, lanes[i & 31]);
          }
          for (int half = LANES / 2; half >= 8; half /= 2) {
            for (int i = 0; i < half; i++) {
              lanes[i] += lanes[i + half];
            }
          }
          return (((double) lanes[0] + lanes[4]) + ((double) lanes[2] + lanes[6]))
              + (((double) lanes[1] + lanes[5]) + ((double) lanes[3] + lanes[7]));
        }
      """;

  private static final String ROWS =
      """
        /// Blocks whose last vectors are kept before the lanes of each are added up, in a loop of its
        /// own: a fifth of the time of rows of 16 less than doing so block by block.
        private static final int GROUP = 64;

        /// All rows.
        public static void all$N(long x, long y, int rows, int dim, double[] out) {
          int whole = Lanes.Simd.wholeRows(rows, dim, L32);
          rows$N(x, y, whole, dim, out);
          Scalar.rows$N(x, y, whole, rows, dim, out);
        }

        /// The first `rows` rows, behind which whole vectors may be read.
        private static void rows$N(long x, long y, int rows, int dim, double[] out) {
          if (dim <= Scalar.BLOCK) {
            blocks$N(x, y, rows, dim, new double[Math.min(GROUP, rows) * L], out);
          } else {
            longRows$N(x, y, rows, dim, out);
          }
        }

        private static void longRows$N(long x, long y, int rows, int dim, double[] out) {
          int blocks = dim / Scalar.BLOCK;
          int rest = dim % Scalar.BLOCK;
          double[] parts = new double[GROUP * L];
          double[] sums = new double[blocks + 1];
          for (int r = 0; r < rows; r++) {
            long at = (long) r * dim * $B;
            blocks$N(x + at, y + at, blocks, Scalar.BLOCK, parts, sums);
            double sum = 0;
            for (int b = 0; b < blocks; b++) {
              sum += sums[b];
            }
            if (rest > 0) {
              at += (long) blocks * Scalar.BLOCK * $B;
              blocks$N(x + at, y + at, 1, rest, parts, sums);
              sum += sums[0];
            }
            out[r] = sum;
          }
        }

        /// Sums of rows no longer than a block.
        private static void blocks$N(
            long x, long y, int rows, int dim, double[] parts, double[] out) {
          for (int r = 0; r < rows; r += GROUP) {
            int count = Math.min(GROUP, rows - r);
            long at = (long) r * dim * $B;
            partialSums$N(x + at, y + at, count, dim, parts);
            reduce(parts, count, out, r);
          }
        }
      """;

  /// The tree over the accumulators of each row, as far as it can be taken without mixing the lanes
  /// of a vector of float64: one such vector per row.
  private static String partialSums() {
    return """
      private static void partialSums$N(long x, long y, int rows, int dim, double[] parts) {
        FloatVector zero = FloatVector.zero(F32);
        int tail = dim % Scalar.LANES;
        int full = dim - tail;
        MASKS
        for (int r = 0; r < rows; r++) {
          long start = (long) r * dim * $B;
          ZEROS
          long end = start + (long) full * $B;
          // Not a counted loop on purpose, as in SquaredErrorLoops.
          for (long at = start; at != end; at += Scalar.LANES * $B) {
            BODY
          }
          TAIL
          DoubleVector d;
          if (L == 2) {
            a0 = a0.add(a4).add(a2.add(a6));
            a1 = a1.add(a5).add(a3.add(a7));
            d =
                ((DoubleVector) a0.convertShape(F2D, F64, 0))
                    .add((DoubleVector) a1.convertShape(F2D, F64, 0))
                    .add(
                        ((DoubleVector) a0.convertShape(F2D, F64, 1))
                            .add((DoubleVector) a1.convertShape(F2D, F64, 1)));
          } else if (L == 4) {
            a0 = a0.add(a2).add(a1.add(a3));
            d =
                ((DoubleVector) a0.convertShape(F2D, F64, 0))
                    .add((DoubleVector) a0.convertShape(F2D, F64, 1));
          } else {
            a0 = a0.add(a1);
            d =
                (DoubleVector)
                    ((FloatVector) a0.reinterpretShape(F32_HALF, 0))
                        .add((FloatVector) a0.reinterpretShape(F32_HALF, 1))
                        .convertShape(F2D, F64, 0);
          }
          d.intoArray(parts, r * L);
        }
      }
    """
        .replace("MASKS", Lines.masks("Float", "F32", "L32"))
        .replace("ZEROS", Lines.zeros("FloatVector", "F32"))
        .replace("BODY", Lines.perVector(j -> add(j, difference("at", j))))
        .replace(
            "TAIL",
            Lines.tail(
                "L32", j -> add(j, "zero.blend(%s, k%d)".formatted(difference("end", j), j))));
  }

  private static String add(int j, String value) {
    return "FloatVector v# = %s; a# = v#.fma(v#, a#);".formatted(value).replace("#", "" + j);
  }

  private static String difference(String at, int j) {
    String address = at + Lines.plus(j, "$B", "L32");
    return "$own(x + %1$s).sub($own(y + %1$s))".formatted(address);
  }

  private static final String REDUCE =
      """
        /// The last levels of the tree.
        private static void reduce(double[] parts, int rows, double[] out, int first) {
          for (int r = 0; r < rows; r++) {
            int p = r * L;
            if (L == 2) {
              out[first + r] = parts[p] + parts[p + 1];
            } else if (L == 4) {
              out[first + r] = (parts[p] + parts[p + 2]) + (parts[p + 1] + parts[p + 3]);
            } else {
              out[first + r] =
                  ((parts[p] + parts[p + 4]) + (parts[p + 2] + parts[p + 6]))
                      + ((parts[p + 1] + parts[p + 5]) + (parts[p + 3] + parts[p + 7]));
            }
          }
        }
      """;
}
