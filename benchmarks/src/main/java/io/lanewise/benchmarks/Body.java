package io.lanewise.benchmarks;

/// What is timed: one pass over a slice. The result is for JMH, so that nothing is optimized away.
@FunctionalInterface
interface Body {
  double run();

  /// Runs a body over a small slice until passes have got no faster for a third of a second, before
  /// anything is timed: C2 then compiles the kernel as the engine's batches make it do, on a busy
  /// machine too, and nobody waits for half a gigabyte in the interpreter.
  default void rehearse() {
    long begin = System.nanoTime();
    long improved = begin;
    long best = Long.MAX_VALUE;
    double sum = 0;
    long now = begin;
    while (now - begin < 10_000_000_000L
        && (now - begin < 500_000_000L || now - improved < 333_000_000L)) {
      sum += run();
      long end = System.nanoTime();
      if (end - now < 0.9 * best) {
        best = end - now;
        improved = end;
      }
      now = end;
    }
    if (sum == 0.123) {
      System.out.print(""); // the results are used
    }
  }
}
