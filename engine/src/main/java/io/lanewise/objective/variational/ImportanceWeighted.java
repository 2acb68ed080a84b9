package io.lanewise.objective.variational;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
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
import io.lanewise.objective.support.Float64Memory;
import io.lanewise.result.Direction;
import java.lang.foreign.MemorySegment;
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
    return new Function(binding.kernels(), binding.get(ALPHA));
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
    private final Kernels kernels;
    private final double alpha;
    private final Float64Memory memory = new Float64Memory();
    private double[] weights = new double[0];
    private double[] pivots = new double[0];
    private double[] logSums = new double[0];

    Function(Kernels kernels, double alpha) {
      this.kernels = kernels;
      this.alpha = alpha;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      weights = in.numbers("log-weights", weights);
      int samples = in.width("log-weights");
      if (pivots.length < in.count()) {
        pivots = new double[in.count()];
        logSums = new double[in.count()];
      }
      bounds(in.count(), samples, out);
      renyi(in.count(), samples, out.number("renyi"));
    }

    /// ELBO, IWAE and effective sample size, from log-weights less each row's largest.
    private void bounds(int rows, int samples, RowOutputs out) {
      double[] elbo = out.number("elbo");
      double[] iwae = out.number("iwae");
      double[] ess = out.number("ess");
      for (int i = 0; i < rows; i++) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = i * samples; k < (i + 1) * samples; k++) {
          max = Math.max(max, weights[k]);
        }
        double deviation = 0;
        for (int k = i * samples; k < (i + 1) * samples; k++) {
          deviation += weights[k] - max;
        }
        pivots[i] = max;
        elbo[i] = max == Double.NEGATIVE_INFINITY ? max : max + deviation / samples;
      }
      logSumExp(rows, samples, 1, iwae);
      logSumExp(rows, samples, 2, ess);
      for (int i = 0; i < rows; i++) {
        // A row without any weight: every bound is -Infinity, and no sample is effective.
        boolean none = pivots[i] == Double.NEGATIVE_INFINITY;
        ess[i] = none ? 0 : StrictMath.exp(2 * iwae[i] - ess[i]);
        iwae[i] = none ? pivots[i] : pivots[i] + (iwae[i] - StrictMath.log(samples));
      }
    }

    private void renyi(int rows, int samples, double[] renyi) {
      double order = 1 - alpha;
      for (int i = 0; i < rows && order < 0; i++) {
        double min = Double.POSITIVE_INFINITY;
        for (int k = i * samples; k < (i + 1) * samples; k++) {
          min = Math.min(min, weights[k]);
        }
        pivots[i] = min;
      }
      logSumExp(rows, samples, order, logSums);
      for (int i = 0; i < rows; i++) {
        renyi[i] =
            pivots[i] == Double.NEGATIVE_INFINITY
                ? pivots[i]
                : pivots[i] + (logSums[i] - StrictMath.log(samples)) / order;
      }
    }

    /// `ln sum_k exp(factor (ln w_k - pivot))` of every row.
    private void logSumExp(int rows, int samples, double factor, double[] out) {
      MemorySegment shifted = memory.elements((long) rows * samples);
      for (int k = 0; k < rows * samples; k++) {
        Float64Memory.set(shifted, k, factor * (weights[k] - pivots[k / samples]));
      }
      kernels.logSumExp().rows(new Matrix(FloatType.FLOAT64, shifted, rows, samples), out);
    }
  }
}
