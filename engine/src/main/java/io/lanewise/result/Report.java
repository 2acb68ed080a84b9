package io.lanewise.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// All results of a run.
///
/// @param title the plan's title
/// @param provenance where the numbers came from
/// @param evaluations one result an evaluation, in the plan's order
/// @param checks the plan's checks, in its order
/// @param checklist the final checklist
public record Report(
    String title,
    Provenance provenance,
    List<EvaluationResult> evaluations,
    List<CheckResult> checks,
    List<ChecklistItem> checklist) {
  public Report {
    evaluations = List.copyOf(evaluations);
    checks = List.copyOf(checks);
    checklist = List.copyOf(checklist);
  }

  /// The evaluation of that name, or null.
  public @Nullable EvaluationResult evaluation(String name) {
    return evaluations.stream().filter(e -> e.name().equals(name)).findFirst().orElse(null);
  }

  /// Whether every check of the plan passed.
  public boolean passed() {
    return checks.stream().allMatch(CheckResult::passed);
  }
}
