package io.lanewise.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.cli.SampleObjectives;
import io.lanewise.kernel.Precision;
import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Models;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlanFileTest {
  private static final String PLAN =
      """
      lanewise: 1
      title: "Digits: two models"
      data:
        vae: vae.npz
        real: [a.npz, "/tmp/b-*.npz"]
        fake: "-"
      evaluate:
        - objective: gaussian-kl
          name: posterior-kl
          data: vae
          columns: {mu: mean}
          parameters: {beta: 0.50, reduce: sum}
          by: [label, {column: t, bins: 4, range: [0, 1e3]}, {column: file}]
          outputs: [eps]
          rows: arrow
        - objective: gan
          data: {real: real, fake: fake}
      checks:
        - posterior-kl.kl-per-dim >= -0.5
        - gan.d-loss<2
      facts: {sampling-steps: 1000, latent-inspection: "looked at 10 traversals"}
      policy: skip
      precision: single
      """;

  private static final String DATA = "lanewise: 1\ndata: {a: a.npz}\n";

  private static PlanFile parse(String text) {
    return PlanFile.parse(Path.of("plans", "p.yaml"), text, SampleObjectives.DESCRIPTORS);
  }

  @Test
  void readsEveryKey() {
    PlanFile plan = parse(PLAN);

    assertThat(plan.title()).isEqualTo("Digits: two models");
    assertThat(plan.data())
        .containsExactly(
            Map.entry("vae", List.of("plans/vae.npz")),
            Map.entry("real", List.of("plans/a.npz", "/tmp/b-*.npz")),
            Map.entry("fake", List.of("-")));
    assertThat(plan.tasks())
        .containsExactly(
            Task.of("gaussian-kl")
                .named("posterior-kl")
                .on("rows", "vae")
                .column("mu", "mean")
                .parameter("beta", "0.50")
                .parameter("reduce", "sum")
                .by(Bins.values("label"))
                .by(new Bins("t", 4, 0, 1000))
                .by(Bins.values("file"))
                .outputs(List.of("eps"))
                .rows("arrow"),
            Task.of("gan").on("real", "real").on("fake", "fake"));
    assertThat(plan.checks())
        .containsExactly(
            new Check("posterior-kl", "kl-per-dim", ">=", -0.5),
            new Check("gan", "d-loss", "<", 2));
    assertThat(plan.facts())
        .containsExactly(
            Map.entry("sampling-steps", "1000"),
            Map.entry("latent-inspection", "looked at 10 traversals"));
    assertThat(plan.policy()).isEqualTo(Policy.SKIP);
    assertThat(plan.toEvaluation().build().plan().options().precision())
        .isEqualTo(Precision.SINGLE);
    assertThat(plan.toEvaluation().build().plan().options().policy()).isEqualTo(Policy.SKIP);
  }

  @Test
  void readsEveryKindOfBins() {
    PlanFile plan =
        parse(
            valid(
                "by: [{column: t, axis: log-snr, schedule: linear, timesteps: 100, bins: 5, rule: equal-count},"
                    + " {column: s, axis: ln, bins: 3, range: data}, {column: t, rule: quartiles, range: [0, 100]},"
                    + " {column: t, axis: sigma, schedule: vp-sde}]",
                "quantiles: [0.1, 0.9]"));
    Task task = plan.tasks().getFirst();
    assertThat(task.by())
        .containsExactly(
            new Bins("t", new Axis(Axis.Kind.LOG_SNR, "linear", 100), new Bins.EqualCount(5)),
            new Bins("s", Axis.LN, new Bins.DataWidth(3)),
            new Bins("t", Axis.VALUE, new Bins.Quartiles(100)),
            new Bins("t", new Axis(Axis.Kind.SIGMA, "vp-sde", 1000), new Bins.EachValue()));
    assertThat(task.quantiles()).containsExactly(0.1, 0.9);
  }

  @Test
  void aJsonPlanSaysTheSame() {
    String json =
        """
        {
        \t"lanewise": 1, "title": "t",
        \t"data": {"a": ["x.npz"]},
        \t"evaluate": [{"objective": "gaussian-kl", "data": {"rows": "a"}, "parameters": {"beta": 2.0}}]
        }
        """;
    String yaml =
        """
        lanewise: 1
        title: t
        data: {a: x.npz}
        evaluate:
          - {objective: gaussian-kl, data: a, parameters: {beta: 2.0}}
        """;

    assertThat(parse(json)).isEqualTo(parse(yaml));
  }

  @Test
  void theOnlyDataSetNeedNotBeNamed() {
    Task task =
        parse(DATA + "evaluate: [{objective: gan, columns: {spare.weight: w}}]\n")
            .tasks()
            .getFirst();

    assertThat(task).isEqualTo(Task.of("gan").on("rows", "a").column("spare.weight", "w"));
  }

  @Test
  void anObjectiveAnswersToItsAlias() {
    assertThat(parse(DATA + "evaluate: [{objective: kl}]\n").tasks())
        .containsExactly(Task.of("gaussian-kl").on("rows", "a"));
  }

  @Test
  void isCalledAsItsFileUnlessItSays() {
    assertThat(parse(DATA + "evaluate: [{objective: gaussian-kl, data: a}]\n").title())
        .isEqualTo("p");
  }

  @Test
  void anAbsentFileIsInputOutput(@TempDir Path folder) {
    assertThatThrownBy(() -> PlanFile.read(folder.resolve("none.yaml"), List.of()))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aBinaryFileIsNoPlan(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("plan.yaml");
    Files.write(file, new byte[] {'a', (byte) 0xff, 'b'});

    assertThatThrownBy(() -> PlanFile.read(file, List.of()))
        .hasMessage(file + ": found bytes that are not UTF-8, expected text");
  }

  @Test
  void writesWhatItReads() {
    PlanFile plan =
        new PlanFile(
            "Title: of #1, 'quoted' \u00e9\u20ac",
            new LinkedHashMap<>(
                Map.of(
                    "a",
                    List.of(
                        "/x: y/# 1.npz",
                        "/null",
                        "/-",
                        "/'a\"b",
                        "/*.npy",
                        "/1e3",
                        "/ tab\there"))),
            new Models.Named(
                new LinkedHashMap<>(
                    Map.of("1.5", List.of("/gen-{1}.npy"), "yes", List.of("/a.npy", "/b*.npy")))),
            List.of(
                Task.of("gaussian-kl")
                    .named("one")
                    .on("rows", "a")
                    .column("mu", "yes", "no, [1]")
                    .column("logvar", "~")
                    .parameter("beta", "1e3")
                    .parameter("reduce", "sum")
                    .by(Bins.values("null"))
                    .by(new Bins("t", 4, -0.5, 1000))
                    .by(new Bins("t", Axis.LN, new Bins.DataWidth(3)))
                    .by(new Bins("t", Axis.VALUE, new Bins.Quartiles(1000)))
                    .by(
                        new Bins(
                            "t", new Axis(Axis.Kind.LOG_SNR, "linear", 10), new Bins.EqualCount(5)))
                    .outputs(List.of("eps"))
                    .rows("npz")
                    .quantiles(List.of(0.5, 1e-3)),
                Task.of("gaussian-kl")
                    .on("rows", "a")
                    .parameter("reduce", "mean")
                    .quantiles(List.of())),
            List.of(new Check("one", "kl", ">=", 1e-9), new Check("one", "kl", "<", 3)),
            new LinkedHashMap<>(Map.of("sampling-steps", "1000")),
            Policy.SKIP,
            Precision.SINGLE);

    assertThat(
            PlanFile.parse(
                Path.of("/p.yaml"),
                PlanYaml.of(plan.toEvaluation().build().plan()),
                SampleObjectives.DESCRIPTORS))
        .isEqualTo(plan);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void saysWhereAndWhat(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("plans/p.yaml:" + message);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("", "1: found nothing, expected a plan with the keys lanewise, title, "),
        mistake("[1]", "1: found a list, expected a plan with the keys "),
        mistake("data: {}\n", "1: key 'lanewise': found nothing, expected the plan version, 1"),
        mistake(
            "lanewise: 2\ndata: {}\n", "1: key 'lanewise': found '2', expected the plan version 1"),
        mistake("lanewise: 1\n", "1: key 'data': found nothing, expected a mapping of data sets"),
        mistake("lanewise: 1\ndata:\n", "2: key 'data': found nothing, expected a mapping of data"),
        mistake("lanewise: 1\ndata: x\n", "2: found 'x', expected a mapping of data sets"),
        mistake("lanewise: 1\ndata: {a: []}\n", "2: data set 'a': found no file, expected one"),
        mistake(
            "lanewise: 1\ndata: {a: {b: c}}\n",
            "2: found a mapping, expected a file, a glob, or a list of them"),
        mistake(DATA, "1: key 'evaluate': found nothing, expected a list of evaluations"),
        mistake(DATA + "evaluate: []\n", "3: key 'evaluate': found no evaluation, expected one"),
        mistake(DATA + "models: {}\n", "3: key 'models': found none, expected a mapping of names"),
        mistake(DATA + "models: []\n", "3: key 'models': found none, expected a mapping of names"),
        mistake(DATA + "models: {a: x, a: y}\n", "3: found key 'a' a second time, expected it"),
        mistake(
            DATA + "models: {a b: x}\n",
            "3: model: found the name 'a b', expected letters, digits, '.', '-' and '_'"),
        mistake(DATA + "models: {a: []}\n", "3: model 'a': found no file, expected one"),
        mistake(
            evaluation("objective: gaussian-kl", "data: model"),
            "5: data set 'model': found no 'models' in the plan, expected them"),
        mistake(DATA + "titel: x\n", "3: unknown key 'titel'; did you mean 'title'? Known: "),
        mistake(DATA + "data: {}\n", "3: found key 'data' a second time, expected it once"),
        mistake(DATA + "title: *x\n", "3: found an alias, expected the value itself"),
        mistake(DATA + "title: [x\n", "4: expected ',' or ']', but got"),
        mistake("{\"lanewise\": 1,\n\"data\": ]}", "2: Unexpected character (']' (code 93))"),
        mistake(
            evaluation("objective: gausian-kl"),
            "4: unknown objective 'gausian-kl'; did you mean 'gaussian-kl'? Known: gaussian-kl, gan"),
        mistake(evaluation("data: a"), "4: key 'objective': found nothing, expected the id of an"),
        mistake(
            evaluation("objective: gaussian-kl", "colums: {}"),
            "5: unknown key 'colums'; did you mean 'columns'? Known: objective, name, data, columns,"
                + " parameters, by, outputs, rows"),
        mistake(
            evaluation("objective: gaussian-kl", "name: ../x"),
            "5: key 'name': found '../x', expected letters, digits, '-' and '_'"),
        mistake(
            evaluation("objective: gaussian-kl").replace("a: a.npz", "a: a.npz, b: b.npz"),
            "4: key 'data': found nothing, expected the name of a data set"),
        mistake(
            evaluation("objective: gaussian-kl", "data: b"),
            "5: unknown data set 'b'; did you mean 'a'? Known: a"),
        mistake(
            evaluation("objective: gan", "data: [a]"),
            "5: found a list, expected the name of a data set, or a mapping of sets of rows to them"),
        mistake(
            evaluation("objective: gan", "data: {fake: a}"),
            "5: key 'data': found nothing for 'real', expected the name of a data set, or a"),
        mistake(
            evaluation("objective: gan", "data: {real: a, fakes: a}"),
            "5: unknown set of rows 'fakes'; did you mean 'fake'? Known: real, fake, spare"),
        mistake(
            valid("columns: {mo: x}"),
            "6: unknown role of gaussian-kl 'mo'; did you mean 'mu'? Known: mu, logvar"),
        mistake(
            valid("columns: {mu: {x: y}}"),
            "6: found a mapping, expected the name of a column or a list of them"),
        mistake(
            valid("parameters: {betta: 1}"),
            "6: unknown parameter of gaussian-kl 'betta'; did you mean 'beta'? Known: beta, reduce"),
        mistake(
            valid("parameters: {beta: -1}"),
            "6: parameter 'beta': found '-1', expected a number >= 0"),
        mistake(
            valid("parameters: {reduce: max}"),
            "6: parameter 'reduce': found 'max', expected sum|mean"),
        mistake(
            valid("outputs: [esp]"),
            "6: unknown output of gaussian-kl 'esp'; did you mean 'eps'? Known: kl, eps"),
        mistake(
            valid("rows: arow"), "6: unknown format 'arow'; did you mean 'arrow'? Known: arrow"),
        mistake(valid("by: label"), "6: found 'label', expected a list"),
        mistake(
            valid("by: [{column: t, bins: 4}]"),
            "6: key 'range': found nothing, expected [lower, upper]"),
        mistake(
            valid("by: [{column: t, bins: 0, range: [0, 1]}]"),
            "6: key 'bins': found '0', expected a whole number of bins"),
        mistake(
            valid("by: [{column: t, bins: 4, range: [0]}]"),
            "6: key 'range': found 1 values, expected [lower, upper]"),
        mistake(
            valid("by: [{column: t, bins: 4, range: [0, x]}]"), "6: found 'x', expected a number"),
        mistake(
            valid("by: [{column: t, axis: log-snr}]"),
            "6: axis 'log-snr': found no schedule, expected one"),
        mistake(
            valid("by: [{column: t, rule: equal-count, bins: 4, range: [0, 1]}]"),
            "6: rule 'equal-count': found a range, expected none"),
        mistake(
            valid("by: [{column: t, rule: quartiles, range: [1, 2]}]"),
            "6: rule 'quartiles': found a range from 1.0, expected [0, T]"),
        mistake(valid("quantiles: [2]"), "6: quantiles: found 2.0, expected numbers in [0, 1]"),
        mistake(
            valid("by: [{column: t, bins: 4, range: [2, 1]}]"),
            "6: bins of column 't': found count 4 over [2.0, 1.0), expected count >= 0 and lower"),
        mistake(
            valid() + "  - {objective: gaussian-kl, data: a}\n",
            "6: evaluation 'gaussian-kl': found the name a second time, expected another 'name'"),
        mistake(
            valid() + "checks: [gaussian-kl.kl = 1]\n",
            "6: check: found 'gaussian-kl.kl = 1', expected EVALUATION.MEASURE COMPARISON NUMBER"),
        mistake(
            valid() + "checks: [elbo.kl > 1]\n",
            "6: unknown evaluation 'elbo'; did you mean 'gaussian-kl'? Known: gaussian-kl"),
        mistake(
            valid() + "checks: [gaussian-kl.kl > x]\n", "6: found 'x', expected a number as bound"),
        mistake(
            valid() + "facts: {sampling-step: 1}\n",
            "6: unknown fact 'sampling-step'; did you mean 'sampling-steps'? Known: "),
        mistake(
            valid() + "policy: skipp\n",
            "6: unknown policy 'skipp'; did you mean 'skip'? Known: fail, skip, propagate"),
        mistake(valid() + "---\nlanewise: 1\n", "7: found a second document, expected one plan"));
  }

  private static String evaluation(String... lines) {
    return DATA + "evaluate:\n  - " + String.join("\n    ", lines) + "\n";
  }

  private static String valid(String... lines) {
    return evaluation(
        Stream.concat(Stream.of("objective: gaussian-kl", "data: a"), Stream.of(lines))
            .toArray(String[]::new));
  }

  private static Arguments mistake(String text, String message) {
    return Arguments.of(text, message);
  }
}
