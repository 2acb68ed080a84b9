package io.lanewise;

import io.lanewise.kernel.Precision;
import io.lanewise.plan.Check;
import io.lanewise.plan.Options;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;
import io.lanewise.run.Progress;
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

  /// What will be done.
  public Plan plan() {
    return plan;
  }

  /// Reads the files once and returns the results.
  ///
  /// @throws IllegalArgumentException for a caller's mistake; before any data is read
  /// @throws io.lanewise.source.DataException for data that cannot be used
  /// @throws java.io.UncheckedIOException if a file cannot be read or written
  /// @throws java.util.concurrent.CancellationException if the calling thread is interrupted while
  ///   it works on rows, which it then still is; batches and tasks that have begun are completed,
  ///   and no file is left
  public Report run() {
    return Runner.run(plan, progress);
  }

  /// The report of one run over the rows of all runs whose states are in those files, in that
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

  /// The same with options: threads and memory for what works on whole sets, and a file for the
  /// merged state. What belongs to reading rows is not used.
  public static Report merge(List<Path> states, Options options) {
    return Runner.merge(states, options);
  }

  /// Collects what is to be done.
  public static final class Builder {
    private String title = "Lanewise evaluation";
    private final SequencedMap<String, List<String>> data = new LinkedHashMap<>();
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

    /// Names a data set: files or globs, whose rows follow each other.
    public Builder data(String name, String... files) {
      data.put(name, List.of(files));
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

    /// States a fact that the checklist asks for and no file tells, such as `sampling-steps`.
    public Builder fact(String name, String value) {
      facts.put(name, value);
      return this;
    }

    /// The number of worker threads; 0, the default, takes one a core.
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

    /// How many bytes an evaluation that works on whole sets of rows may hold at once; 2 GiB by
    /// default. One that needs more is refused.
    public Builder memory(long bytes) {
      options.memoryBytes(bytes);
      return this;
    }

    /// What exponentials, logarithms, squared errors and products of covariances of float32 data
    /// are computed in; [Precision#DOUBLE] by default.
    public Builder precision(Precision precision) {
      options.precision(precision);
      return this;
    }

    /// What to do about nulls and non-finite numbers; [Policy#FAIL] by default.
    public Builder policy(Policy policy) {
      options.policy(policy);
      return this;
    }

    /// Where files with per-row outputs go; needed only if a task asks for one.
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

    /// Whether the report names inputs by their SHA-256 as well; true by default. A state file does
    /// so in any case: merging has to know whether two states have the same rows.
    public Builder hashInputs(boolean hash) {
      options.hashInputs(hash);
      return this;
    }

    /// Whom to tell how far the run is.
    public Builder progress(Progress listener) {
      progress = listener;
      return this;
    }

    /// The evaluation.
    public Evaluation build() {
      return new Evaluation(new Plan(title, data, tasks, checks, facts, options.build()), progress);
    }
  }
}
