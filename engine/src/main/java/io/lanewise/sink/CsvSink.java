package io.lanewise.sink;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.VectorColumn;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// A CSV file with a header row. A vector column `x` becomes columns `x[0]`, `x[1]`, …; numbers
/// have as many digits as it takes to read the same number back; null is an empty field, so a null
/// vector reads back as a vector of nulls.
public final class CsvSink implements Sink {
  private final Columns columns;
  private final StagedFile file;
  private final Writer writer;

  CsvSink(Path out, List<ColumnType> schema, boolean replace) {
    String name = out.toString();
    this.columns = new Columns(name, schema);
    List<String> header = new ArrayList<>();
    for (ColumnType type : schema) {
      if (type.shape() == Shape.SEQUENCE) {
        throw new IllegalArgumentException(
            "%s: column '%s': found %s, expected rows of one length; .arrow and .parquet hold both"
                .formatted(name, type.name(), type.signature()));
      }
      if (type.shape() == Shape.VECTOR) {
        for (int i = 0; i < type.width(); i++) {
          header.add(type.name() + "[" + i + "]");
        }
      } else {
        header.add(type.name());
      }
    }
    if (new HashSet<>(header).size() < header.size()) {
      throw new IllegalArgumentException(
          name + ": found a column named like an element of a vector, expected different names");
    }
    this.file = new StagedFile(out, replace);
    this.writer =
        Channels.newWriter(
            StagedFile.create(file.partial()), StandardCharsets.UTF_8.newEncoder(), 1 << 16);
    StringBuilder line = new StringBuilder();
    for (String column : header) {
      separate(line);
      appendText(line, column);
    }
    write(line);
  }

  @Override
  public void write(Batch batch) {
    List<Column> found = columns.of(batch);
    StringBuilder line = new StringBuilder();
    for (int row = 0; row < batch.rows(); row++) {
      line.setLength(0);
      for (Column column : found) {
        append(line, column, row);
      }
      write(line);
    }
  }

  private void append(StringBuilder line, Column column, int row) {
    boolean valid = column.validity().isValid(row);
    switch (column) {
      case ScalarColumn scalar -> {
        separate(line);
        if (valid) {
          appendNumber(line, scalar, row);
        }
      }
      case VectorColumn vector -> {
        ScalarColumn elements =
            new ScalarColumn(
                vector.name(),
                vector.type(),
                vector.rows() * vector.width(),
                vector.data(),
                vector.elements());
        for (int i = row * vector.width(); i < (row + 1) * vector.width(); i++) {
          separate(line);
          if (valid && vector.elements().isValid(i)) {
            appendNumber(line, elements, i);
          }
        }
      }
      case TextColumn text -> {
        separate(line);
        if (valid) {
          appendText(line, text.values().get(row));
        }
      }
      case SequenceColumn _ ->
          throw new IllegalStateException("column '" + column.name() + "' is a sequence");
    }
  }

  /// Marks where a field begins: each is preceded by a comma, and the line's first one is cut off.
  private static void separate(StringBuilder line) {
    line.append(',');
  }

  private static void appendNumber(StringBuilder line, ScalarColumn column, int i) {
    if (column.type().isInteger()) {
      line.append(column.getLong(i));
      return;
    }
    double value = column.getDouble(i);
    if (Double.isNaN(value)) {
      line.append("nan");
    } else if (Double.isInfinite(value)) {
      line.append(value > 0 ? "inf" : "-inf");
    } else if (column.type() == DType.FLOAT32) {
      line.append((float) value);
    } else {
      line.append(value);
    }
  }

  private static void appendText(StringBuilder line, String text) {
    boolean quote =
        text.isEmpty()
            || text.isBlank()
            || text.chars().anyMatch(c -> ",;\t\"\n\r".indexOf(c) >= 0)
            || !text.strip().equals(text);
    if (quote) {
      line.append('"').append(text.replace("\"", "\"\"")).append('"');
    } else {
      line.append(text);
    }
  }

  private void write(StringBuilder line) {
    try {
      writer.append(line, 1, line.length()).append('\n');
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    }
  }

  @Override
  public void commit() {
    try {
      writer.close();
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    }
    file.commit();
  }

  @Override
  public void close() {
    try (file;
        writer) {
      // Closes the writer, then removes what was not committed.
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    }
  }
}
