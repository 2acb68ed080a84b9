package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Names;
import io.lanewise.kernel.Kernels;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Options;
import io.lanewise.plan.Plan;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Progress;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.bind.Resolver;
import io.lanewise.run.state.StateBytes;
import io.lanewise.run.state.StateHeader;
import io.lanewise.run.state.StateSupport;
import io.lanewise.sink.ArrowRows;
import io.lanewise.source.ArrowBatches;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.jspecify.annotations.Nullable;

/// Runs a plan over batches that somebody hands over: the other way to a report, beside [Runner].
/// It drives the same step for each batch.
///
/// Every method may be called by one thread at a time, and refuses a second one.
public final class BatchRunner implements AutoCloseable {
  private static final String PLACE = "session";
  private static final SecureRandom NUMBERS = new SecureRandom();

  private final Bound bound;
  private final List<TaskRun> runs;
  private final SequencedMap<String, Input> inputs = new LinkedHashMap<>();
  private final AtomicReference<@Nullable Thread> working = new AtomicReference<>();
  private final Instant started = Instant.now();
  private final long start = System.nanoTime();

  /// What this session is called in states, so that its rows count once.
  private final long number = NUMBERS.nextLong();

  /// The sessions whose rows came here by merging and loading, and their runs.
  private final Set<Long> merged = new LinkedHashSet<>();

  private final List<Provenance.Run> mergedRuns = new ArrayList<>();

  /// Whether each row came with its index.
  private boolean indexed = true;

  private boolean closed;
  private @Nullable String broken;

  /// The batch that was counted in last, and its number; none if it was refused.
  private @Nullable String lastData;

  private long batches;
  private boolean hasOwnRows;

  /// What sessions of one plan share.
  private record Bound(
      Plan plan,
      Map<String, ArrowBatches> data,
      List<BoundTask> tasks,
      List<Provenance.InputFile> parameterFiles,
      int threads,
      WorkerPool workers,
      AtomicInteger sessions) {}

  /// A data set: what is read of its batches, what is done with each, and how far it is.
  private static final class Input {
    final ArrowBatches arrow;
    final List<String> columns;
    final Set<String> keys;
    final BatchStep step;
    long next;
    long rows;

    Input(ArrowBatches arrow, List<String> columns, Set<String> keys, BatchStep step) {
      this.arrow = arrow;
      this.columns = columns;
      this.keys = keys;
      this.step = step;
    }
  }

  private BatchRunner(Bound bound) {
    this.bound = bound;
    runs = bound.tasks.stream().map(TaskRun::of).toList();
    SequencedMap<TaskRun, RowFiles> noFiles = new LinkedHashMap<>();
    runs.forEach(run -> noFiles.put(run, new RowFiles()));
    bound.data.forEach((name, shared) -> {
      ArrowBatches arrow = shared.copy();
      inputs.put(name, new Input(arrow, List.of(), Set.of(), new BatchStep(List.of(), List.of())));
      // Nobody knows how many rows there will be, so all columns are read together.
      for (Reads reads : Reads.of(arrow, noFiles)) {
        List<RowState> anyOrder = new ArrayList<>();
        List<Feed.InOrder> inOrder = new ArrayList<>();
        for (Feed feed : reads.feeds()) {
          switch (feed) {
            case Feed.AnyOrder rows -> anyOrder.add(rows.state());
            case Feed.InOrder rows -> inOrder.add(rows);
          }
        }
        inputs.put(
            name,
            new Input(arrow, reads.columns(), reads.keys(), new BatchStep(anyOrder, inOrder)));
      }
    });
  }

  /// Finds what a plan names in the batches that there will be.
  ///
  /// @throws IllegalArgumentException for a mistake in the plan
  public static BatchRunner of(Plan plan, SequencedMap<String, ArrowBatches> data) {
    int threads =
        plan.options().threads() == 0
            ? Runtime.getRuntime().availableProcessors()
            : plan.options().threads();
    WorkerPool workers = new WorkerPool(threads, plan.options().memoryBytes(), Progress.NONE);
    boolean done = false;
    try {
      Resolver resolver = new Resolver(plan, data, workers);
      List<BoundTask> tasks = resolver.tasks();
      for (int i = 0; i < tasks.size(); i++) {
        requireOneLook(tasks.get(i), data, "evaluate[%d]".formatted(i));
      }
      BatchRunner runner =
          new BatchRunner(
              new Bound(
                  plan,
                  data,
                  tasks,
                  Origins.described(resolver.parameterFiles(), Map.of(), Map.of()),
                  threads,
                  workers,
                  new AtomicInteger(1)));
      done = true;
      return runner;
    } finally {
      if (!done) {
        workers.close();
      }
    }
  }

