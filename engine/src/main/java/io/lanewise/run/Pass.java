package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.plan.Progress;
import io.lanewise.sink.Sink;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// One pass over a data set, which feeds everything that reads it.
///
/// Workers take batches in order. Work that does not depend on row order is done at once, and each
/// worker has its own state. Work that does (sample metrics, row files, progress, the first
/// failure) waits for the turn of the batch. So memory holds at most one batch per worker, and
/// nothing depends on which worker was faster.
final class Pass {
  private final DataSet data;
  private final Reads reads;
  private final List<Feed.AnyOrder> anyOrder = new ArrayList<>();
  private final List<Feed.InOrder> inOrder = new ArrayList<>();
  private final Progress progress;

  private final Object taking = new Object();
  private long taken;
  private volatile boolean cancelled;

  private final Object turnstile = new Object();
  private long turn;
  private long rowsDone;
  private boolean abandoned;
  private @Nullable Throwable failure;

  /// A batch and its place in the order; no batch at the end, or if reading failed.
  private record Ticket(long number, @Nullable Batch batch, @Nullable Throwable problem) {}

  Pass(DataSet data, Reads reads, Progress progress) {
    this.data = data;
    this.reads = reads;
    this.progress = progress;
    for (Feed feed : reads.feeds()) {
      switch (feed) {
        case Feed.AnyOrder rows -> anyOrder.add(rows);
        case Feed.InOrder rows -> inOrder.add(rows);
      }
    }
  }

  /// Reads the data set once.
  ///
  /// @throws CancellationException if this thread is interrupted; it stays interrupted, and batches
  ///   that were taken are completed
  void run(int batchRows, int threads) {
    try (Cursor cursor = data.read(reads.columns(), batchRows);
        ExecutorService executor =
            Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("lanewise-", 0).factory())) {
      cursor.keys(reads.keys());
      List<Future<List<RowState>>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(executor.submit(() -> work(cursor)));
      }
      try {
        for (Future<List<RowState>> worker : workers) {
          List<RowState> states = worker.get();
          for (int i = 0; i < states.size(); i++) {
            anyOrder.get(i).add(states.get(i));
          }
        }
      } catch (InterruptedException e) {
        // The executor's end waits for batches that were taken, as the cursor's end unmaps them.
        cancelled = true;
      }
    } catch (ExecutionException e) {
      // What ended the worker is the failure.
      failure = failure == null ? e.getCause() : failure;
    }
    if (cancelled) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    // Whether it failed or not, a file may have changed under the last batches.
    data.checkUnchanged();
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private BatchStep newStep() {
    return new BatchStep(anyOrder.stream().map(Feed.AnyOrder::newState).toList(), inOrder);
  }

  private List<RowState> work(Cursor cursor) throws InterruptedException {
    try {
      BatchStep step = newStep();
      while (true) {
        Ticket ticket = take(cursor);
        if (!process(ticket, step)) {
          return step.states();
        }
      }
    } catch (RuntimeException | Error e) {
      abandon(e);
      throw e;
    }
  }

  /// Ends the pass for all workers, because one cannot continue and its turn will not come. (Access
  /// to memory of a file that was cut short fails anywhere.)
  private void abandon(Throwable problem) {
    synchronized (turnstile) {
      if (failure == null) {
        failure = problem;
      }
      abandoned = true;
      turnstile.notifyAll();
    }
  }

  private Ticket take(Cursor cursor) {
    synchronized (taking) {
      long number = taken++;
      try {
        if (cancelled) {
          throw new CancellationException("interrupted");
        }
        return new Ticket(number, cursor.next(), null);
      } catch (RuntimeException | Error e) {
        return new Ticket(number, null, e);
      }
    }
  }

  /// @return whether there may be more
  private boolean process(Ticket ticket, BatchStep step) throws InterruptedException {
    try (Batch batch = ticket.batch()) {
      Throwable problem = ticket.problem();
      if (batch != null) {
        try {
          step.evaluate(batch);
          step.add();
        } catch (RuntimeException | Error e) {
          problem = e;
        }
      }
      awaitTurn(ticket);
      try {
        return failure == null && inTurn(batch, step, problem);
      } finally {
        endTurn();
      }
    }
  }

  private boolean inTurn(@Nullable Batch batch, BatchStep step, @Nullable Throwable problem) {
    if (problem != null) {
      failure = problem;
    }
    if (batch == null || problem != null) {
      return false;
    }
    try {
      step.readInOrder(batch);
      step.addInOrder();
      for (int i = 0; i < anyOrder.size(); i++) {
        Sink sink = anyOrder.get(i).sink();
        if (sink != null) {
          sink.write(step.states().get(i).outputs());
        }
      }
      rowsDone += batch.rows();
      progress.rows(data.name(), rowsDone, reads.rows());
      return true;
    } catch (RuntimeException | Error e) {
      failure = e;
      return false;
    }
  }

  private void awaitTurn(Ticket ticket) throws InterruptedException {
    synchronized (turnstile) {
      while (turn != ticket.number()) {
        if (abandoned) {
          throw new CancellationException("another worker cannot go on");
        }
        turnstile.wait();
      }
    }
  }

  private void endTurn() {
    synchronized (turnstile) {
      turn++;
      turnstile.notifyAll();
    }
  }
}
