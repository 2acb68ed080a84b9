package io.lanewise.run;

import io.lanewise.leaderboard.Leaderboards;
import io.lanewise.linalg.Algebra;
import io.lanewise.objective.Descriptor;
import io.lanewise.plan.Check;
import io.lanewise.plan.InputHash;
import io.lanewise.plan.Model;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Task;
import io.lanewise.result.CheckResult;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Leaderboard;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import io.lanewise.run.bind.BoundTask;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The results of tasks and checks, for the report.
final class Results {
  private Results() {}

  /// The report of finished tasks, once it is known how long they took.
  static Report report(
      Plan plan,
      List<EvaluationResult> results,
      List<CheckResult> checks,
      Provenance provenance,
      double seconds) {
    return new Report(
        plan.title(),
        (plan.options().inputHash() != InputHash.NONE ? provenance : provenance.withoutHashes())
            .finished(seconds, Algebra.used()),
        results,
        boards(plan, results),
        checks,
        Checklist.of(results, plan.facts()));
  }

  /// The leaderboards; rows that were written count.
  private static List<Leaderboard> boards(Plan plan, List<EvaluationResult> results) {
    Path directory = plan.options().output();
    return Leaderboards.of(
        results,
        (result, measure) ->
            directory == null
                ? null
                : KeptRows.column(directory, result.rowFiles(), measure.name()));
  }

  /// Whether the measures are within the bounds of the plan.
  static List<CheckResult> checks(Plan plan, List<EvaluationResult> results) {
    return plan.checks().stream().map(check -> of(check, results)).toList();
  }

  /// The result of a task.
  ///
  /// @param rowFiles the files with its per-row outputs
  static EvaluationResult of(BoundTask task, TaskRun.Finished finished, List<String> rowFiles) {
    Descriptor descriptor = task.descriptor();
    SequencedMap<String, EvaluationResult.Input> inputs = new LinkedHashMap<>();
    task.sets()
        .forEach((set, binding) ->
            inputs.put(
                set,
                new EvaluationResult.Input(
                    task.task().data().getOrDefault(set, ""),
                    binding.columnTexts(),
                    binding.warnings())));
    return new EvaluationResult(
        task.task().name(),
        model(task.task()),
        descriptor.id(),
        descriptor.family().toString(),
        descriptor.title(),
        descriptor.formula(),
        descriptor.reference(),
        inputs,
        task.binding().parameters().asText(),
        finished.rows(),
        finished.measures(),
        finished.arrays(),
        finished.breakdowns(),
        finished.verdicts(),
        rowFiles,
        finished.seconds());
  }

  private static EvaluationResult.@Nullable Model model(Task task) {
    Model model = task.model();
    return model == null
        ? null
        : new EvaluationResult.Model(task.evaluation(), model.name(), model.step());
  }

  /// Whether a measure is within its bound.
  private static CheckResult of(Check check, List<EvaluationResult> results) {
    double found =
        results.stream()
            .filter(r -> r.name().equals(check.evaluation()))
            .map(r -> r.measure(check.measure()))
            .mapToDouble(m -> m == null ? Double.NaN : m.value())
            .findFirst()
            .orElse(Double.NaN);
    return new CheckResult(
        check.evaluation() + "." + check.measure(),
        check.comparison() + " " + check.bound(),
        found,
        check.holds(found));
  }
}