  /// Refuses what has to see all rows first, and what only files have.
  private static void requireOneLook(BoundTask task, Map<String, ArrowBatches> data, String path) {
    String problem = null;
    for (Bins bins : task.by()) {
      if (bins.edgesDependOnData()) {
        problem =
            "found bins by '%s' whose edges follow from all rows, expected bins with a range"
                .formatted(bins.by());
      } else if (task.task().data().values().stream()
          .map(data::get)
          .noneMatch(d ->
              d != null && d.schema().stream().anyMatch(c -> c.name().equals(bins.column())))) {
        problem =
            "found 'by' %s, expected a column: batches come from no file".formatted(bins.column());
      }
    }
    if (task.blockMeans() != null) {
      problem =
          "found means over all rows as part of the result, expected parameters that do without";
    }
    if (task.task().rowFormat() != null) {
      problem =
          "found row format '%s', expected none: outputs are asked for with each batch"
              .formatted(task.task().rowFormat());
    }
    if (problem != null) {
      throw new PlanException("evaluation '%s'".formatted(task.task().name()), path, problem, null);
    }
  }

  /// The plan.
  public Plan plan() {
    return bound.plan;
  }

  /// Another one of the same plan, which has seen nothing.
  public BatchRunner fresh() {
    return alone(this::another);
  }

  private BatchRunner another() {
    BatchRunner other = new BatchRunner(bound);
    bound.sessions.incrementAndGet();
    return other;
  }

  /// Does something while no other thread does.
  private <T> T alone(Supplier<T> work) {
    Thread other = working.compareAndExchange(null, Thread.currentThread());
    if (other != null) {
      throw new IllegalStateException(
          "%s: found a call by thread '%s' while thread '%s' is at work in it, expected one thread at a time; give each thread its own, by fresh()"
              .formatted(PLACE, Thread.currentThread().getName(), other.getName()));
    }
    try {
      if (closed) {
        throw new IllegalStateException(
            PLACE
                + ": found it closed, expected an open one; closed ones, and those that were merged into another, take no calls");
      }
      if (broken != null) {
        throw new IllegalStateException(
            "%s: found rows that were counted in part when this went wrong: %s; expected a session without, from fresh() or the last state"
                .formatted(PLACE, broken));
      }
      return work.get();
    } finally {
      working.set(null);
    }
  }

  /// Counts a batch in.
  ///
  /// @param firstRow the index of its first row; -1 for that after the last one
  /// @return the number of the batch, for [#outputs]
  /// @throws IllegalArgumentException for a name that no data set has
  /// @throws io.lanewise.source.DataException for a batch that cannot be used; nothing of it counts
  public long update(
      String data, VectorSchemaRoot root, long firstRow, DictionaryProvider dictionaries) {
    return alone(() -> {
      Input input = inputs.get(data);
      if (input == null) {
        throw Names.unknown("data set", data, inputs.keySet());
      }
      long first = firstRow < 0 ? input.next : firstRow;
      long next = Math.addExact(first, root.getRowCount());
      lastData = null;
      batches++;
      boolean shared = bound.threads > 1;
      try (Batch batch =
          input.arrow.batch(root, dictionaries, first, input.columns, input.keys, shared)) {
        input.step.evaluate(batch);
        input.step.readInOrder(batch);
        count(() -> {
          input.step.add();
          input.step.addInOrder();
        });
      }
      indexed &= firstRow >= 0 || input.rows > 0;
      input.next = next;
      input.rows += root.getRowCount();
      hasOwnRows = true;
      lastData = data;
      return batches;
    });
  }

