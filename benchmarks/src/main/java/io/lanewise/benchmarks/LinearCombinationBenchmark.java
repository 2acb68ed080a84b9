package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.LinearCombination;
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

/// Forward noising with given eps, `x_t = a x0 + b eps`, into a third matrix or in place of eps.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class LinearCombinationBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD"})
  public Implementation implementation = Implementation.SIMD;

  @Param({"512", "64"})
  public int dim = 512;

  /// Whether the result replaces eps.
  @Param({"false", "true"})
  public boolean inPlace;

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
    Slice slice = Slice.of(implementation, dtype, size, threads, inPlace ? 2 : 3, dim);
    Matrix x = slice.normal(1);
    Matrix y = slice.normal(2);
    Matrix out = inPlace ? y : slice.blank();
    double[] a = new double[slice.rows()];
    double[] b = new double[slice.rows()];
    for (int r = 0; r < a.length; r++) {
      double signal = (r % 1000 + 0.5) / 1000;
      a[r] = dtype == DType.FLOAT32 ? (float) Math.sqrt(signal) : Math.sqrt(signal);
      b[r] = dtype == DType.FLOAT32 ? (float) Math.sqrt(1 - signal) : Math.sqrt(1 - signal);
    }
    double bound = dtype == DType.FLOAT32 ? 0x1p-22 : 0x1p-51;
    Check check =
        Check.of(
            inPlace ? "LinearCombination.inPlace" : "LinearCombination",
            slice,
            bound,
            slice.count(),
            i -> a[(int) (i / dim)] * x.get(i) + b[(int) (i / dim)] * y.get(i));
    body = body(slice, x, y, a, b, out);
    body.run();
    check.against(out::get);
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body body(Slice slice, Matrix x, Matrix y, double[] a, double[] b, Matrix out) {
    int rows = slice.rows();
    boolean f32 = dtype == DType.FLOAT32;
    if (implementation == Implementation.AUTO) {
      return f32
          ? () -> auto(x.f32(), y.f32(), a, b, dim, out.f32())
          : () -> auto(x.f64(), y.f64(), a, b, dim, out.f64());
    }
    LinearCombination kernel = implementation.kernels().linearCombination();
    return () -> {
      kernel.rows(x.rows(rows, dim), y.rows(rows, dim), a, b, out.rows(rows, dim));
      return rows;
    };
  }

  private static double auto(float[] x, float[] y, double[] a, double[] b, int dim, float[] out) {
    for (int r = 0; r < a.length; r++) {
      row(x, y, (float) a[r], (float) b[r], r * dim, dim, out);
    }
    return out[0];
  }

  private static void row(float[] x, float[] y, float a, float b, int from, int dim, float[] out) {
    for (int i = from; i < from + dim; i++) {
      out[i] = a * x[i] + b * y[i];
    }
  }

  private static double auto(
      double[] x, double[] y, double[] a, double[] b, int dim, double[] out) {
    for (int r = 0; r < a.length; r++) {
      row(x, y, a[r], b[r], r * dim, dim, out);
    }
    return out[0];
  }

  private static void row(
      double[] x, double[] y, double a, double b, int from, int dim, double[] out) {
    for (int i = from; i < from + dim; i++) {
      out[i] = a * x[i] + b * y[i];
    }
  }
}
