package io.lanewise.objective.sample;

import io.lanewise.linalg.Algebra;
import io.lanewise.objective.Workers;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// `tr((A^1/2 B A^1/2)^1/2)` of two covariances, without a matrix root and without an epsilon.
///
/// Where both have full rank it is the sum of the roots of the eigenvalues of `L' B L`, with the
/// Cholesky factor `A = L L'`. Where one is singular those eigenvalues are zeros with rounding,
/// whose roots would count: then it is the nuclear norm of a product of factors, `|F_A' F_B|_*`,
/// with the centred rows themselves as factor if there are no more of them than dimensions.
final class RootTrace {
  private RootTrace() {}

  static double of(FittedGaussian a, FittedGaussian b, Workers workers) {
    if (a.hasRows() || b.hasRows()) {
      workers.forEach("factors", 2, k -> (k == 0 ? a : b).factor());
      return a.factor().traceOfRoot(b.factor());
    }
    // Asked for here: a Gaussian lets one at a time derive something from it.
    double[] ofA = a.covariance();
    double[] ofB = b.covariance();
    Algebra algebra = Algebra.active();
    double @Nullable [] product =
        algebra.congruence(
            ofA,
            ofB,
            a.dim(),
            (parts, part) -> workers.forEach("products", parts, k -> part.accept((int) k)));
    AtomicReference<double @Nullable []> eigenvalues = new AtomicReference<>();
    workers.forEach(
        "eigenvalues",
        3,
        k -> {
          switch ((int) k) {
            case 0 -> {
              if (product != null) {
                eigenvalues.set(algebra.eigenvalues(product, a.dim()));
              }
            }
            case 1 -> a.definiteness();
            default -> b.definiteness();
          }
        });
    double[] values = eigenvalues.get();
    boolean regular = a.definiteness().rank() == a.dim() && b.definiteness().rank() == b.dim();
    if (values == null || !regular) {
      workers.forEach("factors", 2, k -> (k == 0 ? a : b).factor());
      return a.factor().traceOfRoot(b.factor());
    }
    double sum = 0;
    for (double value : values) {
      sum += Math.sqrt(Math.max(value, 0));
    }
    return sum;
  }
}
