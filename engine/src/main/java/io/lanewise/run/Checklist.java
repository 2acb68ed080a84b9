package io.lanewise.run;

import io.lanewise.result.Breakdown;
import io.lanewise.result.ChecklistItem;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Verdict;
import io.lanewise.result.Verdict.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The final checklist of the notebook (section 13), answered from the results as far as possible,
/// and otherwise from the facts of the plan.
public final class Checklist {
  private static final Map<String, String> KINDS =
      Map.of(
          "likelihood", "likelihood",
          "variational", "ELBO",
          "adversarial", "adversarial loss",
          "flow", "likelihood",
          "diffusion", "denoising loss",
          "score", "score-based sampling",
          "sample", "sample metric");

  /// Objectives that compare samples with real data.
  private static final Set<String> QUALITY =
      Set.of(
          "energy-distance",
          "feature-likelihood",
          "frechet-distance",
          "inception-score",
          "kernel-inception-distance",
          "maximum-mean-discrepancy",
          "precision-recall",
          "sliced-wasserstein");

  /// Objectives that say how different samples are, or which data they miss.
  private static final Set<String> DIVERSITY =
      Set.of("diversity", "mode-coverage", "pairwise-distance", "precision-recall", "vendi-score");

  private Checklist() {}

  /// The six items, in the notebook's order.
  ///
  /// @param facts what the plan states; see [Plan#FACTS]
  public static List<ChecklistItem> of(List<EvaluationResult> results, Map<String, String> facts) {
    return List.of(
        kinds(results),
        qualityAndDiversity(results),
        likelihood(results),
        inspection(results, facts),
        cost(facts),
        failures(results));
  }

  private static ChecklistItem kinds(List<EvaluationResult> results) {
    Map<String, String> byKind = new TreeMap<>();
    for (EvaluationResult result : results) {
      byKind.merge(
          KINDS.getOrDefault(result.family(), result.family()),
          result.name(),
          (a, b) -> a + ", " + b);
    }
    String answer =
        byKind.entrySet().stream()
            .map(e -> e.getKey() + ": " + e.getValue())
            .collect(Collectors.joining("; "));
    return new ChecklistItem(
        "state whether the objective is likelihood, ELBO, adversarial loss, or denoising loss",
        results.isEmpty() ? Status.UNKNOWN : Status.PASS,
        results.isEmpty() ? "Nothing was evaluated." : answer + ".");
  }

  private static ChecklistItem qualityAndDiversity(List<EvaluationResult> results) {
    String quality = names(results, QUALITY);
    String diversity = names(results, DIVERSITY);
    boolean both = !quality.isEmpty() && !diversity.isEmpty();
    return new ChecklistItem(
        "evaluate sample quality and diversity separately",
        both ? Status.PASS : Status.WARN,
        "Quality: %s. Diversity: %s."
            .formatted(
                quality.isEmpty() ? "not evaluated" : quality,
                diversity.isEmpty() ? "not evaluated" : diversity));
  }

  /// Whether an objective measures the quality or the diversity of samples.
  static boolean tellsOfSamples(String objective) {
    return QUALITY.contains(objective) || DIVERSITY.contains(objective);
  }

  private static ChecklistItem likelihood(List<EvaluationResult> results) {
    String exact =
        results.stream()
            .filter(r -> r.family().equals("likelihood") || r.family().equals("flow"))
            .map(EvaluationResult::name)
            .collect(Collectors.joining(", "));
    String bound =
        results.stream()
            .filter(r -> r.objective().equals("elbo"))
            .map(EvaluationResult::name)
            .collect(Collectors.joining(", "));
    String none =
        results.stream()
            .filter(r -> r.family().equals("adversarial"))
            .map(EvaluationResult::name)
            .collect(Collectors.joining(", "));
    List<String> sentences = new ArrayList<>();
    if (!exact.isEmpty()) {
      sentences.add("Exact log-likelihood: " + exact + ".");
    }
    if (!bound.isEmpty()) {
      sentences.add("Lower bound only: " + bound + ".");
    }
    if (!none.isEmpty()) {
      sentences.add("No likelihood, and none is claimed: " + none + ".");
    }
    return new ChecklistItem(
        "track likelihood only when it is meaningful for the model family",
        sentences.isEmpty() ? Status.UNKNOWN : Status.PASS,
        sentences.isEmpty()
            ? "No model with or without a likelihood was evaluated."
            : String.join(" ", sentences));
  }

  private static ChecklistItem inspection(
      List<EvaluationResult> results, Map<String, String> facts) {
    String question = "inspect latent traversals or conditioning controls";
    String stated = facts.get("latent-inspection");
    if (stated != null) {
      return new ChecklistItem(question, Status.PASS, "Stated by the plan: " + stated);
    }
    String byGroup =
        results.stream()
            .filter(r -> r.breakdowns().stream().anyMatch(b -> !b.by().equals("t")))
            .map(EvaluationResult::name)
            .collect(Collectors.joining(", "));
    return byGroup.isEmpty()
        ? new ChecklistItem(
            question,
            Status.UNKNOWN,
            "No file tells; state it as the fact 'latent-inspection', or break results down by label.")
        : new ChecklistItem(question, Status.WARN, "Only by group: " + byGroup + ".");
  }

  private static ChecklistItem cost(Map<String, String> facts) {
    String question = "report sampling cost and number of generation steps";
    String steps = facts.get("sampling-steps");
    String seconds = facts.get("sampling-seconds");
    if (steps == null && seconds == null) {
      return new ChecklistItem(
          question,
          Status.UNKNOWN,
          "No file tells; state the facts 'sampling-steps' and 'sampling-seconds' in the plan.");
    }
    return new ChecklistItem(
        question,
        steps != null && seconds != null ? Status.PASS : Status.WARN,
        "Stated by the plan: %s generation steps, %s seconds."
            .formatted(steps == null ? "unknown" : steps, seconds == null ? "unknown" : seconds));
  }

  private static ChecklistItem failures(List<EvaluationResult> results) {
    List<String> bad = new ArrayList<>();
    List<String> good = new ArrayList<>();
    for (EvaluationResult result : results) {
      for (Verdict verdict : result.verdicts()) {
        // Others judge other things, such as whether a flow can be inverted.
        if (!verdict.name().equals("mode-collapse") && !result.family().equals("diffusion")) {
          continue;
        }
        (verdict.status() == Status.FAIL ? bad : good)
            .add("%s of %s: %s".formatted(verdict.name(), result.name(), verdict.evidence()));
      }
    }
    long curves =
        results.stream().flatMap(r -> r.breakdowns().stream()).filter(Breakdown::ordered).count();
    String looked =
        good.size() + bad.size() == 0 && curves == 0
            ? "Neither diversity nor a loss by timestep was evaluated."
            : "Verdicts on collapse and timesteps: %d, of which failed: %d. Breakdowns by timestep or value: %d."
                .formatted(good.size() + bad.size(), bad.size(), curves);
    Status status =
        !bad.isEmpty() ? Status.FAIL : good.isEmpty() && curves == 0 ? Status.UNKNOWN : Status.PASS;
    return new ChecklistItem(
        "check for mode collapse or timestep-specific failures",
        status,
        bad.isEmpty() ? looked : looked + " " + String.join("; ", bad) + ".");
  }

  private static String names(List<EvaluationResult> results, Set<String> objectives) {
    return results.stream()
        .filter(r -> objectives.contains(r.objective()))
        .map(EvaluationResult::name)
        .collect(Collectors.joining(", "));
  }
}
