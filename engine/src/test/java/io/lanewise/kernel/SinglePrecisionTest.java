package io.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/// The kernels in single precision against the truth, within the bounds that they declare. Errors
/// are relative, in units of 2^-24: at most twice the ulp of a float.
class SinglePrecisionTest {
  private static final String UNIT = "2^-24 relative";
  private static final int ROWS = 12;
  private static final int DIM = 83;

  private final Kernels k = Kernels.active().in(Precision.SINGLE);
  private final SplittableRandom random = new SplittableRandom(1042);

  private static double relative(double found, BigDecimal truth) {
    return Math.abs(new BigDecimal(found).divide(truth, Exact.DIGITS).doubleValue() - 1) * 0x1p24;
  }

  private static MemorySegment fill(int n, DoubleSupplier value) {
    MemorySegment segment = MemorySegment.ofArray(new float[n]);
    for (int i = 0; i < n; i++) {
      segment.setAtIndex(JAVA_FLOAT, i, (float) value.getAsDouble());
    }
    return segment;
  }

  private static BigDecimal exact(MemorySegment x, long i) {
    return new BigDecimal(x.getAtIndex(JAVA_FLOAT, i));
  }

  @Test
  void functionsStayBelowTheirBounds() {
    AccuracyTable exp = new AccuracyTable("exp float32", "-87 to 0", UNIT, 1.4);
    AccuracyTable both = new AccuracyTable("exp float32", "-80 to 80", UNIT, 1.4);
    AccuracyTable near = new AccuracyTable("exp(x)-1-x float32", "-0.34 to 0.34", UNIT, 3.4);
    AccuracyTable far = new AccuracyTable("exp(x)-1-x float32", "-3 to 3", UNIT, 17);
    AccuracyTable wide = new AccuracyTable("exp(x)-1-x float32", "-80 to 80", UNIT, 4);
    AccuracyTable softplus = new AccuracyTable("softplus float32", "-86 to 86", UNIT, 5);
    for (int i = 0; i < 1500; i++) {
      float x = (float) -random.nextDouble(87);
      exp.addError(relative(Exp32.ofNonPositive(x), Exact.exp(new BigDecimal(x))), x);
      float u = (float) random.nextDouble(-80, 80);
      both.addError(relative(Exp32.of(u), Exact.exp(new BigDecimal(u))), u);
      float y = (float) random.nextDouble(-0.34, 0.34);
      near.addError(relative(Exp32.remainder(y), Exact.expRemainder(new BigDecimal(y))), y);
      float z = (float) random.nextDouble(-3, 3);
      far.addError(relative(Exp32.remainder(z), Exact.expRemainder(new BigDecimal(z))), z);
      float w = (float) Math.copySign(random.nextDouble(3, 80), random.nextDouble(-1, 1));
      wide.addError(relative(Exp32.remainder(w), Exact.expRemainder(new BigDecimal(w))), w);
      float v = i % 2 == 0 ? (float) random.nextDouble(-86, 86) : z;
      softplus.addError(
          relative(Softplus.SingleScalar.of(v), Exact.softplus(new BigDecimal(v))), v);
    }
    exp.check();
    both.check();
    near.check();
    far.check();
    wide.check();
    softplus.check();
  }

  @Test
  void remainderIsNeverNegative() {
    // Every float around the place where the reduction changes, and a sample elsewhere.
    for (float x = 0.34f; x < 0.36f; x = Math.nextUp(x)) {
      if (Exp32.remainder(x) < 0.05f || Exp32.remainder(-x) < 0.04f) {
        assertThat(x).as("place of a wrong remainder").isNaN();
      }
    }
    for (int i = 0; i < 200_000; i++) {
      float x =
          (float) Math.copySign(Math.exp(random.nextDouble(-45, 4.3)), random.nextDouble(-1, 1));
      assertThat(Exp32.remainder(x)).isGreaterThanOrEqualTo(0);
    }
  }

