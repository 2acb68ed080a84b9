package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.PairwiseProducts;
import java.math.BigDecimal;
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

/// Dot products of all rows of x with all rows of y: 64 rows of y with 256 columns where all fits
/// the cache, else 512 with 2048, and as many of x, of which each thread takes a share. float32
/// rows are widened to float64 (SIMD), or rounded to float32 on their way (SINGLE).
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class PairwiseProductsBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD", "SINGLE"})
  public Implementation implementation = Implementation.SIMD;

  /// Rows of x where memory would hold more.
  private static final int ROWS = 512;

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
          case L2 -> 256;
          case DRAM -> 2048;
        };
    int others = size == Size.DRAM ? ROWS : 64;
    Slice whole = Slice.of(implementation, dtype, size, threads, 2, dim);
    int rows = Math.min(whole.rows(), ROWS / threads.getThreadCount());
    Slice slice = new Slice(implementation, dtype, size, threads.getThreadCount(), rows, dim);
    Matrix x = slice.normal(1);
    Matrix y = slice.filled((long) others * dim, 2, g -> g);
    double[] out = new double[rows * others];
    double narrow = largestNorm(x, rows, dim) * largestNorm(y, others, dim);
    double bound = implementation.bound(dtype, 1e-12, PairwiseProducts.error(true, dim) * narrow);
    if (implementation == Implementation.AUTO && dtype == DType.FLOAT32) {
      bound = dim * 0x1p-24 * narrow; // one chain of float32
    }
    Check check =
        Check.of(
            "PairwiseProducts",
            slice,
            bound,
            out.length,
            p -> oracle(x, y, p / others * dim, p % others * dim, dim));
    body = body(x, rows, y, others, dim, out);
    body.run();
    check.against(p -> out[(int) p]);
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body body(Matrix x, int rows, Matrix y, int others, int dim, double[] out) {
    boolean f32 = dtype == DType.FLOAT32;
    if (implementation == Implementation.AUTO) {
      return f32
          ? () -> auto(x.f32(), rows, y.f32(), others, dim, out)
          : () -> auto(x.f64(), rows, y.f64(), others, dim, out);
    }
    PairwiseProducts kernel = implementation.kernels().pairwiseProducts();
    PairwiseProducts.Scratch scratch = new PairwiseProducts.Scratch();
    var a = x.rows(rows, dim);
    var b = y.rows(others, dim);
    return f32 && implementation == Implementation.SINGLE
        ? () -> {
          kernel.narrow(a, b, out, scratch);
          return out[0];
        }
        : () -> {
          kernel.rows(a, b, out, scratch);
          return out[0];
        };
  }

  private static double auto(float[] x, int rows, float[] y, int others, int dim, double[] out) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < others; j++) {
        float sum = 0;
        for (int k = 0; k < dim; k++) {
          sum += x[i * dim + k] * y[j * dim + k];
        }
        out[i * others + j] = sum;
      }
    }
    return out[0];
  }

  private static double auto(double[] x, int rows, double[] y, int others, int dim, double[] out) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < others; j++) {
        double sum = 0;
        for (int k = 0; k < dim; k++) {
          sum += x[i * dim + k] * y[j * dim + k];
        }
        out[i * others + j] = sum;
      }
    }
    return out[0];
  }

  private static double largestNorm(Matrix x, int rows, int dim) {
    double largest = 0;
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int k = 0; k < dim; k++) {
        double value = x.get((long) r * dim + k);
        sum += value * value;
      }
      largest = Math.max(largest, sum);
    }
    return Math.sqrt(largest);
  }

  private static double oracle(Matrix x, Matrix y, long fromX, long fromY, int dim) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int k = 0; k < dim; k++) {
      sum = sum.add(new BigDecimal(x.get(fromX + k)).multiply(new BigDecimal(y.get(fromY + k))));
    }
    return sum.doubleValue();
  }
}
