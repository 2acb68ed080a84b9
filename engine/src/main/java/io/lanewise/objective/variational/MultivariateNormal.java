package io.lanewise.objective.variational;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
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
import io.lanewise.result.Direction;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Log-density and differential entropy of a multivariate normal, in nats, 2 pi included: `-1/2 (d
/// ln 2 pi
/// + |L^-1 (x - mu)|^2) - sum_i ln L_ii` and `d/2 (1 + ln 2 pi) + sum_i ln L_ii`.
///
/// The covariance of each row is diagonal (`logvar`), or d x d: `sigma`, or its lower Cholesky
/// factor `l`, row-major. A matrix that is not positive definite, a covariance that is not
/// symmetric within 64 roundings to its type, and a factor with something above its diagonal are
/// errors that name the row, under every policy.
public final class MultivariateNormal implements RowObjective {
  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "multivariate-normal",
        List.of("mvn"),
        Family.VARIATIONAL,
        "Multivariate normal log-density and entropy",
        "ln p(x) = -1/2 (d ln 2 pi + |L^-1 (x - mu)|^2) - sum_i ln L_ii;"
            + " H = d/2 (1 + ln 2 pi) + sum_i ln L_ii",
        "Cover and Thomas, Elements of Information Theory, theorem 8.4.1",
        List.of(
            RowSet.rows(
                    Role.vector("x", "latent", "The point at which to evaluate, d numbers."),
                    Role.vector("mu", "latent", "Mean, d."),
                    Role.vector("logvar", "latent", "Logarithms of variances, d, or:").optional(),
                    Role.vector("l", "matrix", "Cholesky factor, d x d, or:").optional(),
                    Role.vector("sigma", "matrix", "covariance, d x d.").optional())
                .choosing(Choice.oneOf("logvar", "l", "sigma"))),
        List.of(),
        List.of(
            Output.number("log-density", "nats", "ln p(x)"),
            Output.number("entropy", "nats", "d/2 (1 + ln 2 pi) + sum_i ln L_ii")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    int dim = binding.width("x");
    if (!binding.has("logvar")) {
      return new Function(new Covariance(binding, "l", "sigma", dim), dim, binding.kernels());
    }
    return new Function(null, dim, binding.kernels());
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Statistic.mean("log-density", "nats", Direction.HIGHER, "mean over rows", "log-density"),
        Statistic.mean("entropy", "nats", Direction.NEITHER, "mean over rows", "entropy"));
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final @Nullable Covariance covariance;
    private final int dim;
    private final double[] difference;
    private final Kernels kernels;
    private final Float64Memory zeros = new Float64Memory();
    private final Float64Memory differences = new Float64Memory();
    private final Float64Memory logvars = new Float64Memory();
    private double[] x = new double[0];
    private double[] mu = new double[0];
    private double[] logvar = new double[0];

    Function(@Nullable Covariance covariance, int dim, Kernels kernels) {
      this.kernels = kernels;
      this.covariance = covariance;
      this.dim = dim;
      difference = new double[dim];
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      x = in.numbers("x", x);
      mu = in.numbers("mu", mu);
      if (covariance != null) {
        covariance.read(in);
      } else {
        logvar = in.numbers("logvar", logvar);
      }
      double[] density = out.number("log-density");
      double[] entropy = out.number("entropy");
      if (covariance == null) {
        diagonal(in.count(), density, entropy);
        return;
      }
      for (int i = 0; i < in.count(); i++) {
        for (int j = 0; j < dim; j++) {
          difference[j] = x[i * dim + j] - mu[i * dim + j];
        }
        double[] l = covariance.factor(in, i);
        Cholesky.solve(l, dim, difference);
        double half = Cholesky.halfLogDeterminant(l, dim);
        double square = 0;
        for (double d : difference) {
          square += d * d;
        }
        density[i] = -0.5 * (dim * Gaussians.LOG_2PI + square) - half;
        entropy[i] = 0.5 * dim * (1 + Gaussians.LOG_2PI) + half;
      }
    }

    private void diagonal(int rows, double[] density, double[] entropy) {
      int elements = rows * dim;
      MemorySegment standardized = differences.elements(elements);
      MemorySegment variance = logvars.elements(elements);
      for (int j = 0; j < elements; j++) {
        Float64Memory.set(standardized, j, x[j] - mu[j]);
        Float64Memory.set(variance, j, -logvar[j]);
      }
      kernels
          .reparameterize()
          .each(
              Matrix.values(FloatType.FLOAT64, zeros.zeros(elements), elements),
              Matrix.values(FloatType.FLOAT64, variance, elements),
              Matrix.values(FloatType.FLOAT64, standardized, elements),
              Matrix.values(FloatType.FLOAT64, standardized, elements));
      kernels.squaredNorm().rows(new Matrix(FloatType.FLOAT64, standardized, rows, dim), density);
      kernels.rowSum().rows(new Matrix(FloatType.FLOAT64, variance, rows, dim), entropy);
      for (int i = 0; i < rows; i++) {
        double half = -0.5 * entropy[i];
        density[i] = -0.5 * (dim * Gaussians.LOG_2PI + density[i]) - half;
        entropy[i] = 0.5 * dim * (1 + Gaussians.LOG_2PI) + half;
      }
    }
  }
}
