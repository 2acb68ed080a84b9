package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.PairwiseProducts;
import io.lanewise.linalg.Algebra;
import io.lanewise.linalg.Spectrum;
import io.lanewise.linalg.Symmetry;
import io.lanewise.objective.Binding;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;

/// The Vendi score of a kernel matrix of n by n, which is held: one that was given, row by row, or
/// that of a polynomial kernel over rows of features.
final class VendiMatrix implements SampleMetric.State {
  /// Roundings that elements which should be equal may be apart, as a share of the diagonal: sums
  /// in another order leave some.
  private static final double SYMMETRY = 64;

  private final Binding binding;
  private final VendiRows prepared;
  private final boolean given;
  private final int width;

  /// The rounding of a given element, relative to the largest there may be.
  private final double rounding;

  private int rows;
  private double[] values = {};
  private double[] roots = {};

  VendiMatrix(Binding binding, VendiRows prepared) {
    this.binding = binding;
    this.prepared = prepared;
    given = binding.has(VendiScore.SIMILARITIES);
    String role = given ? VendiScore.SIMILARITIES : VendiScore.FEATURES;
    width = binding.width(role);
    ColumnType type = binding.roles().getOrDefault(RowSet.ROWS, Map.of()).get(role);
    rounding = type != null && type.type() == DType.FLOAT32 ? 0x1p-23 : 0x1p-52;
    OptionalLong expected = binding.rowCounts().getOrDefault(RowSet.ROWS, OptionalLong.empty());
    if (given && expected.isPresent() && expected.getAsLong() != width) {
      throw notSquare(expected.getAsLong());
    }
    requireMemory(given ? width : expected.orElse(0));
  }

  /// The rows, the matrix, and what a library needs for its eigenvalues.
  private void requireMemory(long n) {
    if (n > Math.sqrt(Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "found %d rows, expected at most 46340 for a kernel matrix".formatted(n));
    }
    binding.workers().require(Double.BYTES * n * (3 * n + (given ? 0 : width)));
  }

  @Override
  public void update(String set, Rows in) {
    requireMemory(given ? width : (long) rows + in.count());
    double[] x =
        given ? in.numbers(VendiScore.SIMILARITIES, new double[0]) : prepared.features(in, rows);
    append(x, in.count(), prepared.roots(in, rows));
  }

  private void append(double[] x, int count, double[] ofWeights) {
    if (given && rows + count > width) {
      throw notSquare((long) rows + count);
    }
    int needed = Math.multiplyExact(rows + count, width);
    if (values.length < needed) {
      long room = given ? (long) width * width : Math.max(needed, values.length * 3L / 2);
      values = Arrays.copyOf(values, (int) Math.min(room, Integer.MAX_VALUE - 8));
    }
    System.arraycopy(x, 0, values, rows * width, count * width);
    if (prepared.weighted()) {
      roots = Arrays.copyOf(roots, rows + count);
      System.arraycopy(ofWeights, 0, roots, rows, count);
    }
    rows += count;
  }

  @Override
  public void merge(SampleMetric.State later) {
    VendiMatrix other = (VendiMatrix) later;
    prepared.merge(other.prepared, rows);
    append(other.values, other.rows, other.roots);
  }

  @Override
  public void fields(StateFields fields) {
    prepared.fields(fields);
    rows = fields.size("rows", rows);
    values = fields.list("values", values, Math.multiplyExact(rows, width));
    roots = fields.list("roots", roots, prepared.weighted() ? rows : 0);
  }

  @Override
  public SampleMetric.Finished finish() {
    prepared.check(rows);
    if (given && rows != width) {
      throw notSquare(rows);
    }
    double[] k = given ? similarities() : polynomial();
    for (int i = 0; i < roots.length; i++) {
      for (int j = 0; j < rows; j++) {
        k[i * rows + j] *= roots[i] * roots[j];
      }
    }
    double[] eigenvalues = Algebra.active().eigenvalues(k, rows);
    Spectrum spectrum = new Spectrum(eigenvalues, 0, given ? rounding * rows * largest(k) : 0);
    if (spectrum.smallest() < -(spectrum.rounding() + spectrum.stored())) {
      throw new IllegalArgumentException(
          "kernel matrix: found smallest eigenvalue %s, expected none below 0"
              .formatted(spectrum.smallest()));
    }
    return VendiScore.finished(
        binding,
        Arrays.copyOfRange(eigenvalues, rows - spectrum.rank(), rows),
        prepared.total(rows),
        rows,
        kernel());
  }

  private String kernel() {
    String weighted = prepared.weighted() ? ", weighted" : "";
    if (given) {
      return "given similarities" + (prepared.normalized() ? ", diagonal 1" : "") + weighted;
    }
    return "(%s x.y + %s)^%d of %s rows"
            .formatted(
                gamma(),
                binding.get(MmdKernel.COEF0),
                binding.get(MmdKernel.DEGREE),
                prepared.normalized() ? "normalised" : "given")
        + weighted;
  }

  private double gamma() {
    double gamma = binding.get(MmdKernel.GAMMA);
    return Double.isNaN(gamma) ? 1.0 / width : gamma;
  }

  private double[] polynomial() {
    double[] k = new double[rows * rows];
    PairwiseProducts.Scratch scratch = new PairwiseProducts.Scratch();
    try (Arena arena = Arena.ofConfined()) {
      var x = arena.allocate((long) Double.BYTES * rows * width + 1, 64);
      java.lang.foreign.MemorySegment.copy(values, 0, x, JAVA_DOUBLE, 0, rows * width);
      Matrix m = new Matrix(FloatType.FLOAT64, x, rows, width);
      binding.kernels().pairwiseProducts().rows(m, m, k, scratch);
    }
    double gamma = gamma();
    double coef0 = binding.get(MmdKernel.COEF0);
    int degree = Math.toIntExact(binding.get(MmdKernel.DEGREE));
    for (int i = 0; i < k.length; i++) {
      k[i] = StrictMath.pow(gamma * k[i] + coef0, degree);
    }
    return k;
  }

  /// The given matrix, symmetric, with a diagonal of 1 if it is to be.
  private double[] similarities() {
    double[] k = Arrays.copyOf(values, rows * rows);
    String difference =
        Symmetry.difference(k, 0, rows, Symmetry.shareOfDiagonal(k, 0, rows, SYMMETRY * rounding));
    if (!difference.isEmpty()) {
      throw new IllegalArgumentException(
          "similarities: found %s, expected a symmetric matrix".formatted(difference));
    }
    if (!prepared.normalized()) {
      return k;
    }
    double[] root = new double[rows];
    for (int i = 0; i < rows; i++) {
      if (!(k[i * rows + i] > 0)) {
        throw new IllegalArgumentException(
            "similarities: row %d has %s for itself, expected more than 0 to divide by, or normalize=no"
                .formatted(i, k[i * rows + i]));
      }
      root[i] = Math.sqrt(k[i * rows + i]);
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        k[i * rows + j] = i == j ? 1 : k[i * rows + j] / root[i] / root[j];
      }
    }
    return k;
  }

  private static double largest(double[] k) {
    return Arrays.stream(k).map(Math::abs).max().orElse(0);
  }

  private IllegalArgumentException notSquare(long found) {
    return new IllegalArgumentException(
        "similarities: found %d rows, expected %d as there are columns".formatted(found, width));
  }
}
