package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.Evaluation;
import io.lanewise.GoldenTest;
import io.lanewise.batch.Batch;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.Parameters;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.objective.Workers;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Report;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.bind.Resolver;
import io.lanewise.run.state.FieldBytes;
import io.lanewise.run.state.LoadedFields;
import io.lanewise.run.state.SavedFields;
import io.lanewise.run.state.StateSupport;
import io.lanewise.sink.ArchiveSink;
import io.lanewise.source.ArchiveFile;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What holds of every state, on the golden cases of every objective: a field that is forgotten
/// shows here.
class StateLawsTest {
  /// The metrics whose states keep rows, always or with some parameters, and do not go to files.
  private static final Set<String> KEEP_ROWS =
      Set.of(
          "energy-distance",
          "feature-likelihood",
          "frechet-distance",
          "inception-score",
          "kernel-inception-distance",
          "maximum-mean-discrepancy",
          "data-copying",
          "memorization",
          "mode-coverage",
          "pairwise-distance",
          "precision-recall",
          "sliced-wasserstein");

  private static final AtomicInteger FILES = new AtomicInteger();

  private record Law(GoldenTest.Case golden, Path folder) {
    Law {
      try {
        Files.createDirectories(folder);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    /// Broken down by file, so that states of groups are exercised too.
    Evaluation.Builder builder() {
      Evaluation.Builder builder = Evaluation.builder().hashInputs(false);
      return builder.evaluate(GoldenTest.prepare(golden, folder, builder).by(Bins.values("file")));
    }

    Objective objective() {
      return Objectives.get(golden.objective());
    }
  }

  private static Stream<Law> laws(Path temp) {
    List<GoldenTest.Case> cases = GoldenTest.cases();
    return IntStream.range(0, cases.size())
        .mapToObj(i -> new Law(cases.get(i), temp.resolve("case-" + i)));
  }

  @TestFactory
  Stream<DynamicTest> aReportFromAStateIsTheReport(@TempDir Path temp) {
    Set<String> exercised = new TreeSet<>();
    return Stream.concat(
        laws(temp)
            .map(law ->
                DynamicTest.dynamicTest(
                    law.golden.name(),
                    () -> {
                      Path state = law.folder.resolve("case.state");
                      Report expected;
                      try {
                        expected = law.builder().state(state, false).build().run();
                      } catch (IllegalArgumentException e) {
                        assertThat(e.getMessage())
                            .containsAnyOf(
                                KEEP_ROWS.contains(law.golden.objective())
                                    ? "cannot be written to a file (it keeps "
                                    : "depend on a row's place",
                                "follow from all rows",
                                "means over all rows",
                                "a file that may not be there");
                        return;
                      }
                      exercised.add(law.golden.objective());
                      same(Evaluation.merge(state), expected);
                    })),
        Stream.of(
            DynamicTest.dynamicTest(
                "nearly all objectives are exercised",
                () -> assertThat(exercised).hasSizeGreaterThan(35))));
  }

  static void same(Report found, Report expected) {
    assertThat(found.title()).isEqualTo(expected.title());
    assertThat(found.checks()).isEqualTo(expected.checks());
    assertThat(found.checklist()).isEqualTo(expected.checklist());
    assertThat(found.evaluations()).hasSameSizeAs(expected.evaluations());
    for (int i = 0; i < expected.evaluations().size(); i++) {
      EvaluationResult was = expected.evaluations().get(i);
      EvaluationResult is = found.evaluations().get(i);
      assertThat(is.objective()).isEqualTo(was.objective());
      assertThat(is.inputs()).isEqualTo(was.inputs());
      assertThat(is.parameters()).isEqualTo(was.parameters());
      assertThat(is.rows()).isEqualTo(was.rows());
      assertThat(is.measures()).isEqualTo(was.measures());
      assertThat(is.arrays()).isEqualTo(was.arrays());
      assertThat(is.breakdowns()).isEqualTo(was.breakdowns());
      assertThat(is.verdicts()).isEqualTo(was.verdicts());
    }
  }

  @TestFactory
  Stream<DynamicTest> aStateFromAFileGoesOnAsTheOneThatWasWritten(@TempDir Path temp) {
    return laws(temp)
        .filter(law -> law.objective() instanceof SampleMetric)
        .map(law -> DynamicTest.dynamicTest(law.golden.name(), () -> goesOn(law)));
  }

  private static void goesOn(Law law) {
    Plan plan = law.builder().build().plan();
    Map<String, DataSet> data = new LinkedHashMap<>();
    plan.data().forEach((name, files) -> data.put(name, DataSet.of(name, files)));
    try {
      BoundTask task = new Resolver(plan, data, Workers.CALLER).tasks().getFirst();
      if (keepsRows(law, task)) {
        return;
      }
      SampleState straight = half(task, data, 0, newState(task));
      half(task, data, 1, straight);
      SampleState resumed = half(task, data, 1, reloaded(law, task, half(task, data, 0)));
      assertThat(outcome(resumed)).isEqualTo(outcome(straight));

      SampleState merged = half(task, data, 0);
      merged.merge(half(task, data, 1));
      SampleState mergedFromFiles = reloaded(law, task, half(task, data, 0));
      mergedFromFiles.merge(reloaded(law, task, half(task, data, 1)));
      assertThat(outcome(mergedFromFiles)).isEqualTo(outcome(merged));

      SampleState twice = reloaded(law, task, reloaded(law, task, merged));
      assertThat(outcome(twice)).isEqualTo(outcome(merged));

      SampleState intoNothing = newState(task);
      intoNothing.merge(straight);
      intoNothing.merge(newState(task));
      assertThat(outcome(intoNothing)).isEqualTo(outcome(straight));
    } finally {
      data.values().forEach(DataSet::close);
    }
  }

  private static boolean keepsRows(Law law, BoundTask task) {
    try {
      newState(task).fields(new FieldBytes());
      return false;
    } catch (UnsupportedOperationException e) {
      assertThat(KEEP_ROWS).contains(law.golden.objective());
      return true;
    }
  }

  private static SampleState newState(BoundTask task) {
    return new SampleState(task, (SampleMetric) task.objective());
  }

  private static SampleState half(BoundTask task, Map<String, DataSet> data, int which) {
    return half(task, data, which, newState(task));
  }

  /// Feeds the first or the second half of every set, row by row.
  private static SampleState half(
      BoundTask task, Map<String, DataSet> dataSets, int which, SampleState state) {
    task.sets()
        .forEach((set, binding) -> {
          DataSet data =
              Objects.requireNonNull(dataSets.get(task.task().data().getOrDefault(set, "")));
          List<String> columns = binding.columnNames();
          long middle = (data.rowCount(columns).orElseThrow() + 1) / 2;
          try (Cursor cursor = data.read(columns, 1)) {
            for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
              try (Batch open = batch) {
                if ((open.firstRow() < middle) == (which == 0)) {
                  state.read(set, open);
                  state.add(set);
                }
              }
            }
          }
        });
    return state;
  }

