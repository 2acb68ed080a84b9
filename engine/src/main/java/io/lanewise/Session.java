package io.lanewise;

import io.lanewise.kernel.Precision;
import io.lanewise.plan.Check;
import io.lanewise.plan.Models;
import io.lanewise.plan.Options;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;
import io.lanewise.run.BatchRunner;
import io.lanewise.source.ArrowBatches;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Schema;

/// Evaluates objectives over Arrow batches in memory: the door for pipelines, beside [Evaluation]
/// over files, with the same plan, the same digits and the same report.
///
/// ```java
/// try (Session session =
///     Session.builder()
///         .data("posterior", schema)
///         .evaluate(Task.of("gaussian-kl").on("rows", "posterior"))
///         .build()) {
///   for (VectorSchemaRoot batch : batches) {
///     session.update("posterior", batch);
///   }
///   double kl = session.report().evaluation("gaussian-kl").measure("kl").value();
/// }
/// ```
///
/// **Threads.** One thread at a time may use a session; a call while another thread is at work in
/// it is refused. Many sessions of one plan, from [#fresh], work at once, and [#merge] adds them
/// up: exactly, wherever the objective's page says that parts merge exactly.
///
/// **Rows in part.** A batch that cannot be used changes nothing: it is refused before any of its
/// rows counts, and the session goes on. If something fails later, such as memory, the session says
/// so in every call from then on, rather than give a number of rows in part.
///
/// **Memory.** A batch is read where it lies, without a copy; it stays the caller's, who may change
/// or close it once [#update] has returned. Outputs belong to the caller from the beginning.
/// Arrow's allocator may be any.
public final class Session implements AutoCloseable {
  private static final DictionaryProvider NO_DICTIONARIES =
      new DictionaryProvider.MapDictionaryProvider();

  private final BatchRunner runner;

  private Session(BatchRunner runner) {
    this.runner = runner;
  }

  /// Starts an empty session.
  public static Builder builder() {
    return new Builder();
  }

  /// The plan. Its data sets name no files.
  public Plan plan() {
    return runner.plan();
  }

  /// Another session of the same plan that has seen nothing, for another thread or part of the
  /// rows. It is the caller's to close.
  public Session fresh() {
    return new Session(runner.fresh());
  }

  /// Counts in a batch of a data set. Its rows follow those that this data set had so far.
  ///
  /// @param data the name of the data set
  /// @param batch the caller's; it is not closed, and may be changed once this has returned
  /// @return gives the outputs of its rows
  /// @throws IllegalArgumentException for a name that no data set has
  /// @throws IllegalStateException if the session is closed, or another thread is at work in it
  /// @throws io.lanewise.source.DataException for a batch that does not have the columns of the
  ///   schema, or a row that the policy refuses: `batch: row 5 of 'gaussian-kl': column 'mu' …`.
  ///   Nothing of it has been counted then
  public Outputs update(String data, VectorSchemaRoot batch) {
    return new Outputs(runner.update(data, batch, -1, NO_DICTIONARIES));
  }

  /// The same for a batch whose first row has that index among all rows of the data set. Noise is
  /// drawn by the index, and messages name rows by it.
  ///
  /// @throws IllegalArgumentException also for a negative index
  public Outputs update(String data, VectorSchemaRoot batch, long firstRow) {
    return update(data, batch, firstRow, NO_DICTIONARIES);
  }

  /// The same for a batch with columns that hold places in dictionaries.
  ///
  /// @param dictionaries the caller's, as they are for this batch; an
  ///   [org.apache.arrow.vector.ipc.ArrowReader] is the one of its own batches
  public Outputs update(
      String data, VectorSchemaRoot batch, long firstRow, DictionaryProvider dictionaries) {
    if (firstRow < 0) {
      throw new IllegalArgumentException(
          "session: found a first row of index %d, expected 0 or more".formatted(firstRow));
    }
    return new Outputs(runner.update(data, batch, firstRow, dictionaries));
  }

  /// The per-row outputs of the batch that was counted in last. They are computed with the batch,
  /// and there until the next one comes.
  public final class Outputs {
    private final long batch;

    private Outputs(long batch) {
      this.batch = batch;
    }

    /// The outputs of an evaluation, a row for each row of the batch, null for rows that were left
    /// out. An evaluation of samples has none.
    ///
    /// @param evaluation its name
    /// @param allocator where they are made
    /// @return a new batch, the caller's to close
    /// @throws IllegalArgumentException if there are no such outputs
    /// @throws IllegalStateException if another batch has come since
    public VectorSchemaRoot of(String evaluation, BufferAllocator allocator) {
      return runner.outputs(batch, evaluation, null, allocator);
    }

    /// The same for an evaluation that has several sets of rows in this data set.
    ///
    /// @param set one of the sets
    public VectorSchemaRoot of(String evaluation, String set, BufferAllocator allocator) {
      return runner.outputs(batch, evaluation, set, allocator);
    }
  }

  /// Adds what another session has seen, as if its rows had followed, and closes that session: its
  /// rows are here now. It has to be of the same plan over columns of the same types, but may have
  /// seen other data sets, or none.
  ///
  /// @throws IllegalArgumentException if the plans differ, saying the first difference, if rows are
  ///   in both, or if results depend on indices of rows that were not given. Both are as before
  ///   then
  /// @throws IllegalStateException if one is closed, or another thread is at work in it
  public void merge(Session later) {
    runner.merge(later.runner);
  }

