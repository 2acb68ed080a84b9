package io.lanewise.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Prints what every kernel takes per value, plain and SIMD, after all kernels have polluted the
/// JVM's profiles: a kernel that C2 no longer compiles to vector code shows here and in no
/// benchmark that gives each kernel a fresh JVM.
///
/// Arguments: `check` to exit with 1 if a SIMD kernel is not as many times faster as its
/// [KernelCase] demands; `only=NAME` for kernels whose name starts so; `dim=N`, `n=N` for another
/// shape. Not a benchmark: lower quartiles of short rounds on whatever else the machine does.
final class KernelSpeed {
  private static final int ROUNDS = 9;
  private static final int QUARTILE = ROUNDS / 4;
  private static final long WARM_UP_NANOS = 8_000_000_000L;
  private static final int ATTEMPTS = 3;
  private static final double ROUND_NANOS = 4e6;

  /// Bytes per value: more are vectors in boxes, not scratch.
  private static final double MOST_ALLOCATED = 32;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private KernelSpeed() {}

  public static void main(String[] args) {
    boolean check = Arrays.asList(args).contains("check");
    String only = argument(args, "only", "");
    int n = Integer.parseInt(argument(args, "n", "8192"));
    int[] dims =
        Arrays.stream(argument(args, "dim", "512,64,10").split(","))
            .mapToInt(Integer::parseInt)
            .toArray();
    Kernels scalar = Kernels.scalar();
    Kernels simd = Kernels.simd();
    pollute(List.of(scalar, simd));
    List<String> slow = new ArrayList<>();
    System.out.printf(
        "%s, %d values; ns and allocated bytes per value%n%-22s %6s %9s %9s %6s %9s%n",
        simd.name(), n, "kernel", "dim", "plain", "SIMD", "times", "allocated");
    for (KernelCase c : KernelCase.all()) {
      if (!c.name().startsWith(only)) {
        continue;
      }
      for (int dim : dims) {
        double[] nanos = measure(c, n / dim, dim, scalar, simd);
        String verdict = verdict(c, dim == dims[0], nanos);
        // What else the machine does may spoil one measurement; a lost intrinsic spoils all.
        for (int attempt = 1; attempt < ATTEMPTS && !verdict.isEmpty(); attempt++) {
          nanos = measure(c, n / dim, dim, scalar, simd);
          verdict = verdict(c, dim == dims[0], nanos);
        }
        System.out.printf(
            "%-22s %6d %9.3f %9.3f %6.2f %9.2f %s%n",
            c.name(), dim, nanos[0], nanos[1], nanos[0] / nanos[1], nanos[2], verdict);
        if (!verdict.isEmpty()) {
          slow.add(c.name());
        }
      }
    }
    if ("exactSum".startsWith(only)) {
      exactSum(n);
    }
    if (!slow.isEmpty()) {
      System.out.println("slower than demanded: " + slow);
      if (check) {
        System.exit(1);
      }
    }
  }

  /// [ExactSum] has one form only.
  private static void exactSum(int n) {
    double[] x = new java.util.SplittableRandom(1).doubles(n, -1, 1).toArray();
    double[] add = new double[ROUNDS];
    double[] product = new double[ROUNDS];
    ExactSum sum = new ExactSum();
    for (int round = -20; round < ROUNDS; round++) {
      long start = THREADS.getCurrentThreadCpuTime();
      for (int k = 0; k < 50; k++) {
        sum.add(x, 0, n);
      }
      long middle = THREADS.getCurrentThreadCpuTime();
      for (int k = 0; k < 50; k++) {
        sum.addProducts(x, x, 0, n);
      }
      add[Math.max(round, 0)] = (middle - start) / 50.0 / n;
      product[Math.max(round, 0)] = (THREADS.getCurrentThreadCpuTime() - middle) / 50.0 / n;
    }
    Arrays.sort(add);
    Arrays.sort(product);
    System.out.printf(
        "exactSum.add %.3f ns, addProducts %.3f ns (sum %s)%n",
        add[QUARTILE], product[QUARTILE], sum.value());
  }

