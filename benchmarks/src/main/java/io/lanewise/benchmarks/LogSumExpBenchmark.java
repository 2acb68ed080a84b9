package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.LogSumExp;
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

/// Log-softmax at one target per row, vocabulary 32000: the log-likelihood of tokens from logits.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class LogSumExpBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD", "SINGLE"})
  public Implementation implementation = Implementation.SIMD;

  @Param({"32000"})
  public int dim = 32_000;

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
    Matrix logits = slice.filled(1, g -> 4 * g);
    int[] targets = new int[slice.rows()];
    for (int r = 0; r < targets.length; r++) {
      targets[r] = (int) (r * 7919L % dim);
    }
    double[] logProbs = new double[slice.rows()];
    // In single precision: the bound that docs/precision.md declares.
    double bound = implementation.bound(dtype, 1e-13, 1.7 * 0x1p-24);
    Check check =
        Check.of(
            "LogSumExp",
            slice,
            bound,
            slice.rows(),
            r -> oracle(logits, r * dim, targets[(int) r], dim));
    body = body(slice, logits, targets, logProbs);
    body.run();
    check.against(r -> logProbs[(int) r]);
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body body(Slice slice, Matrix logits, int[] targets, double[] logProbs) {
    int rows = slice.rows();
    boolean f32 = dtype == DType.FLOAT32;
    if (implementation == Implementation.AUTO) {
      return f32
          ? () -> auto(logits.f32(), targets, dim, logProbs)
          : () -> auto(logits.f64(), targets, dim, logProbs);
    }
    LogSumExp kernel = implementation.kernels().logSumExp();
    return () -> {
      kernel.rows(logits.rows(rows, dim), targets, logProbs);
      return logProbs[0];
    };
  }

  private static double auto(float[] logits, int[] targets, int dim, double[] logProbs) {
    for (int r = 0; r < logProbs.length; r++) {
      float max = Float.NEGATIVE_INFINITY;
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        max = Math.max(max, logits[i]);
      }
      double sum = 0;
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        sum += Math.exp((double) logits[i] - max);
      }
      logProbs[r] = (double) logits[r * dim + targets[r]] - max - Math.log(sum);
    }
    return logProbs[0];
  }

  private static double auto(double[] logits, int[] targets, int dim, double[] logProbs) {
    for (int r = 0; r < logProbs.length; r++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        max = Math.max(max, logits[i]);
      }
      double sum = 0;
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        sum += Math.exp(logits[i] - max);
      }
      logProbs[r] = logits[r * dim + targets[r]] - max - Math.log(sum);
    }
    return logProbs[0];
  }

  private static double oracle(Matrix logits, long from, int target, int dim) {
    double at = logits.get(from + target);
    double sum = 0;
    for (long i = from; i < from + dim; i++) {
      sum += StrictMath.exp(logits.get(i) - at);
    }
    return -StrictMath.log(sum);
  }
}
