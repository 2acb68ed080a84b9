package io.lanewise.run;

import io.lanewise.objective.Workers;
import io.lanewise.plan.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The workers of one run. Threads claim tasks one by one. With a static split, all would wait for
/// a thread that lost its core to another process.
final class WorkerPool implements Workers, AutoCloseable {
  private final int threads;
  private final long memoryBytes;
  private final Progress progress;
  private final ExecutorService helpers;

  WorkerPool(int threads, long memoryBytes, Progress progress) {
    this.threads = threads;
    this.memoryBytes = memoryBytes;
    this.progress = progress;
    // No thread is started before it is needed.
    helpers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("lanewise-worker-", 0).factory());
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public long memoryBytes() {
    return memoryBytes;
  }

  @Override
  public void forEach(String what, long tasks, Task task) {
    start(what, tasks, task).join();
  }

  @Override
  public Running start(String what, long tasks, Task task) {
    Claims claims = new Claims(what, tasks, task);
    List<Future<?>> others = new ArrayList<>();
    for (long i = 1; i < Math.min(threads, tasks); i++) {
      others.add(helpers.submit(claims));
    }
    return () -> join(claims, others);
  }

  private static void join(Claims claims, List<Future<?>> others) {
    Throwable failure = null;
    try {
      claims.run();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    for (Future<?> other : others) {
      Throwable theirs = join(other);
      failure = failure == null ? theirs : failure;
    }
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private static @Nullable Throwable join(Future<?> other) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          other.get();
          return interrupted ? new CancellationException("interrupted") : null;
        } catch (InterruptedException e) {
          // A task that has begun still writes to memory that the caller would free.
          interrupted = true;
        } catch (ExecutionException e) {
          return e.getCause();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Ends the threads, which are idle by now.
  @Override
  public void close() {
    helpers.shutdownNow();
  }

  /// The tasks of one call, claimed in order.
  private final class Claims implements Runnable {
    private final String what;
    private final long tasks;
    private final Task task;
    private final AtomicLong next = new AtomicLong();
    private long done;

    Claims(String what, long tasks, Task task) {
      this.what = what;
      this.tasks = tasks;
      this.task = task;
    }

    @Override
    public void run() {
      try {
        for (long i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
          if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException(what + ": interrupted");
          }
          task.run(i);
          synchronized (this) {
            progress.work(what, ++done, tasks);
          }
        }
      } catch (RuntimeException | Error e) {
        stop();
        throw e;
      }
    }

    /// Lets no thread begin another task.
    void stop() {
      next.set(tasks);
    }
  }
}
