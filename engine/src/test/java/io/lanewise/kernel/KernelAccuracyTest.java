package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Kernels against exact arithmetic: the second half of the accuracy table. The active form is
/// measured on the element types' own values; the other has the same bits ([KernelBitsTest]).
class KernelAccuracyTest {
  private static final int ROWS = AccuracyTable.ROWS;
  private static final int DIM = 67;

  /// float32 or float64, as the kernels see it.
  enum Type {
    F32,
    F64;

    int width() {
      return this == F32 ? 4 : 8;
    }

    FloatType floatType() {
      return this == F32 ? FloatType.FLOAT32 : FloatType.FLOAT64;
    }

    double get(MemorySegment s, long i) {
      return this == F32
          ? s.get(ValueLayout.JAVA_FLOAT, 4 * i)
          : s.get(ValueLayout.JAVA_DOUBLE, 8 * i);
    }

    void set(MemorySegment s, long i, double v) {
      if (this == F32) {
        s.set(ValueLayout.JAVA_FLOAT, 4 * i, (float) v);
      } else {
        s.set(ValueLayout.JAVA_DOUBLE, 8 * i, v);
      }
    }
  }

  private final Arena arena = Arena.ofAuto();
  private final SplittableRandom random = new SplittableRandom(20);
  private final Kernels k = Kernels.active();

  static Stream<Type> types() {
    return Stream.of(Type.values());
  }

  private MemorySegment fill(Type t, int n, DoubleSupplier value) {
    MemorySegment s = arena.allocate((long) n * t.width(), 8);
    for (int i = 0; i < n; i++) {
      t.set(s, i, value.getAsDouble());
    }
    return s;
  }

  private static BigDecimal exact(double v) {
    return new BigDecimal(v);
  }

  /// Error of a sum in ulp of the sum of its terms' magnitudes.
  private static double ofMagnitude(double found, BigDecimal truth, BigDecimal magnitude) {
    return exact(found)
        .subtract(truth)
        .abs()
        .divide(new BigDecimal(Math.ulp(magnitude.doubleValue())), Exact.DIGITS)
        .doubleValue();
  }

  @ParameterizedTest
  @MethodSource("types")
  void rowSum(Type t) {
    MemorySegment x =
        fill(t, ROWS * DIM, () -> Math.scalb(random.nextGaussian(), random.nextInt(-20, 20)));
    double[] out = new double[ROWS];
    if (t == Type.F32) {
      k.rowSum().rows(new Matrix(FloatType.FLOAT32, x, ROWS, DIM), out);
    } else {
      k.rowSum().rows(new Matrix(FloatType.FLOAT64, x, ROWS, DIM), out);
    }
    AccuracyTable table = new AccuracyTable("rowSum " + t, "wide, of sum |x|", 4);
    for (int r = 0; r < ROWS; r++) {
      BigDecimal sum = BigDecimal.ZERO;
      BigDecimal magnitude = BigDecimal.ZERO;
      for (int i = 0; i < DIM; i++) {
        BigDecimal v = exact(t.get(x, r * DIM + i));
        sum = sum.add(v);
        magnitude = magnitude.add(v.abs());
      }
      table.addError(ofMagnitude(out[r], sum, magnitude), r);
    }
    table.check();
    double run =
        t == Type.F32
            ? k.rowSum().run(FloatType.FLOAT32, x, DIM, DIM)
            : k.rowSum().run(FloatType.FLOAT64, x, DIM, DIM);
    assertThat(run).isEqualTo(out[1]);
  }

