package io.lanewise.objective.flow;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Length;
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

/// Radial flow `f(x) = x + beta h (x - c)`, `h = 1 / (alpha + r)`, `r = |x - c|`, for rows of d
/// elements with their own center c (a vector), alpha > 0 and beta (numbers), float32 or float64:
/// `ln|det| = (d - 1) ln|1 + beta h| + ln|1 + alpha beta h^2|`. It is invertible where `beta >=
/// -alpha`; output `invertible` tells, and a verdict fails if any row is not. With `constrain` =
/// `true`, beta is replaced by `-alpha + ln(1 + e^beta)`, which makes it so. The inverse finds r
/// from `r + beta r / (alpha + r) = |y - c|`, a quadratic equation; for a row that is not
/// invertible it is NaN, and so is everything where alpha is not above 0.
public final class RadialFlow implements Transform {
  private static final Parameter<String> CONSTRAIN =
      Parameter.choice(
          "constrain",
          "false",
          "Whether beta is replaced so that it is at least -alpha.",
          List.of("false", "true"));

  @Override
  public Descriptor descriptor() {
    List<Output> outputs =
        new ArrayList<>(
            TransformedRows.outputs("x + beta h (x - c); inverse: the row this is taken from"));
    outputs.add(Output.number("invertible", "1", "1 if beta >= -alpha, else 0"));
    return new Descriptor(
        "radial-flow",
        List.of(),
        Family.FLOW,
        "Radial flow",
        "f(x) = x + beta h (x - c), h = 1 / (alpha + |x - c|); ln|det| = (d - 1) ln|1 + beta h| + ln|1 +"
            + " alpha beta h^2|",
        "Rezende and Mohamed, Variational Inference with Normalizing Flows, arXiv:1505.05770, equation"
            + " 14 and appendix A.2",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "Rows to transform."),
                Role.vector("center", "data", "The point c that rows move from or to."),
                Role.scalar("alpha", "Distance at which the pull is halved; above 0."),
                Role.scalar("beta", "Strength, negative towards the center."))),
        List.of(TransformedRows.DIRECTION, CONSTRAIN),
        outputs);
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean inverse = TransformedRows.inverse(binding);
    boolean constrain = binding.get(CONSTRAIN).equals("true");
    return (in, out) -> {
      RoleRows centers = new RoleRows(in, "center");
      double[] alphas = in.numbers("alpha", new double[0]);
      double[] betas = in.numbers("beta", new double[0]);
      double[] invertible = out.number("invertible");
      TransformedRows.evaluate(
          in,
          out,
          (row, x, y) -> {
            double[] center = centers.row(row);
            double alpha = alphas[row] > 0 ? alphas[row] : Double.NaN;
            double beta = constrain ? Softplus.of(betas[row]) - alpha : betas[row];
            invertible[row] = Double.isNaN(alpha + beta) ? Double.NaN : beta >= -alpha ? 1 : 0;
            double distance = distance(x, center);
            double r = inverse ? preimage(distance, alpha, beta) : distance;
            double h = 1 / (alpha + r);
            double stretch = 1 + beta * h;
            for (int j = 0; j < x.length; j++) {
              double offset = x[j] - center[j];
              // At the center itself every stretch leaves the row where it is.
              double moved = r == 0 ? offset : inverse ? offset / stretch : offset * stretch;
              y[j] = center[j] + moved;
            }
            double logdet =
                (x.length - 1) * logOnePlus(beta * h) + logOnePlus(alpha * h * beta * h);
            return inverse ? -logdet : logdet;
          });
    };
  }

  private static double distance(double[] x, double[] center) {
    double sum = 0;
    for (int j = 0; j < x.length; j++) {
      double offset = x[j] - center[j];
      sum = Math.fma(offset, offset, sum);
    }
    return Length.isExact(sum) ? Math.sqrt(sum) : Length.of(x.length, j -> x[j] - center[j]);
  }

  /// The r of `r + beta r / (alpha + r) = target`: of `r^2 + (alpha + beta - target) r = alpha
  /// target` the root that is not negative, in the form that does not cancel.
  private static double preimage(double target, double alpha, double beta) {
    if (!(beta >= -alpha)) {
      return Double.NaN;
    }
    double b = target - alpha - beta;
    double root = Math.sqrt(Math.fma(b, b, 4 * alpha * target));
    return b >= 0 ? 0.5 * (b + root) : 2 * alpha * target / (root - b);
  }

  private static double logOnePlus(double x) {
    return x > -1 ? StrictMath.log1p(x) : StrictMath.log(Math.abs(1 + x));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return Invertibility.statistics("share of rows with beta >= -alpha");
  }

  @Override
  public Conclusion conclude(Binding binding, List<Measure> measures, List<Breakdown> breakdowns) {
    return Invertibility.verdict(measures, "beta >= -alpha");
  }
}
