package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.Evaluation;
import io.lanewise.GoldenTest;
import io.lanewise.Session;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.SampleMetric;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Task;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.source.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.compare.VectorEqualsVisitor;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What holds of a session, on the golden cases of every objective: it says what the run over files
/// says, to the last bit, however its rows come.
class SessionLawsTest {
  /// A case as files, as batches, and what the run over the files gave.
  private record Prepared(
      GoldenTest.Case golden,
      Plan plan,
      SequencedMap<String, VectorSchemaRoot> data,
      Path folder,
      Report expected)
      implements AutoCloseable {
    Session session(int threads) {
      Session.Builder builder = Session.builder().policy(plan.options().policy()).threads(threads);
      data.forEach(
          (name, root) -> builder.data(name, root.getSchema()).rows(name, root.getRowCount()));
      plan.tasks().forEach(task -> builder.evaluate(task.rows(null)));
      return builder.build();
    }

    Objective objective() {
      return Objectives.get(golden.objective());
    }

    boolean isOfRows() {
      return !(objective() instanceof SampleMetric);
    }

    String id() {
      return objective().descriptor().id();
    }

    /// Batches of so many rows, in order.
    ///
    /// @param from in thousandths of the rows of each set
    /// @param to the same
    void feed(Session session, int rows, long from, long to) {
      data.forEach((name, root) -> {
        int end = (int) (root.getRowCount() * to / 1000);
        for (int at = (int) (root.getRowCount() * from / 1000); at < end; at += rows) {
          try (VectorSchemaRoot batch = root.slice(at, Math.min(rows, end - at))) {
            session.update(name, batch, at);
          }
        }
      });
    }

    @Override
    public void close() {
      data.values().forEach(VectorSchemaRoot::close);
    }
  }

  /// What has been seen by the laws, so that none of them holds of nothing.
  private record Seen(Set<String> objectives, Set<String> written, Set<String> stored) {}

  @TestFactory
  Stream<DynamicTest> aSessionSaysWhatTheRunSays(@TempDir Path temp) {
    Seen seen = new Seen(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    List<GoldenTest.Case> cases = GoldenTest.cases();
    return Stream.concat(
        IntStream.range(0, cases.size())
            .mapToObj(i ->
                DynamicTest.dynamicTest(
                    cases.get(i).name(),
                    () -> check(cases.get(i), temp.resolve("case-" + i), seen))),
        Stream.of(
            DynamicTest.dynamicTest(
                "all objectives are seen",
                () -> {
                  assertThat(seen.objectives).hasSize(Objectives.all().size());
                  assertThat(seen.written).hasSizeGreaterThan(40);
                  assertThat(seen.stored).hasSizeGreaterThan(55);
                })));
  }

  private static void check(GoldenTest.Case golden, Path folder, Seen seen) {
    try (BufferAllocator allocator = new RootAllocator();
        Prepared prepared = prepare(golden, folder, allocator)) {
      try {
        prepared.session(1).close();
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).contains("found means over all rows");
        return;
      }
      seen.objectives.add(prepared.id());
      reportsAreEqual(prepared);
      reportsMayBeAskedForAtAnyTime(prepared);
      outputsAreThoseOfTheFile(prepared, allocator, seen);
      partsMergeToTheWhole(prepared, seen);
    }
  }

  private static void reportsAreEqual(Prepared prepared) {
    try (Session session = prepared.session(2)) {
      prepared.feed(session, 3, 0, 1000);
      StateLawsTest.same(session.report(), prepared.expected);
    }
  }

  private static void outputsAreThoseOfTheFile(
      Prepared prepared, BufferAllocator allocator, Seen seen) {
    if (!prepared.isOfRows() || prepared.golden.node().path("rows").isMissingNode()) {
      return;
    }
    try (Session session = prepared.session(1)) {
      prepared.data.forEach((set, root) -> {
        Path file =
            prepared.folder.resolve(
                prepared.data.size() == 1 ? "case.arrow" : "case-" + set + ".arrow");
        if (Files.exists(file)) {
          seen.written.add(prepared.id());
          outputsAreThoseOf(file, session, set, root, allocator);
        }
      });
    }
  }

  private static void outputsAreThoseOf(
      Path file, Session session, String set, VectorSchemaRoot root, BufferAllocator allocator) {
    try (VectorSchemaRoot written = read(file, allocator)) {
      for (int at = 0; at < root.getRowCount(); at += 2) {
        int count = Math.min(2, root.getRowCount() - at);
        try (VectorSchemaRoot batch = root.slice(at, count);
            VectorSchemaRoot expected = written.slice(at, count);
            VectorSchemaRoot found = session.update(set, batch, at).of("case", allocator)) {
          same(found, expected);
        }
      }
    }
  }

