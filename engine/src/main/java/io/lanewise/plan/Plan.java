package io.lanewise.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What a run does.
///
/// @param title of the report
/// @param data the files or globs of each data set
/// @param models what evaluations of data set `model` run for, one by one
/// @param tasks the evaluations
/// @param checks bounds on their measures
/// @param facts answers to the checklist that no file contains: `sampling-steps`,
///   `sampling-seconds`, `latent-inspection`
/// @param options how to run
public record Plan(
    String title,
    SequencedMap<String, List<String>> data,
    Models models,
    List<Task> tasks,
    List<Check> checks,
    SequencedMap<String, String> facts,
    Options options) {
  /// The facts that a plan may state.
  public static final List<String> FACTS =
      List.of("sampling-steps", "sampling-seconds", "latent-inspection");

  public Plan {
    data = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(data));
    tasks = List.copyOf(tasks);
    checks = List.copyOf(checks);
    facts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(facts));
  }
}
