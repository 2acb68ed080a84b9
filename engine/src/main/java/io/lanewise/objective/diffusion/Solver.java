package io.lanewise.objective.diffusion;

/// The factors of steps that use several of the model's outputs. In what follows s is `sigma /
/// alpha`, h is `log(s / s')` for a step from s to s', and primes mark the level that a step leads
/// to. Points are in the order: this level, the one before it, the one before that, and so on.
///
/// A step to clean data (s' = 0) has no finite h: there every method is of order 1, which is the
/// predicted data, and adds no noise.
final class Solver {
  private static final double[][] ADAMS_BASHFORTH = {
    {1},
    {1.5, -0.5},
    {23 / 12.0, -16 / 12.0, 5 / 12.0},
    {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}
  };

  private Solver() {}

  /// DDIM's step without noise by a weighted sum of eps: `(alpha' / alpha) x + alpha' (s' - s)
  /// sum_j weight_j eps_j`, which is the transfer of PNDM. Liu et al., arXiv:2202.09778, equation
  /// 9.
  static Combination transfer(Level from, Level to, double... weights) {
    double[] eps = new double[weights.length];
    for (int j = 0; j < eps.length; j++) {
      eps[j] = weights[j] * to.alpha() * (to.ratio() - from.ratio());
    }
    return Combination.ofNoise(to.alpha() / from.alpha(), eps, 0);
  }

  /// The linear multistep of PNDM: Adams and Bashforth's weights, as if levels were equally spaced.
  /// Liu et al., equation 12.
  ///
  /// @param order 1 to 4, the number of points
  static Combination plms(Level from, Level to, int order) {
    return transfer(from, to, ADAMS_BASHFORTH[order - 1]);
  }

  /// Linear multistep with the spacing that the levels have: the integral of the polynomial through
  /// the slopes. Slopes are dx/dsigma where the path is straight, and those of `x / alpha` over s
  /// elsewhere. k-diffusion's sample_lms.
  ///
  /// @param at up to four levels, the points
  static Combination lms(boolean straight, Level to, Level... at) {
    double[] nodes = new double[at.length];
    for (int j = 0; j < nodes.length; j++) {
      nodes[j] = straight ? at[j].sigma() : at[j].ratio();
    }
    double end = straight ? to.sigma() : to.ratio();
    double[] eps = new double[at.length];
    double[] clean = new double[at.length];
    for (int j = 0; j < nodes.length; j++) {
      double weight = integral(nodes, j, end);
      eps[j] = straight ? weight : to.alpha() * weight;
      clean[j] = straight ? -weight : 0;
    }
    return new Combination(straight ? 1 : to.alpha() / at[0].alpha(), clean, eps, 0);
  }

  /// The integral of Lagrange's polynomial of node j from node 0 to `end`, by Gauss and Legendre's
  /// rule of two points: exact to degree 3.
  private static double integral(double[] nodes, int j, double end) {
    double half = 0.5 * (end - nodes[0]);
    double offset = half / Math.sqrt(3);
    double sum = 0;
    for (double tau : new double[] {nodes[0] + (half - offset), nodes[0] + (half + offset)}) {
      double product = 1;
      for (int k = 0; k < nodes.length; k++) {
        if (k != j) {
          product *= (tau - nodes[k]) / (nodes[j] - nodes[k]);
        }
      }
      sum += product;
    }
    return half * sum;
  }

  /// DPM-Solver++ in several steps, of order 1 to 3, with noise of the SDE if `eta` is above 0. Lu
  /// et al., arXiv:2211.01095, equations 8 and B.4; `eta` as in k-diffusion's sample_dpmpp_2m_sde.
  ///
  /// @param heun the form of order 2: `heun`, or `midpoint`
  static Combination dpmSolverPlusPlus(boolean heun, double eta, Level to, Level... at) {
    return dpmSolverPlusPlus(heun, eta, false, to, at);
  }

