package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/// How long a vector kernel takes in a fresh JVM until it is ready: `Readiness KERNEL TYPE`, such
/// as `Readiness gaussian_kl float32`. One process each, since kernels share what is compiled.
final class Readiness {
  private Readiness() {}

  public static void main(String[] arguments) {
    Kernel kernel = Kernel.valueOf(arguments[0].toUpperCase(Locale.ROOT));
    FloatType type = FloatType.valueOf(arguments[1].toUpperCase(Locale.ROOT));
    Warming warming = new Warming(kernel, Precision.DOUBLE, type);
    KernelSet plain = KernelSet.plain(Precision.DOUBLE);
    long start = System.nanoTime();
    double before = processorSeconds();
    Warming.Outcome outcome =
        warming.warm(plain, KernelSet.vector(Precision.DOUBLE), start + 30_000_000_000L);
    System.out.printf(
        Locale.ROOT,
        "%-20s %-8s %-12s after %.2f s, %.2f s of processor time%n",
        kernel,
        type,
        outcome.toString().toLowerCase(Locale.ROOT).replace('_', ' '),
        (System.nanoTime() - start) * 1e-9,
        processorSeconds() - before);
  }

  private static double processorSeconds() {
    return 1e-9
        * ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime();
  }
}