  /// Adds rows. What goes wrong now leaves sums that nobody can use.
  private void count(Runnable add) {
    try {
      add.run();
    } catch (RuntimeException | Error e) {
      broken = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw e;
    }
  }

  /// The per-row outputs of an evaluation for a batch.
  ///
  /// @param batch its number, from [#update]
  /// @param evaluation the name of the evaluation
  /// @param set the set of rows; null for the only one that the batch's data set is
  /// @return the caller's, who closes it
  /// @throws IllegalStateException if another batch has come since
  /// @throws IllegalArgumentException if there are no such outputs
  public VectorSchemaRoot outputs(
      long batch, String evaluation, @Nullable String set, BufferAllocator allocator) {
    return alone(() -> {
      String data = lastData;
      if (batch != batches || data == null) {
        throw new IllegalStateException(
            PLACE + ": found outputs of a batch that another one has followed, expected the last");
      }
      RowTaskRun run = rowRun(evaluation);
      Collection<String> sets = run.task().setsOn(data).sequencedKeySet();
      if (set == null ? sets.size() != 1 : !sets.contains(set)) {
        throw new IllegalArgumentException(
            "evaluation '%s': found outputs of %s, expected those of one of the sets %s, which read '%s'"
                .formatted(
                    evaluation, set == null ? "no set" : "set '%s'".formatted(set), sets, data));
      }
      Batch outputs = run.state(set == null ? sets.iterator().next() : set).outputs();
      return ArrowRows.root(List.copyOf(outputs.columns().values()), outputs.rows(), allocator);
    });
  }

  private RowTaskRun rowRun(String evaluation) {
    for (TaskRun run : runs) {
      if (run.task().task().name().equals(evaluation)) {
        if (run instanceof RowTaskRun rows) {
          return rows;
        }
        throw new IllegalArgumentException(
            "evaluation '%s': found a sample metric, whose results are those of all rows, expected an objective or a transform of rows"
                .formatted(evaluation));
      }
    }
    throw Names.unknown(
        "evaluation", evaluation, runs.stream().map(run -> run.task().task().name()).toList());
  }

  /// Adds what another one of the same plan has seen, as if its rows had followed, and closes it.
  ///
  /// @throws IllegalArgumentException if it is of another plan, or rows would count twice; then
  ///   neither has changed
  public void merge(BatchRunner later) {
    if (later == this) {
      throw new IllegalArgumentException(PLACE + ": found itself to merge, expected another one");
    }
    alone(() ->
        later.alone(() -> {
          add(later);
          later.end();
          return later;
        }));
  }

  private void add(BatchRunner later) {
    if (!later.bound.equals(bound)) {
      header().requireSame(PLACE, later.header(), "the other session");
    }
    requireNotTwice(later.parts());
    if (rows() > 0 && later.rows() > 0 && !(indexed && later.indexed)) {
      bound.tasks.forEach(task ->
          StateSupport.requireAnyIndex(
              task, "batches that come with the index of their first row"));
    }
    count(() -> {
      for (int i = 0; i < runs.size(); i++) {
        runs.get(i).merge(later.runs.get(i));
      }
    });
    take(later.parts(), later.hasOwnRows ? later.allRuns() : later.mergedRuns, later.indexed);
    later.inputs.forEach((name, theirs) -> {
      Input mine = Objects.requireNonNull(inputs.get(name));
      mine.rows += theirs.rows;
      mine.next = Math.max(mine.next, theirs.next);
    });
    lastData = null;
  }

  private void requireNotTwice(Collection<Long> parts) {
    Set<Long> mine = new HashSet<>(parts());
    if (parts.stream().anyMatch(mine::contains)) {
      throw new IllegalArgumentException(
          PLACE + ": found rows of a session that are in both, expected each once");
    }
  }

  private void take(Collection<Long> parts, List<Provenance.Run> theirs, boolean theirsIndexed) {
    merged.addAll(parts);
    mergedRuns.addAll(theirs);
    indexed &= theirsIndexed;
  }

  private long rows() {
    return inputs.values().stream().mapToLong(input -> input.rows).sum();
  }

