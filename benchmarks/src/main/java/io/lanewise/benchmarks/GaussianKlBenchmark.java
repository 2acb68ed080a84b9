package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.GaussianKl;
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

/// Divergence of a diagonal Gaussian from the standard one, per row.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class GaussianKlBenchmark {
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
    Matrix mu = slice.normal(1);
    Matrix logvar = slice.filled(2, g -> g - 1);
    double[] kl = new double[slice.rows()];
    // In single precision: the bound that docs/precision.md declares.
    double bound = implementation.bound(dtype, 1e-13, 3 * 0x1p-24);
    Check check =
        Check.of("GaussianKl", slice, bound, slice.rows(), r -> oracle(mu, logvar, r * dim, dim));
    body = body(slice, mu, logvar, kl);
    body.run();
    check.against(r -> kl[(int) r]);
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body body(Slice slice, Matrix mu, Matrix logvar, double[] kl) {
    int rows = slice.rows();
    boolean f32 = dtype == DType.FLOAT32;
    if (implementation == Implementation.AUTO) {
      return f32
          ? () -> auto(mu.f32(), logvar.f32(), dim, kl)
          : () -> auto(mu.f64(), logvar.f64(), dim, kl);
    }
    GaussianKl kernel = implementation.kernels().gaussianKl();
    return () -> {
      kernel.rows(mu.rows(rows, dim), logvar.rows(rows, dim), kl);
      return kl[0];
    };
  }

  private static double auto(float[] mu, float[] logvar, int dim, double[] kl) {
    for (int r = 0; r < kl.length; r++) {
      double sum = 0;
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        sum += (double) mu[i] * mu[i] + (Math.exp(logvar[i]) - 1 - logvar[i]);
      }
      kl[r] = 0.5 * sum;
    }
    return kl[0];
  }

  private static double auto(double[] mu, double[] logvar, int dim, double[] kl) {
    for (int r = 0; r < kl.length; r++) {
      double sum = 0;
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        sum += mu[i] * mu[i] + (Math.exp(logvar[i]) - 1 - logvar[i]);
      }
      kl[r] = 0.5 * sum;
    }
    return kl[0];
  }

  private static double oracle(Matrix mu, Matrix logvar, long from, int dim) {
    double sum = 0;
    for (long i = from; i < from + dim; i++) {
      sum += mu.get(i) * mu.get(i) + (StrictMath.expm1(logvar.get(i)) - logvar.get(i));
    }
    return 0.5 * sum;
  }
}
