package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.SquaredError;
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

/// Squared distances between corresponding rows: the denoising error.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class SquaredErrorBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD", "SINGLE"})
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
    Slice slice = Slice.of(implementation, dtype, size, threads, 2, dim);
    Matrix x = slice.normal(1);
    Matrix y = slice.normal(2);
    double[] sums = new double[slice.rows()];
    // In single precision: the bound that docs/precision.md declares for blocks of 512.
    double bound = implementation.bound(dtype, 1e-14, 20 * 0x1p-24);
    Check check =
        Check.of("SquaredError", slice, bound, slice.rows(), r -> oracle(x, y, r * dim, dim));
    body = body(slice, x, y, sums);
    body.run();
    check.against(r -> sums[(int) r]);
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body body(Slice slice, Matrix x, Matrix y, double[] sums) {
    int rows = slice.rows();
    boolean f32 = dtype == DType.FLOAT32;
    if (implementation == Implementation.AUTO) {
      return f32
          ? () -> auto(x.f32(), y.f32(), dim, sums)
          : () -> auto(x.f64(), y.f64(), dim, sums);
    }
    SquaredError kernel = implementation.kernels().squaredError();
    return () -> {
      kernel.rows(x.rows(rows, dim), y.rows(rows, dim), sums);
      return sums[0];
    };
  }

  private static double auto(float[] x, float[] y, int dim, double[] sums) {
    for (int r = 0; r < sums.length; r++) {
      double sum = 0;
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        double d = (double) x[i] - y[i];
        sum += d * d;
      }
      sums[r] = sum;
    }
    return sums[0];
  }

  private static double auto(double[] x, double[] y, int dim, double[] sums) {
    for (int r = 0; r < sums.length; r++) {
      double sum = 0;
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        double d = x[i] - y[i];
        sum += d * d;
      }
      sums[r] = sum;
    }
    return sums[0];
  }

  private static double oracle(Matrix x, Matrix y, long from, int dim) {
    BigDecimal sum = BigDecimal.ZERO;
    for (long i = from; i < from + dim; i++) {
      BigDecimal d = new BigDecimal(x.get(i)).subtract(new BigDecimal(y.get(i)));
      sum = sum.add(d.multiply(d));
    }
    return sum.doubleValue();
  }
}
