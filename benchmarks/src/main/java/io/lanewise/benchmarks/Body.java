package io.lanewise.benchmarks;

/// What is timed: one pass over a slice. The result is for JMH, so that nothing is optimized away.
@FunctionalInterface
interface Body {
  double run();
}
