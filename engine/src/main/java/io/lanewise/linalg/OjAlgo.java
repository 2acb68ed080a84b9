package io.lanewise.linalg;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ojalgo.OjAlgoUtils;
import org.ojalgo.matrix.decomposition.Cholesky;
import org.ojalgo.matrix.decomposition.Eigenvalue;
import org.ojalgo.matrix.decomposition.SingularValue;
import org.ojalgo.matrix.store.MatrixStore;
import org.ojalgo.matrix.store.R064Store;

/// The plain Java path.
final class OjAlgo implements Algebra {
  @Override
  public String name() {
    return "ojalgo " + OjAlgoUtils.getVersion();
  }

  @Override
  public double[] eigenvalues(double[] matrix, int dim) {
    Algebra.requireFinite(matrix, dim);
    Eigenvalue<Double> eigen = Eigenvalue.R064.make(dim, true);
    if (!eigen.computeValuesOnly(symmetric(matrix, dim))) {
      throw new IllegalArgumentException("matrix: found no eigenvalues");
    }
    double[] values = new double[dim];
    MatrixStore<Double> diagonal = eigen.getD();
    Arrays.setAll(values, k -> diagonal.doubleValue(k, k));
    Arrays.sort(values);
    return values;
  }

  @Override
  public Eigen eigen(double[] matrix, int dim) {
    Algebra.requireFinite(matrix, dim);
    Eigenvalue<Double> eigen = Eigenvalue.R064.make(dim, true);
    if (!eigen.decompose(symmetric(matrix, dim))) {
      throw new IllegalArgumentException("matrix: found no eigenvalues");
    }
    MatrixStore<Double> diagonal = eigen.getD();
    MatrixStore<Double> columns = eigen.getV();
    Integer[] order = new Integer[dim];
    Arrays.setAll(order, k -> k);
    Arrays.sort(
        order, (x, y) -> Double.compare(diagonal.doubleValue(x, x), diagonal.doubleValue(y, y)));
    double[] values = new double[dim];
    double[] vectors = new double[dim * dim];
    for (int k = 0; k < dim; k++) {
      values[k] = diagonal.doubleValue(order[k], order[k]);
      for (int i = 0; i < dim; i++) {
        vectors[k * dim + i] = columns.doubleValue(i, order[k]);
      }
    }
    return new Eigen(values, vectors);
  }

  @Override
  public double @Nullable [] congruence(double[] a, double[] b, int dim, Parts parts) {
    Algebra.requireFinite(a, dim);
    Algebra.requireFinite(b, dim);
    Cholesky<Double> cholesky = Cholesky.R064.make(dim, dim);
    if (!cholesky.decompose(symmetric(a, dim)) || !cholesky.isSPD()) {
      return null;
    }
    MatrixStore<Double> l = cholesky.getL();
    MatrixStore<Double> product = l.transpose().multiply(symmetric(b, dim).multiply(l));
    double[] half = new double[dim * dim];
    for (int i = 0; i < dim; i++) {
      for (int j = i; j < dim; j++) {
        half[i * dim + j] = product.doubleValue(i, j);
      }
    }
    return half;
  }

  @Override
  public @Nullable Inverse inverse(double[] matrix, int dim, double shift) {
    Algebra.requireFinite(matrix, dim);
    R064Store shifted = symmetric(matrix, dim);
    for (int j = 0; j < dim; j++) {
      shifted.set(j, j, matrix[j * (dim + 1)] - shift);
    }
    Cholesky<Double> cholesky = Cholesky.R064.make(dim, dim);
    return cholesky.decompose(shifted) && cholesky.isSPD()
        ? new Factor(cholesky, R064Store.FACTORY.make(dim, 1))
        : null;
  }

  /// Solves by a Cholesky factor.
  private record Factor(Cholesky<Double> cholesky, R064Store column) implements Inverse {
    @Override
    public void apply(double[] x) {
      for (int i = 0; i < x.length; i++) {
        column.set(i, 0, x[i]);
      }
      MatrixStore<Double> solution = cholesky.getSolution(column);
      Arrays.setAll(x, solution::doubleValue);
    }

    @Override
    public void close() {
      // on the heap
    }
  }

  @Override
  public double[] singularValuesOfProduct(double[] f, double[] g, int dim) {
    Algebra.requireFinite(f);
    Algebra.requireFinite(g);
    if (f.length == 0 || g.length == 0) {
      return new double[0];
    }
    SingularValue<Double> svd = SingularValue.R064.make();
    svd.computeValuesOnly(columns(f, dim).transpose().multiply(columns(g, dim)));
    return svd.getSingularValues().toRawCopy1D();
  }

  private static R064Store columns(double[] columns, int dim) {
    R064Store store = R064Store.FACTORY.make(dim, columns.length / dim);
    for (int k = 0; k < columns.length; k++) {
      store.set(k % dim, k / dim, columns[k]);
    }
    return store;
  }

  private static R064Store symmetric(double[] matrix, int dim) {
    R064Store store = R064Store.FACTORY.make(dim, dim);
    for (int i = 0; i < dim; i++) {
      for (int j = i; j < dim; j++) {
        store.set(i, j, matrix[i * dim + j]);
        store.set(j, i, matrix[i * dim + j]);
      }
    }
    return store;
  }
}
