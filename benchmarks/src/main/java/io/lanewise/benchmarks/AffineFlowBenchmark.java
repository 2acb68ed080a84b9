package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.AffineFlow;
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

/// Log-density of rows under an elementwise affine flow with one row of parameters.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class AffineFlowBenchmark {
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
    Matrix x = slice.normal(1);
    Matrix shift = slice.filled(dim, 2, g -> g / 4);
    Matrix scale = slice.filled(dim, 3, g -> 0.5 + Math.abs(g));
    double[] logDensity = new double[slice.rows()];
    Check check =
        Check.of(
            "AffineFlow", slice, 1e-13, slice.rows(), r -> oracle(x, shift, scale, r * dim, dim));
    body = body(slice, x, shift, scale, logDensity);
    body.run();
    check.against(r -> logDensity[(int) r]);
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body body(Slice slice, Matrix x, Matrix shift, Matrix scale, double[] logDensity) {
    int rows = slice.rows();
    boolean f32 = dtype == DType.FLOAT32;
    if (implementation == Implementation.AUTO) {
      return f32
          ? () -> auto(x.f32(), shift.f32(), scale.f32(), dim, logDensity)
          : () -> auto(x.f64(), shift.f64(), scale.f64(), dim, logDensity);
    }
    AffineFlow kernel = implementation.kernels().affineFlow();
    return () -> {
      kernel.rows(x.rows(rows, dim), shift.rows(1, dim), scale.rows(1, dim), logDensity);
      return logDensity[0];
    };
  }

  private static double auto(
      float[] x, float[] shift, float[] scale, int dim, double[] logDensity) {
    double constant = dim * AffineFlow.HALF_LN_2PI;
    for (float s : scale) {
      constant += Math.log(Math.abs(s));
    }
    for (int r = 0; r < logDensity.length; r++) {
      double sum = 0;
      for (int i = 0; i < dim; i++) {
        double z = ((double) x[r * dim + i] - shift[i]) / scale[i];
        sum += z * z;
      }
      logDensity[r] = -0.5 * sum - constant;
    }
    return logDensity[0];
  }

  private static double auto(
      double[] x, double[] shift, double[] scale, int dim, double[] logDensity) {
    double constant = dim * AffineFlow.HALF_LN_2PI;
    for (double s : scale) {
      constant += Math.log(Math.abs(s));
    }
    for (int r = 0; r < logDensity.length; r++) {
      double sum = 0;
      for (int i = 0; i < dim; i++) {
        double z = (x[r * dim + i] - shift[i]) / scale[i];
        sum += z * z;
      }
      logDensity[r] = -0.5 * sum - constant;
    }
    return logDensity[0];
  }

  private static double oracle(Matrix x, Matrix shift, Matrix scale, long from, int dim) {
    double sum = 0;
    for (int i = 0; i < dim; i++) {
      double z = (x.get(from + i) - shift.get(i)) / scale.get(i);
      sum += -0.5 * z * z - StrictMath.log(Math.abs(scale.get(i))) - AffineFlow.HALF_LN_2PI;
    }
    return sum;
  }
}
