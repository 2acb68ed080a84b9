package io.lanewise.run;

import io.lanewise.batch.ColumnType;
import io.lanewise.linalg.Algebra;
import io.lanewise.objective.BlockMeans;
import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Output;
import io.lanewise.objective.SampleMetric;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Options;
import io.lanewise.plan.Plan;
import io.lanewise.result.Breakdown;
import io.lanewise.result.CheckResult;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import io.lanewise.result.RowCounts;
import io.lanewise.sink.ArchiveSink;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.DataSet;
import io.lanewise.source.FileInfo;
import io.lanewise.source.Reading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs a plan: resolves it, reads each data set once, finishes what was asked for.
public final class Runner implements AutoCloseable {
  /// What a batch should take at most: enough to keep the loop's overhead away, little enough to
  /// stay in the second-level cache.
  private static final long BATCH_BYTES = 512 * 1024;

  private static final int MAX_BATCH_ROWS = 65_536;

  private final Plan plan;
  private final Progress progress;
  private final int threads;
  private final WorkerPool workers;
  private final SequencedMap<String, DataSet> dataSets = new LinkedHashMap<>();
  private final List<BoundTask> evaluators = new ArrayList<>();
  private final Map<BoundTask, Map<String, RowState>> rowStates = new LinkedHashMap<>();
  private final Map<BoundTask, SampleState> sampleStates = new LinkedHashMap<>();
  private final Map<BoundTask, Map<String, Sink>> sinks = new LinkedHashMap<>();
  private final Map<BoundTask, List<String>> rowFiles = new LinkedHashMap<>();
  private @Nullable ArchiveSink stateSink;

  private Runner(Plan plan, Progress progress) {
    this.plan = plan;
    this.progress = progress;
    threads =
        plan.options().threads() == 0
            ? Runtime.getRuntime().availableProcessors()
            : plan.options().threads();
    workers = new WorkerPool(threads, plan.options().memoryBytes(), progress);
  }

  /// Runs it.
  ///
  /// @param progress whom to tell how far it is
  ///
  /// @throws IllegalArgumentException for a mistake in the plan, before any data is read
  /// @throws io.lanewise.source.DataException for data that cannot be used
  /// @throws java.io.UncheckedIOException if a file cannot be read or written
  public static Report run(Plan plan, Progress progress) {
    try (Runner runner = new Runner(plan, progress)) {
      try {
        return runner.report();
      } catch (RuntimeException | Error e) {
        // While the files are still open.
        throw DataSet.explained(e);
      }
    }
  }

  /// The report of one run over the rows of all those whose states are given.
  ///
  /// @param states state files, in the order in which their rows follow each other
  /// @param options threads and memory for what works on whole sets, and a file for the merged
  ///   state
  /// @throws IllegalArgumentException if there are none, they do not fit each other, or the same
  ///   rows are in two of them
  /// @throws io.lanewise.source.DataException if a file is not a state or damaged
  /// @throws java.io.UncheckedIOException if a file cannot be read or written
  public static Report merge(List<Path> states, Options options) {
    StateFiles files = new StateFiles(states, options.memoryBytes());
    try (Runner runner = new Runner(files.header().plan(options), Progress.NONE)) {
      return runner.merged(files);
    }
  }

