package io.lanewise.objective.score;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/// Does something for every chain, on some threads. Chains do not know each other, so who does
/// which when cannot show.
final class Chains implements AutoCloseable {
  private final int threads;
  private final ExecutorService executor;

  /// @param threads at least 1
  Chains(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "threads: found %d, expected at least 1".formatted(threads));
    }
    this.threads = threads;
    executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("lanewise-chain-", 0).factory());
  }

  /// Does it for chains 0 to `count - 1`, and returns when all are done.
  ///
  /// @throws RuntimeException what the first chain, by number of its share, threw
  void each(int count, IntConsumer work) {
    if (threads == 1) {
      for (int chain = 0; chain < count; chain++) {
        work.accept(chain);
      }
      return;
    }
    List<Future<?>> shares = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int from = (int) ((long) count * t / threads);
      int to = (int) ((long) count * (t + 1) / threads);
      shares.add(
          executor.submit(() -> {
            for (int chain = from; chain < to; chain++) {
              work.accept(chain);
            }
          }));
    }
    try {
      for (Future<?> share : shares) {
        share.get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException problem -> throw problem;
        case Error problem -> throw problem;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
