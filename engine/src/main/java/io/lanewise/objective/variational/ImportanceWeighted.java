package io.lanewise.objective.variational;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;

/// Bounds on the log-evidence from K log-weights a row, `ln w_k = ln p(x, z_k) - ln q(z_k|x)`, in
/// nats; all are log-likelihoods, so higher is better:
/// - `elbo`: their mean;
/// - `iwae`: `logsumexp_k(ln w_k) - ln K`, at least the ELBO and in expectation at most `ln p(x)`;
/// - `renyi`: `(logsumexp_k((1 - alpha) ln w_k) - ln K) / (1 - alpha)`; alpha 0, the default, is
///   IWAE; alpha 1 would be the ELBO, and is refused with that advice; a negative alpha weighs the
///   largest more;
/// - `ess`: `(sum w)^2 / sum w^2`, from 1 to K; near 1, one sample decides and the bound is not to
///   be trusted.
///
/// No weight is formed outside its logarithm, less the row's largest. A log-weight of -Infinity
/// counts as weight 0: iwae and ess remain finite, elbo is -Infinity (an error under policy
/// `fail`).
public final class ImportanceWeighted implements RowObjective {
  private static final Parameter<Double> ALPHA =
      new Parameter<>(
          "alpha",
          "0",
          "a number other than 1 (for 1, take measure elbo)",
          "1",
          "Order of the Renyi bound; 0 is IWAE.",
          text -> {
            double alpha = Double.parseDouble(text);
            if (alpha == 1 || !Double.isFinite(alpha)) {
              throw new IllegalArgumentException();
            }
            return alpha;
          });

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "importance-weighted",
        List.of("iwae"),
        Family.VARIATIONAL,
        "Importance-weighted and Renyi bounds",
        "IWAE_K = ln (1/K) sum_k w_k; Renyi = ln((1/K) sum_k w_k^(1 - alpha)) / (1 - alpha);"
            + " ELBO = (1/K) sum_k ln w_k; ESS = (sum w)^2 / sum w^2",
        "Burda et al., arXiv:1509.00519; Li and Turner, arXiv:1602.02311",
        List.of(
            RowSet.rows(
                Role.vector(
                    "log-weights", "samples", "ln p(x, z_k) - ln q(z_k|x) of K samples, nats."))),
        List.of(ALPHA),
        List.of(
            Output.number("iwae", "nats", "logsumexp_k(ln w_k) - ln K"),
            Output.number("elbo", "nats", "mean over k of ln w_k"),
            Output.number(
                "renyi", "nats", "(logsumexp_k((1 - alpha) ln w_k) - ln K) / (1 - alpha)"),
            Output.number("ess", "1", "(sum w)^2 / sum w^2")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new Function(binding.get(ALPHA));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        bound("iwae", "mean over rows of IWAE_K, K = %d".formatted(binding.width("log-weights"))),
        bound("elbo", "mean over rows of the Monte Carlo ELBO"),
        bound("renyi", "mean over rows, alpha = %s".formatted(binding.get(ALPHA))),
        Statistic.mean("ess", "1", Direction.HIGHER, "mean over rows", "ess"));
  }

  private static Statistic bound(String name, String definition) {
    return Statistic.mean(name, "nats", Direction.HIGHER, definition, name);
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final double alpha;
    private double[] weights = new double[0];

    Function(double alpha) {
      this.alpha = alpha;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      weights = in.numbers("log-weights", weights);
      int samples = in.width("log-weights");
      for (int i = 0; i < in.count(); i++) {
        row(i, i * samples, samples, out);
      }
    }

    private void row(int i, int from, int samples, RowOutputs out) {
      double max = Double.NEGATIVE_INFINITY;
      double min = Double.POSITIVE_INFINITY;
      for (int k = from; k < from + samples; k++) {
        max = Math.max(max, weights[k]);
        min = Math.min(min, weights[k]);
      }
      double order = 1 - alpha;
      double pivot = order > 0 ? max : min;
      double deviation = 0;
      double sum = 0;
      double squares = 0;
      double powers = 0;
      for (int k = from; k < from + samples; k++) {
        double w = StrictMath.exp(weights[k] - max);
        deviation += weights[k] - max;
        sum += w;
        squares += w * w;
        powers += alpha == 0 ? w : StrictMath.exp(order * (weights[k] - pivot));
      }
      // A row without any weight: every bound is -Infinity, and no sample is effective.
      boolean none = max == Double.NEGATIVE_INFINITY;
      out.number("elbo")[i] = none ? max : max + deviation / samples;
      out.number("iwae")[i] = none ? max : max + StrictMath.log(sum / samples);
      out.number("renyi")[i] =
          pivot == Double.NEGATIVE_INFINITY
              ? pivot
              : pivot + StrictMath.log(powers / samples) / order;
      out.number("ess")[i] = none ? 0 : sum * sum / squares;
    }
  }
}
