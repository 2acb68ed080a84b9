package io.lanewise.objective;

/// The threads and the memory that an objective may use when it works on whole sets of rows.
///
/// Work is cut into numbered tasks that write to places of their own, so that nothing depends on
/// which thread took which task; what tasks found is put together in the order of their numbers.
public interface Workers {
  /// The calling thread alone, and 2 GiB.
  Workers CALLER =
      new Workers() {
        @Override
        public int threads() {
          return 1;
        }

        @Override
        public long memoryBytes() {
          return DEFAULT_MEMORY_BYTES;
        }

        @Override
        public void forEach(String what, long tasks, Task task) {
          for (long i = 0; i < tasks; i++) {
            task.run(i);
          }
        }
      };

  /// What an objective may hold unless somebody says otherwise: 2 GiB.
  long DEFAULT_MEMORY_BYTES = 2L << 30;

  /// How many tasks may run at once.
  int threads();

  /// How many bytes an objective may hold at once, beside the batches it is given.
  long memoryBytes();

  /// Runs tasks `0` to `tasks - 1`, several at once, each once; returns when all are done. The
  /// calling thread takes part, and does a single task itself.
  ///
  /// @param what said of the work where its progress is shown
  /// @throws java.util.concurrent.CancellationException if the thread is interrupted; tasks that
  ///   have begun are completed
  /// @throws RuntimeException what a task threw
  void forEach(String what, long tasks, Task task);

  /// Begins tasks that [#forEach] would complete: those that other threads can take meanwhile are
  /// under way when this returns, the rest is done by who waits for them. What they read and write
  /// is theirs until then.
  ///
  /// @param what said of the work where its progress is shown
  /// @return to be joined; what a task throws is thrown there
  default Running start(String what, long tasks, Task task) {
    return () -> forEach(what, tasks, task);
  }

  /// Refuses work that needs more memory than there may be.
  ///
  /// @param needed bytes
  /// @throws IllegalArgumentException if that is more than [#memoryBytes()]
  default void require(long needed) {
    if (needed > memoryBytes()) {
      throw new IllegalArgumentException(
          "memory: found a need of %d MiB, expected at most %d MiB; raise the option 'memory' or give fewer rows"
              .formatted(needed + (1 << 20) - 1 >> 20, memoryBytes() >> 20));
    }
  }

  /// Tasks that were begun.
  @FunctionalInterface
  interface Running {
    /// Takes part in what is left, and returns when all are done. To be called once, by any thread.
    ///
    /// @throws java.util.concurrent.CancellationException if the thread is interrupted
    /// @throws RuntimeException what a task threw
    void join();
  }

  /// One task.
  @FunctionalInterface
  interface Task {
    /// Does task number `index`.
    void run(long index);
  }
}
