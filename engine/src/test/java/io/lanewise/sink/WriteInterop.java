package io.lanewise.sink;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Writes the files that `data/interop/check.sh` has others read. Not part of the tests: its name
/// does not match, and without the property it does nothing.
class WriteInterop {
  private static final int ROWS = 100;
  private static final int WIDTH = 3;

  @Test
  @EnabledIfSystemProperty(named = "lanewise.interop", matches = ".+")
  void write() throws IOException {
    Path dir = Path.of(System.getProperty("lanewise.interop"));
    Files.createDirectories(dir);
    List<Column> numbers = new ArrayList<>();
    List<Column> all = new ArrayList<>();
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64)) {
      numbers.add(scalar("scalar " + type, type, Validity.ALL));
      numbers.add(vector("vector " + type, type, Validity.ALL));
    }
    all.addAll(numbers);
    all.add(scalar("scalar int32?", DType.INT32, everyFifth()));
    all.add(vector("vector float64?", DType.FLOAT64, everyFifth()));
    all.add(list("list float32", Validity.ALL));
    all.add(list("list float32?", everyFifth()));
    all.add(text("text", Validity.ALL));
    all.add(text("text?", everyFifth()));
    write(dir.resolve("all.arrow"), all, ROWS);
    write(dir.resolve("all.arrows"), all, ROWS);
    write(dir.resolve("all.parquet"), all, ROWS);
    write(dir.resolve("empty.arrow"), all, 0);
    write(dir.resolve("all.npz"), numbers, ROWS);
    write(dir.resolve("vector.npy"), numbers.subList(1, 2), ROWS);
    write(dir.resolve("empty.npy"), numbers.subList(1, 2), 0);
    write(dir.resolve("all.csv"), numbers, ROWS);
  }

  private static void write(Path out, List<Column> columns, int rows) {
    List<ColumnType> types = columns.stream().map(Column::describe).toList();
    try (Sink sink = Sinks.create(out, types, true)) {
      for (int at = 0; at < rows; at += 33) {
        int from = at;
        int count = Math.min(33, rows - at);
        sink.write(
            new Batch(
                at,
                count,
                columns.stream().map(column -> column.slice(from, count)).toList(),
                () -> {}));
      }
      sink.commit();
    }
  }

  private static Validity everyFifth() {
    MemorySegment bits = MemorySegment.ofArray(new byte[ROWS / 8 + 1]);
    for (int r = 0; r < ROWS; r++) {
      byte old = bits.get(java.lang.foreign.ValueLayout.JAVA_BYTE, r >> 3);
      bits.set(
          java.lang.foreign.ValueLayout.JAVA_BYTE,
          r >> 3,
          (byte) (r % 5 == 4 ? old : old | 1 << (r & 7)));
    }
    return new Validity(bits, 0);
  }

  private static ScalarColumn scalar(String name, DType type, Validity validity) {
    return new ScalarColumn(name, type, ROWS, data(type, ROWS, 1), validity);
  }

  private static VectorColumn vector(String name, DType type, Validity validity) {
    return new VectorColumn(
        name, type, ROWS, WIDTH, data(type, ROWS, WIDTH), validity, Validity.ALL);
  }

  private static SequenceColumn list(String name, Validity validity) {
    long[] offsets = new long[ROWS + 1];
    for (int r = 0; r < ROWS; r++) {
      offsets[r + 1] = offsets[r] + r % 4;
    }
    MemorySegment data = MemorySegment.ofArray(new byte[4 * (int) offsets[ROWS]]);
    for (int r = 0; r < ROWS; r++) {
      for (int j = 0; j < r % 4; j++) {
        set(data, DType.FLOAT32, offsets[r] + j, 10 * r + j - 7);
      }
    }
    return new SequenceColumn(name, DType.FLOAT32, ROWS, offsets, 0, data, validity, Validity.ALL);
  }

  private static TextColumn text(String name, Validity validity) {
    return new TextColumn(
        name, ROWS, IntStream.range(0, ROWS).mapToObj(r -> "row " + r + " λ").toList(), validity);
  }

  private static MemorySegment data(DType type, int rows, int width) {
    MemorySegment data = MemorySegment.ofArray(new byte[rows * width * type.bytes()]);
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < width; j++) {
        set(data, type, (long) r * width + j, 10 * r + j - 7);
      }
    }
    return data;
  }

  private static void set(MemorySegment data, DType type, long i, int value) {
    switch (type) {
      case FLOAT32 -> data.set(JAVA_FLOAT_UNALIGNED, 4 * i, value);
      case FLOAT64 -> data.set(JAVA_DOUBLE_UNALIGNED, 8 * i, value);
      case INT32 -> data.set(JAVA_INT_UNALIGNED, 4 * i, value);
      case INT64 -> data.set(JAVA_LONG_UNALIGNED, 8 * i, value);
      case TEXT -> throw new IllegalStateException();
    }
  }
}