  /// What is wrong with a kernel, or nothing.
  private static String verdict(KernelCase c, boolean timed, double[] nanos) {
    if (nanos[2] > MOST_ALLOCATED) {
      return "ALLOCATES";
    }
    return timed && nanos[0] / nanos[1] < c.minimum() ? "SLOW" : "";
  }

  private static String argument(String[] args, String name, String otherwise) {
    for (String a : args) {
      if (a.startsWith(name + "=")) {
        return a.substring(name.length() + 1);
      }
    }
    return otherwise;
  }

  /// Runs everything on everything, special values and heap memory included.
  private static void pollute(List<Kernels> kernels) {
    for (int k = 0; k < 400; k++) {
      for (KernelCase c : KernelCase.all()) {
        KernelInputs.Data data = KernelInputs.Data.values()[k % 3];
        try (Arena arena = Arena.ofConfined()) {
          int dim = 1 + k * 7 % 90;
          KernelInputs in =
              KernelInputs.of(arena, c.type(), 1 + 2000 / dim / 4, dim, data, k % 5, k);
          for (Kernels each : kernels) {
            c.body().run(each, in);
          }
        }
      }
    }
  }

  /// Lower quartile of nanoseconds per value of the plain and the SIMD form, in alternating rounds,
  /// and bytes the latter allocates.
  private static double[] measure(KernelCase c, int rows, int dim, Kernels scalar, Kernels simd) {
    try (Arena arena = Arena.ofConfined()) {
      KernelInputs in =
          KernelInputs.of(arena, c.type(), rows, dim, KernelInputs.Data.ORDINARY, 0, 1);
      Kernels[] forms = {scalar, simd};
      double[][] samples = new double[2][ROUNDS];
      int[] calls = new int[2];
      for (int f = 0; f < 2; f++) {
        warmUp(c, forms[f], in);
        calls[f] = Math.max(1, (int) (ROUND_NANOS / (time(c, forms[f], in, 5) * in.n())));
        time(c, forms[f], in, calls[f]);
      }
      for (int round = 0; round < ROUNDS; round++) {
        for (int f = 0; f < 2; f++) {
          samples[f][round] = time(c, forms[f], in, calls[f]);
        }
      }
      Arrays.sort(samples[0]);
      Arrays.sort(samples[1]);
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      time(c, simd, in, 100);
      allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      return new double[] {samples[0][QUARTILE], samples[1][QUARTILE], allocated / 100.0 / in.n()};
    }
  }

  /// Runs a kernel until it has not become faster for a while and allocates no boxes: C2 works in
  /// the background and may wait for a core, and what C1 makes of vectors is a hundred times
  /// slower. Gives up after some seconds: then C2 has given up.
  private static void warmUp(KernelCase c, Kernels k, KernelInputs in) {
    long start = System.nanoTime();
    double best = Double.POSITIVE_INFINITY;
    int settled = 0;
    while (System.nanoTime() - start < WARM_UP_NANOS && settled < 10) {
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long until = System.nanoTime() + 20_000_000L;
      double fastest = Double.POSITIVE_INFINITY;
      int calls = 0;
      while (System.nanoTime() < until) {
        fastest = Math.min(fastest, time(c, k, in, 2));
        calls += 2;
      }
      allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      boolean boxes = (double) allocated / calls / in.n() > MOST_ALLOCATED;
      settled = boxes || fastest < 0.9 * best ? 0 : settled + 1;
      best = Math.min(best, fastest);
    }
  }

  private static double time(KernelCase c, Kernels k, KernelInputs in, int calls) {
    // CPU time of this thread: what else the machine does counts less.
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < calls; i++) {
      c.body().run(k, in);
    }
    return Math.max(1.0, THREADS.getCurrentThreadCpuTime() - start) / calls / in.n();
  }
}
