package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.batch.FloatType;
import io.lanewise.kernel.Reparameterize;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
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

/// Samples of a diagonal Gaussian, `z = mu + exp(logvar / 2) eps`: into a matrix of its own, in
/// place of given eps, or with eps drawn on the fly.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ReparameterizeBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD", "SINGLE"})
  public Implementation implementation = Implementation.SIMD;

  @Param({"given", "inPlace", "generated"})
  public String eps = "given";

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
    boolean generated = eps.equals("generated");
    boolean inPlace = eps.equals("inPlace");
    int matrices = eps.equals("given") ? 4 : 3;
    Slice slice = Slice.of(implementation, dtype, size, threads, matrices, 1);
    Matrix mu = slice.normal(1);
    // Below 0, so that what is sampled again and again in place stays finite.
    Matrix logvar = slice.filled(2, g -> -0.1 - Math.abs(g));
    Matrix noise = generated ? slice.blank(Normals.PART) : slice.normal(3);
    Matrix z = inPlace ? noise : slice.blank();
    Normals normals = Normals.of(implementation, dtype, "philox");
    // In single precision 2 ulp of the larger term, which is below 8, as docs/precision.md
    // declares:
    // the other bound too.
    double bound = dtype == DType.FLOAT32 ? 1e-6 : 2e-14;
    Check check =
        Check.of(
            "Reparameterize." + eps,
            slice,
            bound,
            slice.count(),
            i ->
                mu.get(i)
                    + StrictMath.exp(0.5 * logvar.get(i))
                        * (generated ? normals.exact(i) : noise.get(i)));
    body =
        generated
            ? generated(slice, normals, mu, logvar, noise, z)
            : given(slice, mu, logvar, noise, z);
    body.run();
    if (!generated || implementation != Implementation.AUTO) {
      check.against(z::get);
    }
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body given(Slice slice, Matrix mu, Matrix logvar, Matrix noise, Matrix z) {
    boolean f32 = dtype == DType.FLOAT32;
    long n = slice.count();
    if (implementation == Implementation.AUTO) {
      return f32
          ? () -> auto(mu.f32(), logvar.f32(), noise.f32(), z.f32())
          : () -> auto(mu.f64(), logvar.f64(), noise.f64(), z.f64());
    }
    Reparameterize kernel = implementation.kernels().reparameterize();
    return () -> {
      kernel.each(
          mu.rows((int) n, 1), logvar.rows((int) n, 1), noise.rows((int) n, 1), z.rows((int) n, 1));
      return n;
    };
  }

  private Body generated(
      Slice slice, Normals normals, Matrix mu, Matrix logvar, Matrix noise, Matrix z) {
    boolean f32 = dtype == DType.FLOAT32;
    long count = slice.count();
    if (implementation == Implementation.AUTO) {
      SplittableRandom random = new SplittableRandom(1);
      return f32
          ? () -> auto(random, mu.f32(), logvar.f32(), z.f32())
          : () -> auto(random, mu.f64(), logvar.f64(), z.f64());
    }
    Reparameterize kernel = implementation.kernels().reparameterize();
    return () -> {
      for (long from = 0; from < count; from += Normals.PART) {
        long n = Math.min(Normals.PART, count - from);
        long at = from * dtype.bytes();
        normals.fill(from, n, noise.data());
        MemorySegment m = mu.data().asSlice(at);
        MemorySegment v = logvar.data().asSlice(at);
        MemorySegment to = z.data().asSlice(at);
        if (f32) {
          kernel.each(
              io.lanewise.batch.Matrix.values(FloatType.FLOAT32, m, n),
              io.lanewise.batch.Matrix.values(FloatType.FLOAT32, v, n),
              noise.rows((int) n, 1),
              io.lanewise.batch.Matrix.values(FloatType.FLOAT32, to, n));
        } else {
          kernel.each(
              io.lanewise.batch.Matrix.values(FloatType.FLOAT64, m, n),
              io.lanewise.batch.Matrix.values(FloatType.FLOAT64, v, n),
              noise.rows((int) n, 1),
              io.lanewise.batch.Matrix.values(FloatType.FLOAT64, to, n));
        }
      }
      return count;
    };
  }

  private static double auto(float[] mu, float[] logvar, float[] noise, float[] z) {
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) (mu[i] + Math.exp(0.5 * logvar[i]) * noise[i]);
    }
    return z[0];
  }

  private static double auto(double[] mu, double[] logvar, double[] noise, double[] z) {
    for (int i = 0; i < z.length; i++) {
      z[i] = mu[i] + Math.exp(0.5 * logvar[i]) * noise[i];
    }
    return z[0];
  }

  private static double auto(SplittableRandom random, float[] mu, float[] logvar, float[] z) {
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) (mu[i] + Math.exp(0.5 * logvar[i]) * random.nextGaussian());
    }
    return z[0];
  }

  private static double auto(SplittableRandom random, double[] mu, double[] logvar, double[] z) {
    for (int i = 0; i < z.length; i++) {
      z[i] = mu[i] + Math.exp(0.5 * logvar[i]) * random.nextGaussian();
    }
    return z[0];
  }
}
