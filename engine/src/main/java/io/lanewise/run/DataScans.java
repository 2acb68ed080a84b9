package io.lanewise.run;

import io.lanewise.objective.BlockMeans;
import io.lanewise.plan.Bins;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.group.BinEdgeScan;
import io.lanewise.source.DataSet;
import io.lanewise.source.FileInfo;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The extra passes that a task needs first, for what is computed from all rows: edges of bins, and
/// means over blocks of rows.
final class DataScans {
  private final Map<String, DataSet> dataSets;

  DataScans(Map<String, DataSet> dataSets) {
    this.dataSets = dataSets;
  }

  /// The task with everything that it must know about its rows.
  ///
  /// @throws IllegalArgumentException if the rows come from a pipe, which gives them once
  BoundTask complete(BoundTask task) {
    return withBlockMeans(withEdges(task));
  }

  private BoundTask withEdges(BoundTask task) {
    BoundTask result = task;
    for (Bins bins : task.by()) {
      if (bins.edgesDependOnData()) {
        List<DataSet> read =
            task.sets().keySet().stream()
                .map(set -> task.task().data().get(set))
                .distinct()
                .map(dataSets::get)
                .filter(Objects::nonNull)
                .toList();
        read.forEach(data -> requireFiles(data, task, "bins that follow from the data"));
        result = result.withEdges(bins, BinEdgeScan.of(bins, read));
      }
    }
    return result;
  }

  private BoundTask withBlockMeans(BoundTask task) {
    BlockMeans.Request request = task.blockMeans();
    if (request == null) {
      return task;
    }
    BoundTask result = task;
    for (String set : task.sets().keySet()) {
      DataSet data = dataSets.get(task.task().data().get(set));
      if (data != null) {
        requireFiles(data, task, "means over rows");
        result = result.withBlockMeans(BlockMeanScan.of(request, task.sets().get(set), data));
      }
    }
    return result;
  }

  private static void requireFiles(DataSet data, BoundTask task, String why) {
    for (FileInfo file : data.files()) {
      if (file.bytes().isEmpty()) {
        throw new IllegalArgumentException(
            "evaluation '%s': '%s' is a pipe, but %s need an extra pass; save it to a file"
                .formatted(task.task().name(), file.path(), why));
      }
    }
  }
}
