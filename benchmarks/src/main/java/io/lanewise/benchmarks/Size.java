package io.lanewise.benchmarks;

/// How many bytes all operands of a benchmark take together.
public enum Size {
  /// A few values, to see that everything runs.
  SMOKE(32L << 10),
  /// In the second-level cache of each thread's core.
  L2(256L << 10),
  /// In memory, shared out among the threads.
  DRAM(512L << 20);

  private final long bytes;

  Size(long bytes) {
    this.bytes = bytes;
  }

  /// The bytes of one of `threads` threads.
  long bytes(int threads) {
    return this == DRAM ? bytes / threads : bytes;
  }
}
