package io.lanewise.run;

import io.lanewise.batch.ColumnType;
import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Output;
import io.lanewise.objective.SampleMetric;
import io.lanewise.result.Breakdown;
import io.lanewise.result.CheckResult;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.result.RowCounts;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.DataSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// Runs a plan: resolves it, reads each data set once, finishes what was asked for.
public final class Runner implements AutoCloseable {
  /// What a batch should take at most: enough to keep the loop's overhead away, little enough to
  /// stay in the second-level cache.
  private static final long BATCH_BYTES = 512 * 1024;

  private static final int MAX_BATCH_ROWS = 65_536;

  private final Plan plan;
  private final int threads;
  private final WorkerPool workers;
  private final SequencedMap<String, DataSet> dataSets = new LinkedHashMap<>();
  private final List<Evaluator> evaluators = new ArrayList<>();
  private final Map<Evaluator, Map<String, RowState>> rowStates = new LinkedHashMap<>();
  private final Map<Evaluator, SampleState> sampleStates = new LinkedHashMap<>();
  private final Map<Evaluator, Map<String, Sink>> sinks = new LinkedHashMap<>();
  private final Map<Evaluator, List<String>> rowFiles = new LinkedHashMap<>();

  private Runner(Plan plan) {
    this.plan = plan;
    threads =
        plan.options().threads() == 0
            ? Runtime.getRuntime().availableProcessors()
            : plan.options().threads();
    workers = new WorkerPool(threads, plan.options().memoryBytes(), plan.progress());
  }

  /// Runs it.
  ///
  /// @throws IllegalArgumentException for a mistake in the plan, before any data is read
  /// @throws io.lanewise.source.DataException for data that cannot be used
  /// @throws java.io.UncheckedIOException if a file cannot be read or written
  public static Report run(Plan plan) {
    try (Runner runner = new Runner(plan)) {
      return runner.report();
    }
  }

  private Report report() {
    Instant started = Instant.now();
    long start = System.nanoTime();
    plan.data().forEach((name, files) -> dataSets.put(name, DataSet.of(name, files)));
    evaluators.addAll(new Resolver(plan, dataSets, workers).evaluators());
    createSinks();
    Fingerprints fingerprints = new Fingerprints(dataSets.values(), plan.options().hashInputs());
    for (DataSet data : dataSets.values()) {
      pass(data);
    }
    List<EvaluationResult> results = evaluators.stream().map(this::finish).toList();
    List<CheckResult> checks = plan.checks().stream().map(check -> check(check, results)).toList();
    sinks.values().forEach(bySet -> bySet.values().forEach(Sink::commit));
    return new Report(
        plan.title(),
        fingerprints.provenance(
            started, (System.nanoTime() - start) * 1e-9, threads, plan.options()),
        results,
        checks,
        Checklist.of(results, plan.facts()));
  }

  private void createSinks() {
    for (Evaluator evaluator : evaluators) {
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
        String suffix = evaluator.sets().size() == 1 ? "" : "-" + set;
        Path file = directory.resolve("%s%s.%s".formatted(evaluator.task().name(), suffix, format));
        sinks
            .computeIfAbsent(evaluator, e -> new LinkedHashMap<>())
            .put(set, Sinks.create(file, schema, plan.options().replace()));
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
          "%s: found %s, expected a directory that can be written"
              .formatted(directory, e.getMessage()),
          e);
    }
  }

  private static List<ColumnType> rowSchema(Evaluator evaluator, String set) {
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
                  io.lanewise.batch.DType.FLOAT64,
                  1));
    }
    return schema;
  }

  private void pass(DataSet data) {
    List<Pass.RowWork> rowWork = new ArrayList<>();
    List<Pass.SampleWork> sampleWork = new ArrayList<>();
    SequencedSet<String> columns = new LinkedHashSet<>();
    for (Evaluator evaluator : evaluators) {
      evaluator
          .setsOn(data.name())
          .forEach((set, binding) -> {
            columns.addAll(binding.columns().values());
            evaluator.by().stream()
                .map(Bins::column)
                .filter(name -> data.schema().stream().anyMatch(c -> c.name().equals(name)))
                .forEach(columns::add);
            if (evaluator.objective() instanceof SampleMetric metric) {
              SampleState state =
                  sampleStates.computeIfAbsent(evaluator, e -> new SampleState(e, metric));
              sampleWork.add(new Pass.SampleWork(state, set, binding));
            } else {
              rowWork.add(
                  new Pass.RowWork(
                      evaluator, set, binding, sinks.getOrDefault(evaluator, Map.of()).get(set)));
            }
          });
    }
    if (rowWork.isEmpty() && sampleWork.isEmpty()) {
      return;
    }
    List<String> wanted = List.copyOf(columns);
    Pass pass =
        new Pass(data, rowWork, sampleWork, plan.progress(), data.rowCount(wanted).orElse(-1));
    List<RowState> states = pass.run(wanted, batchRows(data, columns), threads);
    for (int i = 0; i < states.size(); i++) {
      rowStates
          .computeIfAbsent(rowWork.get(i).evaluator(), e -> new LinkedHashMap<>())
          .put(rowWork.get(i).set(), states.get(i));
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

  private EvaluationResult finish(Evaluator evaluator) {
    Descriptor descriptor = evaluator.descriptor();
    SequencedMap<String, EvaluationResult.Input> inputs = new LinkedHashMap<>();
    evaluator
        .sets()
        .forEach((set, binding) ->
            inputs.put(
                set,
                new EvaluationResult.Input(
                    evaluator.task().data().getOrDefault(set, ""), binding.columns())));
    SequencedMap<String, RowCounts> rows = new LinkedHashMap<>();
    SampleMetric.Finished finished;
    List<Breakdown> breakdowns = List.of();
    double seconds;
    SampleState state = sampleStates.get(evaluator);
    if (state != null) {
      rows.putAll(state.counts());
      finished = finish(evaluator, state);
      sinks
          .getOrDefault(evaluator, Map.of())
          .forEach((set, sink) -> sink.write(state.outputs(set)));
      seconds = state.seconds();
    } else {
      Map<String, RowState> states = rowStates.getOrDefault(evaluator, Map.of());
      states.forEach((set, rowState) -> rows.put(set, rowState.counts()));
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

  private static SampleMetric.Finished finish(Evaluator evaluator, SampleState state) {
    try {
      return state.finish();
    } catch (IllegalArgumentException e) {
      throw new io.lanewise.source.DataException(
          "evaluation '%s'".formatted(evaluator.task().name()), String.valueOf(e.getMessage()), e);
    }
  }

  private static List<Measure> measures(Evaluator evaluator, Map<String, RowState> states) {
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
    dataSets.values().forEach(DataSet::close);
    workers.close();
  }
}