  @ParameterizedTest
  @MethodSource("types")
  void squares(Type t) {
    MemorySegment x = fill(t, ROWS * DIM, random::nextGaussian);
    MemorySegment y = fill(t, ROWS * DIM, random::nextGaussian);
    double[] norm = new double[ROWS];
    double[] error = new double[ROWS];
    if (t == Type.F32) {
      k.squaredNorm().rows(new Matrix(FloatType.FLOAT32, x, ROWS, DIM), norm);
      k.squaredError()
          .rows(
              new Matrix(FloatType.FLOAT32, x, ROWS, DIM),
              new Matrix(FloatType.FLOAT32, y, ROWS, DIM),
              error);
    } else {
      k.squaredNorm().rows(new Matrix(FloatType.FLOAT64, x, ROWS, DIM), norm);
      k.squaredError()
          .rows(
              new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
              new Matrix(FloatType.FLOAT64, y, ROWS, DIM),
              error);
    }
    AccuracyTable norms = new AccuracyTable("squaredNorm " + t, "normal, " + DIM + " values", 3);
    AccuracyTable errors = new AccuracyTable("squaredError " + t, "normal, " + DIM + " values", 4);
    for (int r = 0; r < ROWS; r++) {
      BigDecimal n = BigDecimal.ZERO;
      BigDecimal e = BigDecimal.ZERO;
      for (int i = 0; i < DIM; i++) {
        BigDecimal v = exact(t.get(x, r * DIM + i));
        n = n.add(v.multiply(v));
        BigDecimal d = v.subtract(exact(t.get(y, r * DIM + i)));
        e = e.add(d.multiply(d));
      }
      norms.add(norm[r], n, r);
      errors.add(error[r], e, r);
    }
    norms.check();
    errors.check();
  }