  private static SampleState reloaded(Law law, BoundTask task, SampleState state) {
    Path path = law.folder.resolve("state-" + FILES.incrementAndGet());
    try (ArchiveSink sink = new ArchiveSink(path, false)) {
      state.fields(new SavedFields(sink));
      sink.commit();
    }
    SampleState loaded = newState(task);
    try (ArchiveFile file = ArchiveFile.open(path)) {
      LoadedFields fields = new LoadedFields(file);
      loaded.fields(fields);
      fields.refuseUnread("");
    }
    return loaded;
  }

  /// All that a state says, or why it says nothing.
  private static List<Object> outcome(SampleState state) {
    Map<String, Object> counts = new TreeMap<>(state.counts());
    try {
      SampleMetric.Finished finished = state.finish();
      return List.of(counts, finished, state.breakdowns(finished.measures()));
    } catch (IllegalArgumentException e) {
      return List.of(counts, String.valueOf(e.getMessage()));
    }
  }

  @Test
  void aMetricThatKeepsItsStateIsRefusedBeforeReading() {
    SampleMetric metric = new Unsaved();
    Binding binding =
        new Binding(
            new Parameters(List.of(), Map.of(), text -> text),
            Map.of(),
            Map.of(),
            Set.of(),
            Kernels.active(),
            Workers.CALLER);
    BoundTask task =
        new BoundTask(
            Task.of("unsaved").named("mine"),
            metric,
            new LinkedHashMap<>(),
            binding,
            List.of(),
            Map.of(),
            Policy.FAIL);
    assertThatThrownBy(() -> StateSupport.require(task))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "evaluation 'mine': found objective 'unsaved', whose state cannot be written to a file (it keeps every row), expected another one, or no state file");
  }

  private static final class Unsaved implements SampleMetric {
    @Override
    public Descriptor descriptor() {
      return new Descriptor(
          "unsaved",
          List.of(),
          Family.SAMPLE,
          "",
          "",
          "",
          List.of(RowSet.rows()),
          List.of(),
          List.of());
    }

    @Override
    public State newState(Binding binding) {
      return new State() {
        @Override
        public void update(String set, Rows rows) {}

        @Override
        public void merge(State later) {}

        @Override
        public void fields(StateFields fields) {
          throw StateFields.notStorable("keeps every row");
        }

        @Override
        public Finished finish() {
          return new Finished(List.of(), List.of(), List.of());
        }
      };
    }

    @Override
    public List<String> measures(Binding binding) {
      return List.of();
    }
  }
}
