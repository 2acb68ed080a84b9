package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.Evaluation;
import io.lanewise.plan.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run whose thread is interrupted.
class InterruptedRunTest {
  private static final int ROWS = 2000;

  @TempDir Path folder;

  @Test
  void endsSoonAndLeavesNoFile() throws IOException {
    Path file = Files.writeString(folder.resolve("rows.csv"), "mu,logvar\n" + "1,0\n".repeat(ROWS));
    Path out = Files.createDirectory(folder.resolve("out"));
    Thread caller = Thread.currentThread();
    AtomicLong done = new AtomicLong();
    Evaluation evaluation =
        Evaluation.builder()
            .data("rows", file.toString())
            .evaluate(Task.of("kl").rows("arrow"))
            .hashInputs(false)
            .threads(2)
            .batchRows(1)
            .output(out, false)
            .progress((data, rows, total) -> {
              done.set(rows);
              caller.interrupt();
              // All rows would take two seconds.
              LockSupport.parkNanos(1_000_000);
            })
            .build();

    assertThatThrownBy(evaluation::run).isInstanceOf(CancellationException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(done.get()).isBetween(1L, ROWS - 1L);
    assertThat(out).isEmptyDirectory();
  }
}
