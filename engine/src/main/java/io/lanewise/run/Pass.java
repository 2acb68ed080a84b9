package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.sink.Sink;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One pass over a data set, which feeds everything that reads it.
///
/// Workers take batches in order. What does not depend on the order of rows is done at once, each
/// worker with its own state; what does (sample metrics, row files, progress, the first failure)
/// waits for the batch's turn. So at most one batch a worker is in memory, and nothing depends on
/// who was faster.
final class Pass {
  private final DataSet data;
  private final List<RowWork> rowWork;
  private final List<SampleWork> sampleWork;
  private final Progress progress;
  private final long total;

  private final Object taking = new Object();
  private long taken;
  private volatile boolean cancelled;

  private final Object turnstile = new Object();
  private long turn;
  private long rowsDone;
  private boolean abandoned;
  private @Nullable Throwable failure;

  /// Rows of a set that feed a row objective or transform.
  ///
  /// @param sink where per-row outputs go, or null
  record RowWork(BoundTask evaluator, String set, SetBinding binding, @Nullable Sink sink) {}

  /// Rows of a set that feed a sample metric.
  record SampleWork(SampleState state, String set, SetBinding binding) {}

  /// A batch and its place in the order; no batch at the end, or where reading failed.
  private record Ticket(long number, @Nullable Batch batch, @Nullable Throwable problem) {}

  /// @param total the number of rows, for progress; -1 if unknown
  Pass(
      DataSet data,
      List<RowWork> rowWork,
      List<SampleWork> sampleWork,
      Progress progress,
      long total) {
    this.data = data;
    this.rowWork = rowWork;
    this.sampleWork = sampleWork;
    this.progress = progress;
    this.total = total;
  }

  /// Reads the data set once.
  ///
  /// @param keys those of the columns that rows are told apart by
  /// @return for each row work, in order, its state over all rows
  /// @throws CancellationException if this thread is interrupted, which it then still is; batches
  ///   that were taken are completed
  List<RowState> run(List<String> columns, Set<String> keys, int batchRows, int threads) {
    List<RowState> merged = newStates();
    try (Cursor cursor = data.read(columns, batchRows);
        ExecutorService executor =
            Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("lanewise-", 0).factory())) {
      cursor.keys(keys);
      List<Future<List<RowState>>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(executor.submit(() -> work(cursor)));
      }
      try {
        for (Future<List<RowState>> worker : workers) {
          List<RowState> states = worker.get();
          for (int i = 0; i < states.size(); i++) {
            merged.get(i).merge(states.get(i));
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
    return merged;
  }

  private List<RowState> newStates() {
    List<RowState> states = new ArrayList<>();
    rowWork.forEach(work -> states.add(new RowState(work.evaluator(), work.set(), work.binding())));
    return states;
  }

  private List<RowState> work(Cursor cursor) throws InterruptedException {
    try {
      List<RowState> states = newStates();
      while (true) {
        Ticket ticket = take(cursor);
        if (!process(ticket, states)) {
          return states;
        }
      }
    } catch (RuntimeException | Error e) {
      abandon(e);
      throw e;
    }
  }

  /// Ends the pass for all workers: one cannot go on, so its turn will not come. (Access to memory
  /// of a file that was cut short fails anywhere.)
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
  private boolean process(Ticket ticket, List<RowState> states) throws InterruptedException {
    try (Batch batch = ticket.batch()) {
      Throwable problem = ticket.problem();
      List<Supplier<Batch>> outputs = List.of();
      if (batch != null) {
        try {
          outputs = update(batch, states);
        } catch (RuntimeException | Error e) {
          problem = e;
        }
      }
      awaitTurn(ticket);
      try {
        return failure == null && inTurn(batch, outputs, problem);
      } finally {
        endTurn();
      }
    }
  }

  private List<Supplier<Batch>> update(Batch batch, List<RowState> states) {
    List<Supplier<Batch>> outputs = new ArrayList<>();
    for (RowState state : states) {
      outputs.add(state.update(batch));
    }
    return outputs;
  }

  private boolean inTurn(
      @Nullable Batch batch, List<Supplier<Batch>> outputs, @Nullable Throwable problem) {
    if (problem != null) {
      failure = problem;
    }
    if (batch == null || problem != null) {
      return false;
    }
    try {
      for (SampleWork work : sampleWork) {
        work.state().update(work.set(), work.binding(), batch);
      }
      for (int i = 0; i < rowWork.size(); i++) {
        Sink sink = rowWork.get(i).sink();
        if (sink != null) {
          sink.write(outputs.get(i).get());
        }
      }
      rowsDone += batch.rows();
      progress.rows(data.name(), rowsDone, total);
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

  /// The rows that were read.
  long rows() {
    return rowsDone;
  }
}