  private Report report() {
    Instant started = Instant.now();
    long start = System.nanoTime();
    Reading reading = new Reading(plan.options().mapped(), plan.options().memoryBytes());
    plan.data().forEach((name, files) -> dataSets.put(name, DataSet.of(name, files, reading)));
    Resolver resolver = new Resolver(plan, dataSets, workers);
    evaluators.addAll(resolver.evaluators());
    refuseInputs(InputFiles.of(plan));
    createSinks();
    createStateSink();
    Fingerprints fingerprints =
        new Fingerprints(
            dataSets.values(),
            resolver.parameterFiles(),
            // Merging needs to tell whether two states have the same rows.
            plan.options().hashInputs() || plan.options().state() != null,
            workers);
    evaluators.forEach(this::placeBins);
    evaluators.forEach(this::blockMeans);
    dataSets.values().forEach(this::read);
    Provenance provenance =
        fingerprints.provenance(started, seconds(start), threads, plan.options());
    return report(start, provenance);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  private Report merged(StateFiles files) {
    Instant started = Instant.now();
    long start = System.nanoTime();
    evaluators.addAll(files.header().evaluators(files.place(), workers));
    refuseInputs(InputFiles.of(files.files().stream().map(Path::toString).toList()));
    createStateSink();
    files.load(evaluators, rowStates, sampleStates);
    Provenance provenance =
        Fingerprints.provenance(
            started,
            seconds(start),
            threads,
            plan.options(),
            files.kernels(),
            files.inputs(),
            List.of(),
            files.runs());
    return report(start, provenance);
  }

  /// Finishes what has been seen.
  private Report report(long start, Provenance provenance) {
    if (stateSink != null) {
      StateFiles.write(
          stateSink,
          StateHeader.of(plan, evaluators, provenance),
          evaluators,
          rowStates,
          sampleStates);
    }
    List<EvaluationResult> results = evaluators.stream().map(this::finish).toList();
    List<CheckResult> checks = plan.checks().stream().map(check -> check(check, results)).toList();
    sinks.values().forEach(bySet -> bySet.values().forEach(Sink::commit));
    if (stateSink != null) {
      stateSink.commit();
    }
    return new Report(
        plan.title(),
        (plan.options().hashInputs() ? provenance : provenance.withoutHashes())
            .finished(seconds(start), Algebra.used()),
        results,
        checks,
        Checklist.of(results, plan.facts()));
  }

  /// Before there is a temporary file of any of them.
  private void refuseInputs(InputFiles inputs) {
    List<Path> outputs = new ArrayList<>();
    for (BoundTask evaluator : evaluators) {
      for (String set : evaluator.sets().keySet()) {
        Path file = rowFile(evaluator, set);
        if (file != null) {
          outputs.add(file);
        }
      }
    }
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

  /// Where the per-row outputs of a set go; null if they are not written.
  private @Nullable Path rowFile(BoundTask evaluator, String set) {
    Path directory = plan.options().output();
    String format = evaluator.task().rowFormat();
    if (directory == null || format == null) {
      return null;
    }
    String suffix = evaluator.sets().size() == 1 ? "" : "-" + set;
    return directory.resolve("%s%s.%s".formatted(evaluator.task().name(), suffix, format));
  }

  private void createStateSink() {
    Path file = plan.options().state();
    if (file != null) {
      evaluators.forEach(StateFiles::requireStateInFile);
      stateSink = new ArchiveSink(file, plan.options().replace());
    }
  }

  private void blockMeans(BoundTask evaluator) {
    BlockMeans.Request request = evaluator.blockMeans();
    if (request == null) {
      return;
    }
    evaluator
        .sets()
        .forEach((set, binding) -> {
          DataSet data = dataSets.get(evaluator.task().data().get(set));
          if (data != null) {
            readableTwice(data, evaluator, "means over rows");
            evaluator.know(BlockMeanScan.of(request, binding, data));
          }
        });
  }

  private void placeBins(BoundTask evaluator) {
    for (Bins bins : evaluator.by()) {
      if (bins.edgesDependOnData()) {
        List<DataSet> read =
            evaluator.sets().keySet().stream()
                .map(set -> evaluator.task().data().get(set))
                .distinct()
                .map(dataSets::get)
                .filter(Objects::nonNull)
                .toList();
        read.forEach(data -> readableTwice(data, evaluator, "bins that follow from the data"));
        evaluator.place(bins, BinEdgeScan.of(bins, read));
      }
    }
  }

  /// A pipe gives its rows once.
  private static void readableTwice(DataSet data, BoundTask evaluator, String why) {
    for (FileInfo file : data.files()) {
      if (file.bytes().isEmpty()) {
        throw new IllegalArgumentException(
            "evaluation '%s': found a pipe '%s', expected a file, for %s take a pass before"
                .formatted(evaluator.task().name(), file.path(), why));
      }
    }
  }

  private void createSinks() {
    for (BoundTask evaluator : evaluators) {
      String format = evaluator.task().rowFormat();
      if (format == null) {
        continue;
      }
      Path directory = plan.options().output();
      if (directory == null) {
        throw new IllegalArgumentException(
            "evaluation '%s': found row format '%s' but no output directory, expected one"
                .formatted(evaluator.task().name(), format));
      }
      createDirectory(directory);
      for (String set : evaluator.sets().keySet()) {
        List<ColumnType> schema = rowSchema(evaluator, set);
        if (schema.isEmpty()) {
          continue;
        }
        Path file = Objects.requireNonNull(rowFile(evaluator, set));
        sinks
            .computeIfAbsent(evaluator, e -> new LinkedHashMap<>())
            .put(
                set,
                evaluator.writesTables()
                    ? Sinks.ofArrays(file, schema, plan.options().replace())
                    : Sinks.ofRows(file, schema, plan.options().replace()));
        rowFiles
            .computeIfAbsent(evaluator, e -> new ArrayList<>())
            .add(String.valueOf(file.getFileName()));
      }
    }
  }

  private static void createDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(
          directory
              + ": found what is no directory or cannot be made, expected one that can be written",
          e);
    }
  }

