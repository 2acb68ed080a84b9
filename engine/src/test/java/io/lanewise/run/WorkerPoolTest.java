package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.objective.Workers;
import io.lanewise.plan.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerPoolTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void everyTaskRunsOnce(int threads) {
    AtomicIntegerArray runs = new AtomicIntegerArray(1000);
    List<Long> told = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void rows(String dataSet, long rowsDone, long rowsTotal) {}

          @Override
          public void work(String what, long done, long total) {
            told.add(done);
          }
        };
    try (WorkerPool pool = new WorkerPool(threads, 1, progress)) {
      pool.forEach("counting", 1000, i -> runs.incrementAndGet((int) i));
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(runs.get(i)).isEqualTo(1);
    }
    assertThat(told).hasSize(1000).isSorted().last().isEqualTo(1000L);
  }

  @Test
  void aSingleTaskIsTheCallers() {
    List<Thread> threads = new ArrayList<>();
    try (WorkerPool pool = new WorkerPool(4, 1, Progress.NONE)) {
      pool.forEach("one", 1, i -> threads.add(Thread.currentThread()));
    }
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void whatWasBegunIsDoneWhenJoined(int threads) {
    AtomicIntegerArray runs = new AtomicIntegerArray(1000);
    try (WorkerPool pool = new WorkerPool(threads, 1, Progress.NONE)) {
      Workers.Running first = pool.start("counting", 500, i -> runs.incrementAndGet((int) i));
      Workers.Running second =
          pool.start("counting", 500, i -> runs.incrementAndGet(500 + (int) i));
      second.join();
      first.join();
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(runs.get(i)).isEqualTo(1);
    }
  }

  @Test
  void tasksRunWhileNobodyWaits() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(3);
    try (WorkerPool pool = new WorkerPool(2, 1, Progress.NONE)) {
      Workers.Running running = pool.start("counting", 3, i -> done.countDown());
      assertThat(done.await(1, TimeUnit.MINUTES)).isTrue();
      running.join();
    }
  }

  @Test
  void aFailureIsThrownWhenJoined() {
    try (WorkerPool pool = new WorkerPool(2, 1, Progress.NONE)) {
      Workers.Running running =
          pool.start(
              "failing",
              1_000_000_000,
              i -> {
                throw new IllegalArgumentException("task");
              });
      assertThatThrownBy(running::join)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("task");
    }
  }

  @Test
  void aFailureEndsTheRest() {
    AtomicIntegerArray runs = new AtomicIntegerArray(1);
    try (WorkerPool pool = new WorkerPool(2, 1, Progress.NONE)) {
      assertThatThrownBy(() ->
              pool.forEach(
                  "failing",
                  1_000_000_000,
                  i -> {
                    runs.incrementAndGet(0);
                    throw new IllegalArgumentException("task");
                  }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("task");
    }
    assertThat(runs.get(0)).isLessThanOrEqualTo(2);
  }

  @Test
  void anInterruptionCancels() {
    try (WorkerPool pool = new WorkerPool(2, 1, Progress.NONE)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> pool.forEach("waiting", 1_000_000_000, i -> {}))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void tooGreatANeedIsRefused() {
    try (WorkerPool pool = new WorkerPool(1, 1 << 20, Progress.NONE)) {
      pool.require(1 << 20);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> pool.require((1 << 20) + 1))
          .withMessageContaining("found a need of 2 MiB, expected at most 1 MiB");
    }
  }
}
