package io.lanewise.objective.variational;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.support.Float64Memory;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Kullback-Leibler divergence between two diagonal Gaussians, in nats, summed over dimensions:
/// `1/2 sum_j (expm1(d_j) - d_j + (mu1_j - mu2_j)^2 exp(-logvar2_j))`, `d = logvar1 - logvar2`;
/// TensorFlow Probability's form, which does not go negative where the two agree.
public final class DiagonalKl implements RowObjective {
  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "diagonal-kl",
        List.of(),
        Family.VARIATIONAL,
        "KL between diagonal Gaussians",
        "KL(N(mu1, exp(logvar1)) || N(mu2, exp(logvar2)))"
            + " = 1/2 sum_j (expm1(d_j) - d_j + (mu1_j - mu2_j)^2 exp(-logvar2_j)),"
            + " d = logvar1 - logvar2",
        "TensorFlow Probability, Normal KL",
        List.of(
            RowSet.rows(
                Role.vector("mu1", "latent", "Mean of the first."),
                Role.vector("logvar1", "latent", "Logarithm of the variance of the first."),
                Role.vector("mu2", "latent", "Mean of the second."),
                Role.vector("logvar2", "latent", "Logarithm of the variance of the second."))),
        List.of(),
        List.of(
            Output.number("kl", "nats", "KL of the first from the second, summed over dimensions"),
            Output.vector("kl-per-dimension", "mu1", "nats", "KL of each dimension").onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new Function(binding.kernels());
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return KlStatistics.of("mean over rows, summed over dimensions");
  }

  /// One worker's evaluation: the divergence from the standard normal of a Gaussian of mean `(mu1 -
  /// mu2) exp(-logvar2 / 2)` and log-variance d, which is the same number.
  private static final class Function implements RowFunction {
    private final Kernels kernels;
    private final Float64Memory zeros = new Float64Memory();
    private final Float64Memory means = new Float64Memory();
    private final Float64Memory scales = new Float64Memory();
    private final Float64Memory differences = new Float64Memory();
    private double[] mu1 = new double[0];
    private double[] logvar1 = new double[0];
    private double[] mu2 = new double[0];
    private double[] logvar2 = new double[0];

    Function(Kernels kernels) {
      this.kernels = kernels;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      mu1 = in.numbers("mu1", mu1);
      logvar1 = in.numbers("logvar1", logvar1);
      mu2 = in.numbers("mu2", mu2);
      logvar2 = in.numbers("logvar2", logvar2);
      int width = in.width("mu1");
      int elements = in.count() * width;
      MemorySegment mean = means.elements(elements);
      MemorySegment scale = scales.elements(elements);
      MemorySegment difference = differences.elements(elements);
      for (int j = 0; j < elements; j++) {
        Float64Memory.set(mean, j, mu1[j] - mu2[j]);
        Float64Memory.set(scale, j, -logvar2[j]);
        Float64Memory.set(difference, j, logvar1[j] - logvar2[j]);
      }
      kernels
          .reparameterize()
          .each(
              Matrix.values(FloatType.FLOAT64, zeros.zeros(elements), elements),
              Matrix.values(FloatType.FLOAT64, scale, elements),
              Matrix.values(FloatType.FLOAT64, mean, elements),
              Matrix.values(FloatType.FLOAT64, mean, elements));
      kernels
          .gaussianKl()
          .rows(
              new Matrix(FloatType.FLOAT64, mean, in.count(), width),
              new Matrix(FloatType.FLOAT64, difference, in.count(), width),
              out.number("kl"));
      for (int j = 0; out.wants("kl-per-dimension") && j < elements; j++) {
        double kl = Gaussians.kl(mu1[j], logvar1[j], mu2[j], logvar2[j]);
        in.put(out.vector("kl-per-dimension"), j, kl);
      }
    }
  }
}
