package io.lanewise.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Finds the line of a CSV file that a cell begins in. Rows and lines differ where a quoted cell
/// holds line breaks, and where lines are empty.
final class CsvLines {
  private final BufferedReader reader;
  private final char separator;
  private final boolean oneColumn;
  private long line = 1;

  private CsvLines(BufferedReader reader, char separator, boolean oneColumn) {
    this.reader = reader;
    this.separator = separator;
    this.oneColumn = oneColumn;
  }

  /// The line, counted from 1, that a cell begins in.
  ///
  /// @param row counted from 1, the header being none
  /// @param column counted from 0
  /// @param columns how many there are: with more than one, empty lines are no rows
  static long of(Path file, char separator, long row, int column, int columns) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      CsvLines lines = new CsvLines(reader, separator, columns == 1);
      for (long i = 0; i < row; i++) {
        lines.skipRow();
      }
      return lines.lineOfCell(column);
    } catch (IOException e) {
      throw Mapping.unreadable(file, e);
    }
  }

  private void skipRow() throws IOException {
    skipEmptyLines();
    boolean quoted = false;
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      quoted ^= c == '"';
      if (endsLine(c) && !quoted) {
        return;
      }
    }
  }

  private long lineOfCell(int column) throws IOException {
    skipEmptyLines();
    boolean quoted = false;
    for (int left = column; left > 0; ) {
      int c = reader.read();
      if (c < 0) {
        return line;
      }
      quoted ^= c == '"';
      endsLine(c);
      left -= c == separator && !quoted ? 1 : 0;
    }
    return line;
  }

  private void skipEmptyLines() throws IOException {
    while (!oneColumn) {
      reader.mark(1);
      if (!endsLine(reader.read())) {
        reader.reset();
        return;
      }
    }
  }

  /// Whether a character ends a line. One of `\r\n` takes both.
  private boolean endsLine(int c) throws IOException {
    if (c == '\r') {
      reader.mark(1);
      if (reader.read() != '\n') {
        reader.reset();
      }
    }
    boolean ends = c == '\n' || c == '\r';
    line += ends ? 1 : 0;
    return ends;
  }
}
