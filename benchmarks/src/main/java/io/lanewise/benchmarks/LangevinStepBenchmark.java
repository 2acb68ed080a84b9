package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.batch.FloatType;
import io.lanewise.kernel.LangevinStep;
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

/// One step of Langevin dynamics: with given score and noise into a matrix of its own, or in place
/// towards the standard normal distribution with noise drawn on the fly.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class LangevinStepBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD"})
  public Implementation implementation = Implementation.SIMD;

  private static final double STEP = 0.01;

  /// `given`, or the generator, as in `--noise NAME:SEED`.
  @Param({"given", "philox", "threefry"})
  public String noise = "given";

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
    boolean generated = !noise.equals("given");
    Slice slice = Slice.of(implementation, dtype, size, threads, generated ? 1 : 4, 1);
    Matrix x = slice.normal(1);
    Normals normals = Normals.of(implementation, dtype, generated ? noise : "philox");
    double bound = dtype == DType.FLOAT32 ? 6e-7 : 1e-14;
    double root = Math.sqrt(2 * STEP);
    if (generated) {
      Check check =
          Check.of(
              normals.named("LangevinStep.generated"),
              slice,
              bound,
              slice.count(),
              i -> x.get(i) - STEP * x.get(i) + root * normals.exact(i));
      body = generated(slice, normals, x, slice.blank(Normals.PART));
      body.run();
      if (implementation != Implementation.AUTO) {
        check.against(normals.kernels(), x::get);
      }
    } else {
      Matrix score = slice.normal(2);
      Matrix z = slice.normal(3);
      Matrix out = slice.blank();
      Check check =
          Check.of(
              "LangevinStep.given",
              slice,
              bound,
              slice.count(),
              i -> x.get(i) + STEP * score.get(i) + root * z.get(i));
      body = given(slice, x, score, z, out);
      body.run();
      check.against(out::get);
    }
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body given(Slice slice, Matrix x, Matrix score, Matrix z, Matrix out) {
    boolean f32 = dtype == DType.FLOAT32;
    long n = slice.count();
    if (implementation == Implementation.AUTO) {
      return f32
          ? () -> auto(x.f32(), score.f32(), z.f32(), out.f32())
          : () -> auto(x.f64(), score.f64(), z.f64(), out.f64());
    }
    LangevinStep kernel = implementation.kernels().langevinStep();
    return () -> {
      kernel.each(
          x.rows((int) n, 1),
          score.rows((int) n, 1),
          z.rows((int) n, 1),
          STEP,
          out.rows((int) n, 1));
      return n;
    };
  }

  private Body generated(Slice slice, Normals normals, Matrix x, Matrix scratch) {
    boolean f32 = dtype == DType.FLOAT32;
    long count = slice.count();
    if (implementation == Implementation.AUTO) {
      SplittableRandom random = new SplittableRandom(1);
      return f32 ? () -> auto(random, x.f32()) : () -> auto(random, x.f64());
    }
    LangevinStep kernel = implementation.kernels().langevinStep();
    return () -> {
      for (long from = 0; from < count; from += Normals.PART) {
        long n = Math.min(Normals.PART, count - from);
        normals.fill(from, n, scratch.data());
        MemorySegment at = x.data().asSlice(from * dtype.bytes());
        if (f32) {
          kernel.standardNormal(
              io.lanewise.batch.Matrix.values(FloatType.FLOAT32, at, n),
              scratch.rows((int) n, 1),
              STEP,
              io.lanewise.batch.Matrix.values(FloatType.FLOAT32, at, n));
        } else {
          kernel.standardNormal(
              io.lanewise.batch.Matrix.values(FloatType.FLOAT64, at, n),
              scratch.rows((int) n, 1),
              STEP,
              io.lanewise.batch.Matrix.values(FloatType.FLOAT64, at, n));
        }
      }
      return count;
    };
  }

  private static double auto(float[] x, float[] score, float[] z, float[] out) {
    float step = (float) STEP;
    float root = (float) Math.sqrt(2 * STEP);
    for (int i = 0; i < out.length; i++) {
      out[i] = x[i] + step * score[i] + root * z[i];
    }
    return out[0];
  }

  private static double auto(double[] x, double[] score, double[] z, double[] out) {
    double root = Math.sqrt(2 * STEP);
    for (int i = 0; i < out.length; i++) {
      out[i] = x[i] + STEP * score[i] + root * z[i];
    }
    return out[0];
  }

  private static double auto(SplittableRandom random, float[] x) {
    double root = Math.sqrt(2 * STEP);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (x[i] - STEP * x[i] + root * random.nextGaussian());
    }
    return x[0];
  }

  private static double auto(SplittableRandom random, double[] x) {
    double root = Math.sqrt(2 * STEP);
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] - STEP * x[i] + root * random.nextGaussian();
    }
    return x[0];
  }
}
