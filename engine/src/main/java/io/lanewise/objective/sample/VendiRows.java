package io.lanewise.objective.sample;

import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Length;
import io.lanewise.objective.Rows;
import io.lanewise.objective.StateFields;

/// What a Vendi score makes of its rows before they go into a kernel: lengths of 1, and weights.
/// Counts the weights, and remembers what may not be.
final class VendiRows {
  private final boolean weighted;
  private final boolean normalized;
  private final boolean zerosKept;
  private final String kernel;
  private final ExactSum weights = new ExactSum();
  private long withoutDirection = -1;

  VendiRows(Binding binding) {
    weighted = binding.has(VendiScore.WEIGHT);
    normalized = binding.get(VendiScore.NORMALIZE).equals("yes");
    zerosKept = binding.get(VendiScore.ZERO_ROWS).equals("keep");
    kernel = normalized ? "cosines" : "products x.y";
  }

  /// The features of the rows, normalised if they are to be.
  ///
  /// @param before rows that came before
  double[] features(Rows rows, long before) {
    double[] x = rows.numbers(VendiScore.FEATURES, new double[0]);
    int dim = rows.width(VendiScore.FEATURES);
    for (int i = 0; normalized && i < rows.count(); i++) {
      int from = i * dim;
      double square = square(x, from, dim);
      if (!Length.isExact(square)) {
        int power = Length.power(dim, j -> x[from + j]);
        for (int j = from; j < from + dim; j++) {
          x[j] = Math.scalb(x[j], power);
        }
        square = square(x, from, dim);
      }
      if (square == 0) {
        withoutDirection = withoutDirection < 0 ? before + i : withoutDirection;
        continue;
      }
      double norm = Math.sqrt(square);
      for (int j = 0; j < dim; j++) {
        x[i * dim + j] /= norm;
      }
    }
    return x;
  }

  private static double square(double[] x, int from, int dim) {
    double square = 0;
    for (int j = from; j < from + dim; j++) {
      square = Math.fma(x[j], x[j], square);
    }
    return square;
  }

  /// Multiplies rows by the roots of their weights.
  ///
  /// @param before rows that came before
  /// @throws IllegalArgumentException if a weight is negative
  void weigh(Rows rows, double[] x, long before) {
    if (!weighted || rows.count() == 0) {
      return;
    }
    int width = x.length / rows.count();
    double[] roots = roots(rows, before);
    for (int i = 0; i < rows.count(); i++) {
      for (int j = 0; j < width; j++) {
        x[i * width + j] *= roots[i];
      }
    }
  }

  /// The roots of the weights of rows, which are added to the total; none without weights.
  double[] roots(Rows rows, long before) {
    double[] roots = weighted ? rows.numbers(VendiScore.WEIGHT, new double[0]) : new double[0];
    for (int i = 0; i < roots.length; i++) {
      if (roots[i] < 0) {
        throw new IllegalArgumentException(
            "row %d of those used: found weight %s, expected 0 or more"
                .formatted(before + i, roots[i]));
      }
      weights.add(roots[i]);
      roots[i] = Math.sqrt(roots[i]);
    }
    return roots;
  }

  void merge(VendiRows later, long before) {
    if (withoutDirection < 0 && later.withoutDirection >= 0) {
      withoutDirection = before + later.withoutDirection;
    }
    weights.merge(later.weights);
  }

  void fields(StateFields fields) {
    withoutDirection = fields.count("without-direction", withoutDirection + 1) - 1;
    fields.sums("weights", weights);
  }

  /// Refuses what admits no answer.
  ///
  /// @throws IllegalArgumentException for no rows, weights that are all 0, rows of zeros
  void check(long rows) {
    if (rows == 0) {
      throw new IllegalArgumentException("found no rows, expected at least 1");
    }
    if (withoutDirection >= 0 && !zerosKept) {
      throw new IllegalArgumentException(
          "row %d of those used: found all features 0, expected a direction for its cosine, or"
                  .formatted(withoutDirection)
              + " zero-rows=keep");
    }
    if (weighted && !(weights.value() > 0)) {
      throw new IllegalArgumentException("weights: found all 0, expected one above 0");
    }
  }

  /// Whether all rows have length 1, so that what eigenvalues sum to is known.
  boolean haveUnitLength() {
    return normalized && withoutDirection < 0;
  }

  boolean normalized() {
    return normalized;
  }

  boolean weighted() {
    return weighted;
  }

  /// The sum of the weights, or the number of rows.
  double total(long rows) {
    return weighted ? weights.value() : rows;
  }

  String kernel() {
    return kernel + (weighted ? ", weighted" : "");
  }
}
