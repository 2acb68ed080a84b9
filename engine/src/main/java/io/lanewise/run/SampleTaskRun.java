package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.source.DataException;

/// A run of a sample metric: one state for all its sets.
final class SampleTaskRun implements TaskRun {
  private final BoundTask task;
  private final SampleState state;

  SampleTaskRun(BoundTask task, SampleMetric metric) {
    this.task = task;
    state = new SampleState(task, metric);
  }

  @Override
  public BoundTask task() {
    return task;
  }

  @Override
  public Feed feed(String set, RowFiles files) {
    return new Feed.InOrder(this, set);
  }

  void read(String set, Batch batch) {
    state.read(set, batch);
  }

  void add(String set) {
    state.add(set);
  }

  @Override
  public void merge(TaskRun later) {
    state.merge(((SampleTaskRun) later).state);
  }

  @Override
  public void fields(StateFields fields) {
    state.fields(fields);
  }

  @Override
  public Finished finish(RowFiles files) {
    SampleMetric.Finished finished = finished();
    files.forEach((set, sink) -> state.rows(set, finished).forEach(sink::write));
    return new Finished(
        state.counts(),
        finished.measures(),
        finished.arrays(),
        state.breakdowns(finished.measures()),
        finished.verdicts(),
        state.seconds());
  }

  private SampleMetric.Finished finished() {
    try {
      return state.finish();
    } catch (IllegalArgumentException e) {
      throw new DataException(
          "evaluation '%s'".formatted(task.task().name()), String.valueOf(e.getMessage()), e);
    }
  }
}
