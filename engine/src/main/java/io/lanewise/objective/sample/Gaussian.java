package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.ColumnMoments;
import io.lanewise.kernel.CrossProducts;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.PairwiseProducts;
import io.lanewise.linalg.Algebra;
import io.lanewise.objective.Rows;
import io.lanewise.objective.StateFields;
import io.lanewise.objective.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Mean and covariance of the rows of a set, of features or as statistics that were computed
/// before.
///
/// Sums are taken about the first row, in row order, so that they are the same digits however the
/// rows come in batches and whichever threads add them, and exactly 0 for a constant column. The
/// sums behind mean and variance carry twice float64's digits.
///
/// Where products of different dimensions are wanted and there are no more rows than dimensions,
/// the rows themselves are kept instead: they are smaller than the products, and a better factor of
/// a singular covariance than any that could be had from it.
final class Gaussian {
  private final Kernels kernels;
  private final Workers workers;
  private final int dim;
  private final boolean full;
  private final boolean aboutZero;
  private long count;
  private final double[] shift;
  private final double[] sumHi;
  private final double[] sumLo;
  private final double[] squareHi;
  private final double[] squareLo;

  /// Rows that are kept; none once there are products.
  private final List<RowBlock> blocks = new ArrayList<>();

  /// Whether rows of float32 are in the products, which single precision computes in chains.
  private boolean chained;

  /// Null while all rows are kept, and where squares are enough.
  private @Nullable ProductSum products;

  private static final double[] NONE = {};

  /// Nothing seen yet.
  ///
  /// @param full whether products of different dimensions are needed, or only squares
  Gaussian(Kernels kernels, Workers workers, int dim, boolean full) {
    this(kernels, workers, dim, full, false);
  }

  /// Nothing seen yet; sums will be about 0, so that [#products] are those of the rows themselves.
  static Gaussian aboutZero(Kernels kernels, Workers workers, int dim) {
    return new Gaussian(kernels, workers, dim, true, true);
  }

  private Gaussian(Kernels kernels, Workers workers, int dim, boolean full, boolean aboutZero) {
    this.aboutZero = aboutZero;
    this.kernels = kernels;
    this.workers = workers;
    this.dim = dim;
    this.full = full;
    shift = new double[dim];
    sumHi = new double[dim];
    sumLo = new double[dim];
    squareHi = new double[dim];
    squareLo = new double[dim];
  }

  /// The bytes that one with products holds at most, a copy as covariance included.
  static long bytes(int dim) {
    return ProductSum.bytes(dim) + (long) Double.BYTES * dim * dim;
  }

  void update(Rows rows, String role) {
    update(rows.type(), rows.vector(role), 0, rows.count());
  }

  /// Adds rows `from` to `to` of memory.
  void update(DType type, MemorySegment x, int from, int to) {
    if (from == to) {
      return;
    }
    if (count == 0 && !aboutZero) {
      for (int j = 0; j < dim; j++) {
        shift[j] = element(type, x, (long) from * dim + j);
      }
    }
    count += to - from;
    moments(type, x.asSlice((long) from * dim * type.bytes()), to - from);
    if (keepsRows()) {
      for (int r = from; r < to; ) {
        r += place(type).append(x, r, to);
      }
    } else if (full) {
      addKept().add(type, x, from, to);
      chained |= type == DType.FLOAT32;
    }
  }

  /// A block with room for more rows.
  private RowBlock place(DType type) {
    if (blocks.isEmpty() || !blocks.getLast().takes(type)) {
      blocks.add(new RowBlock(type, dim));
    }
    return blocks.getLast();
  }

  /// The products, after rows that were kept have moved there.
  private ProductSum addKept() {
    ProductSum known = products;
    if (known == null) {
      known = productsOfKept();
      chained |= blocks.stream().anyMatch(block -> block.type() == DType.FLOAT32);
      blocks.clear();
      products = known;
    }
    return known;
  }

  private ProductSum productsOfKept() {
    ProductSum sum = newProducts();
    blocks.forEach(block -> sum.add(block.type(), block.from(0), 0, block.rows()));
    return sum;
  }

  private ProductSum newProducts() {
    return new ProductSum(kernels, workers, dim, shift);
  }

  /// Whether the rows are kept: there are no more of them than dimensions.
  boolean keepsRows() {
    return full && count <= dim && products == null;
  }

  private void moments(DType type, MemorySegment x, int rows) {
    kernels
        .columnMoments()
        .rows(Matrix.of(type, x, rows, dim), shift, sumHi, sumLo, squareHi, squareLo);
  }

  static double element(DType type, MemorySegment x, long i) {
    return type == DType.FLOAT32
        ? x.get(JAVA_FLOAT_UNALIGNED, 4 * i)
        : x.get(JAVA_DOUBLE_UNALIGNED, 8 * i);
  }

