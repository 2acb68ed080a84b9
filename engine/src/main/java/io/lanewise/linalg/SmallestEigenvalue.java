package io.lanewise.linalg;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Random;

/// The smallest eigenvalue of a positive definite matrix, without the others: by two Cholesky
/// factors and some solutions with the first of them, which take half the time of all eigenvalues.
///
/// Lanczos' iteration on the inverse finds it from above: the inverse of a Ritz value is never less
/// (Golub and Van Loan, *Matrix Computations*, 10.1). Every vector is made orthogonal to all
/// earlier ones, twice, so that no eigenvalue is found again. The second factor proves that the
/// result is at most [#delta] too large: the matrix with the result less [#delta] taken off its
/// diagonal is still positive definite, which by Sylvester's law of inertia excludes any smaller
/// eigenvalue. So if the iteration missed one, from an unlucky start or one step too few, the proof
/// fails and the caller computes all eigenvalues.
///
/// What roundings in the factor can hide is `d 2^-53` times the trace at worst (Rump 2006,
/// *Verification of Positive Definiteness*), and no more than LAPACK's usual bound, `d 2^-52` times
/// the largest eigenvalue, where they are independent: as with all eigenvalues.
final class SmallestEigenvalue {
  /// Steps from one look at the Ritz values to the next.
  private static final int LOOK = 8;

  private static final long SEED = 1;

  private final Algebra algebra;
  private final Algebra.Inverse inverse;
  private final int dim;
  private final double delta;

  /// The orthonormal vectors so far, and the tridiagonal matrix that the inverse is among them.
  private final double[][] basis;

  private final double[] diagonal;
  private final double[] beside;

  private SmallestEigenvalue(Algebra algebra, Algebra.Inverse inverse, int dim, double delta) {
    this.algebra = algebra;
    this.inverse = inverse;
    this.dim = dim;
    this.delta = delta;
    int steps = steps(dim);
    basis = new double[steps][];
    diagonal = new double[steps];
    beside = new double[steps];
  }

  /// After so many steps, all eigenvalues are faster: a step costs `2 d^2` operations that wait for
  /// memory, all eigenvalues cost `4/3 d^3`.
  private static int steps(int dim) {
    return Math.min(dim, Math.max(8 * LOOK, dim / 12));
  }

  /// The smallest eigenvalue, certified.
  ///
  /// @param matrix d x d float64, row-major; only the upper triangle is read
  /// @return empty if the matrix is not positive definite as far as rounding shows, has elements
  ///   whose squares come near the ends of float64, or has its smallest eigenvalues so close
  ///   together that it takes too long
  static OptionalDouble of(Algebra algebra, double[] matrix, int dim) {
    double largest = 0;
    for (int j = 0; j < dim; j++) {
      largest = Math.max(largest, matrix[j * (dim + 1)]);
    }
    if (!(largest > 0x1p-300 && largest < 0x1p300)) {
      return OptionalDouble.empty();
    }
    // No more than d 2^-52 times the largest eigenvalue, which is no less than the largest element.
    double delta = dim * Math.ulp(1.0) * largest;
    OptionalDouble found = OptionalDouble.empty();
    try (Algebra.Inverse inverse = algebra.inverse(matrix, dim, 0)) {
      if (inverse != null) {
        found = new SmallestEigenvalue(algebra, inverse, dim, delta).find();
      }
    }
    return found.isPresent() && areAbove(algebra, matrix, dim, found.getAsDouble() - delta)
        ? found
        : OptionalDouble.empty();
  }

  /// Whether all eigenvalues are above a number.
  private static boolean areAbove(Algebra algebra, double[] matrix, int dim, double number) {
    try (Algebra.Inverse inverse = algebra.inverse(matrix, dim, number)) {
      return inverse != null;
    }
  }

  private OptionalDouble find() {
    double[] x = new Random(SEED).doubles(dim, -1, 1).toArray();
    double norm = norm(x);
    for (int k = 0; k < basis.length; k++) {
      basis[k] = over(x, norm);
      x = basis[k].clone();
      inverse.apply(x);
      diagonal[k] = dot(basis[k], x);
      orthogonalize(x, k + 1);
      orthogonalize(x, k + 1);
      norm = norm(x);
      beside[k] = norm;
      // What is left is rounding: no operation of the inverse leads out of the basis.
      boolean complete = norm <= 16 * Math.ulp(diagonal[k]);
      if (complete || (k + 1) % LOOK == 0) {
        double value = settled(k + 1);
        if (!Double.isNaN(value)) {
          return OptionalDouble.of(value);
        }
      }
      if (complete) {
        break;
      }
    }
    return OptionalDouble.empty();
  }

  /// The inverse of the largest Ritz value, once that is closer to an eigenvalue than matters; NaN
  /// before.
  ///
  /// With the residual `r`, the last element of the Ritz vector times what couples it to the next,
  /// and the gap to the next eigenvalue, as to the next Ritz value, it is off by no more than `r`
  /// and by `r^2 / gap` (Parlett, *The Symmetric Eigenvalue Problem*, 11.7 and 13.2).
  private double settled(int steps) {
    double[] tridiagonal = new double[steps * steps];
    for (int k = 0; k < steps; k++) {
      tridiagonal[k * (steps + 1)] = diagonal[k];
      if (k + 1 < steps) {
        tridiagonal[k * (steps + 1) + 1] = beside[k];
      }
    }
    Algebra.Eigen ritz = algebra.eigen(tridiagonal, steps);
    double value = ritz.values()[steps - 1];
    double gap = steps == 1 ? 0 : value - ritz.values()[steps - 2];
    double residual = beside[steps - 1] * Math.abs(ritz.vectors()[steps * steps - 1]);
    double off = gap > residual ? residual * (residual / gap) : residual;
    return off / value / value <= delta / 4 ? 1 / value : Double.NaN;
  }

  /// Takes off `x` its parts along the basis, in blocks of four vectors.
  private void orthogonalize(double[] x, int vectors) {
    int k = 0;
    for (; k + 3 < vectors; k += 4) {
      takeOff(x, basis[k], basis[k + 1], basis[k + 2], basis[k + 3]);
    }
    for (; k < vectors; k++) {
      double part = -dot(basis[k], x);
      for (int i = 0; i < x.length; i++) {
        x[i] += part * basis[k][i];
      }
    }
  }

  /// Four chains at once, since each waits for its own additions.
  private static void takeOff(double[] x, double[] a, double[] b, double[] c, double[] d) {
    double inA = 0;
    double inB = 0;
    double inC = 0;
    double inD = 0;
    for (int i = 0; i < x.length; i++) {
      inA += a[i] * x[i];
      inB += b[i] * x[i];
      inC += c[i] * x[i];
      inD += d[i] * x[i];
    }
    for (int i = 0; i < x.length; i++) {
      x[i] -= inA * a[i] + inB * b[i] + inC * c[i] + inD * d[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double norm(double[] x) {
    return Math.sqrt(dot(x, x));
  }

  private static double[] over(double[] x, double divisor) {
    double[] quotient = new double[x.length];
    Arrays.setAll(quotient, i -> x[i] / divisor);
    return quotient;
  }
}
