package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.ExactSum;
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

/// A sum without error; beside it, a loop that just adds. One implementation: nothing to vectorize.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ExactSumBenchmark {
  @Param({"FLOAT64"})
  public DType dtype = DType.FLOAT64;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO"})
  public Implementation implementation = Implementation.SCALAR;

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
    // The accumulator takes arrays: that is where row values come from.
    Slice slice = Slice.of(Implementation.AUTO, dtype, size, threads, 1, 1);
    double[] x = slice.normal(1).f64();
    boolean exact = implementation == Implementation.SCALAR;
    ExactSum sum = new ExactSum();
    body =
        exact
            ? () -> {
              sum.clear();
              sum.add(x, 0, x.length);
              return sum.value();
            }
            : () -> auto(x, x.length);
    // Half a gigabyte of decimal digits takes a minute: the oracle sums the first values.
    int some = Math.min(x.length, 10_000);
    ExactSum first = new ExactSum();
    first.add(x, 0, some);
    Check.of("ExactSum", slice, exact ? 0 : 1e-12, 1, i -> oracle(x, some))
        .against(exact ? "scalar" : "auto", i -> exact ? first.value() : auto(x, some));
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private static double auto(double[] x, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[i];
    }
    return sum;
  }

  private static double oracle(double[] x, int n) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < n; i++) {
      sum = sum.add(new BigDecimal(x[i]));
    }
    return sum.doubleValue();
  }
}
