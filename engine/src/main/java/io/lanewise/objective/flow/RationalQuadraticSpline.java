package io.lanewise.objective.flow;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
import java.util.List;

/// Neural spline flow: each of a row's d elements through its own monotone rational-quadratic
/// spline on [-B, B], from what a network gave for it: K unnormalised widths, K heights, and
/// derivatives, all in vector roles of `d * K` (derivatives `d * (K - 1)`) elements, element by
/// element. Beyond [-B, B] the flow is the identity (`tails` = `linear`, derivatives at the ends
/// exactly 1 but for `nflows-identity`), or, with `tails` = `none`, undefined: NaN; then there are
/// `d * (K + 1)` derivatives. float32 or float64. K is the width of `widths` over d. With one bin
/// and tails there is no inner knot and no derivative to give: the spline is the identity.
///
/// Widths and heights are `2 B (min + (1 - min K) softmax)`. Derivatives are `min + softplus(u)` as
/// in nflows; with link `softplus-beta`, `min + softplus(beta u) / beta` of `beta = ln 2 / (1 -
/// min)`, or `softplus-offset` (distrax) the derivative of u = 0 is 1, so that parameters of 0 are
/// the identity. `nflows-identity` is nflows' `enable_identity_init` to the digit: `softplus-beta`,
/// but with linear tails it goes over the padding of the ends too, whose derivative becomes `min +
/// softplus(beta c) / beta` of `c = ln(e^(1 - min) - 1)`: 1.295 for min 0.001. Models that were
/// trained with it need it, and parameters of 0 are then not quite the identity.
public final class RationalQuadraticSpline implements Transform {
  private static final Parameter<String> TAILS =
      Parameter.choice(
          "tails",
          "linear",
          "linear: identity outside [-B, B]; none: NaN there.",
          List.of("linear", "none"));
  private static final Parameter<Double> BOUND =
      Parameter.number(
          "tail-bound",
          "1",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "B: the spline acts on [-B, B].");
  private static final Parameter<Double> MIN_WIDTH = minimum("min-bin-width", "bin width");
  private static final Parameter<Double> MIN_HEIGHT = minimum("min-bin-height", "bin height");
  private static final Parameter<Double> MIN_DERIVATIVE = minimum("min-derivative", "derivative");
  private static final Parameter<String> LINK =
      Parameter.choice(
          "derivative-link",
          "softplus",
          "How u becomes a derivative. softplus: the default of nflows; nflows-identity: its enable_identity_init, whose derivative at linear tails is not 1; softplus-beta: the same with 1 there; softplus-offset: distrax.",
          List.of("softplus", SplineBins.NFLOWS_IDENTITY, "softplus-beta", "softplus-offset"));

  private static Parameter<Double> minimum(String name, String of) {
    return Parameter.number(
        name, "1e-3", 0, 0.999, "1", "Smallest " + of + "; of widths and heights a share of 2 B.");
  }

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "rational-quadratic-spline",
        List.of("rqs"),
        Family.FLOW,
        "Rational-quadratic spline flow",
        "y = y_k + h (s t^2 + d_k t (1 - t)) / (s + (d_k+1 + d_k - 2 s) t (1 - t)), "
            + "t = (x - x_k) / w, s = h / w; ln|det| = sum_j ln dy_j/dx_j",
        "Durkan et al., Neural Spline Flows, arXiv:1906.04032, equations 4 to 8; parameters as in nflows",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "Rows to transform."),
                Role.vector("widths", "bins", "Unnormalised widths, d * K."),
                Role.vector("heights", "bins", "Unnormalised heights, d * K."),
                Role.vector(
                        "derivatives",
                        "",
                        "Unnormalised derivatives, d * (K - 1): none for K = 1; no tails: d * (K + 1).")
                    .optional())),
        List.of(
            TransformedRows.DIRECTION, TAILS, BOUND, MIN_WIDTH, MIN_HEIGHT, MIN_DERIVATIVE, LINK),
        TransformedRows.outputs("the spline of each element, or its inverse"));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    int bins = bins(binding);
    boolean inverse = TransformedRows.inverse(binding);
    SplineBins spline =
        new SplineBins(
            bins,
            binding.get(BOUND),
            binding.get(TAILS).equals("linear"),
            new SplineBins.Limits(
                binding.get(MIN_WIDTH),
                binding.get(MIN_HEIGHT),
                binding.get(MIN_DERIVATIVE),
                binding.get(LINK)));
    return (in, out) -> {
      RoleRows widths = new RoleRows(in, "widths");
      RoleRows heights = new RoleRows(in, "heights");
      List<RoleRows> derivatives =
          binding.has("derivatives") ? List.of(new RoleRows(in, "derivatives")) : List.of();
      TransformedRows.evaluate(
          in,
          out,
          (row, x, y) -> {
            double[] w = widths.row(row);
            double[] h = heights.row(row);
            double[] u = derivatives.isEmpty() ? new double[0] : derivatives.getFirst().row(row);
            double logdet = 0;
            for (int j = 0; j < x.length; j++) {
              spline.set(w, h, u, j);
              y[j] = inverse ? spline.inverse(x[j]) : spline.forward(x[j]);
              logdet += spline.logDerivative();
            }
            return logdet;
          });
    };
  }

  private static int bins(Binding binding) {
    int d = binding.width("x");
    int widths = binding.width("widths");
    int bins = widths / d;
    if (bins < 1 || widths % d != 0) {
      throw new IllegalArgumentException(
          "role 'widths': found %d elements, expected a multiple of %d (elements of 'x')"
              .formatted(widths, d));
    }
    int each = binding.get(TAILS).equals("linear") ? bins - 1 : bins + 1;
    int derivatives = binding.has("derivatives") ? binding.width("derivatives") : 0;
    if (each == 0 && derivatives > 0) {
      throw new IllegalArgumentException(
          ("role 'widths': found %d elements, which is one bin, and %d elements in role"
                  + " 'derivatives', expected no column there, or more bins, or tails 'none'")
              .formatted(widths, derivatives));
    }
    if (derivatives != d * each) {
      throw new IllegalArgumentException(
          "role 'derivatives': found %d elements, expected %d * %d with %d bins and tails '%s'"
              .formatted(derivatives, d, each, bins, binding.get(TAILS)));
    }
    double most = Math.max(binding.get(MIN_WIDTH), binding.get(MIN_HEIGHT));
    if (most * bins >= 1) {
      throw new IllegalArgumentException(
          "parameters 'min-bin-width' and 'min-bin-height': found %s, expected less than 1/%d (one over the number of bins)"
              .formatted(most, bins));
    }
    return bins;
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return TransformedRows.statistics();
  }
}