  /// Adds what `later` has seen, its sums moved to this shift (Chan, Golub and LeVeque 1979): with
  /// m the difference of the shifts, `sum (d + m)^2 = sum d^2 + 2 m sum d + n m^2`.
  ///
  /// Sums and squares stay double-doubles, so that mean and variance are those of one pass up to
  /// its rounding. Products of different dimensions are float64, as they are in one pass, and are
  /// those of one pass up to the roundings of both ways. Nothing merged with something is that, and
  /// rows that are kept are added as rows.
  void merge(Gaussian later) {
    if (later.count == 0) {
      return;
    }
    if (full && later.keepsRows()) {
      for (RowBlock block : later.blocks) {
        update(block.type(), block.from(0), 0, block.rows());
      }
      return;
    }
    if (count == 0) {
      become(later);
      return;
    }
    chained |= later.chained;
    double n = later.count;
    double[] move = new double[dim];
    for (int j = 0; j < dim; j++) {
      // The shifts are input values, whose difference may be rounded: what that loses comes back.
      move[j] = later.shift[j] - shift[j];
    }
    if (full) {
      addProducts(later, move);
    }
    for (int j = 0; j < dim; j++) {
      double m = move[j];
      double rest = lost(later.shift[j], shift[j], m);
      add(squareHi, squareLo, j, later.squareHi[j], later.squareLo[j]);
      addProduct(squareHi, squareLo, j, 2 * m, later.sumHi[j]);
      addProduct(squareHi, squareLo, j, 2 * m, later.sumLo[j]);
      addProduct(squareHi, squareLo, j, 2 * rest, later.sumHi[j]);
      double nm = n * m;
      addProduct(squareHi, squareLo, j, nm, m);
      addProduct(squareHi, squareLo, j, Math.fma(n, m, -nm), m);
      addProduct(squareHi, squareLo, j, 2 * nm, rest);
      add(sumHi, sumLo, j, later.sumHi[j], later.sumLo[j]);
      addProduct(sumHi, sumLo, j, n, m);
      addProduct(sumHi, sumLo, j, n, rest);
    }
    count += later.count;
  }

  private void addProducts(Gaussian later, double[] move) {
    ProductSum sum = addKept();
    double[] sums = sum.settled();
    double[] theirs = later.addKept().settled();
    double n = later.count;
    for (int i = 0; i < dim; i++) {
      for (int j = i; j < dim; j++) {
        int at = sum.at(i, j);
        sums[at] +=
            theirs[at]
                + (move[i] * later.sumHi[j] + move[j] * later.sumHi[i] + n * move[i] * move[j]);
      }
    }
  }

  private void become(Gaussian other) {
    count = other.count;
    System.arraycopy(other.shift, 0, shift, 0, dim);
    System.arraycopy(other.sumHi, 0, sumHi, 0, dim);
    System.arraycopy(other.sumLo, 0, sumLo, 0, dim);
    System.arraycopy(other.squareHi, 0, squareHi, 0, dim);
    System.arraycopy(other.squareLo, 0, squareLo, 0, dim);
    if (full) {
      double[] theirs = other.addKept().settled();
      ProductSum mine = newProducts();
      System.arraycopy(theirs, 0, mine.settled(), 0, theirs.length);
      products = mine;
    }
    chained = other.chained;
  }

  /// What `a - b` lost when it was rounded to `difference` (Knuth's TwoSum).
  private static double lost(double a, double b, double difference) {
    double part = difference - a;
    return (a - (difference - part)) - (b + part);
  }

  /// Adds a double-double to element j.
  private static void add(double[] hi, double[] lo, int j, double x, double low) {
    double sum = hi[j] + x;
    double part = sum - hi[j];
    double rest = (hi[j] - (sum - part)) + (x - part) + (lo[j] + low);
    hi[j] = sum + rest;
    lo[j] = rest - (hi[j] - sum);
  }

  private static void addProduct(double[] hi, double[] lo, int j, double a, double b) {
    double p = a * b;
    add(hi, lo, j, p, Math.fma(a, b, -p));
  }

  void fields(StateFields fields) {
    count = fields.count("count", count);
    fields.numbers("shift", shift);
    fields.numbers("sum", sumHi);
    fields.numbers("sum-low", sumLo);
    fields.numbers("square", squareHi);
    fields.numbers("square-low", squareLo);
    chained = fields.size("chained", chained ? 1 : 0) != 0;
    ProductSum known = products;
    int size = fields.size("products-size", known == null ? 0 : dim * dim);
    if (size != 0 && size != dim * dim) {
      throw new IllegalArgumentException(
          "products: found %d numbers, expected 0 or %d".formatted(size, dim * dim));
    }
    double[] rowMajor =
        fields.list("products", size == 0 || known == null ? NONE : known.rowMajor(), size);
    if (size != 0) {
      known = newProducts();
      known.setRowMajor(rowMajor);
      products = known;
    }
    int kept = fields.size("kept", keptRows());
    double[] rows = fields.list("rows", kept(), Math.multiplyExact(kept, dim));
    blocks.clear();
    MemorySegment x = Arena.ofAuto().allocate(Math.max(8L * kept * dim, 8), 8);
    MemorySegment.copy(rows, 0, x, JAVA_DOUBLE, 0, kept * dim);
    for (int r = 0; r < kept; ) {
      RowBlock block = new RowBlock(DType.FLOAT64, dim);
      r += block.append(x, r, kept);
      blocks.add(block);
    }
  }

