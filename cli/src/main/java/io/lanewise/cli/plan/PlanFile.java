package io.lanewise.cli.plan;

import io.lanewise.Evaluation;
import io.lanewise.kernel.Precision;
import io.lanewise.objective.Descriptor;
import io.lanewise.plan.Check;
import io.lanewise.plan.Models;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// What a plan file says; `docs/plan.md` describes its keys.
///
/// @param title of the report
/// @param data files or globs by data set, relative ones resolved against the plan's folder
/// @param models files or globs, resolved in the same way
/// @param tasks the evaluations
/// @param checks bounds on their measures
/// @param facts answers to the checklist that no file contains
/// @param policy what to do about nulls and non-finite numbers; null if the plan does not say
/// @param precision what functions of float32 data are computed in; null if the plan does not say
public record PlanFile(
    String title,
    SequencedMap<String, List<String>> data,
    Models models,
    List<Task> tasks,
    List<Check> checks,
    SequencedMap<String, String> facts,
    @Nullable Policy policy,
    @Nullable Precision precision) {
  public PlanFile {
    data = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(data));
    tasks = List.copyOf(tasks);
    checks = List.copyOf(checks);
    facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
  }

  /// Reads and checks a plan file.
  ///
  /// @param objectives the objectives that the plan may name
  /// @throws IllegalArgumentException with file and line, for anything a plan may not say
  /// @throws UncheckedIOException if the file cannot be read
  public static PlanFile read(Path file, List<Descriptor> objectives) {
    return PlanLines.read(file).plan(objectives);
  }

  /// As [#read], of a text that `file` would hold.
  static PlanFile parse(Path file, String text, List<Descriptor> objectives) {
    return PlanLines.parse(file, text).plan(objectives);
  }

  /// The file's name without folder and extension.
  public static String stem(Path file) {
    Path last = file.getFileName();
    String name = last == null ? file.toString() : last.toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /// A builder of an evaluation of this plan. Only the options of the run are missing.
  public Evaluation.Builder toEvaluation() {
    Evaluation.Builder builder = Evaluation.builder().title(title);
    data.forEach((name, files) -> builder.data(name, files.toArray(String[]::new)));
    switch (models) {
      case Models.Named(var named) ->
          named.forEach((name, files) -> builder.model(name, files.toArray(String[]::new)));
      case Models.Matching(var patterns) -> builder.models(patterns.toArray(String[]::new));
    }
    tasks.forEach(builder::evaluate);
    checks.forEach(builder::check);
    facts.forEach(builder::fact);
    if (policy != null) {
      builder.policy(policy);
    }
    if (precision != null) {
      builder.precision(precision);
    }
    return builder;
  }
}
