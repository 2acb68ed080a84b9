package io.lanewise.kernel.generate;

import java.util.ArrayList;
import java.util.List;

/// Loops that look for a value, in the element type itself.
final class Scans {
  private Scans() {}

  static String finiteScan() {
    List<String> scalar = new ArrayList<>();
    List<String> simd = new ArrayList<>();
    for (Element e : Element.WIDE) {
      String boxed = e == Element.F32 ? "Float" : "Double";
      scalar.add(e.in(PLAIN.replace("BOXED", boxed)));
      simd.add(e.in(VECTORS));
    }
    return ClassText.of(
        "FiniteScanLoops", "Scans for values that are not finite, or outside.", scalar, simd);
  }

  static String rowMaximum() {
    List<String> scalar = new ArrayList<>();
    List<String> simd = new ArrayList<>();
    for (Element e : Element.WIDE) {
      String boxed = e == Element.F32 ? "Float" : "Double";
      scalar.add(e.in(PLAIN_MAXIMUM));
      simd.add(e.in(MAXIMUM.replace("BOXED", boxed)));
    }
    return ClassText.of("MaximumLoops", "The largest value of a run.", scalar, simd);
  }

  private static final String PLAIN =
      """
        /// The first element from `from` on that is NaN or infinite, or -1.
        public static long nonFinite$N(long x, long from, long n) {
          for (long i = from; i < n; i++) {
            if (!BOXED.isFinite($raw(x + i * $B))) {
              return i;
            }
          }
          return -1;
        }

        /// The first element from `from` on that is below or above an interval, or -1.
        public static long outside$N(long x, long from, long n, $t low, $t high) {
          for (long i = from; i < n; i++) {
            $t v = $raw(x + i * $B);
            if (v < low || v > high) {
              return i;
            }
          }
          return -1;
        }
      """;

  private static final String VECTORS =
      """
        /// The first element that is NaN or infinite, or -1. `x * 0` is a zero exactly where x is
        /// finite, and a sum of zeros is a zero.
        public static long nonFinite$N(long x, long n) {
          return Scalar.nonFinite$N(x, finite$N(x, n), n);
        }

        private static long finite$N(long x, long n) {
          $V zero = $V.zero($S);
          long i = 0;
          for (; i <= n - 4 * $L; i += 4 * $L) {
            long at = x + i * $B;
            $V s = $own(at).fma(zero, $own(at + (long) $L * $B).mul(zero));
            $V t = $own(at + 2L * $L * $B).fma(zero, $own(at + 3L * $L * $B).mul(zero));
            if (s.add(t).compare(NE, ($t) 0).anyTrue()) {
              break;
            }
          }
          return i;
        }

        /// The first element that is below or above an interval, or -1.
        public static long outside$N(long x, long n, $t low, $t high) {
          return Scalar.outside$N(x, inside$N(x, n, low, high), n, low, high);
        }

        private static long inside$N(long x, long n, $t low, $t high) {
          $V least = $V.broadcast($S, low);
          $V most = $V.broadcast($S, high);
          long i = 0;
          for (; i <= n - 2 * $L; i += 2 * $L) {
            long at = x + i * $B;
            $V v = $own(at);
            $V w = $own(at + (long) $L * $B);
            if (v.compare(LT, least)
                .or(v.compare(GT, most))
                .or(w.compare(LT, least))
                .or(w.compare(GT, most))
                .anyTrue()) {
              break;
            }
          }
          return i;
        }
      """;

  private static final String PLAIN_MAXIMUM =
      """
        /// The larger of `floor` and the largest of elements `from` to `to`; NaN is passed over.
        public static double max$N(long row, int from, int to, double floor) {
          double m = floor;
          for (int i = from; i < to; i++) {
            double v = $get(row + (long) i * $B);
            if (v > m) {
              m = v;
            }
          }
          return m;
        }
      """;

  private static final String MAXIMUM =
      """
        /// The larger of `floor` and the largest of elements `from` to `to`; NaN is passed over.
        public static double max$N(long row, int from, int to, double floor) {
          $V a = $V.broadcast($S, BOXED.NEGATIVE_INFINITY);
          $V b = a;
          int i = from;
          for (; i <= to - 2 * $L; i += 2 * $L) {
            $V v = $own(row + (long) i * $B);
            $V w = $own(row + (long) (i + $L) * $B);
            a = a.blend(v, v.compare(GT, a));
            b = b.blend(w, w.compare(GT, b));
          }
          double m = i > from ? Math.max(floor, a.max(b).reduceLanes(MAX)) : floor;
          return Scalar.max$N(row, i, to, m);
        }
      """;
}
