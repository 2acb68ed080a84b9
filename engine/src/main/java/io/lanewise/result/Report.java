package io.lanewise.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// All results of a run.
///
/// @param title the plan's title
/// @param provenance where the numbers came from
/// @param evaluations one result an evaluation, in the plan's order
/// @param leaderboards the models of each evaluation that has several, by each measure that ranks
/// @param checks the plan's checks, in its order
/// @param checklist the final checklist
public record Report(
    String title,
    Provenance provenance,
    List<EvaluationResult> evaluations,
    List<Leaderboard> leaderboards,
    List<CheckResult> checks,
    List<ChecklistItem> checklist) {
  public Report {
    evaluations = List.copyOf(evaluations);
    leaderboards = List.copyOf(leaderboards);
    checks = List.copyOf(checks);
    checklist = List.copyOf(checklist);
  }

  /// A report without models.
  public Report(
      String title,
      Provenance provenance,
      List<EvaluationResult> evaluations,
      List<CheckResult> checks,
      List<ChecklistItem> checklist) {
    this(title, provenance, evaluations, List.of(), checks, checklist);
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
