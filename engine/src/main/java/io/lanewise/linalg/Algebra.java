package io.lanewise.linalg;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Dense linear algebra in float64, by one of two libraries whose results agree to rounding.
///
/// Symmetric matrices are `dim x dim`, row-major, and only their upper triangle is read; factors
/// are given by columns, one after another. Arguments are not changed. A call runs on the calling
/// thread only, so that results do not depend on the number of threads; several threads may call at
/// once.
public sealed interface Algebra permits OjAlgo, OpenBlas {
  /// The system property that decides: `auto` (default), `native` or `java`.
  String PROPERTY = "lanewise.linalg";

  /// The algebra of this process, decided once from [#PROPERTY]: `auto` uses OpenBLAS if
  /// `org.bytedeco:openblas` is on the class path and loads, and otherwise logs why not in one
  /// line; `native` requires it.
  ///
  /// @throws IllegalStateException if the property requires a library that is absent, or has an
  ///   unknown value
  static Algebra active() {
    return ActiveAlgebra.get();
  }

  /// Begins to choose the algebra in a thread of its own, which takes some tens of milliseconds,
  /// for [#active] to be faster. Failures are left to that.
  static void prepare() {
    ActiveAlgebra.prepare();
  }

  /// The name of the active algebra; `not used` as long as nothing has needed it.
  static String used() {
    return ActiveAlgebra.used();
  }

  /// The library and its version, such as `openblas 0.3.31`.
  String name();

  /// The eigenvalues of a symmetric matrix, ascending.
  ///
  /// @throws IllegalArgumentException if an entry is not finite
  double[] eigenvalues(double[] matrix, int dim);

  /// The eigenvalues of a symmetric matrix, ascending, and its eigenvectors.
  ///
  /// @throws IllegalArgumentException if an entry is not finite
  Eigen eigen(double[] matrix, int dim);

  /// `L' B L`, with the Cholesky factor of `A = L L'`: a symmetric matrix with the eigenvalues of
  /// `A B` (Golub and Van Loan, *Matrix Computations*, 8.7). Numbers outside the range of float64
  /// become infinite or NaN.
  ///
  /// @param parts runs work that can be done in parallel; the digits do not depend on the number of
  ///   threads
  /// @return row-major, upper triangle; null if A has no Cholesky factor, because it is not
  ///   positive definite
  /// @throws IllegalArgumentException if an entry is not finite
  double @Nullable [] congruence(double[] a, double[] b, int dim, Parts parts);

  /// The inverse of a symmetric matrix, by a Cholesky factor.
  ///
  /// @param shift the number that is first subtracted from every element of the diagonal
  /// @return null if there is no factor, because the shifted matrix is not positive definite
  /// @throws IllegalArgumentException if an entry is not finite
  @Nullable Inverse inverse(double[] matrix, int dim, double shift);

  /// The singular values of `F' G`, descending.
  ///
  /// @param f columns of F, `dim` each
  /// @param g columns of G, `dim` each
  /// @throws IllegalArgumentException if an entry is not finite
  double[] singularValuesOfProduct(double[] f, double[] g, int dim);

  /// Eigenvalues and eigenvectors.
  ///
  /// @param values ascending
  /// @param vectors for each value its vector, `values.length` elements, one after another
  @SuppressWarnings("ArrayRecordComponent") // handed over, not shared
  record Eigen(double[] values, double[] vectors) {}

  /// Runs the parts of some work, each once, in any order, on threads of its choice. A single part
  /// runs on the calling thread. Returns when all are done.
  @FunctionalInterface
  interface Parts {
    /// One after another, on the calling thread.
    Parts IN_TURN =
        (count, part) -> {
          for (int i = 0; i < count; i++) {
            part.accept(i);
          }
        };

    /// Runs parts 0 to `count - 1`.
    void run(int count, IntConsumer part);
  }

  /// An inverse, applied to vectors. Used by one thread; close it.
  interface Inverse extends AutoCloseable {
    /// Multiplies a vector in place, by two solutions with a triangular factor. Non-finite numbers
    /// propagate.
    ///
    /// @param x as many elements as the matrix has rows
    void apply(double[] x);

    @Override
    void close();
  }

  /// Refuses non-finite entries in the upper triangle, because each library treats them
  /// differently.
  static void requireFinite(double[] matrix, int dim) {
    for (int i = 0; i < dim; i++) {
      for (int j = i; j < dim; j++) {
        if (!Double.isFinite(matrix[i * dim + j])) {
          throw new IllegalArgumentException(
              "matrix: found %s in row %d, column %d, expected finite numbers"
                  .formatted(matrix[i * dim + j], i, j));
        }
      }
    }
  }

  /// The same for every entry.
  static void requireFinite(double[] entries) {
    if (Arrays.stream(entries).anyMatch(v -> !Double.isFinite(v))) {
      throw new IllegalArgumentException(
          "matrix: found an entry that is NaN or infinite, expected finite numbers");
    }
  }
}
