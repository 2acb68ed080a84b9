package io.lanewise;

import io.lanewise.kernel.Precision;
import io.lanewise.plan.Check;
import io.lanewise.plan.InputHash;
import io.lanewise.plan.Model;
import io.lanewise.plan.Models;
import io.lanewise.plan.Options;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Progress;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;
import io.lanewise.run.Runner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Evaluates objectives over files.
///
/// ```java
/// Report report = Evaluation.builder()
///     .data("posterior", "posterior.parquet")
///     .evaluate(Task.of("gaussian-kl").on("rows", "posterior").column("mu", "mu"))
///     .build()
///     .run();
/// double kl = report.evaluation("gaussian-kl").measure("kl").value();
/// ```
///
/// An evaluation is immutable and may be run more than once; it reads its files anew each time.
public final class Evaluation {
  private final Plan plan;
  private final Progress progress;

  private Evaluation(Plan plan, Progress progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /// Starts an empty evaluation.
  public static Builder builder() {
    return new Builder();
  }

  /// The plan.
  public Plan plan() {
    return plan;
  }

  /// Reads the files once and returns the results.
  ///
  /// @throws IllegalArgumentException for a mistake of the caller, before any data is read
  /// @throws io.lanewise.source.DataException for data that cannot be used
  /// @throws java.io.UncheckedIOException if a file cannot be read or written
  /// @throws java.util.concurrent.CancellationException if the calling thread is interrupted while
  ///   it works on rows; it stays interrupted, batches and tasks that have begun are completed, and
  ///   no file is left
  public Report run() {
    return Runner.run(plan, progress);
  }

  /// What keeps tasks from running over these files, by the task's name: the first mistake of each
  /// task that has one. A column that would be taken only because no other has its shape is one: it
  /// may mean something else. The files are opened; rows are not read.
  ///
  /// @throws io.lanewise.source.DataException if a file cannot be used
  /// @throws java.io.UncheckedIOException if a file cannot be read
  public SequencedMap<String, String> misfits() {
    return Runner.misfits(plan);
  }

  /// The report of one run over the rows of all the runs whose states are in these files, in this
  /// order; see [Builder#state].
  ///
  /// @throws IllegalArgumentException if they are not of the same plan over columns of the same
  ///   types, saying the first difference, or an input or a run is in two of them
  /// @throws io.lanewise.source.DataException if a file is not a state, damaged, or of a version
  ///   that this one does not read
  /// @throws java.io.UncheckedIOException if a file cannot be read
  public static Report merge(Path... states) {
    return merge(List.of(states), Options.DEFAULT);
  }

  /// The same with options: threads and memory for work on whole sets, and a file for the merged
  /// state. Options for reading rows are ignored.
  public static Report merge(List<Path> states, Options options) {
    return Runner.merge(states, options);
  }

  /// Builds an evaluation.
  public static final class Builder {
    private String title = "Lanewise evaluation";
    private final SequencedMap<String, List<String>> data = new LinkedHashMap<>();
    private final SequencedMap<String, List<String>> models = new LinkedHashMap<>();
    private final List<String> patterns = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();
    private final SequencedMap<String, String> facts = new LinkedHashMap<>();
    private final Options.Builder options = Options.builder();
    private Progress progress = Progress.NONE;

    private Builder() {}

    /// Gives the report a title.
    public Builder title(String newTitle) {
      title = newTitle;
      return this;
    }

    /// Names a data set: files or globs, whose rows follow one another.
    ///
    /// @throws IllegalArgumentException if there is one of that name
    public Builder data(String name, String... files) {
      if (data.putIfAbsent(name, List.of(files)) != null) {
        throw new IllegalArgumentException(
            "data set '%s': found it twice, expected each name once".formatted(name));
      }
      return this;
    }

    /// Adds a model: files or globs, whose rows follow one another. Each evaluation on data set
    /// `model` runs once for each model.
    ///
    /// @param name letters, digits, `.`, `-` and `_`
    /// @throws IllegalArgumentException if there is one of that name, or a pattern, or for the name
    public Builder model(String name, String... files) {
      Model checked = new Model(name, null);
      if (!patterns.isEmpty()) {
        throw bothWays();
      }
      if (models.putIfAbsent(checked.name(), List.of(files)) != null) {
        throw new IllegalArgumentException(
            "model '%s': found it twice, expected each name once".formatted(name));
      }
      return this;
    }

    /// Adds models, each a file and named after it: files, globs, or globs with `{step}` where the
    /// names have a number.
    ///
    /// @throws IllegalArgumentException if there are models with given names
    public Builder models(String... filesOrGlobs) {
      if (!models.isEmpty()) {
        throw bothWays();
      }
      patterns.addAll(List.of(filesOrGlobs));
      return this;
    }

    private static IllegalArgumentException bothWays() {
      return new IllegalArgumentException(
          "models: found names and patterns, expected one of the two");
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

    /// States a fact for the checklist that no file contains, such as `sampling-steps`.
    public Builder fact(String name, String value) {
      facts.put(name, value);
      return this;
    }

    /// The number of worker threads; 0, the default, means one per core.
    public Builder threads(int threads) {
      options.threads(threads);
      return this;
    }

    /// The largest number of rows of a batch; 0, the default, chooses by size. Results do not
    /// depend on it.
    public Builder batchRows(int batchRows) {
      options.batchRows(batchRows);
      return this;
    }

    /// The most bytes that an evaluation of whole sets of rows may hold at once; 2 GiB by default.
    /// An evaluation that needs more is refused.
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

    /// The directory for files with per-row outputs; needed only if a task requests one.
    public Builder output(Path directory, boolean replace) {
      options.output(directory).replace(replace);
      return this;
    }

    /// A file for the states, so that the results can be merged with those of other runs of the
    /// same plan over other files, by [Evaluation#merge]. It appears whole, when the run is done.
    ///
    /// @param replace whether files that exist are replaced, here and in the output directory
    public Builder state(Path file, boolean replace) {
      options.state(file).replace(replace);
      return this;
    }

    /// Whether input files are memory-mapped, as they are by default where they are local. A file
    /// that is cut short while it is mapped can end the process; otherwise each is read into
    /// memory, of which [#memory] says how much a file may take.
    public Builder mapped(boolean mapFiles) {
      options.mapped(mapFiles);
      return this;
    }

    /// What identifies the bytes of inputs in the report; [InputHash#CHUNK_CRC] by default. A state
    /// file has that in any case: merging has to know whether two states have the same rows.
    public Builder inputHash(InputHash hash) {
      options.inputHash(hash);
      return this;
    }

    /// Whether the report identifies the bytes of inputs, as it does by default.
    public Builder hashInputs(boolean hash) {
      return inputHash(hash ? InputHash.CHUNK_CRC : InputHash.NONE);
    }

    /// Receives the progress of the run.
    public Builder progress(Progress listener) {
      progress = listener;
      return this;
    }

    /// The evaluation.
    public Evaluation build() {
      Models all = patterns.isEmpty() ? new Models.Named(models) : new Models.Matching(patterns);
      return new Evaluation(
          new Plan(title, data, all, tasks, checks, facts, options.build()), progress);
    }
  }
}
