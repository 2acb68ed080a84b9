package io.lanewise.objective;

/// The threads and the memory that an objective may use when it works on whole sets of rows.
///
/// Work is cut into numbered tasks, each of which writes to its own place. Their results are
/// combined in the order of their numbers. So nothing depends on which thread took which task.
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

  /// The default memory of an objective: 2 GiB.
  long DEFAULT_MEMORY_BYTES = 2L << 30;

  /// How many tasks may run at once.
  int threads();

  /// How many bytes an objective may hold at once, beside the batches it is given.
  long memoryBytes();

  /// Runs tasks `0` to `tasks - 1`, several at once, each once; returns when all are done. The
  /// calling thread takes part, and does a single task itself.
  ///
  /// @param what how the progress display names the work
  /// @throws java.util.concurrent.CancellationException if the thread is interrupted; tasks that
  ///   have begun are completed
  /// @throws RuntimeException what a task threw
  void forEach(String what, long tasks, Task task);

  /// Starts tasks on the other threads. `join()` helps finish the rest. Until it returns, do not
  /// touch what the tasks use.
  ///
  /// @param what said of the work where its progress is shown
  /// @return to be joined; what a task throws is thrown there
  default Running start(String what, long tasks, Task task) {
    return () -> forEach(what, tasks, task);
  }

  /// Refuses work that needs more memory than is allowed.
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

  /// Tasks that were started.
  @FunctionalInterface
  interface Running {
    /// Helps with the remaining tasks and returns when all are done. Any thread may call it, once.
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