  /// The numbers of the sessions whose rows are here.
  private List<Long> parts() {
    return Stream.concat(merged.stream(), hasOwnRows ? Stream.of(number) : Stream.empty()).toList();
  }

  private List<Provenance.Run> allRuns() {
    return Stream.concat(mergedRuns.stream(), Stream.of(provenance(List.of()).run())).toList();
  }

  /// What has been seen, for [#load].
  ///
  /// @throws IllegalArgumentException if the state of an evaluation cannot be written
  public byte[] toBytes() {
    return alone(() -> {
      bound.tasks.forEach(StateSupport::requireStorable);
      return StateBytes.write(
          header(),
          new StateBytes.Rows(parts(), indexed),
          (fields, i) -> runs.get(i).fields(fields));
    });
  }

  /// Another one of the same plan, which has seen what a state has.
  ///
  /// @throws IllegalArgumentException if the state is of another plan
  /// @throws io.lanewise.source.DataException if it is no state, damaged, or of another version
  public BatchRunner load(byte[] state) {
    return alone(() -> {
      StateBytes bytes = StateBytes.read("state", state);
      header().requireSame(PLACE, bytes.header(), "state");
      BatchRunner loaded = another();
      boolean done = false;
      try {
        bytes.load((fields, i) -> loaded.runs.get(i).fields(fields));
        loaded.take(bytes.rows().parts(), bytes.header().runs(), bytes.rows().indexed());
        bytes
            .header()
            .inputs()
            .forEach((name, files) -> {
              Input input = loaded.inputs.get(name);
              if (input != null) {
                input.rows = files.stream().mapToLong(Provenance.InputFile::rows).sum();
                input.next = input.rows;
              }
            });
        done = true;
        return loaded;
      } finally {
        if (!done) {
          loaded.close();
        }
      }
    });
  }

  /// The results of all rows so far. More may follow.
  ///
  /// @throws io.lanewise.source.DataException if they admit no answer
  public Report report() {
    return alone(() -> {
      List<EvaluationResult> results = new ArrayList<>();
      for (TaskRun run : runs) {
        results.add(Results.of(run.task(), run.finish(new RowFiles()), List.of()));
      }
      return Results.report(
          bound.plan,
          results,
          Results.checks(bound.plan, results),
          provenance(
              mergedRuns.isEmpty() ? List.of() : hasOwnRows ? allRuns() : List.copyOf(mergedRuns)),
          seconds());
    });
  }

  private StateHeader header() {
    return StateHeader.of(
        bound.plan,
        bound.tasks,
        provenance(mergedRuns.isEmpty() || hasOwnRows ? allRuns() : List.copyOf(mergedRuns)));
  }

  private Provenance provenance(List<Provenance.Run> of) {
    Map<String, List<Provenance.InputFile>> files = new LinkedHashMap<>();
    inputs.forEach((name, input) ->
        files.put(
            name,
            List.of(
                new Provenance.InputFile("batches", "arrow-batches", -1, input.rows, null, null))));
    Options options = bound.plan.options();
    Set<String> kernels = new LinkedHashSet<>();
    mergedRuns.forEach(run -> kernels.add(run.kernels()));
    if (hasOwnRows || kernels.isEmpty()) {
      kernels.add(Kernels.active().in(options.precision()).name());
    }
    return Origins.provenance(
        started,
        seconds(),
        bound.threads,
        options,
        String.join(", ", kernels),
        files,
        bound.parameterFiles,
        of);
  }

  private double seconds() {
    return (System.nanoTime() - start) * 1e-9;
  }

  /// Ends it. Whoever is at work in it goes first.
  ///
  /// @throws IllegalStateException if another thread is at work in it
  @Override
  public void close() {
    if (!closed) {
      Thread other = working.compareAndExchange(null, Thread.currentThread());
      if (other != null) {
        throw new IllegalStateException(
            "%s: found it to be closed while thread '%s' is at work in it, expected to close it after"
                .formatted(PLACE, other.getName()));
      }
      try {
        end();
      } finally {
        working.set(null);
      }
    }
  }

  private void end() {
    if (!closed) {
      closed = true;
      if (bound.sessions.decrementAndGet() == 0) {
        bound.workers.close();
      }
    }
  }
}
