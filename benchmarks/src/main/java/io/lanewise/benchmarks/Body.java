package io.lanewise.benchmarks;

/// What is timed: one pass over a slice. The result is for JMH, so that nothing is optimized away.
@FunctionalInterface
interface Body {
  double run();

  /// Runs a body over a small slice for a while, before one over half a gigabyte: C2 then compiles
  /// the kernel as the engine's batches make it do, and nobody waits for a gigabyte in the
  /// interpreter.
  default void rehearse() {
    long end = System.nanoTime() + 500_000_000;
    double sum = 0;
    while (System.nanoTime() < end) {
      sum += run();
    }
    if (sum == 0.123) {
      System.out.print(""); // the results are used
    }
  }
}