  private int keptRows() {
    return keepsRows() ? (int) count : 0;
  }

  /// The rows that are kept, in order.
  double[] kept() {
    double[] rows = new double[keptRows() * dim];
    int i = 0;
    for (RowBlock block : blocks) {
      for (int r = 0; r < block.rows(); r++) {
        for (int j = 0; j < dim; j++) {
          rows[i++] = block.element(r, j);
        }
      }
    }
    return rows;
  }

  /// The rows that are kept, less their mean, over `sqrt(count - 1)`: columns of a factor of the
  /// covariance.
  double[] factor() {
    double[] rows = kept();
    double root = Math.sqrt((double) (count - 1));
    for (int j = 0; j < dim; j++) {
      double mean = mean(j);
      for (int at = j; at < rows.length; at += dim) {
        rows[at] = (rows[at] - mean) / root;
      }
    }
    return rows;
  }

  /// The eigenvalues of the covariance, ascending, from the rows that are kept: those of the
  /// products of its factor's columns with each other, which are fewer, and zeros.
  double[] eigenvalues() {
    int rows = keptRows();
    MemorySegment factor = Arena.ofAuto().allocateFrom(JAVA_DOUBLE, factor());
    double[] gram = new double[rows * rows];
    PairwiseProducts.Scratch scratch = new PairwiseProducts.Scratch();
    Matrix kept = new Matrix(FloatType.FLOAT64, factor, rows, dim);
    kernels.pairwiseProducts().rows(kept, kept, gram, scratch);
    double[] values = new double[dim];
    System.arraycopy(Algebra.active().eigenvalues(gram, rows), 0, values, 0, rows);
    Arrays.sort(values);
    return values;
  }

  long count() {
    return count;
  }

  int dim() {
    return dim;
  }

  double mean(int j) {
    return ColumnMoments.mean(count, shift[j], sumHi[j], sumLo[j]);
  }

  /// The variance of a dimension: sum of squared deviations over `count - ddof`.
  double variance(int j, int ddof) {
    return ColumnMoments.variance(count, ddof, sumHi[j], sumLo[j], squareHi[j], squareLo[j]);
  }

  /// Whether all values of a dimension are the same, up to those that add up to nothing in squares
  /// and in sum.
  boolean isConstant(int j) {
    return squareHi[j] == 0 && sumHi[j] == 0;
  }

  /// The cross-products about the shift, row-major, upper triangle; the caller's own.
  double[] products() {
    return (products == null ? productsOfKept() : products).rowMajor();
  }

  /// The spectral norm of what roundings in [io.lanewise.kernel.Precision#SINGLE] leave of the
  /// covariance, as expected of roundings that are independent, with a margin of about six; 0 where
  /// products are float64, whose own error is what LAPACK's bound allows for.
  ///
  /// A chain of m products leaves about `2^-24 sqrt(m)` of a block's `sum |d_i d_j|`, n / m blocks
  /// that divided by their root (Higham and Mary 2019, *A New Approach to Probabilistic Rounding
  /// Error Analysis*); a symmetric matrix of independent elements with spreads `s_i s_j` has a norm
  /// of about `2 max s_i |s|` (Bandeira and van Handel 2016, *Sharp Nonasymptotic Bounds on the
  /// Norm of Random Matrices*).
  double covarianceError() {
    if (!chained) {
      return 0;
    }
    double largest = 0;
    double sum = 0;
    for (double square : squareHi) {
      largest = Math.max(largest, square);
      sum += square;
    }
    double share =
        kernels.crossProducts().chainError()
            * Math.sqrt(Math.min(1, CrossProducts.CHAIN / (double) count));
    return 2 * share * Math.sqrt(largest * sum) / (count - 1);
  }

  /// The covariance with `count - 1`, row-major, upper triangle.
  double[] covariance() {
    double[] c = products();
    for (int i = 0; i < dim; i++) {
      c[i * dim + i] = variance(i, 1);
      centre(c, i);
    }
    return c;
  }

  /// What is beside the diagonal in a row: a method that is called often is compiled soon.
  private void centre(double[] c, int i) {
    for (int j = i + 1; j < dim; j++) {
      c[i * dim + j] = (c[i * dim + j] - sumHi[i] * (sumHi[j] / count)) / (count - 1);
    }
  }
}