  /// The same.
  ///
  /// @param asDiffusers whether order 3 with noise has the last term of diffusers' sde-dpmsolver++,
  ///   `alpha' D2` less than it should
  static Combination dpmSolverPlusPlus(
      boolean heun, double eta, boolean asDiffusers, Level to, Level... at) {
    Level from = at[0];
    double shrink = to.ratio() / from.ratio();
    double kept = to.sigma() / from.sigma() * (eta == 0 ? 1 : StrictMath.pow(shrink, eta));
    if (to.ratio() == 0) {
      return Combination.ofData(kept, weights(at.length, to.alpha(), 0, 0, 0, 0), 0);
    }
    double h = from.distance(to);
    double whole = (1 + eta) * h;
    double first = -to.alpha() * StrictMath.expm1(-whole);
    double noise = eta == 0 ? 0 : to.sigma() * Math.sqrt(-StrictMath.expm1(-2 * eta * h));
    double second = at.length == 2 && !heun ? first / 2 : to.alpha() * whole * phi(2, -whole);
    double third = to.alpha() * (whole * phi(3, -whole) - (asDiffusers && eta > 0 ? 1 : 0));
    return Combination.ofData(kept, differences(h, first, second, third, at), noise);
  }

  /// DPM-Solver in several steps, of order 1 to 3: the integral of eps, not of x0. Lu et al.,
  /// arXiv:2206.00927; with noise of the SDE as diffusers' sde-dpmsolver, where `eta` is 1.
  ///
  /// @param heun the form of order 2: `heun`, or `midpoint`
  static Combination dpmSolver(boolean heun, double eta, Level to, Level... at) {
    Level from = at[0];
    double kept = to.alpha() / from.alpha();
    if (to.ratio() == 0) {
      return Combination.ofNoise(
          kept, weights(at.length, -to.alpha() * from.ratio(), 0, 0, 0, 0), 0);
    }
    double h = from.distance(to);
    double grown = 1 + eta;
    double first = -grown * to.sigma() * StrictMath.expm1(h);
    double second = at.length == 2 && !heun ? first / 2 : -grown * to.sigma() * h * phi(2, h);
    double third = -grown * to.sigma() * h * phi(3, h);
    double noise = eta == 0 ? 0 : to.sigma() * Math.sqrt(eta * StrictMath.expm1(2 * h));
    return Combination.ofNoise(kept, differences(h, first, second, third, at), noise);
  }

  /// The factors of the model's outputs, from those of the newest one and of its first and second
  /// difference over the levels.
  private static double[] differences(
      double h, double first, double second, double third, Level... at) {
    if (at.length == 1) {
      return new double[] {first};
    }
    double r0 = at[1].distance(at[0]) / h;
    if (at.length == 2) {
      return weights(2, first, second, r0, 0, 0);
    }
    return weights(3, first, second, r0, at[2].distance(at[1]) / h, third);
  }

  private static double[] weights(
      int points, double first, double second, double r0, double r1, double third) {
    double[] weights = new double[points];
    weights[0] = first;
    if (points == 2 && second != 0) {
      weights[0] += second / r0;
      weights[1] = -second / r0;
    } else if (points == 3 && second != 0) {
      // D1 = D10 + r0 / (r0 + r1) (D10 - D11), D2 = (D10 - D11) / (r0 + r1).
      double bent = (second * r0 + third) / (r0 + r1);
      double near = (second + bent) / r0;
      double far = -bent / r1;
      weights[0] += near;
      weights[1] = far - near;
      weights[2] = -far;
    }
    return weights;
  }

