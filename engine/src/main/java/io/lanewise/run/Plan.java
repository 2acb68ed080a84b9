package io.lanewise.run;

import io.lanewise.kernel.Precision;
import io.lanewise.objective.Workers;
import io.lanewise.source.Reading;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// All that a run is to do.
///
/// @param title of the report
/// @param data the files or globs of each data set
/// @param tasks the evaluations
/// @param checks bounds on their measures
/// @param facts what the checklist asks for and no file tells: `sampling-steps`,
///   `sampling-seconds`, `latent-inspection`
/// @param options how to run
/// @param progress whom to tell
public record Plan(
    String title,
    SequencedMap<String, List<String>> data,
    List<Task> tasks,
    List<Check> checks,
    SequencedMap<String, String> facts,
    Options options,
    Progress progress) {
  /// The facts that a plan may state.
  public static final List<String> FACTS =
      List.of("sampling-steps", "sampling-seconds", "latent-inspection");

  public Plan {
    data = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(data));
    tasks = List.copyOf(tasks);
    checks = List.copyOf(checks);
    facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
  }

  /// How to run.
  ///
  /// @param threads worker threads; 0 for one a core
  /// @param batchRows the largest number of rows of a batch; 0 to choose by size
  /// @param policy what to do about nulls and non-finite numbers
  /// @param output where files with per-row outputs go, or null
  /// @param replace whether existing files there are replaced
  /// @param hashInputs whether inputs are hashed
  /// @param memoryBytes how much an evaluation may hold at once beside its batches
  /// @param precision what float32 data is computed in where float64 costs most
  /// @param state the file that the states go to, or null
  /// @param mapped whether input files are memory-mapped ([Reading])
  public record Options(
      int threads,
      int batchRows,
      Policy policy,
      @Nullable Path output,
      boolean replace,
      boolean hashInputs,
      long memoryBytes,
      Precision precision,
      @Nullable Path state,
      boolean mapped) {
    /// One thread a core, batches by size, failing on the first bad row, 2 GiB.
    public static final Options DEFAULT =
        new Options(
            0,
            0,
            Policy.FAIL,
            null,
            false,
            true,
            Workers.DEFAULT_MEMORY_BYTES,
            Precision.DOUBLE,
            null,
            true);

    public Options {
      if (threads < 0 || batchRows < 0) {
        throw new IllegalArgumentException(
            "found threads %d and batch rows %d, expected 0 or more".formatted(threads, batchRows));
      }
      if (memoryBytes <= 0) {
        throw new IllegalArgumentException(
            "memory: found %d bytes, expected more than 0".formatted(memoryBytes));
      }
    }

    /// The same with another number of threads.
    public Options withThreads(int newThreads) {
      return new Options(
          newThreads,
          batchRows,
          policy,
          output,
          replace,
          hashInputs,
          memoryBytes,
          precision,
          state,
          mapped);
    }

    /// The same with another batch size.
    public Options withBatchRows(int newBatchRows) {
      return new Options(
          threads,
          newBatchRows,
          policy,
          output,
          replace,
          hashInputs,
          memoryBytes,
          precision,
          state,
          mapped);
    }

    /// The same with another policy.
    public Options withPolicy(Policy newPolicy) {
      return new Options(
          threads,
          batchRows,
          newPolicy,
          output,
          replace,
          hashInputs,
          memoryBytes,
          precision,
          state,
          mapped);
    }

    /// The same with another output directory.
    public Options withOutput(Path directory, boolean replaceFiles) {
      return new Options(
          threads,
          batchRows,
          policy,
          directory,
          replaceFiles,
          hashInputs,
          memoryBytes,
          precision,
          state,
          mapped);
    }

    /// The same, hashing inputs or not.
    public Options withHashInputs(boolean hash) {
      return new Options(
          threads, batchRows, policy, output, replace, hash, memoryBytes, precision, state, mapped);
    }

    /// The same in another precision.
    public Options withPrecision(Precision newPrecision) {
      return new Options(
          threads,
          batchRows,
          policy,
          output,
          replace,
          hashInputs,
          memoryBytes,
          newPrecision,
          state,
          mapped);
    }

    /// The same within another amount of memory.
    public Options withMemoryBytes(long bytes) {
      return new Options(
          threads, batchRows, policy, output, replace, hashInputs, bytes, precision, state, mapped);
    }

    /// The same, mapping input files into memory or reading them into it.
    public Options withMapped(boolean mapFiles) {
      return new Options(
          threads,
          batchRows,
          policy,
          output,
          replace,
          hashInputs,
          memoryBytes,
          precision,
          state,
          mapFiles);
    }

    /// How input files are read.
    Reading reading() {
      return new Reading(mapped, memoryBytes);
    }

    /// The same, writing the states to a file; [#replace] says whether it may replace one.
    public Options withState(Path file) {
      return new Options(
          threads,
          batchRows,
          policy,
          output,
          replace,
          hashInputs,
          memoryBytes,
          precision,
          file,
          mapped);
    }

    /// The same, replacing existing files or not.
    public Options withReplace(boolean replaceFiles) {
      return new Options(
          threads,
          batchRows,
          policy,
          output,
          replaceFiles,
          hashInputs,
          memoryBytes,
          precision,
          state,
          mapped);
    }
  }
}
