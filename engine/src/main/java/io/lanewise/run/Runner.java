package io.lanewise.run;

import io.lanewise.plan.InputHash;
import io.lanewise.plan.Models;
import io.lanewise.plan.Options;
import io.lanewise.plan.Plan;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Progress;
import io.lanewise.plan.Task;
import io.lanewise.result.CheckResult;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.bind.Resolver;
import io.lanewise.run.state.StateFiles;
import io.lanewise.run.state.StateHeader;
import io.lanewise.run.state.StateSupport;
import io.lanewise.sink.ArchiveSink;
import io.lanewise.source.DataException;
import io.lanewise.source.DataSet;
import io.lanewise.source.InputFingerprints;
import io.lanewise.source.Reading;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Runs a plan, in this order: resolve it, open the outputs, read what has to be known before, read
/// each data set once, finish what was asked for, give the outputs their names.
public final class Runner implements AutoCloseable {
  private final Plan plan;
  private final Progress progress;
  private final int threads;
  private final WorkerPool workers;
  private final Instant started = Instant.now();
  private final long start = System.nanoTime();
  private final SequencedMap<String, DataSet> dataSets = new LinkedHashMap<>();
  private final List<RowFiles> rowFiles = new ArrayList<>();
  private @Nullable ArchiveSink stateSink;

  private Runner(Plan plan, Progress progress) {
    this.plan = EachModel.of(plan);
    this.progress = progress;
    threads =
        plan.options().threads() == 0
            ? Runtime.getRuntime().availableProcessors()
            : plan.options().threads();
    workers = new WorkerPool(threads, plan.options().memoryBytes(), progress);
  }

  /// Runs a plan.
  ///
  /// @param progress receives the progress
  /// @throws IllegalArgumentException for a mistake in the plan, before any data is read
  /// @throws io.lanewise.source.DataException for data that cannot be used
  /// @throws java.io.UncheckedIOException if a file cannot be read or written
  public static Report run(Plan plan, Progress progress) {
    try (Runner runner = new Runner(plan, progress)) {
      try {
        return runner.run();
      } catch (RuntimeException | Error e) {
        // While the files are still open.
        throw DataSet.explained(e);
      }
    }
  }

  /// The first mistake of each task that has one, by the task's name, found before any row is read.
  public static SequencedMap<String, String> misfits(Plan plan) {
    SequencedMap<String, String> misfits = new LinkedHashMap<>();
    try (Runner runner = new Runner(plan, Progress.NONE)) {
      runner.open(null);
      for (Task task : runner.plan.tasks()) {
        Plan alone =
            new Plan(
                plan.title(),
                runner.plan.data(),
                Models.none(),
                List.of(task),
                List.of(),
                plan.facts(),
                plan.options());
        try {
          for (BoundTask bound : new Resolver(alone, runner.dataSets, runner.workers).tasks()) {
            bound.unnamed().ifPresent(problem -> misfits.put(task.name(), problem));
          }
        } catch (PlanException e) {
          misfits.put(task.name(), e.problem());
        }
      }
    }
    return misfits;
  }

  /// The report of one run over the rows of all those whose states are given.
  ///
  /// @param states state files, in the order of their rows
  /// @param options threads and memory for work on whole sets, and a file for the merged state
  /// @throws IllegalArgumentException if there are none, they do not fit each other, or the same
  ///   rows are in two of them
  /// @throws io.lanewise.source.DataException if a file is not a state or damaged
  /// @throws java.io.UncheckedIOException if a file cannot be read or written
  public static Report merge(List<Path> states, Options options) {
    StateFiles files = new StateFiles(states, options.memoryBytes());
    try (Runner runner = new Runner(files.header().plan(options), Progress.NONE)) {
      return runner.merge(files);
    }
  }

  private Report run() {
    // Merging needs to tell whether two states have the same rows.
    boolean identified =
        plan.options().inputHash() != InputHash.NONE || plan.options().state() != null;
    InputFingerprints fingerprints = identified ? new InputFingerprints() : null;
    open(fingerprints);
    Resolver resolver = new Resolver(plan, dataSets, workers);
    List<BoundTask> tasks = resolver.tasks();
    refuseInputs(tasks, InputFiles.of(plan));
    for (BoundTask task : tasks) {
      RowFiles files = new RowFiles();
      rowFiles.add(files);
      files.open(task, plan.options());
    }
    openState(tasks);
    Origins origins =
        new Origins(dataSets.values(), resolver.parameterFiles(), fingerprints, workers);
    DataScans scans = new DataScans(dataSets);
    List<TaskRun> runs = tasks.stream().map(scans::complete).map(TaskRun::of).toList();
    dataSets.values().forEach(data -> read(data, runs));
    return report(runs, origins.provenance(started, seconds(), threads, plan.options()));
  }

