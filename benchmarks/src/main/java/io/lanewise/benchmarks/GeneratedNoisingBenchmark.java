package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.batch.FloatType;
import io.lanewise.kernel.LinearCombination;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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

/// Forward noising with eps drawn on the fly, as the engine does it: the eps of some rows into
/// scratch, then the combination. One read and one write of the data.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class GeneratedNoisingBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD"})
  public Implementation implementation = Implementation.SIMD;

  private static final int DIM = 512;
  private static final double SIGNAL = Math.sqrt(0.75);
  private static final double SPREAD = 0.5;

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
    Slice slice = Slice.of(implementation, dtype, size, threads, 2, DIM);
    Matrix x = slice.normal(1);
    Matrix out = slice.blank();
    Normals normals = Normals.of(implementation, dtype, stream);
    body = body(slice, normals, x, out);
    body.run();
    if (implementation != Implementation.AUTO && normals.hasOracle()) {
      double bound = dtype == DType.FLOAT32 ? 6e-7 : 1e-14;
      Check.of(
              normals.named("GeneratedNoising"),
              slice,
              bound,
              slice.count(),
              i -> SIGNAL * x.get(i) + SPREAD * normals.exact(i))
          .against(normals.kernels(), out::get);
    }
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private Body body(Slice slice, Normals normals, Matrix x, Matrix out) {
    boolean f32 = dtype == DType.FLOAT32;
    if (implementation == Implementation.AUTO) {
      SplittableRandom random = new SplittableRandom(1);
      return f32 ? () -> auto(random, x.f32(), out.f32()) : () -> auto(random, x.f64(), out.f64());
    }
    LinearCombination kernel = implementation.kernels().linearCombination();
    int rows = Math.min(slice.rows(), Normals.PART / DIM);
    MemorySegment eps = slice.blank(Normals.PART).data();
    double[] a = new double[rows];
    double[] b = new double[rows];
    Arrays.fill(a, SIGNAL);
    Arrays.fill(b, SPREAD);
    return () -> {
      for (int from = 0; from < slice.rows(); from += rows) {
        int n = Math.min(rows, slice.rows() - from);
        long at = (long) from * DIM;
        normals.fill(at, (long) n * DIM, eps);
        MemorySegment in = x.data().asSlice(at * dtype.bytes());
        MemorySegment to = out.data().asSlice(at * dtype.bytes());
        if (f32) {
          kernel.rows(
              new io.lanewise.batch.Matrix(FloatType.FLOAT32, in, n, DIM),
              new io.lanewise.batch.Matrix(FloatType.FLOAT32, eps, n, DIM),
              a,
              b,
              new io.lanewise.batch.Matrix(FloatType.FLOAT32, to, n, DIM));
        } else {
          kernel.rows(
              new io.lanewise.batch.Matrix(FloatType.FLOAT64, in, n, DIM),
              new io.lanewise.batch.Matrix(FloatType.FLOAT64, eps, n, DIM),
              a,
              b,
              new io.lanewise.batch.Matrix(FloatType.FLOAT64, to, n, DIM));
        }
      }
      return slice.rows();
    };
  }

  private static double auto(SplittableRandom random, float[] x, float[] out) {
    for (int i = 0; i < x.length; i++) {
      out[i] = (float) (SIGNAL * x[i] + SPREAD * random.nextGaussian());
    }
    return out[0];
  }

  private static double auto(SplittableRandom random, double[] x, double[] out) {
    for (int i = 0; i < x.length; i++) {
      out[i] = SIGNAL * x[i] + SPREAD * random.nextGaussian();
    }
    return out[0];
  }
}
