package io.lanewise.objective.flow;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.List;

/// Planar flow `f(x) = x + u tanh(w.x + b)`, `ln|det| = ln|1 + u.w tanh'(w.x + b)|`, for rows of d
/// elements with their own w, u (vectors) and b (a number), float32 or float64. It is invertible
/// where `w.u >= -1`; output `invertible` tells, and a verdict fails if any row is not. With
/// `constrain` = `true`, u is replaced by `u + (m(w.u) - w.u) w / |w|^2`, `m(a) = -1 + ln(1 +
/// e^a)`, which makes it so. The inverse has no closed form: `a = w.x` solves `a + w.u tanh(a + b)
/// = w.y`, a monotone equation in one number, to the last digits; for a row that is not invertible
/// it is NaN.
public final class PlanarFlow implements Transform {
  private static final Parameter<String> CONSTRAIN =
      Parameter.choice(
          "constrain",
          "false",
          "Whether u is replaced so that w.u >= -1.",
          List.of("false", "true"));

  @Override
  public Descriptor descriptor() {
    List<Output> outputs =
        new ArrayList<>(
            TransformedRows.outputs("x + u tanh(w.x + b); inverse: the row this is taken from"));
    outputs.add(Output.number("invertible", "1", "1 if w.u >= -1, else 0"));
    return new Descriptor(
        "planar-flow",
        List.of(),
        Family.FLOW,
        "Planar flow",
        "f(x) = x + u tanh(w.x + b); ln|det| = ln|1 + u.w (1 - tanh(w.x + b)^2)|",
        "Rezende and Mohamed, Variational Inference with Normalizing Flows, arXiv:1505.05770, equations "
            + "10 to 12 and appendix A.1",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "Rows to transform."),
                Role.vector("w", "data", "Direction w in tanh(w.x + b)."),
                Role.vector("u", "data", "Direction u in which rows move."),
                Role.scalar("b", "Bias."))),
        List.of(TransformedRows.DIRECTION, CONSTRAIN),
        outputs);
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean inverse = TransformedRows.inverse(binding);
    boolean constrain = binding.get(CONSTRAIN).equals("true");
    return (in, out) -> {
      RoleRows ws = new RoleRows(in, "w");
      RoleRows us = new RoleRows(in, "u");
      double[] bs = in.numbers("b", new double[0]);
      double[] invertible = out.number("invertible");
      TransformedRows.evaluate(
          in,
          out,
          (row, x, y) -> {
            double[] w = ws.row(row);
            double[] u = us.row(row);
            double c = constrain ? constrained(w, u) : dot(w, u);
            invertible[row] = Double.isNaN(c) ? c : c >= -1 ? 1 : 0;
            double at = dot(w, x);
            double a = inverse ? preimage(at, c, bs[row]) : at;
            double step = (inverse ? -1 : 1) * StrictMath.tanh(a + bs[row]);
            for (int j = 0; j < x.length; j++) {
              y[j] = Math.fma(u[j], step, x[j]);
            }
            double logdet = logDerivative(c, a + bs[row]);
            return inverse ? -logdet : logdet;
          });
    };
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum = Math.fma(a[j], b[j], sum);
    }
    return sum;
  }

  /// Moves u so that `w.u = -1 + softplus(w.u)`, and returns that.
  private static double constrained(double[] w, double[] u) {
    double c = dot(w, u);
    double wanted = -1 + Softplus.of(c);
    double factor = (wanted - c) / dot(w, w);
    for (int j = 0; j < u.length; j++) {
      u[j] = Math.fma(factor, w[j], u[j]);
    }
    return wanted;
  }

  /// `ln|1 + c tanh'(t)|`, with `tanh'(t) = 4 e^-2|t| / (1 + e^-2|t|)^2` that does not cancel.
  private static double logDerivative(double c, double t) {
    double change = c * slope(t);
    return change > -1 ? StrictMath.log1p(change) : StrictMath.log(Math.abs(1 + change));
  }

  private static double slope(double t) {
    double e = StrictMath.exp(-2 * Math.abs(t));
    return 4 * e / ((1 + e) * (1 + e));
  }

  /// The a of `a + c tanh(a + b) = target`: Newton's steps, halving wherever one leaves the
  /// bracket.
  private static double preimage(double target, double c, double b) {
    if (!(c >= -1)) {
      return Double.NaN;
    }
    double low = target - Math.abs(c);
    double high = target + Math.abs(c);
    double a = target;
    for (int i = 0; i < 200; i++) {
      double excess = Math.fma(c, StrictMath.tanh(a + b), a - target);
      if (excess > 0) {
        high = a;
      } else {
        low = a;
      }
      double next = a - excess / (1 + c * slope(a + b));
      if (!(next > low && next < high)) {
        next = 0.5 * (low + high);
      }
      if (next == a || excess == 0) {
        break;
      }
      a = next;
    }
    return a;
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return Invertibility.statistics("share of rows with w.u >= -1");
  }

  @Override
  public Conclusion conclude(Binding binding, List<Measure> measures, List<Breakdown> breakdowns) {
    return Invertibility.verdict(measures, "w.u >= -1");
  }
}