  /// `phi_k(z) = (phi_{k-1}(z) - 1 / (k-1)!) / z`, `phi_0 = exp`.
  static double phi(int k, double z) {
    double factorial = 1;
    if (Math.abs(z) < 1) {
      // sum_n z^n / (n + k)!
      for (int n = 2; n <= k; n++) {
        factorial *= n;
      }
      double sum = 0;
      double term = 1 / factorial;
      for (int n = 1; Math.abs(term) > 1e-19 / factorial; n++) {
        sum += term;
        term *= z / (k + n);
      }
      return sum;
    }
    double value = StrictMath.expm1(z) / z;
    for (int n = 1; n < k; n++) {
      factorial *= n;
      value = (value - 1 / factorial) / z;
    }
    return value;
  }

  /// UniPC's predictor of order 1 to 4. Zhao et al., arXiv:2302.04867, algorithm 2; of order 2 with
  /// the simplified weight 1/2, as diffusers and the authors have it.
  ///
  /// @param ofEps whether eps is integrated, not x0
  /// @param bh1 whether `B(h) = h`, not `exp(h) - 1`
  static Combination unipcPredictor(boolean ofEps, boolean bh1, Level to, Level... at) {
    if (to.ratio() == 0 || at.length == 1) {
      return ofEps ? dpmSolver(false, 0, to, at) : dpmSolverPlusPlus(false, 0, to, at);
    }
    UniPcSystem step = new UniPcSystem(ofEps, bh1, to, at);
    double[] rho = at.length == 2 ? new double[] {0.5} : step.rho(at.length - 1);
    return step.combination(rho, false);
  }

  /// UniPC's corrector of order 1 to 4: the step again, from where the predictor went, with what
  /// the model predicts at the level that it led to, which is the last point.
  ///
  /// @param to not clean data
  static Combination unipcCorrector(boolean ofEps, boolean bh1, Level to, Level... at) {
    UniPcSystem step = new UniPcSystem(ofEps, bh1, to, at);
    double[] rho = at.length == 1 ? new double[] {0.5} : step.rho(at.length);
    return step.combination(rho, true);
  }

  /// DPM-Solver-2 as k-diffusion's sample_dpm_2 and sample_dpm_2_ancestral: down by the slope in
  /// the middle of the logarithms, then noise up. Points: this level, and [#middle].
  static Combination dpm2(double eta, Level to, Level from) {
    double up = Step.up(from.sigma(), to.sigma(), eta);
    double down = Step.down(to.sigma(), up);
    double span = down - from.sigma();
    return Combination.ofNoise(1, down == 0 ? new double[] {span, 0} : new double[] {0, span}, up);
  }

  /// DPM-Solver++ of two evaluations, as k-diffusion's sample_dpmpp_2s_ancestral (`share` 1, the
  /// middle by [#middle]) and sample_dpmpp_sde (`share` `1 / (2 r)`, the middle by [#between]).
  /// Points: this level, and the middle.
  ///
  /// @param share the weight of the model's output in the middle
  static Combination dpmSolver2s(double share, double eta, Level to, Level from) {
    double up = Step.up(from.sigma(), to.sigma(), eta);
    double down = Step.down(to.sigma(), up);
    double clean = (from.sigma() - down) / from.sigma();
    return down == 0
        ? Combination.ofData(0, new double[] {1, 0}, up)
        : Combination.ofData(
            down / from.sigma(), new double[] {(1 - share) * clean, share * clean}, up);
  }

  /// The sigma where DPM-2 and DPM-Solver++ 2S ask the model again: `sqrt(sigma down)`; 0 where
  /// they do not.
  static double middle(double eta, Level to, Level from) {
    return Math.sqrt(from.sigma() * Step.down(to.sigma(), Step.up(from.sigma(), to.sigma(), eta)));
  }

  /// The sigma where sample_dpmpp_sde asks the model again: `sigma^(1 - r) sigma'^r`.
  static double between(double r, Level to, Level from) {
    return r == 0.5
        ? Math.sqrt(from.sigma() * to.sigma())
        : StrictMath.pow(from.sigma(), 1 - r) * StrictMath.pow(to.sigma(), r);
  }
}
