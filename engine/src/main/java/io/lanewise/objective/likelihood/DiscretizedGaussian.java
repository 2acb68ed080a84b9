package io.lanewise.objective.likelihood;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.support.DiscretizedNormal;
import java.util.List;

/// Log-likelihood of images under a discretized Gaussian, in nats, summed over dimensions: the
/// decoder term of diffusion models. `x` is scaled to [-1, 1] and has `levels` values; the first
/// and the last (x below -0.999, above 0.999) take the open tails.
///
/// - `cdf: approx-cdf`: OpenAI's formula, operation by operation, in float64: `1/2 (1 +
///   tanh(sqrt(2/pi) (z + 0.044715 z^3)))`, probabilities clamped at 1e-12. It is what published
///   bits per dimension rest on. Float32 columns are widened, so results differ from a float32 run
///   by its rounding.
/// - `cdf: erf`: the normal distribution itself, nothing clamped, to about 14 digits however far
///   out.
public final class DiscretizedGaussian implements RowObjective {
  private static final Parameter<String> CDF =
      Parameter.choice(
          "cdf",
          "approx-cdf",
          "The normal CDF: OpenAI's tanh approximation, clamped at 1e-12, or exact.",
          List.of("approx-cdf", "erf"));
  private static final Parameter<Long> LEVELS =
      Parameter.integer("levels", "256", 2, 65536, "Number of values of a dimension.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "discretized-gaussian",
        List.of(),
        Family.LIKELIHOOD,
        "Discretized Gaussian",
        "log p(x) = sum_j ln(Phi((x_j + h - mu_j)/s_j) - Phi((x_j - h - mu_j)/s_j)),"
            + " h = 1/(levels - 1)",
        "Ho et al., arXiv:2006.11239, 3.3; openai/guided-diffusion, losses.py",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "Data in [-1, 1]."),
                Role.vector("mean", "data", "Mean of each dimension."),
                Role.vector("log-scale", "data", "Logarithm of the standard deviation."))),
        List.of(CDF, LEVELS),
        Discretized.OUTPUTS);
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new Function(binding.get(CDF).equals("erf"), 1.0 / (binding.get(LEVELS) - 1));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return Discretized.statistics(binding.width("x"));
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final boolean exact;
    private final double half;
    private double[] x = new double[0];
    private double[] mean = new double[0];
    private double[] logScale = new double[0];

    Function(boolean exact, double half) {
      this.exact = exact;
      this.half = half;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      x = in.numbers("x", x);
      mean = in.numbers("mean", mean);
      logScale = in.numbers("log-scale", logScale);
      int width = in.width("x");
      double[] result = out.number("log-likelihood");
      for (int i = 0; i < in.count(); i++) {
        double sum = 0;
        for (int j = i * width; j < (i + 1) * width; j++) {
          sum +=
              exact
                  ? DiscretizedNormal.exact(x[j], mean[j], logScale[j], half)
                  : DiscretizedNormal.approximate(x[j], mean[j], logScale[j], half);
        }
        result[i] = sum;
      }
      Discretized.finish(in.count(), width, out);
    }
  }
}