  @ParameterizedTest
  @MethodSource("types")
  void gaussianKl(Type t) {
    for (double size : new double[] {3, 0.3, 1e-6}) {
      MemorySegment mu = fill(t, ROWS * DIM, () -> size * random.nextGaussian());
      MemorySegment logvar = fill(t, ROWS * DIM, () -> size * random.nextGaussian());
      double[] out = new double[ROWS];
      if (t == Type.F32) {
        k.gaussianKl()
            .rows(
                new Matrix(FloatType.FLOAT32, mu, ROWS, DIM),
                new Matrix(FloatType.FLOAT32, logvar, ROWS, DIM),
                out);
      } else {
        k.gaussianKl()
            .rows(
                new Matrix(FloatType.FLOAT64, mu, ROWS, DIM),
                new Matrix(FloatType.FLOAT64, logvar, ROWS, DIM),
                out);
      }
      AccuracyTable table = new AccuracyTable("gaussianKl " + t, "sizes about " + size, 5);
      for (int r = 0; r < ROWS; r++) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < DIM; i++) {
          BigDecimal m = exact(t.get(mu, r * DIM + i));
          sum = sum.add(m.multiply(m)).add(Exact.expRemainder(exact(t.get(logvar, r * DIM + i))));
        }
        table.add(out[r], sum.multiply(new BigDecimal("0.5")), r);
      }
      table.check();
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void logarithms(Type t) {
    int n = Math.max(100, ROWS);
    MemorySegment p = fill(t, n, () -> 1 - 0.999 * random.nextDouble());
    boolean f32 = t == Type.F32;
    AccuracyTable sum = new AccuracyTable("logProbSum " + t, "p in (0.001, 1], 100 values", 4);
    for (int from = 0; from + 100 <= n; from += 100) {
      BigDecimal truth = BigDecimal.ZERO;
      for (int i = from; i < from + 100; i++) {
        truth = truth.add(Exact.log(exact(t.get(p, i))));
      }
      sum.add(k.logProbSum().run(t.floatType(), p, from, 100), truth, from);
    }
    sum.check();

    double[] out = new double[n];
    for (boolean complement : new boolean[] {false, true}) {
      if (f32) {
        k.negativeLog().each(Matrix.values(FloatType.FLOAT32, p, n), complement, out);
      } else {
        k.negativeLog().each(Matrix.values(FloatType.FLOAT64, p, n), complement, out);
      }
      AccuracyTable table =
          new AccuracyTable("negativeLog " + t, complement ? "-ln(1 - p)" : "-ln p", 0.8);
      for (int i = 0; i < n; i++) {
        BigDecimal v = exact(t.get(p, i));
        if (!complement || v.compareTo(BigDecimal.ONE) < 0) {
          table.add(out[i], (complement ? Exact.log1p(v.negate()) : Exact.log(v)).negate(), v);
        }
      }
      table.check();
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void softplus(Type t) {
    int n = Math.max(100, ROWS);
    MemorySegment x = fill(t, n, () -> 6 * random.nextGaussian());
    double[] out = new double[n];
    for (boolean negate : new boolean[] {false, true}) {
      if (t == Type.F32) {
        k.softplus().each(Matrix.values(FloatType.FLOAT32, x, n), negate, out);
      } else {
        k.softplus().each(Matrix.values(FloatType.FLOAT64, x, n), negate, out);
      }
      AccuracyTable table =
          new AccuracyTable("softplus " + t, negate ? "of -x, x normal * 6" : "x normal * 6", 2);
      for (int i = 0; i < n; i++) {
        BigDecimal v = exact(t.get(x, i));
        table.add(out[i], Exact.softplus(negate ? v.negate() : v), v);
      }
      table.check();
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void reparameterize(Type t) {
    int n = Math.max(100, ROWS);
    MemorySegment mu = fill(t, n, () -> random.nextDouble());
    MemorySegment logvar = fill(t, n, random::nextGaussian);
    MemorySegment eps = fill(t, n, () -> random.nextDouble());
    MemorySegment z = fill(t, n, () -> 0);
    if (t == Type.F32) {
      k.reparameterize()
          .each(
              Matrix.values(FloatType.FLOAT32, mu, n),
              Matrix.values(FloatType.FLOAT32, logvar, n),
              Matrix.values(FloatType.FLOAT32, eps, n),
              Matrix.values(FloatType.FLOAT32, z, n));
    } else {
      k.reparameterize()
          .each(
              Matrix.values(FloatType.FLOAT64, mu, n),
              Matrix.values(FloatType.FLOAT64, logvar, n),
              Matrix.values(FloatType.FLOAT64, eps, n),
              Matrix.values(FloatType.FLOAT64, z, n));
    }
    AccuracyTable table =
        new AccuracyTable("reparameterize " + t, "no cancellation", t == Type.F32 ? 0.51 : 1.1);
    for (int i = 0; i < n; i++) {
      BigDecimal truth =
          exact(t.get(mu, i))
              .add(
                  exact(t.get(eps, i))
                      .multiply(Exact.exp(exact(t.get(logvar, i)).divide(BigDecimal.TWO))));
      double found = t.get(z, i);
      if (t == Type.F32) {
        table.addError(
            exact(found).subtract(truth).abs().doubleValue() / Math.ulp(truth.floatValue()), i);
      } else {
        table.add(found, truth, i);
      }
    }
    table.check();
  }

  /// Terms that cancel to a thousandth and less leave the same bits as exact arithmetic rounded
  /// once, up to what float64 leaves of the terms.
  @Test
  void linearCombinationOfFloat32KeepsItsDigitsUnderCancellation() {
    MemorySegment x = fill(Type.F32, ROWS * DIM, () -> 1 + random.nextDouble());
    MemorySegment y = fill(Type.F32, ROWS * DIM, () -> 0);
    double[] a = random.doubles(ROWS).toArray();
    double[] b = random.doubles(ROWS).toArray();
    for (int i = 0; i < ROWS * DIM; i++) {
      double cancels = -a[i / DIM] * Type.F32.get(x, i) / b[i / DIM];
      y.setAtIndex(
          java.lang.foreign.ValueLayout.JAVA_FLOAT,
          i,
          (float) (cancels * (1 + 1e-5 * random.nextGaussian())));
    }
    MemorySegment out = fill(Type.F32, ROWS * DIM, () -> 0);
    k.linearCombination()
        .rows(
            new Matrix(FloatType.FLOAT32, x, ROWS, DIM),
            new Matrix(FloatType.FLOAT32, y, ROWS, DIM),
            a,
            b,
            new Matrix(FloatType.FLOAT32, out, ROWS, DIM));
    AccuracyTable table = new AccuracyTable("linearCombination F32", "terms cancel", 0.51);
    for (int i = 0; i < ROWS * DIM; i++) {
      BigDecimal first = exact(a[i / DIM]).multiply(exact(Type.F32.get(x, i)));
      BigDecimal truth = first.add(exact(b[i / DIM]).multiply(exact(Type.F32.get(y, i))));
      double ofFloat64 = 2 * Math.ulp(first.doubleValue());
      double unit = Math.ulp(truth.floatValue()) + 100 * ofFloat64;
      table.addError(exact(Type.F32.get(out, i)).subtract(truth).abs().doubleValue() / unit, i);
    }
    table.check();
  }

  @ParameterizedTest
  @MethodSource("types")
  void linearCombination(Type t) {
    MemorySegment x = fill(t, ROWS * DIM, () -> random.nextDouble());
    MemorySegment y = fill(t, ROWS * DIM, () -> random.nextDouble());
    MemorySegment out = fill(t, ROWS * DIM, () -> 0);
    double[] a = random.doubles(ROWS).toArray();
    double[] b = random.doubles(ROWS).toArray();
    if (t == Type.F32) {
      k.linearCombination()
          .rows(
              new Matrix(FloatType.FLOAT32, x, ROWS, DIM),
              new Matrix(FloatType.FLOAT32, y, ROWS, DIM),
              a,
              b,
              new Matrix(FloatType.FLOAT32, out, ROWS, DIM));
    } else {
      k.linearCombination()
          .rows(
              new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
              new Matrix(FloatType.FLOAT64, y, ROWS, DIM),
              a,
              b,
              new Matrix(FloatType.FLOAT64, out, ROWS, DIM));
    }
    // float32: half an ulp for the one rounding, and what float64 leaves.
    AccuracyTable table =
        new AccuracyTable("linearCombination " + t, "no cancellation", t == Type.F32 ? 0.51 : 1.0);
    for (int r = 0; r < ROWS; r++) {
      for (int i = r * DIM; i < (r + 1) * DIM; i++) {
        BigDecimal truth =
            exact(a[r]).multiply(exact(t.get(x, i))).add(exact(b[r]).multiply(exact(t.get(y, i))));
        double ulp = t == Type.F32 ? Math.ulp(truth.floatValue()) : Math.ulp(truth.doubleValue());
        table.addError(exact(t.get(out, i)).subtract(truth).abs().doubleValue() / ulp, i);
      }
    }
    table.check();
  }

  @ParameterizedTest
  @MethodSource("types")
  void diffusionStep(Type t) {
    MemorySegment x = fill(t, ROWS * DIM, () -> random.nextDouble());
    MemorySegment y = fill(t, ROWS * DIM, () -> random.nextDouble());
    MemorySegment z = fill(t, ROWS * DIM, () -> random.nextDouble());
    MemorySegment out = fill(t, ROWS * DIM, () -> 0);
    DiffusionStep.Coefficients c =
        new DiffusionStep.Coefficients(
            random.doubles(ROWS).toArray(),
            random.doubles(ROWS).toArray(),
            random.doubles(ROWS).toArray(),
            random.doubles(ROWS).toArray(),
            random.doubles(ROWS).toArray(),
            random.doubles(ROWS).toArray(),
            random.doubles(ROWS).toArray());
    c.noise()[1] = 0;
    for (String form : List.of("linear", "noisy", "clamped")) {
      boolean clamped = form.equals("clamped");
      if (form.equals("linear")) {
        if (t == Type.F32) {
          k.diffusionStep()
              .linear(
                  new Matrix(FloatType.FLOAT32, x, ROWS, DIM),
                  new Matrix(FloatType.FLOAT32, y, ROWS, DIM),
                  c,
                  new Matrix(FloatType.FLOAT32, out, ROWS, DIM));
        } else {
          k.diffusionStep()
              .linear(
                  new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
                  new Matrix(FloatType.FLOAT64, y, ROWS, DIM),
                  c,
                  new Matrix(FloatType.FLOAT64, out, ROWS, DIM));
        }
      } else if (t == Type.F32) {
        k.diffusionStep()
            .noisy(
                new Matrix(FloatType.FLOAT32, x, ROWS, DIM),
                new Matrix(FloatType.FLOAT32, y, ROWS, DIM),
                new Matrix(FloatType.FLOAT32, z, ROWS, DIM),
                c,
                clamped,
                new Matrix(FloatType.FLOAT32, out, ROWS, DIM));
      } else {
        k.diffusionStep()
            .noisy(
                new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
                new Matrix(FloatType.FLOAT64, y, ROWS, DIM),
                new Matrix(FloatType.FLOAT64, z, ROWS, DIM),
                c,
                clamped,
                new Matrix(FloatType.FLOAT64, out, ROWS, DIM));
      }
      AccuracyTable table =
          new AccuracyTable(
              "diffusionStep " + t, form + ", no cancellation", t == Type.F32 ? 0.51 : 2.5);
      for (int i = 0; i < ROWS * DIM; i++) {
        int r = i / DIM;
        BigDecimal vx = exact(t.get(x, i));
        BigDecimal vy = exact(t.get(y, i));
        BigDecimal truth = exact(c.state()[r]).multiply(vx).add(exact(c.output()[r]).multiply(vy));
        if (!form.equals("linear")) {
          truth = truth.add(exact(c.noise()[r]).multiply(exact(t.get(z, i))));
        }
        if (clamped) {
          BigDecimal data =
              exact(c.cleanState()[r]).multiply(vx).add(exact(c.cleanOutput()[r]).multiply(vy));
          truth = truth.add(exact(c.clean()[r]).multiply(data.min(exact(c.range()[r]))));
        }
        double ulp = t == Type.F32 ? Math.ulp(truth.floatValue()) : Math.ulp(truth.doubleValue());
        table.addError(exact(t.get(out, i)).subtract(truth).abs().doubleValue() / ulp, i);
      }
      table.check();
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void affineFlow(Type t) {
    MemorySegment x = fill(t, ROWS * DIM, random::nextGaussian);
    MemorySegment shift = fill(t, ROWS * DIM, random::nextGaussian);
    MemorySegment scale =
        fill(t, ROWS * DIM, () -> random.nextDouble(0.5, 2) * (random.nextBoolean() ? 1 : -1));
    for (int parameterRows : new int[] {1, ROWS}) {
      double[] out = new double[ROWS];
      if (t == Type.F32) {
        k.affineFlow()
            .rows(
                new Matrix(FloatType.FLOAT32, x, ROWS, DIM),
                new Matrix(FloatType.FLOAT32, shift, parameterRows, DIM),
                new Matrix(FloatType.FLOAT32, scale, parameterRows, DIM),
                out);
      } else {
        k.affineFlow()
            .rows(
                new Matrix(FloatType.FLOAT64, x, ROWS, DIM),
                new Matrix(FloatType.FLOAT64, shift, parameterRows, DIM),
                new Matrix(FloatType.FLOAT64, scale, parameterRows, DIM),
                out);
      }
      AccuracyTable table =
          new AccuracyTable(
              "affineFlow " + t,
              parameterRows == 1 ? "shared parameters" : "parameters per row",
              5);
      for (int r = 0; r < ROWS; r++) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < DIM; i++) {
          int p = parameterRows == 1 ? i : r * DIM + i;
          BigDecimal s = exact(t.get(scale, p));
          BigDecimal z =
              exact(t.get(x, r * DIM + i)).subtract(exact(t.get(shift, p))).divide(s, Exact.DIGITS);
          sum = sum.subtract(z.multiply(z).divide(BigDecimal.TWO)).subtract(Exact.log(s.abs()));
        }
        BigDecimal halfLn2Pi =
            Exact.log(
                    exact(2)
                        .multiply(
                            new BigDecimal("3.14159265358979323846264338327950288419716939937510")))
                .divide(BigDecimal.TWO);
        table.add(out[r], sum.subtract(halfLn2Pi.multiply(exact(DIM))), r);
      }
      table.check();
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void logSumExp(Type t) {
    for (int dim : new int[] {5, 67, 2500}) {
      MemorySegment x = fill(t, 2 * dim, () -> 5 * random.nextGaussian());
      double[] out = new double[2];
      int[] targets = {1, dim - 1};
      double[] picked = new double[2];
      if (t == Type.F32) {
        k.logSumExp().rows(new Matrix(FloatType.FLOAT32, x, 2, dim), out);
        k.logSumExp().rows(new Matrix(FloatType.FLOAT32, x, 2, dim), targets, picked);
      } else {
        k.logSumExp().rows(new Matrix(FloatType.FLOAT64, x, 2, dim), out);
        k.logSumExp().rows(new Matrix(FloatType.FLOAT64, x, 2, dim), targets, picked);
      }
      AccuracyTable table = new AccuracyTable("logSumExp " + t, "normal * 5, rows of " + dim, 1.5);
      AccuracyTable target =
          new AccuracyTable("logSumExp.target " + t, "normal * 5, rows of " + dim, 3);
      for (int r = 0; r < 2; r++) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < dim; i++) {
          sum = sum.add(Exact.exp(exact(t.get(x, (long) r * dim + i))));
        }
        BigDecimal truth = Exact.log(sum.round(Exact.DIGITS));
        table.add(out[r], truth, r);
        target.add(picked[r], exact(t.get(x, (long) r * dim + targets[r])).subtract(truth), r);
      }
      table.check();
      target.check();
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void columnMoments(Type t) {
    int rows = 200;
    int dim = 19;
    MemorySegment x = fill(t, rows * dim, () -> 1e6 + random.nextGaussian());
    for (int r = 0; r < rows; r++) {
      t.set(x, r * dim + 4, 0.1);
    }
    double[][] whole = moments(t, x, dim, List.of(rows));
    double[][] parts = moments(t, x, dim, List.of(1, 0, 7, 8, 9, 100, 75));
    for (int c = 0; c < 5; c++) {
      assertThat(parts[c]).containsExactly(whole[c]);
    }
    AccuracyTable mean = new AccuracyTable("columnMoments " + t, "mean of 1e6 + normal", 0.6);
    AccuracyTable variance = new AccuracyTable("columnMoments " + t, "variance of 1e6 + normal", 2);
    for (int j = 0; j < dim; j++) {
      double m = ColumnMoments.mean(rows, whole[0][j], whole[1][j], whole[2][j]);
      double v =
          ColumnMoments.variance(rows, 1, whole[1][j], whole[2][j], whole[3][j], whole[4][j]);
      if (j == 4) {
        assertThat(m).isEqualTo(t.get(x, 4));
        assertThat(v).isZero();
        continue;
      }
      BigDecimal sum = BigDecimal.ZERO;
      BigDecimal squares = BigDecimal.ZERO;
      for (int r = 0; r < rows; r++) {
        BigDecimal e = exact(t.get(x, (long) r * dim + j));
        sum = sum.add(e);
        squares = squares.add(e.multiply(e));
      }
      mean.add(m, sum.divide(exact(rows), Exact.DIGITS), j);
      variance.add(
          v,
          squares
              .subtract(sum.multiply(sum).divide(exact(rows), new java.math.MathContext(100)))
              .divide(exact(rows - 1), Exact.DIGITS),
          j);
    }
    mean.check();
    variance.check();
  }

  private double[][] moments(Type t, MemorySegment x, int dim, List<Integer> batches) {
    double[][] m = new double[5][dim];
    for (int j = 0; j < dim; j++) {
      m[0][j] = t.get(x, j);
    }
    long from = 0;
    for (int rows : batches) {
      MemorySegment batch = x.asSlice(from * dim * t.width());
      if (t == Type.F32) {
        k.columnMoments()
            .rows(new Matrix(FloatType.FLOAT32, batch, rows, dim), m[0], m[1], m[2], m[3], m[4]);
      } else {
        k.columnMoments()
            .rows(new Matrix(FloatType.FLOAT64, batch, rows, dim), m[0], m[1], m[2], m[3], m[4]);
      }
      from += rows;
    }
    return m;
  }

  @ParameterizedTest
  @MethodSource("types")
  void crossProducts(Type t) {
    int rows = 300;
    int dim = 131;
    MemorySegment x = fill(t, rows * dim, random::nextGaussian);
    double[] shift = random.doubles(dim).toArray();
    double[] whole = products(t, x, dim, shift, List.of(rows), 1);
    assertThat(products(t, x, dim, shift, List.of(3, 0, 41, 256), 1)).containsExactly(whole);
    assertThat(products(t, x, dim, shift, List.of(256, 44), 2)).containsExactly(whole);
    AccuracyTable table =
        new AccuracyTable("crossProducts " + t, "normal, of sum |d d|, 300 rows", 12);
    for (int i = 0; i < dim; i += 13) {
      for (int j = i; j < dim; j += 29) {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal magnitude = BigDecimal.ZERO;
        for (int r = 0; r < rows; r++) {
          BigDecimal p =
              exact(t.get(x, (long) r * dim + i) - shift[i])
                  .multiply(exact(t.get(x, (long) r * dim + j) - shift[j]));
          sum = sum.add(p);
          magnitude = magnitude.add(p.abs());
        }
        table.addError(ofMagnitude(whole[i * dim + j], sum, magnitude), i + ", " + j);
      }
    }
    table.check();
  }

  private double[] products(
      Type t, MemorySegment x, int dim, double[] shift, List<Integer> batches, int ranges) {
    double[] c = new double[k.crossProducts().length(dim)];
    int tiles = CrossProducts.tiles(dim);
    long from = 0;
    for (int rows : batches) {
      MemorySegment batch = x.asSlice(from * dim * t.width());
      for (int g = 0; g < ranges; g++) {
        KernelCase.addProducts(
            k.crossProducts(),
            batch,
            t.width(),
            rows,
            dim,
            shift,
            c,
            tiles * g / ranges,
            tiles * (g + 1) / ranges);
      }
      from += rows;
    }
    double[] matrix = new double[dim * dim];
    KernelCase.upperTriangle(k.crossProducts(), c, dim, matrix);
    CrossProducts.mirror(matrix, dim);
    return matrix;
  }

  @ParameterizedTest
  @MethodSource("types")
  void pairwiseProducts(Type t) {
    for (boolean narrow : t == Type.F32 ? new boolean[] {true, false} : new boolean[] {false}) {
      pairwiseProducts(t, narrow, 600);
      pairwiseProducts(t, narrow, 100);
    }
  }

  private void pairwiseProducts(Type t, boolean narrow, int dim) {
    int rowsX = 13;
    int rowsY = 37;
    MemorySegment x = fill(t, rowsX * dim, random::nextGaussian);
    MemorySegment y = fill(t, rowsY * dim, () -> 1 + random.nextGaussian());
    double[] out = new double[rowsX * rowsY];
    Matrix a = new Matrix(t == Type.F32 ? FloatType.FLOAT32 : FloatType.FLOAT64, x, rowsX, dim);
    Matrix b = new Matrix(a.type(), y, rowsY, dim);
    if (narrow) {
      k.pairwiseProducts().narrow(a, b, out, new PairwiseProducts.Scratch());
    } else {
      k.pairwiseProducts().rows(a, b, out, new PairwiseProducts.Scratch());
    }
    double bound = PairwiseProducts.error(narrow, dim);
    AccuracyTable table =
        new AccuracyTable(
            "pairwiseProducts " + t + (t == Type.F32 && !narrow ? " wide" : ""),
            dim + " columns, of sum |x y|",
            bound * 0x1p53);
    for (int i = 0; i < rowsX; i += 3) {
      for (int j = 0; j < rowsY; j += 5) {
        BigDecimal sum = BigDecimal.ZERO;
        BigDecimal magnitude = BigDecimal.ZERO;
        for (int c = 0; c < dim; c++) {
          BigDecimal p =
              exact(t.get(x, (long) i * dim + c)).multiply(exact(t.get(y, (long) j * dim + c)));
          sum = sum.add(p);
          magnitude = magnitude.add(p.abs());
        }
        table.addError(ofMagnitude(out[i * rowsY + j], sum, magnitude), i + ", " + j);
      }
    }
    table.check();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void kernelSumsPowers(int degree) {
    // Not whole vectors, and more than two tiles.
    int n = 2_503;
    double[] c = random.doubles(n, -3, 3).toArray();
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal magnitude = BigDecimal.ZERO;
    for (double each : c) {
      BigDecimal power = exact(0.3).multiply(exact(each)).add(exact(-0.25)).pow(degree);
      sum = sum.add(power);
      magnitude = magnitude.add(power.abs());
    }
    // That of v counts `degree` times and each product once, then those of its lane and of the
    // tree.
    int roundings = 2 * degree - 1;
    AccuracyTable table =
        new AccuracyTable(
            "kernelSums degree " + degree, n + " values, of sum |v^d|", roundings + n / 16 + 4 + 1);
    double found = k.kernelSums().polynomial(c, n, 0.3, -0.25, degree);
    table.addError(ofMagnitude(found, sum, magnitude), "");
    table.check();
    assertThat(found).isEqualTo(new KernelSums.Scalar().polynomial(c, n, 0.3, -0.25, degree));
  }
}
