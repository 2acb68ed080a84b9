package io.lanewise.objective.diffusion;

/// The linear system of one step of UniPC. Zhao et al., arXiv:2302.04867, theorem 3.1, with `hh` =
/// h for eps and -h for x0.
final class UniPcSystem {
  private final boolean ofEps;
  private final Level to;
  private final Level[] at;
  private final double hh;
  private final double scale;

  /// Where each point lies, in units of the step from this level: negative, and 1 for the end.
  private final double[] places;

  /// @param at the points from which the step goes, at most four
  UniPcSystem(boolean ofEps, boolean bh1, Level to, Level... at) {
    this.ofEps = ofEps;
    this.to = to;
    this.at = at;
    double h = at[0].distance(to);
    hh = ofEps ? h : -h;
    scale = bh1 ? hh : StrictMath.expm1(hh);
    places = new double[at.length];
    for (int k = 1; k < at.length; k++) {
      places[k - 1] = -at[k].distance(at[0]) / h;
    }
    places[at.length - 1] = 1;
  }

  /// The weights of the differences: `sum_j rho_j places_j^i = hh phi_{i+2}(hh) (i+1)! / B`, for i
  /// from 0 to n - 1.
  double[] rho(int n) {
    double[][] rows = new double[n][n + 1];
    double factorial = 1;
    for (int i = 0; i < n; i++) {
      factorial *= i + 1;
      for (int j = 0; j < n; j++) {
        rows[i][j] = i == 0 ? 1 : rows[i - 1][j] * places[j];
      }
      rows[i][n] = hh * Solver.phi(i + 2, hh) * factorial / scale;
    }
    return solve(rows);
  }

  /// Gauss's elimination with the largest pivots of a system with its right side.
  private static double[] solve(double[][] rows) {
    int n = rows.length;
    for (int c = 0; c < n; c++) {
      int best = c;
      for (int r = c + 1; r < n; r++) {
        best = Math.abs(rows[r][c]) > Math.abs(rows[best][c]) ? r : best;
      }
      double[] pivot = rows[best];
      rows[best] = rows[c];
      rows[c] = pivot;
      for (int r = c + 1; r < n; r++) {
        double factor = rows[r][c] / pivot[c];
        for (int k = c; k <= n; k++) {
          rows[r][k] -= factor * pivot[k];
        }
      }
    }
    double[] solution = new double[n];
    for (int r = n - 1; r >= 0; r--) {
      double rest = rows[r][n];
      for (int k = r + 1; k < n; k++) {
        rest -= rows[r][k] * solution[k];
      }
      solution[r] = rest / rows[r][r];
    }
    return solution;
  }

  /// `kept x - target (exp(hh) - 1) m_0 - target B sum_j rho_j (m_j - m_0) / places_j`, where m is
  /// x0 or eps.
  ///
  /// @param corrected whether the last weight is that of the model's output at the end, which then
  ///   is the last point
  Combination combination(double[] rho, boolean corrected) {
    double target = ofEps ? to.sigma() : to.alpha();
    double kept = ofEps ? to.alpha() / at[0].alpha() : to.sigma() / at[0].sigma();
    double[] weights = new double[corrected ? at.length + 1 : at.length];
    weights[0] = -target * StrictMath.expm1(hh);
    for (int j = 0; j < rho.length; j++) {
      double weight = -target * scale * rho[j] / places[j];
      weights[j + 1] = weight;
      weights[0] -= weight;
    }
    return ofEps ? Combination.ofNoise(kept, weights, 0) : Combination.ofData(kept, weights, 0);
  }
}
