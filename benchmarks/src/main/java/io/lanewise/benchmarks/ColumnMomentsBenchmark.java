package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.ColumnMoments;
import io.lanewise.kernel.ExactSum;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/// Mean and variance of every column.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ColumnMomentsBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD"})
  public Implementation implementation = Implementation.SIMD;

  @Param({"512", "64"})
  public int dim = 512;

  private Body body = () -> 0;

  @Setup
  public void setup(ThreadParams threads) {
    if (size != Size.SMOKE) {
      prepare(threads, Size.L2);
      body.rehearse();
    }
    prepare(threads, size);
  }

  private void prepare(ThreadParams threads, Size size) {
    Slice slice = Slice.of(implementation, dtype, size, threads, 1, dim);
    Matrix x = slice.filled(1, g -> 3 + g);
    double[] shift = new double[dim];
    Arrays.setAll(shift, x::get);
    double[] sum = new double[dim];
    double[] sumLow = new double[dim];
    double[] squares = new double[dim];
    double[] squaresLow = new double[dim];
    // The body adds each time it runs; what is checked is the first time. Columns of large data are
    // checked at a few places, each costs a pass.
    int columns = size == Size.DRAM ? 4 : dim;
    // The plain loop adds in float64 without compensation.
    double bound = implementation == Implementation.AUTO ? 1e-9 : 1e-14;
    Check check =
        Check.of(
            "ColumnMoments", slice, bound, columns, j -> variance(x, slice.rows(), dim, (int) j));
    body =
        implementation == Implementation.AUTO
            ? plain(x, shift, sum, squares)
            : kernel(slice, x, shift, sum, sumLow, squares, squaresLow);
    body.run();
    check.against(at -> {
      int j = (int) at;
      return ColumnMoments.variance(slice.rows(), 0, sum[j], sumLow[j], squares[j], squaresLow[j]);
    });
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body plain(Matrix x, double[] shift, double[] sum, double[] squares) {
    return dtype == DType.FLOAT32
        ? () -> auto(x.f32(), shift, sum, squares)
        : () -> auto(x.f64(), shift, sum, squares);
  }

  private Body kernel(
      Slice slice,
      Matrix x,
      double[] shift,
      double[] sum,
      double[] sumLow,
      double[] squares,
      double[] squaresLow) {
    int rows = slice.rows();
    ColumnMoments kernel = implementation.kernels().columnMoments();
    return () -> {
      kernel.rows(x.rows(rows, dim), shift, sum, sumLow, squares, squaresLow);
      return sum[0];
    };
  }

  private static double auto(float[] x, double[] shift, double[] sum, double[] squares) {
    int dim = shift.length;
    for (int from = 0; from < x.length; from += dim) {
      for (int j = 0; j < dim; j++) {
        double d = x[from + j] - shift[j];
        sum[j] += d;
        squares[j] += d * d;
      }
    }
    return sum[0];
  }

  private static double auto(double[] x, double[] shift, double[] sum, double[] squares) {
    int dim = shift.length;
    for (int from = 0; from < x.length; from += dim) {
      for (int j = 0; j < dim; j++) {
        double d = x[from + j] - shift[j];
        sum[j] += d;
        squares[j] += d * d;
      }
    }
    return sum[0];
  }

  /// Two passes, both summed without error.
  private static double variance(Matrix x, int rows, int dim, int column) {
    ExactSum sum = new ExactSum();
    for (int r = 0; r < rows; r++) {
      sum.add(x.get((long) r * dim + column));
    }
    double mean = sum.value() / rows;
    ExactSum squares = new ExactSum();
    for (int r = 0; r < rows; r++) {
      double d = x.get((long) r * dim + column) - mean;
      squares.add(d * d);
    }
    return squares.value() / rows;
  }
}
