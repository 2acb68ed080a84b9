package io.lanewise.run;

import io.lanewise.batch.Batch;
import java.util.List;

/// What is done with each batch of a data set, for everything that takes its rows: the step of a
/// pass over files, and of a session.
///
/// Rows are looked at before any of them is counted, so a batch that cannot be used changes
/// nothing. What may come in any order goes to states that are this worker's; what has to come in
/// order goes to the tasks' own, by one worker at a time.
final class BatchStep {
  private final List<RowState> anyOrder;
  private final List<Feed.InOrder> inOrder;

  BatchStep(List<RowState> anyOrder, List<Feed.InOrder> inOrder) {
    this.anyOrder = anyOrder;
    this.inOrder = inOrder;
  }

  /// Evaluates rows that may come in any order.
  void evaluate(Batch batch) {
    anyOrder.forEach(state -> state.evaluate(batch));
  }

  /// Counts in the rows that were evaluated.
  void add() {
    anyOrder.forEach(RowState::add);
  }

  /// Reads rows for what has to come in order.
  void readInOrder(Batch batch) {
    inOrder.forEach(feed -> feed.read(batch));
  }

  /// Adds the rows that were read.
  void addInOrder() {
    inOrder.forEach(Feed.InOrder::add);
  }

  /// The states of what may come in any order, with the outputs of the last batch.
  List<RowState> states() {
    return anyOrder;
  }
}
