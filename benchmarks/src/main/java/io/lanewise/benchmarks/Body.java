package io.lanewise.benchmarks;

/// What is timed: one pass over a slice. The result is for JMH, so that nothing is optimized away.
@FunctionalInterface
interface Body {
  /// Passes without progress before a body counts as compiled. Until C2 has compiled a kernel its
  /// vectors are objects, and a pass takes a tenth of a second: a span of time alone would end
  /// between two steps of the compiler.
  int PASSES = 100;

  /// Passes in all: what a pass calls once, such as what prepares parameters, is compiled by C2
  /// after 800 calls (200 interpreted, 600 counted).
  int CALLS = 1500;

  /// Nanoseconds after which a body need not have been called that often.
  long CALLING = 5_000_000_000L;

  /// Nanoseconds without progress, for bodies with short passes.
  long PLATEAU = 333_000_000;

  /// Nanoseconds after which it begins to be measured whatever it does.
  long PATIENCE = 20_000_000_000L;

  double run();

  /// Runs a body over a small slice until passes have got no faster for a while, before anything is
  /// timed: C2 then compiles the kernel as the engine's batches make it do, on a busy machine too,
  /// and nobody waits for half a gigabyte in the interpreter.
  default void rehearse() {
    long begin = System.nanoTime();
    long improved = begin;
    long best = Long.MAX_VALUE;
    double sum = 0;
    int idle = 0;
    int calls = 0;
    long now = begin;
    while (now - begin < PATIENCE
        && (now - improved < PLATEAU || idle < PASSES || calls < CALLS && now - begin < CALLING)) {
      sum += run();
      long end = System.nanoTime();
      calls++;
      idle++;
      if (end - now < 0.9 * best) {
        best = end - now;
        improved = end;
        idle = 0;
      }
      now = end;
    }
    if (sum == 0.123) {
      System.out.print(""); // the results are used
    }
  }
}
