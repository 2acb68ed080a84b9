package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
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

/// Standard normals by the engine's generators; as a baseline, `SplittableRandom.nextGaussian`.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class NoiseBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD"})
  public Implementation implementation = Implementation.SIMD;

  /// The generator, as in `--noise NAME:SEED`.
  @Param({"philox", "threefry"})
  public String stream = "philox";

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
    Slice slice = Slice.of(implementation, dtype, size, threads, 1, 1);
    Matrix out = slice.blank();
    Normals normals = Normals.of(implementation, dtype, stream);
    body = body(slice, normals, out);
    body.run();
    if (implementation != Implementation.AUTO && normals.hasOracle()) {
      double bound = dtype == DType.FLOAT32 ? 6e-7 : 1e-14;
      Check.of(normals.named("Noise"), slice, bound, slice.count(), normals::exact)
          .against(normals.kernels(), out::get);
    } else {
      // Other draws have no oracle here: their variance is looked at.
      Check.of(normals.named("Noise"), slice, 0.1, 1, i -> 1).against(i -> variance(out));
    }
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body body(Slice slice, Normals normals, Matrix out) {
    long count = slice.count();
    if (implementation == Implementation.AUTO) {
      SplittableRandom random = new SplittableRandom(1);
      return dtype == DType.FLOAT32 ? () -> auto(random, out.f32()) : () -> auto(random, out.f64());
    }
    return () -> {
      normals.fill(0, count, out.data());
      return count;
    };
  }

  private static double auto(SplittableRandom random, float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) random.nextGaussian();
    }
    return out[0];
  }

  private static double auto(SplittableRandom random, double[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = random.nextGaussian();
    }
    return out[0];
  }

  private static double variance(Matrix out) {
    double squares = 0;
    int n = 4096;
    for (int i = 0; i < n; i++) {
      squares += out.get(i) * out.get(i);
    }
    return squares / n;
  }
}