  /// What has been seen so far, as bytes, for [#load] here or anywhere else. Nothing is finished by
  /// it: a part of one row, or of rows of one set alone, is written as it is, and more may follow.
  ///
  /// @throws IllegalArgumentException if an evaluation keeps its rows, so that its state is not
  ///   written
  /// @throws IllegalStateException if the session is closed, or another thread is at work in it
  public byte[] toBytes() {
    return runner.toBytes();
  }

  /// A session of this plan that has seen what a state has; this one stays as it is. The new one is
  /// the caller's to close.
  ///
  /// @param state from [#toBytes] of a session of the same plan
  /// @throws IllegalArgumentException if it is of another plan, saying the first difference
  /// @throws io.lanewise.source.DataException if it is no state, damaged, or of another version
  public Session load(byte[] state) {
    return new Session(runner.load(state));
  }

  /// The results of all rows so far. More may follow.
  ///
  /// @throws io.lanewise.source.DataException if they admit no answer, such as the variance of one
  ///   row; the session goes on
  /// @throws IllegalStateException if the session is closed, or another thread is at work in it
  public Report report() {
    return runner.report();
  }

  /// Ends the session. Batches and outputs are not touched.
  @Override
  public void close() {
    runner.close();
  }

  /// Builds a session.
  public static final class Builder {
    private String title = "Lanewise evaluation";
    private final SequencedMap<String, Schema> data = new LinkedHashMap<>();
    private final Map<String, DictionaryProvider> dictionaries = new HashMap<>();
    private final Map<String, Map<String, Integer>> lengths = new HashMap<>();
    private final Map<String, Long> rows = new HashMap<>();
    private final List<Task> tasks = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();
    private final SequencedMap<String, String> facts = new LinkedHashMap<>();
    private final Options.Builder options = Options.builder().threads(1);

    private Builder() {}

    /// Gives the report a title.
    public Builder title(String newTitle) {
      title = newTitle;
      return this;
    }

    /// Names a data set, whose batches have that schema. They may have other columns beside, and
    /// their columns in another order.
    public Builder data(String name, Schema schema) {
      return data(name, schema, NO_DICTIONARIES);
    }

    /// The same with columns that hold places in dictionaries.
    ///
    /// @param provider knows the types of the values
    /// @throws IllegalArgumentException if there is a data set of that name
    public Builder data(String name, Schema schema, DictionaryProvider provider) {
      if (data.putIfAbsent(name, schema) != null) {
        throw new IllegalArgumentException(
            "data set '%s': found it twice, expected each name once".formatted(name));
      }
      dictionaries.put(name, provider);
      return this;
    }

    /// Says how many elements each list of a column holds that has to be a vector, since its schema
    /// does not. A list of fixed size says so itself.
    public Builder length(String dataSet, String column, int elements) {
      lengths.computeIfAbsent(dataSet, name -> new HashMap<>()).put(column, elements);
      return this;
    }

    /// Says how many rows a data set has in all sessions together. Only what is drawn for a known
    /// number of rows needs it, such as stratified times and NumPy's noise of several steps.
    public Builder rows(String dataSet, long count) {
      rows.put(dataSet, count);
      return this;
    }

    /// Adds an evaluation.
    public Builder evaluate(Task task) {
      tasks.add(task);
      return this;
    }

    /// Adds a check.
    public Builder check(Check check) {
      checks.add(check);
      return this;
    }

    /// States a fact for the checklist that no data contains, such as `sampling-steps`.
    public Builder fact(String name, String value) {
      facts.put(name, value);
      return this;
    }

    /// The threads that share the work on whole sets, in [Session#report] above all. 1 by default:
    /// a pipeline has its own. 0 means one a core.
    public Builder threads(int threads) {
      options.threads(threads);
      return this;
    }

    /// The most bytes that an evaluation of whole sets of rows may hold at once; 2 GiB by default.
    public Builder memory(long bytes) {
      options.memoryBytes(bytes);
      return this;
    }

    /// The type in which exponentials, logarithms, squared errors and covariance products of
    /// float32 data are computed; [Precision#DOUBLE] by default.
    public Builder precision(Precision precision) {
      options.precision(precision);
      return this;
    }

    /// What to do with nulls and non-finite numbers; [Policy#FAIL] by default.
    public Builder policy(Policy policy) {
      options.policy(policy);
      return this;
    }

    /// The session.
    ///
    /// @throws IllegalArgumentException for a mistake of the caller, such as a role without a
    ///   column, and for bins or parameters that need all rows before the first
    /// @throws io.lanewise.source.DataException for a schema with two columns of one name
    public Session build() {
      SequencedMap<String, List<String>> names = new LinkedHashMap<>();
      SequencedMap<String, ArrowBatches> batches = new LinkedHashMap<>();
      data.forEach((name, schema) -> {
        names.put(name, List.of());
        Long count = rows.get(name);
        batches.put(
            name,
            ArrowBatches.of(
                name,
                schema,
                dictionaries.getOrDefault(name, NO_DICTIONARIES),
                lengths.getOrDefault(name, Map.of()),
                count == null ? OptionalLong.empty() : OptionalLong.of(count)));
      });
      return new Session(
          BatchRunner.of(
              new Plan(title, names, Models.none(), tasks, checks, facts, options.build()),
              batches));
    }
  }
}
