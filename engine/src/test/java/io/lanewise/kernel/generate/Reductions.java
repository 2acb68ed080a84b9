package io.lanewise.kernel.generate;

import java.util.ArrayList;
import java.util.List;

/// The sums along rows that there are.
final class Reductions {
  private Reductions() {}

  static String rowSum() {
    return text(
        "RowSumLoops",
        "Sums of rows and of runs.",
        new RowReduction(new String[] {"x"}, "$get(x + at)", "$load(x + at)", false));
  }

  static String squaredNorm() {
    return text(
        "SquaredNormLoops",
        "Squared norms of rows.",
        new RowReduction(new String[] {"x"}, "$get(x + at)", "$load(x + at)", true));
  }

  static String squaredError() {
    return text(
        "SquaredErrorLoops",
        "Squared distances between rows.",
        new RowReduction(
            new String[] {"x", "y"},
            "$get(x + at) - $get(y + at)",
            "$load(x + at).sub($load(y + at))",
            true));
  }

  private static String text(String name, String what, RowReduction reduction) {
    List<String> scalar = new ArrayList<>();
    List<String> simd = new ArrayList<>();
    for (Element e : Element.values()) {
      scalar.add(reduction.plain(e));
      simd.add(reduction.vectorAll(e));
      if (Element.WIDE.contains(e)) {
        simd.add(reduction.vectorRows(e));
      }
      simd.add(reduction.vectorRest(e));
      simd.add(reduction.vectorRun(e));
    }
    return ClassText.of(name, what, scalar, simd);
  }
}