  private static List<ColumnType> rowSchema(BoundTask evaluator, String set) {
    SetBinding binding = evaluator.sets().get(set);
    List<ColumnType> schema = new ArrayList<>();
    for (Output output : evaluator.outputs(set)) {
      schema.add(
          output.isVector() && binding != null
              ? new ColumnType(
                  output.name(),
                  io.lanewise.batch.Shape.VECTOR,
                  evaluator.objective() instanceof SampleMetric
                      ? io.lanewise.batch.DType.FLOAT64
                      : binding.type(),
                  evaluator.width(output))
              : new ColumnType(
                  output.name(),
                  io.lanewise.batch.Shape.SCALAR,
                  output.integral()
                      ? io.lanewise.batch.DType.INT64
                      : io.lanewise.batch.DType.FLOAT64,
                  1));
    }
    return schema;
  }

  /// What is read of a data set together.
  private record Columns(
      SequencedSet<String> columns,
      Set<String> keys,
      List<Pass.RowWork> rowWork,
      List<Pass.SampleWork> sampleWork) {
    Columns() {
      this(new LinkedHashSet<>(), new HashSet<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  /// Reads a data set once; but columns of different lengths, which an `.npz` may have, apart.
  private void read(DataSet data) {
    SequencedMap<OptionalLong, Columns> readings = new LinkedHashMap<>();
    for (BoundTask evaluator : evaluators) {
      evaluator
          .setsOn(data.name())
          .forEach((set, binding) -> {
            SequencedSet<String> columns = new LinkedHashSet<>(binding.columnNames());
            evaluator.by().stream()
                .map(Bins::column)
                .filter(name -> data.schema().stream().anyMatch(c -> c.name().equals(name)))
                .forEach(columns::add);
            Columns reading =
                readings.computeIfAbsent(
                    data.rowCount(List.copyOf(columns)), rows -> new Columns());
            reading.columns().addAll(columns);
            reading.keys().addAll(binding.idColumns());
            evaluator.by().forEach(bins -> reading.keys().add(bins.column()));
            if (evaluator.objective() instanceof SampleMetric metric) {
              SampleState state =
                  sampleStates.computeIfAbsent(evaluator, e -> new SampleState(e, metric));
              reading.sampleWork().add(new Pass.SampleWork(state, set, binding));
            } else {
              reading
                  .rowWork()
                  .add(
                      new Pass.RowWork(
                          evaluator,
                          set,
                          binding,
                          sinks.getOrDefault(evaluator, Map.of()).get(set)));
            }
          });
    }
    readings.forEach((rows, reading) -> pass(data, reading, rows.orElse(-1)));
  }

  private void pass(DataSet data, Columns reading, long rows) {
    List<String> columns = List.copyOf(reading.columns());
    Pass pass = new Pass(data, reading.rowWork(), reading.sampleWork(), progress, rows);
    List<RowState> states =
        pass.run(columns, reading.keys(), batchRows(data, reading.columns()), threads);
    for (int i = 0; i < states.size(); i++) {
      Pass.RowWork work = reading.rowWork().get(i);
      rowStates
          .computeIfAbsent(work.evaluator(), e -> new LinkedHashMap<>())
          .put(work.set(), states.get(i));
    }
  }

  private int batchRows(DataSet data, SequencedSet<String> columns) {
    if (plan.options().batchRows() > 0) {
      return plan.options().batchRows();
    }
    long rowBytes = 0;
    for (ColumnType column : data.schema()) {
      if (columns.contains(column.name())) {
        // A sequence's length is not known; 256 elements are as good a guess as any.
        rowBytes += (long) column.type().bytes() * (column.width() == 0 ? 256 : column.width());
      }
    }
    return Math.clamp(BATCH_BYTES / Math.max(rowBytes, 1), 1, MAX_BATCH_ROWS);
  }

  private EvaluationResult finish(BoundTask evaluator) {
    Descriptor descriptor = evaluator.descriptor();
    SequencedMap<String, EvaluationResult.Input> inputs = new LinkedHashMap<>();
    evaluator
        .sets()
        .forEach((set, binding) ->
            inputs.put(
                set,
                new EvaluationResult.Input(
                    evaluator.task().data().getOrDefault(set, ""),
                    binding.columnTexts(),
                    binding.warnings())));
    SequencedMap<String, RowCounts> rows = new LinkedHashMap<>();
    final SampleMetric.Finished finished;
    List<Breakdown> breakdowns = List.of();
    double seconds;
    SampleState state = sampleStates.get(evaluator);
    if (state != null) {
      rows.putAll(state.counts());
      finished = finish(evaluator, state);
      breakdowns = state.breakdowns(finished.measures());
      sinks
          .getOrDefault(evaluator, Map.of())
          .forEach((set, sink) -> state.rows(set, finished).forEach(sink::write));
      seconds = state.seconds();
    } else {
      Map<String, RowState> states = rowStates.getOrDefault(evaluator, Map.of());
      for (String set : evaluator.sets().keySet()) {
        RowState rowState = states.get(set);
        if (rowState != null) {
          rowState.requireWeights();
          rows.put(set, rowState.counts());
        }
      }
      List<Measure> measures = measures(evaluator, states);
      breakdowns = breakdowns(states);
      Conclusion conclusion = evaluator.conclude(measures, breakdowns);
      finished = new SampleMetric.Finished(measures, conclusion.arrays(), conclusion.verdicts());
      seconds = states.values().stream().mapToDouble(RowState::seconds).sum();
    }
    return new EvaluationResult(
        evaluator.task().name(),
        descriptor.id(),
        descriptor.family().toString(),
        descriptor.title(),
        descriptor.formula(),
        descriptor.reference(),
        inputs,
        evaluator.binding().parameters().asText(),
        rows,
        finished.measures(),
        finished.arrays(),
        breakdowns,
        finished.verdicts(),
        List.copyOf(rowFiles.getOrDefault(evaluator, List.of())),
        seconds);
  }

  private static SampleMetric.Finished finish(BoundTask evaluator, SampleState state) {
    try {
      return state.finish();
    } catch (IllegalArgumentException e) {
      throw new io.lanewise.source.DataException(
          "evaluation '%s'".formatted(evaluator.task().name()), String.valueOf(e.getMessage()), e);
    }
  }

  private static List<Measure> measures(BoundTask evaluator, Map<String, RowState> states) {
    Map<String, Moments> moments = new LinkedHashMap<>();
    states.forEach((set, state) -> moments.put(set, state.moments()));
    return evaluator.layout().measures(moments);
  }

  /// One breakdown a column, with the groups of all sets.
  private static List<Breakdown> breakdowns(Map<String, RowState> states) {
    List<Grouping> merged = new ArrayList<>();
    for (RowState state : states.values()) {
      for (int i = 0; i < state.groupings().size(); i++) {
        if (merged.size() <= i) {
          merged.add(state.groupings().get(i));
        } else {
          merged.get(i).merge(state.groupings().get(i));
        }
      }
    }
    return merged.stream().map(Grouping::finish).toList();
  }

  private static CheckResult check(Check check, List<EvaluationResult> results) {
    double found =
        results.stream()
            .filter(r -> r.name().equals(check.evaluation()))
            .map(r -> r.measure(check.measure()))
            .mapToDouble(m -> m == null ? Double.NaN : m.value())
            .findFirst()
            .orElse(Double.NaN);
    return new CheckResult(
        check.evaluation() + "." + check.measure(),
        check.comparison() + " " + check.bound(),
        found,
        check.holds(found));
  }

  /// Unmaps the inputs, and removes row files that were not completed.
  @Override
  public void close() {
    sinks.values().forEach(bySet -> bySet.values().forEach(Sink::close));
    if (stateSink != null) {
      stateSink.close();
    }
    dataSets.values().forEach(DataSet::close);
    workers.close();
  }
}
