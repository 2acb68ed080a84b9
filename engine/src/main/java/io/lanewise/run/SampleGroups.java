package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.objective.Workers;
import io.lanewise.plan.Bins;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.group.Grouping;
import io.lanewise.run.state.FieldBytes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A sample metric's states of the groups of one breakdown. Each set is grouped by its own column;
/// the rows of a set without it are kept once and count in every group.
final class SampleGroups {
  private final BoundTask task;
  private final SampleMetric metric;
  private final Bins bins;
  private final Set<String> ungrouped;
  private final Grouping grouping;
  private final Map<Grouping.Group, Part> parts = new HashMap<>();
  private final SampleMetric.@Nullable State common;
  private final long bytes;

  SampleGroups(BoundTask task, SampleMetric metric, Bins bins) {
    this.task = task;
    this.metric = metric;
    this.bins = bins;
    ungrouped = task.ungroupedSets(bins);
    grouping = new Grouping(task.binning(bins), task.policy(), task.layout());
    common = ungrouped.isEmpty() ? null : newState();
    bytes = FieldBytes.of(newState());
  }

  /// The set's row counts are not the group's.
  private SampleMetric.State newState() {
    return metric.newState(task.binding().withoutRowCounts());
  }

  /// What has been seen of a group: its state, and how many rows of each set it used.
  private static final class Part {
    final SampleMetric.State state;
    final Map<String, Long> used = new TreeMap<>();

    Part(SampleMetric.State state) {
      this.state = state;
    }
  }

  /// @throws IllegalArgumentException if there are more groups than fit into memory
  private Part part(Grouping.Group group) {
    Part part = parts.get(group);
    if (part == null) {
      Workers workers = task.binding().workers();
      long count = parts.size() + 1L;
      if (bytes > workers.memoryBytes() / count) {
        throw new IllegalArgumentException(
            "by '%s': found %d groups or more with states of %d bytes each, expected at most %d MiB in all; raise the option 'memory' or use fewer groups"
                .formatted(bins.column(), count, bytes, workers.memoryBytes() >> 20));
      }
      part = new Part(newState());
      parts.put(group, part);
    }
    return part;
  }

  /// The number of each row's group; none for rows that count in each group.
  ///
  /// @throws io.lanewise.source.DataException if a value has no group
  int[] numbers(String set, Batch batch) {
    return common != null && ungrouped.contains(set)
        ? new int[0]
        : Arrays.copyOf(grouping.numbers(batch), batch.rows());
  }

  /// Adds rows of a set.
  ///
  /// @param numbers of their groups
  /// @param rows the rows of the batch
  /// @param used those of them that are kept
  /// @param screen knows which those are
  void update(String set, int[] numbers, Rows rows, Rows used, RowScreen screen) {
    if (common != null && ungrouped.contains(set)) {
      common.update(set, used);
      return;
    }
    Map<Grouping.Group, int[]> indices = new LinkedHashMap<>();
    Map<Grouping.Group, Integer> counts = new HashMap<>();
    for (int i = 0; i < rows.count(); i++) {
      Grouping.Group group = grouping.numbered(numbers[i]);
      if (screen.fate(i).isUsed()) {
        group.addUsed(1);
        int count = counts.merge(group, 1, Integer::sum);
        int[] list = indices.computeIfAbsent(group, g -> new int[8]);
        if (list.length < count) {
          list = Arrays.copyOf(list, 2 * list.length);
          indices.put(group, list);
        }
        list[count - 1] = i;
      } else {
        group.addFault(screen.fate(i));
      }
    }
    indices.forEach((group, list) -> {
      int count = counts.getOrDefault(group, 0);
      Part part = part(group);
      part.used.merge(set, (long) count, Long::sum);
      part.state.update(set, SampleState.select(rows, Arrays.copyOf(list, count)));
    });
  }

  /// Adds what another one has seen, as if its rows had followed.
  void merge(SampleGroups later) {
    grouping.requireSameKind(later.grouping);
    if (common != null && later.common != null) {
      common.merge(later.common);
    }
    later.grouping.forEach((key, theirs) -> {
      Part other = later.parts.get(theirs);
      if (other != null) {
        Part part = part(grouping.group(key));
        part.state.merge(other.state);
        other.used.forEach((set, count) -> part.used.merge(set, count, Long::sum));
      }
    });
    grouping.merge(later.grouping);
  }

  /// Names what has been seen.
  void fields(StateFields fields) {
    if (common != null) {
      common.fields(fields.part("whole"));
    }
    List<Grouping.Group> ordered = grouping.fields(fields, List.of());
    for (int i = 0; i < ordered.size(); i++) {
      Part part = part(ordered.get(i));
      StateFields own = fields.part("group-" + i);
      for (String set : task.sets().keySet()) {
        if (!ungrouped.contains(set)) {
          long count = part.used.getOrDefault(set, 0L);
          part.used.put(set, own.part("used").count(set, count));
        }
      }
      part.state.fields(own.part("state"));
    }
  }

  Breakdown finish(List<Measure> overall) {
    return grouping.finish(group -> outcome(parts.get(group), group.used(), overall));
  }

  private Grouping.Outcome outcome(@Nullable Part part, long used, List<Measure> overall) {
    if (part == null) {
      return undefined("found no row that can be used", used, overall);
    }
    for (String set : task.sets().keySet()) {
      if (!ungrouped.contains(set) && part.used.getOrDefault(set, 0L) == 0) {
        return undefined("found no rows of set '%s'".formatted(set), used, overall);
      }
    }
    try {
      SampleMetric.State state = part.state;
      if (common != null) {
        state = newState();
        state.merge(common);
        state.merge(part.state);
      }
      return new Grouping.Outcome(state.finish().measures(), null);
    } catch (IllegalArgumentException e) {
      return undefined(String.valueOf(e.getMessage()), used, overall);
    }
  }

  private static Grouping.Outcome undefined(String why, long used, List<Measure> overall) {
    return new Grouping.Outcome(
        overall.stream()
            .map(m ->
                new Measure(
                    m.name(),
                    Double.NaN,
                    Double.NaN,
                    "none",
                    used,
                    m.unit(),
                    m.better(),
                    m.definition()))
            .toList(),
        why);
  }
}
