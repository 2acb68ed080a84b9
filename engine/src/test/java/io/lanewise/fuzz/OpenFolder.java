package io.lanewise.fuzz;

import io.lanewise.source.Source;
import io.lanewise.source.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A sound file beside the damaged ones that is open all the time: files of one folder share a
/// DuckDB, which is what takes the time.
final class OpenFolder implements AutoCloseable {
  /// A damaged file may break the database; files after that one start their own until another one
  /// is kept open.
  private static final int RENEW = 500;

  private @Nullable Source open;
  private int asked;

  /// To be called before each file.
  void keep(Path file) {
    if (asked++ % RENEW != 0) {
      return;
    }
    Source before = open;
    try {
      Path sound = file.resolveSibling("sound.csv");
      Files.writeString(sound, "a\n1\n");
      open = Sources.open(sound.toString(), Rows.READING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (before != null) {
      before.close();
    }
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
