package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Softplus;
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

/// softplus of logits, as float64: the terms of a GAN loss. In batches of 32 KiB of results, as the
/// engine takes them.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class SoftplusBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD", "SINGLE"})
  public Implementation implementation = Implementation.SIMD;

  private static final int BATCH = 4096;

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
    Slice slice = Slice.of(implementation, dtype, size, threads, 1, BATCH);
    Matrix x = slice.filled(1, g -> 4 * g);
    double[] out = new double[BATCH];
    long last = slice.count() - BATCH;
    // In single precision: the bound that docs/precision.md declares.
    double bound = implementation.bound(dtype, 1e-15, 5 * 0x1p-24);
    Check check = Check.of("Softplus", slice, bound, BATCH, i -> oracle(x.get(last + i)));
    body = body(slice, x, out);
    body.run();
    check.against(i -> out[(int) i]);
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body body(Slice slice, Matrix x, double[] out) {
    int batches = slice.rows();
    boolean f32 = dtype == DType.FLOAT32;
    if (implementation == Implementation.AUTO) {
      return f32 ? () -> auto(x.f32(), out) : () -> auto(x.f64(), out);
    }
    Softplus kernel = implementation.kernels().softplus();
    long bytes = (long) BATCH * dtype.bytes();
    return () -> {
      for (int i = 0; i < batches; i++) {
        kernel.each(
            io.lanewise.batch.Matrix.values(
                dtype.floatType(), x.data().asSlice(i * bytes, bytes), BATCH),
            false,
            out);
      }
      return out[0];
    };
  }

  private static double auto(float[] x, double[] out) {
    for (int from = 0; from < x.length; from += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        double v = x[from + i];
        out[i] = Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
      }
    }
    return out[0];
  }

  private static double auto(double[] x, double[] out) {
    for (int from = 0; from < x.length; from += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        double v = x[from + i];
        out[i] = Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
      }
    }
    return out[0];
  }

  private static double oracle(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }
}
