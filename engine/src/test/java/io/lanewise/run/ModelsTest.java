package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.lanewise.Evaluation;
import io.lanewise.plan.Check;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Task;
import io.lanewise.report.JsonReport;
import io.lanewise.result.CheckResult;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A plan with models. The rows of each model are the real ones, moved by a distance: the Fréchet
/// distance is its square, as the covariances are equal.
class ModelsTest {
  private static final Task FID =
      Task.of("frechet-distance")
          .named("fid")
          .on("real", "real")
          .on("generated", "model")
          .column("features", "x", "y");

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    square("real", 0);
    square("gen-100", 1);
    square("gen-20", 3);
    square("gen-final", 5);
  }

  private String square(String name, double moved) throws IOException {
    StringBuilder rows = new StringBuilder("x,y\n");
    for (double x : new double[] {0, 2}) {
      for (double y : new double[] {0, 2}) {
        rows.append(x + moved).append(',').append(y).append('\n');
      }
    }
    Path file = folder.resolve(name + ".csv");
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, rows);
    return file.toString();
  }

  private String file(String name) {
    return folder.resolve(name + ".csv").toString();
  }

  private Evaluation.Builder evaluation() {
    return Evaluation.builder().data("real", file("real")).evaluate(FID).hashInputs(false);
  }

  private static double distance(Report report, String evaluation) {
    return Objects.requireNonNull(
            Objects.requireNonNull(report.evaluation(evaluation)).measure("frechet-distance"))
        .value();
  }

  @Test
  void eachModelIsEvaluated() {
    Report report =
        evaluation().model("b", file("gen-20")).model("a.1", file("gen-100")).build().run();
    assertThat(report.evaluations())
        .extracting(EvaluationResult::name, EvaluationResult::model)
        .containsExactly(
            tuple("fid-b", new EvaluationResult.Model("fid", "b", null)),
            tuple("fid-a-1", new EvaluationResult.Model("fid", "a.1", null)));
    assertThat(distance(report, "fid-b")).isEqualTo(9);
    assertThat(distance(report, "fid-a-1")).isEqualTo(1);
    assertThat(report.provenance().inputs()).containsOnlyKeys("real", "b", "a.1");
  }

  @Test
  void stepsAreNumbersInNames() {
    Report report = evaluation().models(file("gen-{step}")).build().run();
    assertThat(report.evaluations())
        .extracting(EvaluationResult::model)
        .as("in the order of steps, without gen-final")
        .containsExactly(
            new EvaluationResult.Model("fid", "gen-20", 20.0),
            new EvaluationResult.Model("fid", "gen-100", 100.0));
    assertThat(JsonReport.toJson(report))
        .contains(
            """
                "name": "fid-gen-100",
                "model": {
                  "evaluation": "fid",
                  "name": "gen-100",
                  "step": 100.0
                },
            """);
  }

  @Test
  void stepsMayBeDecimalsAndFolders() throws IOException {
    square("epoch-0.5/out", 1);
    square("epoch-1.5/out", 2);
    Report report = evaluation().models(file("epoch-{step}/out")).build().run();
    assertThat(report.evaluations())
        .extracting(EvaluationResult::model)
        .containsExactly(
            new EvaluationResult.Model("fid", "epoch-0.5", 0.5),
            new EvaluationResult.Model("fid", "epoch-1.5", 1.5));
  }

  @Test
  void filesGiveTheirNames() throws IOException {
    String other = square("other/gen-20", 2);
    Report report = evaluation().models(file("gen-20"), other).build().run();
    assertThat(report.evaluations())
        .extracting(result -> Objects.requireNonNull(result.model()).name())
        .containsExactly("gen-20", "other-gen-20");
    assertThat(distance(report, "fid-other-gen-20")).isEqualTo(4);
  }

  /// A name that is made must not take the place of a data set.
  @Test
  void namesOfDataSetsAreLeftToThem() throws IOException {
    Report report = evaluation().models(square("other/real", 2)).build().run();
    assertThat(distance(report, "fid-real-2")).isEqualTo(4);
  }

  @Test
  void aPlanMayHaveModelsAlone() {
    Report report =
        Evaluation.builder()
            .models(file("gen-*"))
            .evaluate(Task.of("diversity").column("samples", "x", "y"))
            .build()
            .run();
    assertThat(report.evaluations())
        .extracting(EvaluationResult::name)
        .containsExactly("diversity-gen-100", "diversity-gen-20", "diversity-gen-final");
  }

  @Test
  void aCheckHoldsForEachModel() {
    Report report =
        evaluation()
            .models(file("gen-{step}"))
            .check(new Check("fid", "frechet-distance", "<", 4))
            .build()
            .run();
    assertThat(report.checks())
        .extracting(CheckResult::measure, CheckResult::passed)
        .containsExactly(
            tuple("fid-gen-20.frechet-distance", false),
            tuple("fid-gen-100.frechet-distance", true));
  }

  @Test
  void statesKeepTheModels() {
    Path state = folder.resolve("a.state");
    Report run = evaluation().models(file("gen-{step}")).state(state, false).build().run();
    Report merged = Evaluation.merge(state);
    assertThat(merged.evaluations())
        .extracting(EvaluationResult::model)
        .isEqualTo(run.evaluations().stream().map(EvaluationResult::model).toList());
    assertThat(distance(merged, "fid-gen-20")).isEqualTo(9);
  }

  @Test
  void aPathCountsTheEvaluationsOfThePlan() {
    Evaluation.Builder evaluation =
        evaluation().models(file("gen-*")).evaluate(FID.named("other").column("features", "z"));
    assertThatThrownBy(() -> evaluation.build().run())
        .isInstanceOfSatisfying(
            PlanException.class,
            e -> assertThat(e.path()).isEqualTo("evaluate[1].columns.features"));
  }

  @Test
  void mistakes() throws IOException {
    wrong(evaluation(), "evaluation 'fid': data set 'model': found no 'models' in the plan");
    wrong(
        evaluation().model("real", file("gen-20")),
        "model 'real': found a data set of that name, expected another one");
    wrong(
        evaluation().data("model", file("gen-20")).models(file("gen-*")),
        "data set 'model': found 'models' too");
    wrong(
        Evaluation.builder()
            .data("real", file("real"))
            .models(file("gen-*"))
            .evaluate(FID.on("generated", "real")),
        "models: found no evaluation with data set 'model', expected one");
    wrong(
        evaluation().evaluate(FID.named("x").on("generated", "a")).model("a", file("gen-20")),
        "evaluation 'x': found data set 'a', a model, expected 'model' or a data set");
    wrong(
        evaluation()
            .evaluate(FID.named("fid-a").on("generated", "real"))
            .model("a", file("gen-20")),
        "evaluation 'fid-a': found the name a second time, expected another 'name'");
    square("other/gen-20", 1);
    wrong(evaluation().models(folder + "/**gen-{step}.csv"), "models: found step 20.0 in");
    assertThatThrownBy(() -> evaluation().models(file("none-*")).build().run())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageEndingWith("none-*.csv: found no file that matches, expected at least one");
    assertThatThrownBy(() -> evaluation().models(file("gen-f{step}")).build().run())
        .isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> evaluation().model("a", "x").model("a", "y"))
        .hasMessage("model 'a': found it twice, expected each name once");
    assertThatThrownBy(() -> evaluation().model("a", "x").models("y"))
        .hasMessage("models: found names and patterns, expected one of the two");
    assertThatThrownBy(() -> evaluation().model("a b", "x"))
        .hasMessage("model: found the name 'a b', expected letters, digits, '.', '-' and '_'");
  }

  private static void wrong(Evaluation.Builder evaluation, String problem) {
    assertThatThrownBy(() -> evaluation.build().run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(problem);
  }
}
