package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.sink.Sink;
import org.jspecify.annotations.Nullable;

/// What takes the rows of one set of a task, batch by batch.
sealed interface Feed {
  /// Rows that may come in any order, to several workers. Each has a state of its own, which is
  /// added to the task's at the end.
  ///
  /// @param sink where per-row outputs go, or null
  record AnyOrder(RowTaskRun run, String set, @Nullable Sink sink) implements Feed {
    /// The task's own state.
    RowState state() {
      return run.state(set);
    }

    /// Another one, to be added to it.
    RowState newState() {
      return new RowState(run.task(), set);
    }

    void add(RowState state) {
      run.state(set).merge(state);
    }
  }

  /// Rows that have to come in their order.
  record InOrder(SampleTaskRun run, String set) implements Feed {
    void read(Batch batch) {
      run.read(set, batch);
    }

    void add() {
      run.add(set);
    }
  }
}
