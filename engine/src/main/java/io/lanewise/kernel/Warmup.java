package io.lanewise.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The thread that has vector kernels compiled, one after the other, while everybody else runs the
/// plain ones. It ends when there is nothing to do.
final class Warmup {
  /// The longest time for one kernel. One that takes longer stays plain: C2 has given it up. Most
  /// take half a second, and this keeps a processor busy.
  private static final long LONGEST_NANOS = 8_000_000_000L;

  private static final Object LOCK = new Object();
  private static final Deque<Warming> QUEUE = new ArrayDeque<>();
  private static @Nullable Thread running;

  private Warmup() {}

  /// Has a kernel warmed, after those that were asked for before.
  static void request(Warming warming) {
    synchronized (LOCK) {
      QUEUE.add(warming);
      if (running == null) {
        Thread thread = new Thread(Warmup::run, "lanewise-warmup");
        thread.setDaemon(true);
        running = thread;
        thread.start();
      }
    }
  }

  private static void run() {
    while (true) {
      Warming warming;
      synchronized (LOCK) {
        warming = QUEUE.poll();
        if (warming == null) {
          running = null;
          return;
        }
      }
      warm(warming);
    }
  }

  private static void warm(Warming warming) {
    String found;
    try {
      KernelSet plain = KernelSet.plain(warming.precision());
      KernelSet vector = PlainFirst.vector(warming.precision());
      long deadline = System.nanoTime() + LONGEST_NANOS;
      if (warming.warm(plain, vector, deadline) != Warming.Outcome.NOT_COMPILED) {
        return;
      }
      found = "is not compiled after %d s".formatted(LONGEST_NANOS / 1_000_000_000);
    } catch (RuntimeException | Error e) {
      found = "does not run: " + e;
    }
    System.getLogger("io.lanewise.kernel")
        .log(
            System.Logger.Level.WARNING,
            "the vector kernel {0} {1}; the plain one stays, with the same digits",
            warming,
            found);
  }
}
