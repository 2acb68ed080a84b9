package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import java.util.List;

/// The way of one vector kernel, for one element type in one precision, from a class nobody has run
/// to machine code that is faster than the plain kernel.
///
/// A vector loop that is not compiled yet is thousands of times slower than the plain one: every
/// vector is an object. So only [Warmup] ever runs a kernel that is not ready.
final class Warming {
  /// A kernel that is still asked for after so long is worth warming, whatever was expected. With
  /// an eighth of it, a plan of many small evaluations warmed a dozen kernels and took twice as
  /// long.
  private static final long PATIENCE_NANOS = 2_000_000_000;

  /// A round ends when the vector form is this many times slower than the plain one: it is not
  /// compiled, and to measure it would take long.
  private static final int HOPELESS = 50;

  /// How long a vector form may take to show that it is faster, once it has been compiled. The
  /// plain form of [KernelSums] is faster on some processors, and always will be.
  private static final long FAIR_NANOS = 1_000_000_000;

  /// How it ended.
  enum Outcome {
    READY,
    NOT_FASTER,
    NOT_COMPILED
  }

  /// Rounds in which the vector form has to be faster, one after the other: what a round is the
  /// first to reach may have C2 compile anew.
  private static final int ROUNDS = 3;

  private final Kernel kernel;
  private final Precision precision;
  private final FloatType type;

  private volatile boolean requested;
  private volatile boolean ready;
  private volatile long firstAsked;

  /// @param type the element type
  Warming(Kernel kernel, Precision precision, FloatType type) {
    this.kernel = kernel;
    this.precision = precision;
    this.type = type;
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

  /// Runs the vector form until it is faster than the plain one, or will not be; for the thread of
  /// [Warmup].
  ///
  /// @param deadline when a form that is not compiled is given up
  Outcome warm(KernelSet plain, KernelSet vector, long deadline) {
    List<TrialData> small = TrialData.small(type);
    List<TrialData> usual = TrialData.usual(kernel, type);
    int won = 0;
    long firstCompiled = 0;
    while (won < ROUNDS) {
      long now = System.nanoTime();
      if (now > deadline) {
        return Outcome.NOT_COMPILED;
      }
      if (firstCompiled != 0 && now - firstCompiled > FAIR_NANOS) {
        return Outcome.NOT_FASTER;
      }
      for (int i = 0; i < 8; i++) {
        for (TrialData data : small) {
          Trial.run(kernel, vector, data);
        }
      }
      boolean compiled =
          small.stream().allMatch(data -> time(vector, data, 1) < HOPELESS * time(plain, data, 2));
      firstCompiled = compiled && firstCompiled == 0 ? now : firstCompiled;
      won = compiled && isFaster(vector, plain, usual) ? won + 1 : 0;
    }
    ready = true;
    return Outcome.READY;
  }

  /// In all: short rows may be slower where long ones gain more.
  private boolean isFaster(KernelSet vector, KernelSet plain, List<TrialData> usual) {
    long vectors = 0;
    long plains = 0;
    for (TrialData data : usual) {
      vectors += time(vector, data, 6);
      plains += time(plain, data, 4);
    }
    return vectors < plains;
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

  Precision precision() {
    return precision;
  }

  @Override
  public String toString() {
    return kernel + " of " + type + (precision == Precision.SINGLE ? " in single" : "");
  }
}
