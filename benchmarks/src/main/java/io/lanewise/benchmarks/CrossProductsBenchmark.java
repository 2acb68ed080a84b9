package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.CrossProducts;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
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

/// The cross-products behind a covariance, float64, or of float32 rows in chains of float32
/// (SINGLE): 2048 columns, or 128 for what fits the cache. Memory-resident data is 1024 rows, of
/// which each thread takes a share: each costs two million multiplications.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class CrossProductsBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD", "SINGLE"})
  public Implementation implementation = Implementation.SIMD;

  private static final int ROWS = 1024;

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
    int dim =
        switch (size) {
          case SMOKE -> 32;
          case L2 -> 128;
          case DRAM -> 2048;
        };
    Slice whole = Slice.of(implementation, dtype, size, threads, 1, dim);
    int rows = Math.min(whole.rows(), ROWS / threads.getThreadCount());
    Slice slice = new Slice(implementation, dtype, size, threads.getThreadCount(), rows, dim);
    Matrix x = slice.normal(1);
    double[] shift = new double[dim];
    Arrays.setAll(shift, x::get);
    CrossProducts kernel = implementation.kernels().crossProducts();
    boolean auto = implementation == Implementation.AUTO;
    double[] c = new double[auto ? dim * dim : kernel.length(dim)];
    // Places in the upper triangle: column 0 counts from the diagonal.
    Check check =
        Check.of(
            "CrossProducts",
            slice,
            implementation.bound(dtype, 1e-13, singleBound(x, shift, rows)),
            64,
            place -> oracle(x, shift, rows, row(place, dim), column(place, dim)));
    body = body(slice, x, shift, c);
    body.run();
    check.against(place -> {
      int i = row(place, dim);
      int j = column(place, dim);
      return c[auto ? i * dim + j : kernel.at(dim, i, j)];
    });
  }

  /// By Cauchy and Schwarz `sum |d_i d_j|` is at most the largest `sum d_i^2`.
  private static double singleBound(Matrix x, double[] shift, int rows) {
    int dim = shift.length;
    double[] squares = new double[dim];
    for (int i = 0; i < rows * dim; i++) {
      double d = x.get(i) - shift[i % dim];
      squares[i % dim] += d * d;
    }
    return CrossProducts.SINGLE_ERROR * Arrays.stream(squares).max().orElse(0);
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private static int row(long place, int dim) {
    return (int) (place * (dim - 1) / 63);
  }

  private static int column(long place, int dim) {
    int row = row(place, dim);
    return row + (int) (place * 31 % (dim - row));
  }

  private Body body(Slice slice, Matrix x, double[] shift, double[] c) {
    int rows = slice.rows();
    int dim = slice.dim();
    if (implementation == Implementation.AUTO) {
      double[] d = new double[dim];
      return () -> auto(x, shift, rows, d, c);
    }
    CrossProducts kernel = implementation.kernels().crossProducts();
    int tiles = CrossProducts.tiles(dim);
    CrossProducts.Block packed = kernel.block(dtype.floatType(), dim);
    long rowBytes = (long) dim * dtype.bytes();
    return () -> {
      for (int r = 0; r < rows; r += CrossProducts.DEPTH) {
        int depth = Math.min(CrossProducts.DEPTH, rows - r);
        MemorySegment batch = x.data().asSlice(r * rowBytes);
        kernel.pack(io.lanewise.batch.Matrix.of(dtype, batch, depth, dim), shift, packed, 0);
        kernel.add(packed, depth, dim, c, 0, tiles);
      }
      return c[0];
    };
  }

  private static double auto(Matrix x, double[] shift, int rows, double[] d, double[] c) {
    int dim = d.length;
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < dim; i++) {
        d[i] = x.get((long) r * dim + i) - shift[i];
      }
      for (int i = 0; i < dim; i++) {
        addScaled(d, d[i], i, c, i * dim);
      }
    }
    return c[0];
  }

  private static void addScaled(double[] d, double factor, int from, double[] c, int at) {
    for (int j = from; j < d.length; j++) {
      c[at + j] += factor * d[j];
    }
  }

  private static double oracle(Matrix x, double[] shift, int rows, int i, int j) {
    int dim = shift.length;
    BigDecimal sum = BigDecimal.ZERO;
    for (int r = 0; r < rows; r++) {
      double a = x.get((long) r * dim + i) - shift[i];
      double b = x.get((long) r * dim + j) - shift[j];
      sum = sum.add(new BigDecimal(a).multiply(new BigDecimal(b)));
    }
    return sum.doubleValue();
  }
}
