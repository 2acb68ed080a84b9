package io.lanewise.cli;

import io.lanewise.batch.Quoted;
import io.lanewise.plan.Progress;
import java.util.Locale;

/// One line on the stderr of a terminal that shows progress and disappears at the end. Prints
/// nothing if stderr is not a terminal.
final class ProgressLine implements Progress, AutoCloseable {
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final String ERASE = "\r\033[K";

  private final Terminal terminal;
  private long nextNanos = System.nanoTime() + INTERVAL_NANOS;
  private boolean shown;

  ProgressLine(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void rows(String dataSet, long rowsDone, long rowsTotal) {
    show(dataSet, rowsDone, rowsTotal, "rows");
  }

  @Override
  public void work(String what, long done, long total) {
    show(what, done, total, "parts");
  }

  private void show(String what, long done, long total, String unit) {
    long now = System.nanoTime();
    if (!terminal.interactive() || now - nextNanos < 0) {
      return;
    }
    nextNanos = now + INTERVAL_NANOS;
    shown = true;
    String of = total < 0 ? "" : String.format(Locale.ROOT, " of %,d", total);
    terminal
        .err()
        .printf(Locale.ROOT, "%s%s: %,d%s %s", ERASE, Quoted.capped(what), done, of, unit)
        .flush();
  }

  @Override
  public void close() {
    if (shown) {
      terminal.err().print(ERASE);
      terminal.err().flush();
    }
  }
}
