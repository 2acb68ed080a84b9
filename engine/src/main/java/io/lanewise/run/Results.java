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
import io.lanewise.result.Measure;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import io.lanewise.result.Verdict;
import io.lanewise.run.bind.BoundTask;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    return plan.checks().stream()
        .flatMap(check ->
            results.stream()
                .filter(result -> isOf(check, result))
                .flatMap(result -> of(check, result)))
        .toList();
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

  private static boolean isOf(Check check, EvaluationResult result) {
    EvaluationResult.Model model = result.model();
    String wanted = check.subject().model();
    return model == null
        ? result.name().equals(check.evaluation())
        : model.evaluation().equals(check.evaluation())
            && (wanted == null || wanted.equals(model.name()));
  }

  /// A check of one result: of one measure, of each group, or of a judgement.
  private static Stream<CheckResult> of(Check check, EvaluationResult result) {
    String name = result.name() + "." + check.measure();
    String by = check.subject().by();
    return switch (check.condition()) {
      case Check.Is(String status) -> Stream.of(judged(name, check, status, result.verdicts()));
      case Check.Bound bound when by == null ->
          Stream.of(bounded(name, bound, result.measure(check.measure())));
      case Check.Bound bound -> {
        String wanted = String.valueOf(check.subject().group());
        List<CheckResult> groups =
            result.breakdowns().stream()
                .filter(breakdown -> breakdown.by().equals(by))
                .flatMap(breakdown -> breakdown.groups().stream())
                .filter(g -> wanted.equals(Check.Subject.EACH) || g.label().equals(wanted))
                .map(group ->
                    bounded(
                        "%s{%s=%s}".formatted(name, by, group.label()),
                        bound,
                        group.measures().stream()
                            .filter(measure -> measure.name().equals(check.measure()))
                            .findFirst()
                            .orElse(null)))
                .toList();
        yield groups.isEmpty()
            ? Stream.of(
                new CheckResult(
                    "%s{%s=%s}".formatted(name, by, wanted),
                    bound.text(),
                    Double.NaN,
                    false,
                    "no such group"))
            : groups.stream();
      }
    };
  }

  private static CheckResult judged(
      String name, Check check, String status, List<Verdict> verdicts) {
    String found =
        verdicts.stream()
            .filter(verdict -> verdict.name().equals(check.measure()))
            .map(verdict -> verdict.status().toString())
            .findFirst()
            .orElseGet(() ->
                "no such judgement; there are: "
                    + verdicts.stream().map(Verdict::name).collect(Collectors.joining(", ")));
    return new CheckResult(name, check.condition().text(), Double.NaN, found.equals(status), found);
  }

  private static CheckResult bounded(String name, Check.Bound bound, @Nullable Measure measure) {
    double value = measure == null ? Double.NaN : measure.value();
    double error = measure == null ? Double.NaN : measure.standardError();
    String note =
        !bound.confidently()
            ? null
            : Double.isNaN(error) ? "no standard error" : "standard error " + error;
    return new CheckResult(name, bound.text(), value, bound.holds(value, error), note);
  }
}
