package io.lanewise.objective;

import io.lanewise.Evaluation;
import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Rows made by a test, written to Arrow files and evaluated from there by the whole engine.
public final class Table {
  private final Map<String, Object> columns = new LinkedHashMap<>();
  private int rows;

  /// One integer a row.
  public Table with(String name, long... values) {
    return put(name, values, values.length);
  }

  /// One text a row.
  public Table with(String name, String... values) {
    return put(name, values, values.length);
  }

  /// A sequence of integers a row.
  public Table sequences(String name, long[]... values) {
    return put(name, List.of(values), values.length);
  }

  /// One number a row.
  public Table with(String name, double... values) {
    return put(name, values, values.length);
  }

  /// A vector a row, all of one length.
  public Table vectors(String name, double[]... values) {
    return put(name, values, values.length);
  }

  /// A sequence a row.
  public Table sequences(String name, double[]... values) {
    return put(name, List.of(values), values.length);
  }

  private Table put(String name, Object values, int count) {
    columns.put(name, values);
    rows = count;
    return this;
  }

  /// These rows in another order.
  public Table inOrder(int... order) {
    Table result = new Table();
    columns.forEach((name, values) -> result.put(name, pick(values, order), order.length));
    return result;
  }

  private static Object pick(Object values, int[] order) {
    return switch (values) {
      case long[] v -> Arrays.stream(order).mapToLong(i -> v[i]).toArray();
      case String[] v -> Arrays.stream(order).mapToObj(i -> v[i]).toArray(String[]::new);
      case double[] v -> Arrays.stream(order).mapToDouble(i -> v[i]).toArray();
      case double[][] v -> Arrays.stream(order).mapToObj(i -> v[i]).toArray(double[][]::new);
      case List<?> v -> Arrays.stream(order).<Object>mapToObj(v::get).toList();
      default -> throw new AssertionError(values);
    };
  }

  /// Writes rows `[from, to)`.
  public Path write(Path file, int from, int to) {
    Table part = inOrder(IntStream.range(from, to).toArray());
    List<Column> result = new ArrayList<>();
    part.columns.forEach((name, values) -> result.add(column(name, values)));
    try (Sink sink = Sinks.create(file, result.stream().map(Column::describe).toList(), true)) {
      sink.write(new Batch(0, part.rows, result, () -> {}));
      sink.commit();
    }
    return file;
  }

  private static Column column(String name, Object values) {
    return switch (values) {
      case long[] v ->
          new ScalarColumn(name, DType.INT64, v.length, MemorySegment.ofArray(v), Validity.ALL);
      case String[] v -> new TextColumn(name, v.length, List.of(v), Validity.ALL);
      case double[] v ->
          new ScalarColumn(name, DType.FLOAT64, v.length, MemorySegment.ofArray(v), Validity.ALL);
      case double[][] v ->
          new VectorColumn(
              name,
              DType.FLOAT64,
              v.length,
              v[0].length,
              memory(List.of(v)),
              Validity.ALL,
              Validity.ALL);
      case List<?> v -> {
        long[] offsets = new long[v.size() + 1];
        for (int i = 0; i < v.size(); i++) {
          offsets[i + 1] = offsets[i] + Array.getLength(v.get(i));
        }
        boolean integers = v.getFirst() instanceof long[];
        yield new SequenceColumn(
            name,
            integers ? DType.INT64 : DType.FLOAT64,
            v.size(),
            offsets,
            0,
            memory(v),
            Validity.ALL,
            Validity.ALL);
      }
      default -> throw new AssertionError(name);
    };
  }

  private static MemorySegment memory(List<?> rows) {
    if (rows.getFirst() instanceof long[]) {
      return MemorySegment.ofArray(
          rows.stream().flatMapToLong(row -> Arrays.stream((long[]) row)).toArray());
    }
    return MemorySegment.ofArray(
        rows.stream().flatMapToDouble(row -> Arrays.stream((double[]) row)).toArray());
  }

  /// Evaluates a task over the rows, split into `files` files, by `threads` threads in batches of
  /// `batchRows` rows (0: as the engine likes).
  public EvaluationResult evaluate(Task task, int files, int threads, int batchRows) {
    return inFolder(folder -> run(task, Policy.FAIL, files, threads, batchRows, folder));
  }

  /// Evaluates a task over the rows.
  public EvaluationResult evaluate(Task task) {
    return evaluate(task, 1, 1, 0);
  }

  /// Evaluates a task over the rows by that policy.
  public EvaluationResult evaluate(Task task, Policy policy) {
    return inFolder(folder -> run(task, policy, 1, 1, 0, folder));
  }

  /// Which rows of a task's row file are null.
  public boolean[] nulls(Task task, String output) {
    return inFolder(folder -> nulls(task, output, folder));
  }

  private boolean[] nulls(Task task, String output, Path directory) {
    run(task.outputs(List.of(output)).rows("arrow"), Policy.PROPAGATE, 1, 1, 0, directory);
    try (DataSet data = DataSet.of(directory.resolve(task.name() + ".arrow").toString());
        Cursor cursor = data.read(List.of(output), Integer.MAX_VALUE);
        Batch batch = Objects.requireNonNull(cursor.next())) {
      Validity validity = Objects.requireNonNull(batch.column(output)).validity();
      boolean[] nulls = new boolean[batch.rows()];
      for (int i = 0; i < nulls.length; i++) {
        nulls[i] = !validity.isValid(i);
      }
      return nulls;
    }
  }

  /// A per-row output of a task; vectors one after the other.
  public double[] output(Task task, String output) {
    return inFolder(folder -> output(task, output, folder));
  }

  private double[] output(Task task, String output, Path directory) {
    run(task.outputs(List.of(output)).rows("arrow"), Policy.PROPAGATE, 1, 1, 0, directory);
    try (DataSet data = DataSet.of(directory.resolve(task.name() + ".arrow").toString());
        Cursor cursor = data.read(List.of(output), Integer.MAX_VALUE);
        Batch batch = Objects.requireNonNull(cursor.next())) {
      return switch (Objects.requireNonNull(batch.column(output))) {
        case ScalarColumn scalar -> values(scalar.data());
        case VectorColumn vector -> values(vector.data());
        case Column other -> throw new AssertionError(other.describe().signature());
      };
    }
  }

  private static double[] values(MemorySegment data) {
    double[] values = new double[Math.toIntExact(data.byteSize() / Double.BYTES)];
    MemorySegment.copy(data, 0, MemorySegment.ofArray(values), 0, data.byteSize());
    return values;
  }

  private EvaluationResult run(
      Task task, Policy policy, int files, int threads, int batchRows, Path directory) {
    String[] names = new String[files];
    for (int f = 0; f < files; f++) {
      Path file = directory.resolve("part" + f + ".arrow");
      write(file, (int) ((long) rows * f / files), (int) ((long) rows * (f + 1) / files));
      names[f] = file.toString();
    }
    return Objects.requireNonNull(
        Evaluation.builder()
            .data("rows", names)
            .evaluate(task)
            .policy(policy)
            .threads(threads)
            .batchRows(batchRows)
            .hashInputs(false)
            .output(directory, true)
            .build()
            .run()
            .evaluation(task.name()));
  }

  /// What is made of a folder that is then deleted.
  private static <R> R inFolder(Function<Path, R> work) {
    try {
      Path folder = Files.createTempDirectory("lanewise-table");
      try {
        return work.apply(folder);
      } finally {
        try (Stream<Path> all = Files.walk(folder)) {
          all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
