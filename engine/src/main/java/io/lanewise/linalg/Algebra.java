package io.lanewise.linalg;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Dense linear algebra in float64, by one of two libraries that answer alike to rounding.
///
/// Symmetric matrices are `dim x dim`, row-major, and only their upper triangle is read; factors
/// are given by columns, one after another. Arguments are left as they are. A library runs on the
/// thread that calls it alone, so that no number of threads can show; several may call at once.
public sealed interface Algebra permits OjAlgo, OpenBlas {
  /// The system property that decides: `auto` (default), `native` or `java`.
  String PROPERTY = "lanewise.linalg";

  /// The algebra of this process, decided once from [#PROPERTY]: `auto` takes OpenBLAS where
  /// `org.bytedeco:openblas` is on the class path and loads, and otherwise says in one log line why
  /// not; `native` requires it.
  ///
  /// @throws IllegalStateException if the property asks for what is absent or unknown
  static Algebra active() {
    return ActiveAlgebra.get();
  }

  /// The name of the active algebra; `not used` while nobody has needed it.
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
  /// `A B` (Golub and Van Loan, *Matrix Computations*, 8.7). What leaves the range of float64 is
  /// infinite or NaN.
  ///
  /// @param parts runs what can be done at once; no number of threads shows in the digits
  /// @return row-major, upper triangle; null if A has no Cholesky factor, so is not positive
  ///   definite
  /// @throws IllegalArgumentException if an entry is not finite
  double @Nullable [] congruence(double[] a, double[] b, int dim, Parts parts);

  /// The inverse of a symmetric matrix, by a Cholesky factor.
  ///
  /// @param shift what is taken off every element of the diagonal before
  /// @return null if there is no factor, so what is left is not positive definite
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

  /// Runs parts of some work, each once, in any order, on threads of its choice, but a single part
  /// on the caller's; returns when all are done.
  @FunctionalInterface
  interface Parts {
    /// One after another, by the caller.
    Parts IN_TURN =
        (count, part) -> {
          for (int i = 0; i < count; i++) {
            part.accept(i);
          }
        };

    /// Runs parts 0 to `count - 1`.
    void run(int count, IntConsumer part);
  }

  /// An inverse as what it does to vectors; of one thread, to be closed.
  interface Inverse extends AutoCloseable {
    /// Multiplies a vector in its place: two solutions with a triangular factor. What is not finite
    /// propagates.
    ///
    /// @param x as many elements as the matrix has rows
    void apply(double[] x);

    @Override
    void close();
  }

  /// Refuses entries of the upper triangle that are not finite, which libraries answer in their own
  /// ways.
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
