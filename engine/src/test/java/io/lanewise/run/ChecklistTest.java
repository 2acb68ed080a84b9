package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.Evaluation;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Objectives;
import io.lanewise.plan.Task;
import io.lanewise.result.ChecklistItem;
import io.lanewise.result.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChecklistTest {
  private static List<ChecklistItem> checklist(String objective) {
    Path data = Path.of("..", "data", "quickstart");
    Task task = Task.of(objective).on("real", "real").on("generated", "fake");
    return Evaluation.builder()
        .data("real", data.resolve("real.npy").toString())
        .data("fake", data.resolve("samples-good.npy").toString())
        .evaluate(task.column("features", "data"))
        .hashInputs(false)
        .build()
        .run()
        .checklist();
  }

  @Test
  void precisionAndRecallAreQualityAndDiversity() {
    ChecklistItem item = checklist("precision-recall").get(1);
    assertThat(item.status()).isEqualTo(Verdict.Status.PASS);
    assertThat(item.answer()).isEqualTo("Quality: precision-recall. Diversity: precision-recall.");
  }

  @Test
  void aDistanceIsQualityAlone() {
    ChecklistItem item = checklist("kernel-inception-distance").get(1);
    assertThat(item.status()).isEqualTo(Verdict.Status.WARN);
    assertThat(item.answer())
        .isEqualTo("Quality: kernel-inception-distance. Diversity: not evaluated.");
  }

  /// A warning about sample sizes says nothing of collapse.
  @Test
  void onlyVerdictsOnCollapseCount() {
    ChecklistItem item = checklist("frechet-distance").get(5);
    assertThat(item.status()).isEqualTo(Verdict.Status.UNKNOWN);
  }

  /// Whoever adds a sample metric decides here what it tells of.
  @Test
  void everySampleMetricHasItsPlace() {
    Set<String> neither = Set.of("bootstrap", "data-copying", "memorization");
    Set<String> found =
        Objectives.all().stream()
            .map(objective -> objective.descriptor())
            .filter(d -> d.family() == Family.SAMPLE)
            .map(Descriptor::id)
            .filter(id -> !neither.contains(id))
            .collect(Collectors.toCollection(TreeSet::new));
    Map<String, Boolean> told =
        found.stream().collect(Collectors.toMap(id -> id, Checklist::tellsOfSamples));
    assertThat(told).doesNotContainValue(false);
  }
}