  @Test
  void gaussianKl() {
    for (double size : new double[] {3, 0.3, 1e-6}) {
      MemorySegment mu = fill(ROWS * DIM, () -> size * random.nextGaussian());
      MemorySegment logvar = fill(ROWS * DIM, () -> size * random.nextGaussian());
      double[] out = new double[ROWS];
      k.gaussianKl()
          .rows(
              new Matrix(FloatType.FLOAT32, mu, ROWS, DIM),
              new Matrix(FloatType.FLOAT32, logvar, ROWS, DIM),
              out);
      AccuracyTable table = new AccuracyTable("gaussianKl single", "sizes about " + size, UNIT, 3);
      for (int r = 0; r < ROWS; r++) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = r * DIM; i < (r + 1) * DIM; i++) {
          sum = sum.add(exact(mu, i).pow(2)).add(Exact.expRemainder(exact(logvar, i)));
        }
        table.addError(relative(out[r], sum.divide(BigDecimal.TWO)), r);
      }
      table.check();
    }
  }

  @Test
  void gaussianKlOfExtremeRows() {
    float inf = Float.POSITIVE_INFINITY;
    MemorySegment mu = MemorySegment.ofArray(new float[] {0, 0, 0, 0, inf, Float.NaN, 1});
    MemorySegment logvar = MemorySegment.ofArray(new float[] {85, -1000, inf, -inf, 0, 0, 0});
    double[] out = new double[7];
    k.gaussianKl()
        .rows(
            new Matrix(FloatType.FLOAT32, mu, 7, 1),
            new Matrix(FloatType.FLOAT32, logvar, 7, 1),
            out);
    assertThat(out[0]).isCloseTo(0.5 * Math.exp(85), withinRelative(1e-7, out[0]));
    assertThat(out[1]).isEqualTo(499.5);
    assertThat(out[2]).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(out[3]).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(out[4]).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(out[5]).isNaN();
    assertThat(out[6]).isEqualTo(0.5);
  }

  private static org.assertj.core.data.Offset<Double> withinRelative(double bound, double of) {
    return org.assertj.core.data.Offset.offset(bound * of);
  }

  @Test
  void squaredError() {
    // Rows of one accumulator each, of a block and less, and of several with a rest.
    for (int dim : new int[] {5, 67, 512, 3100}) {
      MemorySegment x = fill(ROWS * dim, () -> 1e3 + random.nextGaussian());
      MemorySegment y = fill(ROWS * dim, () -> Math.scalb(random.nextGaussian(), -2));
      checkSquaredError("1000 and normal, " + dim + " values", x, y, dim);
      MemorySegment near = fill(ROWS * dim, random::nextGaussian);
      checkSquaredError("normal, " + dim + " values", near, y, dim);
    }
  }

  @Test
  void squaredErrorOfWhatIsLostInAnAccumulator() {
    // After a 1 in each accumulator squares of a little less than 2^-24: each is rounded away.
    int dim = 512;
    MemorySegment x = fill(ROWS * dim, () -> 0x1.6ap-13);
    MemorySegment y = fill(ROWS * dim, () -> 0);
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < 32; i++) {
        x.setAtIndex(JAVA_FLOAT, (long) r * dim + i, 1);
      }
    }
    checkSquaredError("1, then rounded away, 512 values", x, y, dim);
  }

  private void checkSquaredError(String domain, MemorySegment x, MemorySegment y, int dim) {
    double[] out = new double[ROWS];
    k.squaredError()
        .rows(
            new Matrix(FloatType.FLOAT32, x, ROWS, dim),
            new Matrix(FloatType.FLOAT32, y, ROWS, dim),
            out);
    double bound = Math.ceil(Math.min(dim, 512) / 32.0) + 4;
    AccuracyTable table = new AccuracyTable("squaredError single", domain, UNIT, bound);
    for (int r = 0; r < ROWS; r++) {
      BigDecimal sum = BigDecimal.ZERO;
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        sum = sum.add(exact(x, i).subtract(exact(y, i)).pow(2));
      }
      table.addError(relative(out[r], sum), r);
    }
    table.check();
  }

  @Test
  void squaredErrorOfExtremeRows() {
    float inf = Float.POSITIVE_INFINITY;
    float max = Float.MAX_VALUE;
    float[] x = {inf, inf, Float.NaN, max, 1.8e19f, 2e19f, 0x1p-74f, 0x1p-76f, -0.0f, -inf};
    float[] y = {inf, -inf, 0, -max, 0, 0, 0, 0, 0, 3};
    double[] out = new double[x.length];
    // Each alone in its row, then after a block of zeros.
    for (int dim : new int[] {1, 513}) {
      MemorySegment wideX = MemorySegment.ofArray(new float[x.length * dim]);
      MemorySegment wideY = MemorySegment.ofArray(new float[x.length * dim]);
      for (int r = 0; r < x.length; r++) {
        wideX.setAtIndex(JAVA_FLOAT, (r + 1L) * dim - 1, x[r]);
        wideY.setAtIndex(JAVA_FLOAT, (r + 1L) * dim - 1, y[r]);
      }
      k.squaredError()
          .rows(
              new Matrix(FloatType.FLOAT32, wideX, x.length, dim),
              new Matrix(FloatType.FLOAT32, wideY, x.length, dim),
              out);
      assertThat(out)
          .as("rows of %d", dim)
          .containsExactly(
              Double.NaN,
              Double.POSITIVE_INFINITY,
              Double.NaN,
              Double.POSITIVE_INFINITY,
              1.8e19f * 1.8e19f,
              Double.POSITIVE_INFINITY,
              0x1p-148,
              0,
              0,
              Double.POSITIVE_INFINITY);
    }
  }

  @Test
  void squaredErrorOfSeveralBlocksReachesFurtherThanFloats() {
    int dim = 4 * 512;
    MemorySegment x = fill(2 * dim, () -> 0);
    MemorySegment y = fill(2 * dim, () -> 0);
    for (int i = 0; i < dim; i++) {
      x.setAtIndex(JAVA_FLOAT, i, i % 512 == 0 ? 0x1p63f : 0);
      // All in one accumulator.
      x.setAtIndex(JAVA_FLOAT, (long) dim + i, i < 512 && i % 32 == 0 ? 0x1p63f : 0);
    }
    double[] out = new double[2];
    k.squaredError()
        .rows(
            new Matrix(FloatType.FLOAT32, x, 2, dim),
            new Matrix(FloatType.FLOAT32, y, 2, dim),
            out);
    assertThat(out).containsExactly(0x1p128, Double.POSITIVE_INFINITY);
  }

  @Test
  void reparameterize() {
    int n = 300;
    MemorySegment mu = fill(n, random::nextDouble);
    MemorySegment logvar = fill(n, () -> 3 * random.nextGaussian());
    MemorySegment eps = fill(n, random::nextDouble);
    MemorySegment z = fill(n, () -> 0);
    k.reparameterize()
        .each(
            Matrix.values(FloatType.FLOAT32, mu, n),
            Matrix.values(FloatType.FLOAT32, logvar, n),
            Matrix.values(FloatType.FLOAT32, eps, n),
            Matrix.values(FloatType.FLOAT32, z, n));
    AccuracyTable table = new AccuracyTable("reparameterize single", "no cancellation", "ulp", 2);
    for (int i = 0; i < n; i++) {
      BigDecimal truth =
          exact(mu, i)
              .add(exact(eps, i).multiply(Exact.exp(exact(logvar, i).divide(BigDecimal.TWO))));
      double error = exact(z, i).subtract(truth).abs().doubleValue();
      table.addError(error / Math.ulp(truth.floatValue()), i);
    }
    table.check();
  }

  /// Of coefficients as rounded to float32.
  @Test
  void linearCombination() {
    int n = 300;
    MemorySegment x = fill(n, random::nextDouble);
    MemorySegment y = fill(n, random::nextDouble);
    MemorySegment out = fill(n, () -> 0);
    k.linearCombination()
        .rows(
            new Matrix(FloatType.FLOAT32, x, 1, n),
            new Matrix(FloatType.FLOAT32, y, 1, n),
            new double[] {0.3},
            new double[] {0.7},
            new Matrix(FloatType.FLOAT32, out, 1, n));
    AccuracyTable table =
        new AccuracyTable("linearCombination single", "a, b as rounded; no cancellation", "ulp", 1);
    for (int i = 0; i < n; i++) {
      BigDecimal truth =
          new BigDecimal(0.3f)
              .multiply(exact(x, i))
              .add(new BigDecimal(0.7f).multiply(exact(y, i)));
      double error = exact(out, i).subtract(truth).abs().doubleValue();
      table.addError(error / Math.ulp(truth.floatValue()), i);
    }
    table.check();
  }

  @Test
  void reparameterizeReachesAsFarAsFloats() {
    MemorySegment zero = fill(5, () -> 0);
    MemorySegment one = fill(5, () -> 1);
    MemorySegment logvar = MemorySegment.ofArray(new float[] {170, -190, 200, -300, Float.NaN});
    MemorySegment z = fill(5, () -> 0);
    k.reparameterize()
        .each(
            Matrix.values(FloatType.FLOAT32, zero, 5),
            Matrix.values(FloatType.FLOAT32, logvar, 5),
            Matrix.values(FloatType.FLOAT32, one, 5),
            Matrix.values(FloatType.FLOAT32, z, 5));
    assertThat(z.getAtIndex(JAVA_FLOAT, 0)).isEqualTo((float) Math.exp(85));
    assertThat(z.getAtIndex(JAVA_FLOAT, 1)).isEqualTo((float) Math.exp(-95));
    assertThat(z.getAtIndex(JAVA_FLOAT, 2)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(z.getAtIndex(JAVA_FLOAT, 3)).isZero();
    assertThat(z.getAtIndex(JAVA_FLOAT, 4)).isNaN();
  }

  @Test
  void logSumExp() {
    for (int dim : new int[] {5, 67, 2500}) {
      MemorySegment x = fill(2 * dim, () -> 5 * random.nextGaussian());
      double[] out = new double[2];
      int[] targets = {1, dim - 1};
      double[] picked = new double[2];
      k.logSumExp().rows(new Matrix(FloatType.FLOAT32, x, 2, dim), out);
      k.logSumExp().rows(new Matrix(FloatType.FLOAT32, x, 2, dim), targets, picked);
      String domain = "normal * 5, rows of " + dim;
      AccuracyTable table = new AccuracyTable("logSumExp single", domain, "2^-24", 1.7);
      AccuracyTable target = new AccuracyTable("logSumExp.target single", domain, "2^-24", 1.7);
      for (int r = 0; r < 2; r++) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < dim; i++) {
          sum = sum.add(Exact.exp(exact(x, (long) r * dim + i)));
        }
        BigDecimal truth = Exact.log(sum.round(Exact.DIGITS));
        BigDecimal atTarget = exact(x, (long) r * dim + targets[r]).subtract(truth);
        table.addError(error(out[r], truth), r);
        target.addError(error(picked[r], atTarget), r);
      }
      table.check();
      target.check();
    }
  }

  private static double error(double found, BigDecimal truth) {
    return new BigDecimal(found).subtract(truth).abs().doubleValue() * 0x1p24;
  }

  @Test
  void crossProducts() {
    int rows = 2 * CrossProducts.CHAIN + 37;
    int dim = 131;
    MemorySegment x = fill(rows * dim, () -> 1 + random.nextGaussian());
    double[] shift = random.doubles(dim).toArray();
    double[] found = products(x, rows, dim, shift, 1);
    assertThat(products(x, rows, dim, shift, 2)).containsExactly(found);
    AccuracyTable table =
        new AccuracyTable(
            "crossProducts single",
            "1 + normal, of sum |d d|, 357 rows",
            "2^-24",
            CrossProducts.SINGLE_ERROR * 0x1p24);
    for (int i = 0; i < dim; i += 7) {
      for (int j = i; j < dim; j += 13) {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal magnitude = BigDecimal.ZERO;
        for (int r = 0; r < rows; r++) {
          BigDecimal p =
              exact(x, (long) r * dim + i)
                  .subtract(new BigDecimal(shift[i]))
                  .multiply(exact(x, (long) r * dim + j).subtract(new BigDecimal(shift[j])));
          sum = sum.add(p);
          magnitude = magnitude.add(p.abs());
        }
        BigDecimal error = new BigDecimal(found[i * dim + j]).subtract(sum).abs();
        table.addError(error.divide(magnitude, Exact.DIGITS).doubleValue() * 0x1p24, i + ", " + j);
      }
    }
    table.check();
  }

  /// In a number of ranges of tiles.
  private double[] products(MemorySegment x, int rows, int dim, double[] shift, int ranges) {
    CrossProducts kernel = k.crossProducts();
    double[] c = new double[kernel.length(dim)];
    int tiles = CrossProducts.tiles(dim);
    for (int g = 0; g < ranges; g++) {
      int from = tiles * g / ranges;
      int to = tiles * (g + 1) / ranges;
      KernelCase.addProducts(kernel, x, Float.BYTES, rows, dim, shift, c, from, to);
    }
    double[] matrix = new double[dim * dim];
    KernelCase.upperTriangle(kernel, c, dim, matrix);
    return matrix;
  }

  @Test
  void crossProductsTakeRowsIntoBlocksOfTheirType() {
    CrossProducts kernel = k.crossProducts();
    MemorySegment x = fill(3 * DIM, random::nextGaussian);
    double[] shift = new double[DIM];
    double[] found = new double[kernel.length(DIM)];
    CrossProducts.Block wide = kernel.block(FloatType.FLOAT64, DIM);
    kernel.pack(new Matrix(FloatType.FLOAT32, x, 3, DIM), shift, wide, 0);
    kernel.add(wide, 3, DIM, found, 0, CrossProducts.tiles(DIM));
    double[] expected = new double[found.length];
    CrossProducts exact = Kernels.active().crossProducts();
    KernelCase.addProducts(
        exact, x, Float.BYTES, 3, DIM, shift, expected, 0, CrossProducts.tiles(DIM));
    assertThat(found).containsExactly(expected);
    CrossProducts.Block narrow = kernel.block(FloatType.FLOAT32, DIM / 2);
    Matrix doubles = new Matrix(FloatType.FLOAT64, x, 1, DIM / 2);
    assertThatThrownBy(() -> kernel.pack(doubles, shift, narrow, 0))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("operand 'block': found 0 entries");
  }

  @Test
  void crossProductsOfSpecialValues() {
    MemorySegment x = MemorySegment.ofArray(new float[] {1e20f, -1e20f, Float.NaN, 1, 2, 3});
    double[] c = products(x, 2, 3, new double[3], 1);
    assertThat(c[0]).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(c[1]).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(c[2]).isNaN();
    assertThat(c[5]).isNaN();
  }

  @Test
  void softplusOfSpecialValues() {
    float inf = Float.POSITIVE_INFINITY;
    MemorySegment x = MemorySegment.ofArray(new float[] {inf, -inf, Float.NaN, 0, -88, 100});
    double[] out = new double[6];
    k.softplus().each(Matrix.values(FloatType.FLOAT32, x, 6), false, out);
    assertThat(out)
        .containsExactly(Double.POSITIVE_INFINITY, 0, Double.NaN, (float) Math.log(2), 0, 100);
    k.softplus().each(Matrix.values(FloatType.FLOAT32, x, 6), true, out);
    assertThat(out)
        .containsExactly(0, Double.POSITIVE_INFINITY, Double.NaN, (float) Math.log(2), 88, 0);
  }

  @Test
  void float64DataKeepsItsDigits() {
    MemorySegment x = MemorySegment.ofArray(random.doubles(ROWS * DIM, -3, 3).toArray());
    double[] found = new double[ROWS * DIM];
    double[] expected = new double[ROWS * DIM];
    k.gaussianKl()
        .rows(
            new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
            new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
            found);
    Kernels.active()
        .gaussianKl()
        .rows(
            new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
            new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
            expected);
    assertThat(found).containsExactly(expected);
    MemorySegment y = MemorySegment.ofArray(random.doubles(ROWS * DIM, -3, 3).toArray());
    k.squaredError()
        .rows(
            new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
            new Matrix(FloatType.FLOAT64, y, ROWS, DIM),
            found);
    Kernels.active()
        .squaredError()
        .rows(
            new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
            new Matrix(FloatType.FLOAT64, y, ROWS, DIM),
            expected);
    assertThat(found).containsExactly(expected);
    k.softplus().each(Matrix.values(FloatType.FLOAT64, x, ROWS * DIM), false, found);
    Kernels.active()
        .softplus()
        .each(Matrix.values(FloatType.FLOAT64, x, ROWS * DIM), false, expected);
    assertThat(found).containsExactly(expected);
    k.logSumExp().rows(new Matrix(FloatType.FLOAT64, x, ROWS, DIM), found);
    Kernels.active().logSumExp().rows(new Matrix(FloatType.FLOAT64, x, ROWS, DIM), expected);
    assertThat(found).containsExactly(expected);
    assertThat(ofFloat64(k.crossProducts(), x))
        .containsExactly(ofFloat64(Kernels.active().crossProducts(), x));
  }

  private static double[] ofFloat64(CrossProducts kernel, MemorySegment x) {
    double[] c = new double[kernel.length(DIM)];
    KernelCase.addProducts(
        kernel, x, Double.BYTES, ROWS, DIM, new double[DIM], c, 0, CrossProducts.tiles(DIM));
    return c;
  }
}
