package io.lanewise.run;

import io.lanewise.objective.Conclusion;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import io.lanewise.result.RowCounts;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.group.Grouping;
import io.lanewise.run.group.Moments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/// A run of a row objective or transform: a state for each set of rows.
final class RowTaskRun implements TaskRun {
  private final BoundTask task;
  private final SequencedMap<String, RowState> states = new LinkedHashMap<>();

  RowTaskRun(BoundTask task) {
    this.task = task;
    task.sets().keySet().forEach(set -> states.put(set, new RowState(task, set)));
  }

  @Override
  public BoundTask task() {
    return task;
  }

  RowState state(String set) {
    return Objects.requireNonNull(states.get(set));
  }

  @Override
  public Feed feed(String set, RowFiles files) {
    return new Feed.AnyOrder(this, set, files.sink(set));
  }

  @Override
  public void merge(TaskRun later) {
    states.forEach((set, state) -> state.merge(((RowTaskRun) later).state(set)));
  }

  @Override
  public void fields(StateFields fields) {
    states.forEach((set, state) -> state.fields(fields.part(set)));
  }

  @Override
  public Finished finish(RowFiles files) {
    SequencedMap<String, RowCounts> rows = new LinkedHashMap<>();
    Map<String, Moments> moments = new LinkedHashMap<>();
    states.forEach((set, state) -> {
      state.requireWeights();
      rows.put(set, state.counts());
      moments.put(set, state.moments());
    });
    List<Measure> measures = task.layout().measures(moments);
    List<Breakdown> breakdowns = breakdowns();
    Conclusion conclusion = task.conclude(measures, breakdowns);
    return new Finished(
        rows,
        measures,
        conclusion.arrays(),
        breakdowns,
        conclusion.verdicts(),
        states.values().stream().mapToDouble(RowState::seconds).sum());
  }

  /// One breakdown a column, with the groups of all sets.
  private List<Breakdown> breakdowns() {
    if (states.size() == 1) {
      return states.firstEntry().getValue().groupings().stream().map(Grouping::finish).toList();
    }
    List<Breakdown> breakdowns = new ArrayList<>();
    for (int i = 0; i < task.by().size(); i++) {
      Grouping all = new Grouping(task.binnings().get(i), task.policy(), task.layout());
      for (RowState state : states.values()) {
        all.merge(state.groupings().get(i));
      }
      breakdowns.add(all.finish());
    }
    return breakdowns;
  }
}
