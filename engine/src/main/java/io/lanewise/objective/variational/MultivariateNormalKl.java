package io.lanewise.objective.variational;

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
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Kullback-Leibler divergence between Gaussians of full covariance, in nats: `1/2 (|L2^-1 L1|_F^2
/// + |L2^-1 (mu2 - mu1)|^2 - d) + sum_i (ln L2_ii - ln L1_ii)`.
///
/// Each Gaussian has its covariance d x d or its lower Cholesky factor, row-major, as a vector of d
/// d elements a row. Without a second Gaussian it is the standard normal. A matrix that is not
/// positive definite, a covariance that is not symmetric within 64 roundings to its type, and a
/// factor with something above its diagonal are errors that name the row, under every policy.
public final class MultivariateNormalKl implements RowObjective {
  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "multivariate-normal-kl",
        List.of("mvn-kl"),
        Family.VARIATIONAL,
        "KL between Gaussians of full covariance",
        "KL(N(mu1, L1 L1') || N(mu2, L2 L2')) = 1/2 (|L2^-1 L1|_F^2 + |L2^-1 (mu2 - mu1)|^2 - d)"
            + " + sum_i ln L2_ii - sum_i ln L1_ii",
        "TensorFlow Probability, MultivariateNormalLinearOperator KL",
        List.of(
            RowSet.rows(
                    Role.vector("mu1", "latent", "Mean of the first, d numbers."),
                    Role.vector("l1", "matrix", "Its Cholesky factor, d x d, or:").optional(),
                    Role.vector("sigma1", "matrix", "its covariance, d x d.").optional(),
                    Role.vector("mu2", "latent", "Mean of the second.").optional(),
                    Role.vector("l2", "matrix", "Its Cholesky factor, or:").optional(),
                    Role.vector("sigma2", "matrix", "its covariance.").optional())
                .choosing(Choice.oneOf("l1", "sigma1"), Choice.atMostOneOf("l2", "sigma2"))),
        List.of(),
        List.of(Output.number("kl", "nats", "KL of the first from the second")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    int dim = binding.width("mu1");
    boolean second = binding.has("mu2") || binding.has("l2") || binding.has("sigma2");
    if (second && !(binding.has("mu2") && (binding.has("l2") || binding.has("sigma2")))) {
      throw new IllegalArgumentException(
          binding.has("mu2")
              ? "found role 'mu2' without 'l2' or 'sigma2', expected both or neither"
              : "found role 'l2' or 'sigma2' without 'mu2', expected both or neither");
    }
    return new Function(
        new Covariance(binding, "l1", "sigma1", dim),
        second ? new Covariance(binding, "l2", "sigma2", dim) : null,
        dim);
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return KlStatistics.of("mean over rows");
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Covariance first;
    private final @Nullable Covariance second;
    private final int dim;
    private final double[] identity;
    private final double[] column;
    private double[] mu1 = new double[0];
    private double[] mu2 = new double[0];

    Function(Covariance first, @Nullable Covariance second, int dim) {
      this.first = first;
      this.second = second;
      this.dim = dim;
      column = new double[dim];
      identity = new double[dim * dim];
      for (int i = 0; i < dim; i++) {
        identity[i * dim + i] = 1;
      }
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      mu1 = in.numbers("mu1", mu1);
      first.read(in);
      if (second != null) {
        mu2 = in.numbers("mu2", mu2);
        second.read(in);
      }
      for (int i = 0; i < in.count(); i++) {
        double[] l1 = first.factor(in, i);
        double[] l2 = second == null ? identity : second.factor(in, i);
        out.number("kl")[i] = kl(i, l1, l2);
      }
    }

    private double kl(int row, double[] l1, double[] l2) {
      double sum = 0;
      for (int j = 0; j < dim; j++) {
        for (int i = 0; i < dim; i++) {
          column[i] = i < j ? 0 : l1[i * dim + j];
        }
        sum += solvedSquare(l2);
      }
      for (int i = 0; i < dim; i++) {
        column[i] = (second == null ? 0 : mu2[row * dim + i]) - mu1[row * dim + i];
      }
      sum += solvedSquare(l2);
      return 0.5 * (sum - dim)
          + Cholesky.halfLogDeterminant(l2, dim)
          - Cholesky.halfLogDeterminant(l1, dim);
    }

    private double solvedSquare(double[] l2) {
      Cholesky.solve(l2, dim, column);
      double sum = 0;
      for (double c : column) {
        sum += c * c;
      }
      return sum;
    }
  }
}