  private void open(@Nullable InputFingerprints fingerprints) {
    Reading reading =
        new Reading(plan.options().mapped(), plan.options().memoryBytes(), fingerprints);
    plan.data().forEach((name, files) -> dataSets.put(name, DataSet.of(name, files, reading)));
  }

  private Report merge(StateFiles files) {
    List<BoundTask> tasks = files.header().tasks(files.place(), workers);
    refuseInputs(tasks, InputFiles.of(files.files().stream().map(Path::toString).toList()));
    openState(tasks);
    List<TaskRun> runs = tasks.stream().map(TaskRun::of).toList();
    tasks.forEach(task -> rowFiles.add(new RowFiles()));
    files.load(
        tasks,
        (i, first, fields) -> {
          TaskRun run = first ? runs.get(i) : TaskRun.of(tasks.get(i));
          run.fields(fields);
          if (!first) {
            runs.get(i).merge(run);
          }
        });
    return report(
        runs,
        Origins.provenance(
            started,
            seconds(),
            threads,
            plan.options(),
            files.kernels(),
            files.inputs(),
            List.of(),
            files.runs()));
  }

  private double seconds() {
    return (System.nanoTime() - start) * 1e-9;
  }

  /// Before there is a temporary file of any output.
  private void refuseInputs(List<BoundTask> tasks, InputFiles inputs) {
    List<Path> outputs = new ArrayList<>();
    tasks.forEach(task -> outputs.addAll(RowFiles.paths(task, plan.options()).values()));
    Path state = plan.options().state();
    if (state != null) {
      Path named = state.toAbsolutePath().normalize();
      if (outputs.stream().anyMatch(file -> file.toAbsolutePath().normalize().equals(named))) {
        throw new IllegalArgumentException(
            state + ": found the name of a row file, expected another one for the state");
      }
      outputs.add(state);
    }
    inputs.refuse(outputs);
  }

  private void openState(List<BoundTask> tasks) {
    Path file = plan.options().state();
    if (file != null) {
      tasks.forEach(StateSupport::require);
      stateSink = new ArchiveSink(file, plan.options().replace());
    }
  }

  /// Reads a data set once, for everything that takes its rows.
  private void read(DataSet data, List<TaskRun> runs) {
    SequencedMap<TaskRun, RowFiles> files = new LinkedHashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      files.put(runs.get(i), rowFiles.get(i));
    }
    int given = plan.options().batchRows();
    for (Reads reads : Reads.of(data, files)) {
      new Pass(data, reads, progress).run(given > 0 ? given : reads.batchRows(), threads);
    }
  }

  /// Writes the state and finishes what has been seen. The state comes first: where the rows give
  /// no number, because a part has one row, they can still be merged with others.
  private Report report(List<TaskRun> runs, Provenance provenance) {
    Path state = plan.options().state();
    if (stateSink == null || state == null) {
      return finish(runs, provenance);
    }
    StateFiles.write(
        stateSink,
        StateHeader.of(plan, runs.stream().map(TaskRun::task).toList(), provenance),
        runs.size(),
        (fields, i) -> runs.get(i).fields(fields));
    stateSink.commit();
    try {
      return finish(runs, provenance);
    } catch (IllegalArgumentException | DataException e) {
      throw new DataException(
          state.toString(),
          "found the rows counted, ready to be merged with others, but no result of them alone: "
              + e.getMessage(),
          e);
    }
  }

  private Report finish(List<TaskRun> runs, Provenance provenance) {
    List<EvaluationResult> results = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      RowFiles files = rowFiles.get(i);
      results.add(Results.of(runs.get(i).task(), runs.get(i).finish(files), files.names()));
    }
    List<CheckResult> checks = Results.checks(plan, results);
    rowFiles.forEach(RowFiles::commit);
    return Results.report(plan, results, checks, provenance, seconds());
  }

  /// Unmaps the inputs, and removes outputs that were not completed.
  @Override
  public void close() {
    rowFiles.forEach(RowFiles::close);
    if (stateSink != null) {
      stateSink.close();
    }
    dataSets.values().forEach(DataSet::close);
    workers.close();
  }
}
