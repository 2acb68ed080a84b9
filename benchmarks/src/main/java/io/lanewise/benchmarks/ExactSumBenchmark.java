package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.ExactSum;
import io.lanewise.kernel.Kernels;
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

/// A sum without error, of the values of an array or of the products of two; beside it, a loop that
/// just adds, and one that carries its rounding errors along.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS, Jvm.KERNELS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ExactSumBenchmark {
  @Param({"FLOAT64"})
  public DType dtype = DType.FLOAT64;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "COMPENSATED", "SIMD"})
  public Implementation implementation = Implementation.SIMD;

  /// `values` or `products`.
  @Param({"values", "products"})
  public String terms = "values";

  private Body body = () -> 0;

  @Setup
  public void setup(ThreadParams threads) {
    if (implementation == Implementation.SCALAR) {
      // Read once, when the first array is added: this process has added nothing yet.
      System.setProperty(Kernels.PROPERTY, "scalar");
    }
    if (size != Size.SMOKE) {
      prepare(threads, Size.L2);
      body.rehearse();
    }
    prepare(threads, size);
  }

  private void prepare(ThreadParams threads, Size size) {
    boolean products = terms.equals("products");
    // The accumulator takes arrays: that is where row values come from.
    Slice arrays = Slice.of(Implementation.AUTO, dtype, size, threads, products ? 2 : 1, 1);
    Slice slice =
        new Slice(implementation, dtype, size, arrays.threads(), arrays.rows(), arrays.dim());
    double[] x = arrays.normal(1).f64();
    double[] y = products ? arrays.normal(2).f64() : x;
    ExactSum sum = new ExactSum();
    // Half a gigabyte of decimal digits takes a minute: the oracle sums the first values.
    int some = Math.min(x.length, 10_000);
    boolean exact = !implementation.onHeap();
    Check check =
        Check.of(
            products ? "ExactSum.products" : "ExactSum",
            slice,
            bound(),
            1,
            i -> products ? oracle(x, y, some) : oracle(x, some));
    check.against(
        exact ? Kernels.active().name() : implementation.resolved(), i -> total(sum, x, y, some));
    body = () -> total(sum, x, y, x.length);
  }

  /// What plain sums of 10,000 values around 1 may miss; a compensated one is almost exact.
  private double bound() {
    return switch (implementation) {
      case AUTO -> 1e-12;
      case COMPENSATED -> 0x1p-51;
      default -> 0;
    };
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private double total(ExactSum sum, double[] x, double[] y, int n) {
    boolean products = terms.equals("products");
    if (implementation == Implementation.AUTO) {
      return products ? auto(x, y, n) : auto(x, n);
    }
    if (implementation == Implementation.COMPENSATED) {
      return products ? compensated(x, y, n) : compensated(x, n);
    }
    sum.clear();
    if (products) {
      sum.addProducts(x, y, 0, n);
    } else {
      sum.add(x, 0, n);
    }
    return sum.value();
  }

  private static double auto(double[] x, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[i];
    }
    return sum;
  }

  private static double auto(double[] x, double[] y, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  /// Neumaier's sum.
  private static double compensated(double[] x, int n) {
    double sum = 0;
    double lost = 0;
    for (int i = 0; i < n; i++) {
      double next = sum + x[i];
      lost += Math.abs(sum) >= Math.abs(x[i]) ? sum - next + x[i] : x[i] - next + sum;
      sum = next;
    }
    return sum + lost;
  }

  /// The compensated dot product of Ogita, Rump and Oishi.
  private static double compensated(double[] x, double[] y, int n) {
    double sum = 0;
    double lost = 0;
    for (int i = 0; i < n; i++) {
      double p = x[i] * y[i];
      double next = sum + p;
      lost += Math.abs(sum) >= Math.abs(p) ? sum - next + p : p - next + sum;
      lost += Math.fma(x[i], y[i], -p);
      sum = next;
    }
    return sum + lost;
  }

  private static double oracle(double[] x, int n) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < n; i++) {
      sum = sum.add(new BigDecimal(x[i]));
    }
    return sum.doubleValue();
  }

  private static double oracle(double[] x, double[] y, int n) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < n; i++) {
      sum = sum.add(new BigDecimal(x[i]).multiply(new BigDecimal(y[i])));
    }
    return sum.doubleValue();
  }
}
