package io.lanewise.kernel;

import org.jspecify.annotations.Nullable;

/// The way of one vector kernel, for one element type in one precision, from a class nobody has run
/// to machine code that is faster than the plain kernel.
///
/// A vector loop that is not compiled yet is thousands of times slower than the plain one: every
/// vector is an object. So only [Warmup] ever runs a kernel that is not ready.
final class Warming {
  /// A kernel that is still asked for after so long is worth warming, whatever was expected.
  private static final long PATIENCE_NANOS = 250_000_000;

  /// A round ends when the vector form is this many times slower than the plain one: it is not
  /// compiled, and to measure it would take long.
  private static final int HOPELESS = 50;

  private final Kernel kernel;
  private final Precision precision;
  private final int width;

  private static volatile boolean anyReady;

  private volatile boolean requested;
  private volatile boolean ready;
  private volatile long firstAsked;

  /// When it was ready, in nanoseconds of [System#nanoTime()]; 0 before.
  private volatile long readyAt;

  /// @param width bytes of an element
  Warming(Kernel kernel, Precision precision, int width) {
    this.kernel = kernel;
    this.precision = precision;
    this.width = width;
  }

  /// Whether the vector form may run. Whoever asks for long has it warmed.
  boolean isReady() {
    if (!ready && !requested) {
      long now = System.nanoTime();
      if (firstAsked == 0) {
        firstAsked = now;
      } else if (now - firstAsked > PATIENCE_NANOS) {
        request();
      }
    }
    return ready;
  }

  boolean isRequested() {
    return requested;
  }

  /// Has the vector form warmed, once.
  void request() {
    if (!requested) {
      requested = true;
      Warmup.request(this);
    }
  }

  /// Runs the vector form until it is faster than the plain one; for the thread of [Warmup].
  ///
  /// @return whether it is ready before the deadline
  boolean warm(KernelSet plain, KernelSet vector, long deadline) {
    TrialData small = TrialData.small(width);
    TrialData usual = TrialData.usual(width);
    while (System.nanoTime() < deadline) {
      for (int i = 0; i < 8; i++) {
        Trial.run(kernel, vector, small);
      }
      if (time(vector, small, 1) > HOPELESS * time(plain, small, 2)) {
        continue;
      }
      if (time(vector, usual, 8) < time(plain, usual, 4)) {
        readyAt = System.nanoTime();
        ready = true;
        anyReady = true;
        return true;
      }
    }
    return false;
  }

  /// The shortest time of some calls.
  private long time(KernelSet form, TrialData data, int calls) {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < calls; i++) {
      long start = System.nanoTime();
      Trial.run(kernel, form, data);
      shortest = Math.min(shortest, System.nanoTime() - start);
    }
    return shortest;
  }

  static boolean anyReady() {
    return anyReady;
  }

  Precision precision() {
    return precision;
  }

  @Nullable Long readyAt() {
    return ready ? readyAt : null;
  }

  @Override
  public String toString() {
    return kernel + " of float" + 8 * width + (precision == Precision.SINGLE ? " in single" : "");
  }
}