  /// Arrow's slices call the elements of lists otherwise.
  private static void same(VectorSchemaRoot found, VectorSchemaRoot expected) {
    assertThat(found.getSchema().toString())
        .isEqualTo(expected.getSchema().toString().replace("$data$", "item"));
    assertThat(found.getRowCount()).isEqualTo(expected.getRowCount());
    for (FieldVector vector : found.getFieldVectors()) {
      assertThat(
              VectorEqualsVisitor.vectorEquals(
                  vector, expected.getVector(vector.getName()), (one, other) -> true))
          .as("%s: found %s, expected %s", vector.getName(), vector, expected)
          .isTrue();
    }
  }

  private static void reportsMayBeAskedForAtAnyTime(Prepared prepared) {
    try (Session session = prepared.session(1)) {
      tried(session);
      prepared.feed(session, 1000, 0, 500);
      tried(session);
      tried(session);
      isStored(session);
      prepared.feed(session, 1000, 500, 1000);
      StateLawsTest.same(session.report(), session.report());
      if (prepared.data.size() == 1 || prepared.isOfRows()) {
        StateLawsTest.same(session.report(), prepared.expected);
      }
    }
  }

  /// Too few rows may have no report.
  private static void tried(Session session) {
    try {
      session.report();
    } catch (DataException e) {
      assertThat(e).hasMessageContaining("found");
    }
  }

  private static boolean isStored(Session session) {
    try {
      session.toBytes();
      return true;
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage())
          .containsAnyOf("cannot be written to a file (it keeps ", "a file that may not be there");
      return false;
    }
  }

  private static void partsMergeToTheWhole(Prepared prepared, Seen seen) {
    try (Session all = prepared.session(1);
        Session first = all.fresh();
        Session second = all.fresh();
        Session third = all.fresh()) {
      prepared.feed(first, 1000, 0, 300);
      prepared.feed(second, 1000, 300, 700);
      prepared.feed(third, 1000, 700, 1000);
      List<byte[]> states =
          isStored(all) ? List.of(first.toBytes(), second.toBytes(), third.toBytes()) : List.of();
      all.merge(first);
      second.merge(third);
      all.merge(second);
      Report merged = all.report();
      close(prepared, merged);
      if (!states.isEmpty()) {
        seen.stored.add(prepared.id());
        mergedFromBytes(prepared, states, merged);
      }
    }
  }

  private static void mergedFromBytes(Prepared prepared, List<byte[]> states, Report merged) {
    try (Session plan = prepared.session(1);
        Session a = plan.load(states.get(0));
        Session b = plan.load(states.get(1));
        Session c = plan.load(states.get(2))) {
      b.merge(c);
      a.merge(b);
      StateLawsTest.same(a.report(), merged);
      try (Session again = plan.load(a.toBytes())) {
        StateLawsTest.same(again.report(), merged);
      }
    }
  }

  /// To the last bit for what is of rows; a metric's own page says which of its sums are exact.
  private static void close(Prepared prepared, Report merged) {
    if (prepared.isOfRows()) {
      StateLawsTest.same(merged, prepared.expected);
      return;
    }
    assertThat(merged.evaluations().getFirst().rows())
        .isEqualTo(prepared.expected.evaluations().getFirst().rows());
    for (Measure measure : prepared.expected.evaluations().getFirst().measures()) {
      double expected = measure.value();
      double found =
          Objects.requireNonNull(merged.evaluations().getFirst().measure(measure.name())).value();
      if (Double.compare(found, expected) != 0) {
        assertThat(Math.abs(found - expected))
            .as("%s: found %s, expected %s", measure.name(), found, expected)
            .isLessThanOrEqualTo(1e-9 * Math.abs(expected) + 1e-12);
      }
    }
  }

  private static Prepared prepare(GoldenTest.Case golden, Path folder, BufferAllocator allocator) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Evaluation.Builder builder = Evaluation.builder().hashInputs(false).output(folder, false);
    Task task = GoldenTest.prepare(golden, folder, builder);
    JsonNode rows = golden.node().path("rows");
    if (!rows.isMissingNode()) {
      List<String> outputs = new ArrayList<>();
      rows.propertyNames().forEach(outputs::add);
      task = task.outputs(outputs).rows("arrow");
    }
    Evaluation evaluation = builder.evaluate(task).threads(1).build();
    SequencedMap<String, VectorSchemaRoot> data = new LinkedHashMap<>();
    evaluation
        .plan()
        .data()
        .forEach((name, files) -> data.put(name, read(Path.of(files.getFirst()), allocator)));
    return new Prepared(golden, evaluation.plan(), data, folder, evaluation.run());
  }

  /// The one batch of a file, as Arrow reads it.
  private static VectorSchemaRoot read(Path file, BufferAllocator allocator) {
    try (FileChannel channel = FileChannel.open(file);
        ArrowFileReader reader = new ArrowFileReader(channel, allocator)) {
      reader.loadNextBatch();
      VectorSchemaRoot read = reader.getVectorSchemaRoot();
      VectorSchemaRoot kept = VectorSchemaRoot.create(read.getSchema(), allocator);
      try (ArrowRecordBatch batch = new VectorUnloader(read).getRecordBatch()) {
        new VectorLoader(kept).load(batch);
      }
      return kept;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
