package io.lanewise.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What the bytes of a CSV file tell before DuckDB reads them.
///
/// @param mayHoldPrefixes whether `0x` or `0b` is anywhere in the file, in any case
/// @param loneReturn the first line that ends with a carriage return alone although other lines end
///   with a line feed, counted from 1; 0 if there is none
/// @param otherEnd the first line that does not end as the header does; 0 if there is none
record CsvScan(boolean mayHoldPrefixes, long loneReturn, long otherEnd) {
  private enum End {
    RETURN,
    FEED,
    BOTH
  }

  /// Reads the whole file.
  ///
  /// @throws java.io.UncheckedIOException if it cannot be read
  static CsvScan of(Path file) {
    byte[] buffer = new byte[1 << 16];
    Lines lines = new Lines();
    boolean prefixes = false;
    byte before = 0;
    try (InputStream bytes = Files.newInputStream(file)) {
      for (int length = bytes.read(buffer); length >= 0; length = bytes.read(buffer)) {
        for (int i = 0; i < length; i++) {
          byte b = buffer[i];
          if (before == '\r' && b != '\n') {
            lines.end(End.RETURN);
          }
          if (b == '\n') {
            lines.end(before == '\r' ? End.BOTH : End.FEED);
          }
          lines.quoted ^= b == '"';
          prefixes |= before == '0' && ((b | 0x20) == 'x' || (b | 0x20) == 'b');
          before = b;
        }
      }
      if (before == '\r') {
        lines.end(End.RETURN);
      }
      return new CsvScan(prefixes, lines.feeds ? lines.loneReturn : 0, lines.otherEnd);
    } catch (IOException e) {
      throw Mapping.unreadable(file, e);
    }
  }

  /// Counts lines as an editor does, and looks at the ends of those that are not within quotes.
  private static final class Lines {
    private boolean quoted;
    private long line = 1;
    private @Nullable End first;
    private boolean feeds;
    private long loneReturn;
    private long otherEnd;

    private void end(End end) {
      if (!quoted) {
        first = first == null ? end : first;
        feeds |= end != End.RETURN;
        loneReturn = loneReturn == 0 && end == End.RETURN ? line : loneReturn;
        otherEnd = otherEnd == 0 && end != first ? line : otherEnd;
      }
      line++;
    }
  }
}
