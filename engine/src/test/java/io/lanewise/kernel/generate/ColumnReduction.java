package io.lanewise.kernel.generate;

import java.util.ArrayList;
import java.util.List;

/// Sums down the columns of a matrix, of each value and of its square, as double-doubles.
final class ColumnReduction {
  private ColumnReduction() {}

  static String columnMoments() {
    List<String> scalar = new ArrayList<>();
    List<String> simd = new ArrayList<>();
    for (Element e : Element.WIDE) {
      scalar.add(e.in(PLAIN));
      simd.add(e.in(VECTORS));
    }
    scalar.add(ADD);
    simd.addFirst(ROWS);
    return ClassText.of("ColumnMomentsLoops", "First and second moments of columns.", scalar, simd);
  }

  private static final String PLAIN =
      """
        /// Rows `firstRow` to `rows` of columns `first` to `last`.
        public static void columns$N(
            long x,
            int firstRow,
            int rows,
            int first,
            int last,
            int dim,
            double[] shift,
            double[] sumHi,
            double[] sumLo,
            double[] sqHi,
            double[] sqLo) {
          for (int r = firstRow; r < rows; r++) {
            for (int j = first; j < last; j++) {
              double d = $get(x + ((long) r * dim + j) * $B) - shift[j];
              add(d, j, sumHi, sumLo, sqHi, sqLo);
            }
          }
        }
      """;

  private static final String ADD =
      """
        private static void add(
            double d, int j, double[] sumHi, double[] sumLo, double[] sqHi, double[] sqLo) {
          double h = sumHi[j];
          double s = h + d;
          double b = s - h;
          sumHi[j] = s;
          sumLo[j] += (h - (s - b)) + (d - b);
          double p = d * d;
          double e = Math.fma(d, d, -p);
          double g = sqHi[j];
          double t = g + p;
          double c = t - g;
          sqHi[j] = t;
          sqLo[j] += ((g - (t - c)) + (p - c)) + e;
        }
      """;

  private static final String ROWS =
      """
        /// Rows at a time, so that a row is read in sequence and the sums stay in registers.
        private static final int ROWS = 8;
      """;

  private static final String VECTORS =
      """
        /// All rows of all columns.
        public static void columns$N(
            long x,
            int rows,
            int dim,
            double[] shift,
            double[] sumHi,
            double[] sumLo,
            double[] sqHi,
            double[] sqLo) {
          int whole = dim - dim % L;
          for (int r = 0; r < rows; r += ROWS) {
            int last = Math.min(r + ROWS, rows);
            vectors$N(x, r, last, whole, dim, shift, sumHi, sumLo, sqHi, sqLo);
            Scalar.columns$N(x, r, last, whole, dim, dim, shift, sumHi, sumLo, sqHi, sqLo);
          }
        }

        private static void vectors$N(
            long x,
            int first,
            int last,
            int whole,
            int dim,
            double[] shift,
            double[] sumHi,
            double[] sumLo,
            double[] sqHi,
            double[] sqLo) {
          for (int j = 0; j < whole; j += L) {
            DoubleVector m = DoubleVector.fromArray(F64, shift, j);
            DoubleVector h = DoubleVector.fromArray(F64, sumHi, j);
            DoubleVector l = DoubleVector.fromArray(F64, sumLo, j);
            DoubleVector g = DoubleVector.fromArray(F64, sqHi, j);
            DoubleVector k = DoubleVector.fromArray(F64, sqLo, j);
            for (int r = first; r < last; r++) {
              DoubleVector d = $load(x + ((long) r * dim + j) * $B).sub(m);
              DoubleVector s = h.add(d);
              DoubleVector b = s.sub(h);
              l = l.add(h.sub(s.sub(b)).add(d.sub(b)));
              h = s;
              DoubleVector p = d.mul(d);
              DoubleVector e = d.fma(d, p.neg());
              DoubleVector t = g.add(p);
              DoubleVector c = t.sub(g);
              k = k.add(g.sub(t.sub(c)).add(p.sub(c)).add(e));
              g = t;
            }
            h.intoArray(sumHi, j);
            l.intoArray(sumLo, j);
            g.intoArray(sqHi, j);
            k.intoArray(sqLo, j);
          }
        }
      """;
}
