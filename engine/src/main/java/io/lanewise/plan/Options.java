package io.lanewise.plan;

import io.lanewise.kernel.Precision;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How a plan is run. Immutable; [#toBuilder] starts a changed copy.
public final class Options {
  /// The default memory of an evaluation: 2 GiB.
  public static final long DEFAULT_MEMORY_BYTES = 2L << 30;

  /// One thread a core, batches by size, failing on the first bad row, 2 GiB.
  public static final Options DEFAULT = builder().build();

  private final int threads;
  private final int batchRows;
  private final Policy policy;
  private final @Nullable Path output;
  private final boolean replace;
  private final InputHash inputHash;
  private final long memoryBytes;
  private final Precision precision;
  private final @Nullable Path state;
  private final boolean mapped;

  private Options(Builder builder) {
    threads = builder.threads;
    batchRows = builder.batchRows;
    policy = builder.policy;
    output = builder.output;
    replace = builder.replace;
    inputHash = builder.inputHash;
    memoryBytes = builder.memoryBytes;
    precision = builder.precision;
    state = builder.state;
    mapped = builder.mapped;
    if (threads < 0 || batchRows < 0) {
      throw new IllegalArgumentException(
          "found threads %d and batch rows %d, expected 0 or more".formatted(threads, batchRows));
    }
    if (memoryBytes <= 0) {
      throw new IllegalArgumentException(
          "memory: found %d bytes, expected more than 0".formatted(memoryBytes));
    }
  }

  /// A builder with the default of each option.
  public static Builder builder() {
    return new Builder();
  }

  /// A builder with these options.
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.threads = threads;
    builder.batchRows = batchRows;
    builder.policy = policy;
    builder.output = output;
    builder.replace = replace;
    builder.inputHash = inputHash;
    builder.memoryBytes = memoryBytes;
    builder.precision = precision;
    builder.state = state;
    builder.mapped = mapped;
    return builder;
  }

  /// The number of worker threads; 0 for one a core.
  public int threads() {
    return threads;
  }

  /// The largest number of rows of a batch; 0 to choose by size.
  public int batchRows() {
    return batchRows;
  }

  /// What to do about nulls and non-finite numbers.
  public Policy policy() {
    return policy;
  }

  /// The directory for files with per-row outputs, or null.
  public @Nullable Path output() {
    return output;
  }

  /// Whether output files that exist are replaced.
  public boolean replace() {
    return replace;
  }

  /// What identifies the bytes of inputs.
  public InputHash inputHash() {
    return inputHash;
  }

  /// How many bytes an evaluation may hold at once beside its batches.
  public long memoryBytes() {
    return memoryBytes;
  }

  /// The type in which float32 data is computed where float64 costs most.
  public Precision precision() {
    return precision;
  }

  /// The file for the states, or null.
  public @Nullable Path state() {
    return state;
  }

  /// Whether input files are memory-mapped.
  public boolean mapped() {
    return mapped;
  }

  /// Collects options.
  public static final class Builder {
    private int threads;
    private int batchRows;
    private Policy policy = Policy.FAIL;
    private @Nullable Path output;
    private boolean replace;
    private InputHash inputHash = InputHash.CHUNK_CRC;
    private long memoryBytes = DEFAULT_MEMORY_BYTES;
    private Precision precision = Precision.DOUBLE;
    private @Nullable Path state;
    private boolean mapped = true;

    private Builder() {}

    /// Sets [Options#threads].
    public Builder threads(int newThreads) {
      threads = newThreads;
      return this;
    }

    /// Sets [Options#batchRows].
    public Builder batchRows(int newBatchRows) {
      batchRows = newBatchRows;
      return this;
    }

    /// Sets [Options#policy].
    public Builder policy(Policy newPolicy) {
      policy = newPolicy;
      return this;
    }

    /// Sets [Options#output].
    public Builder output(@Nullable Path directory) {
      output = directory;
      return this;
    }

    /// Sets [Options#replace].
    public Builder replace(boolean replaceFiles) {
      replace = replaceFiles;
      return this;
    }

    /// Sets [Options#inputHash].
    public Builder inputHash(InputHash hash) {
      inputHash = hash;
      return this;
    }

    /// Sets [Options#memoryBytes].
    public Builder memoryBytes(long bytes) {
      memoryBytes = bytes;
      return this;
    }

    /// Sets [Options#precision].
    public Builder precision(Precision newPrecision) {
      precision = newPrecision;
      return this;
    }

    /// Sets [Options#state].
    public Builder state(@Nullable Path file) {
      state = file;
      return this;
    }

    /// Sets [Options#mapped].
    public Builder mapped(boolean mapFiles) {
      mapped = mapFiles;
      return this;
    }

    /// The options.
    ///
    /// @throws IllegalArgumentException if a number is out of its range
    public Options build() {
      return new Options(this);
    }
  }
}
