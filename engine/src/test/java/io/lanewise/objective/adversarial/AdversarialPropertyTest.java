package io.lanewise.objective.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.objective.RowFile;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The laws of adversarial losses, on seeded random rows: known optima, what weights do, and that
/// neither order nor split shows.
class AdversarialPropertyTest {
  @TempDir Path temp;
  private int files;

  private String file(Map<String, double[]> columns) {
    int rows = columns.values().stream().mapToInt(v -> v.length).min().orElseThrow();
    return RowFile.write(temp.resolve(files++ + ".arrow"), rows, columns);
  }

  private static EvaluationResult run(
      Task task, int batchRows, int threads, List<String> real, List<String> fake) {
    return Evaluation.builder()
        .data("real", real.toArray(String[]::new))
        .data("fake", fake.toArray(String[]::new))
        .evaluate(task.on("real", "real").on("fake", "fake"))
        .batchRows(batchRows)
        .threads(threads)
        .hashInputs(false)
        .build()
        .run()
        .evaluations()
        .getFirst();
  }

  private EvaluationResult run(String id, Map<String, double[]> real, Map<String, double[]> fake) {
    return run(Task.of(id), 0, 1, List.of(file(real)), List.of(file(fake)));
  }

  private static double value(EvaluationResult result, String measure) {
    return Objects.requireNonNull(result.measure(measure), measure).value();
  }

  private static double[] normals(int seed, int count, double mean) {
    Random random = new Random(seed);
    return random.doubles(count).map(u -> mean + 2 * random.nextGaussian()).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aDiscriminatorThatCannotTellIsAtTwoLnTwo(int seed) {
    double[] equal = new double[20 + seed];
    assertThat(
            value(run("gan", Map.of("logit", equal), Map.of("logit", equal)), "optimum-distance"))
        .isEqualTo(0, within(1e-15));
    Arrays.fill(equal, new Random(seed).nextGaussian());
    EvaluationResult result =
        run("relativistic-gan", Map.of("logit", equal), Map.of("logit", equal));
    assertThat(value(result, "discriminator-loss")).isEqualTo(2 * Math.log(2), within(1e-15));
    assertThat(value(result, "generator-loss")).isEqualTo(2 * Math.log(2), within(1e-15));
  }

  /// The optimum for fixed data is the log-density ratio: any constant added to the logits is
  /// worse.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theLogDensityRatioIsOptimalAmongItsShifts(int seed) {
    // N(1/2, 1) against N(-1/2, 1): the logit is x itself.
    Random random = new Random(seed);
    double[] real = random.doubles(20_000).map(u -> 0.5 + random.nextGaussian()).toArray();
    double[] fake = random.doubles(20_000).map(u -> -0.5 + random.nextGaussian()).toArray();
    double[] losses = new double[3];
    for (int k = 0; k < 3; k++) {
      double shift = 0.3 * (k - 1);
      losses[k] =
          value(
              run(
                  "gan",
                  Map.of("logit", Arrays.stream(real).map(x -> x + shift).toArray()),
                  Map.of("logit", Arrays.stream(fake).map(x -> x + shift).toArray())),
              "discriminator-loss");
    }
    assertThat(losses[1]).isLessThan(losses[0]).isLessThan(losses[2]).isLessThan(2 * Math.log(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gan", "least-squares-gan", "wasserstein-gan", "hinge-gan"})
  void aWeightOfZeroLeavesARowOutAndOthersScale(String id) {
    double[] real = normals(1, 90, 1);
    double[] fake = normals(2, 60, -1);
    double[] weights = new double[90];
    Arrays.fill(weights, 0, 50, 2.5);
    EvaluationResult weighted =
        run(id, Map.of("logit", real, "weight", weights), Map.of("logit", fake));
    EvaluationResult subset =
        run(id, Map.of("logit", Arrays.copyOf(real, 50)), Map.of("logit", fake));
    EvaluationResult none = run(id, Map.of("logit", new double[] {0}), Map.of("logit", fake));
    // The real side by itself: what is left of the loss without the generated side.
    double ofFake =
        value(none, "discriminator-loss")
            - switch (id) {
              case "gan" -> Math.log(2);
              case "least-squares-gan" -> 0.5;
              case "wasserstein-gan" -> 0;
              default -> 1;
            };
    assertThat(value(weighted, "discriminator-loss") - ofFake)
        .isCloseTo(2.5 * (value(subset, "discriminator-loss") - ofFake), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 0})
  void orderAndSplitDoNotShowInTheRelativisticState(int batchRows) {
    double[] real = normals(11, 501, 1);
    double[] fake = normals(12, 333, -1);
    List<Measure> expected = run("ragan", Map.of("logit", real), Map.of("logit", fake)).measures();
    Random random = new Random(batchRows);
    for (int threads : new int[] {1, 3}) {
      EvaluationResult shuffled =
          run(
              Task.of("ragan"),
              batchRows,
              threads,
              split(shuffle(real, random), 1, 100, 499),
              split(shuffle(fake, random), 300));
      assertThat(shuffled.measures()).isEqualTo(expected);
    }
  }

  private static double[] shuffle(double[] values, Random random) {
    List<Double> list = new ArrayList<>(Arrays.stream(values).boxed().toList());
    Collections.shuffle(list, random);
    return list.stream().mapToDouble(v -> v).toArray();
  }

  private List<String> split(double[] values, int... cuts) {
    List<String> names = new ArrayList<>();
    int from = 0;
    for (int cut : Arrays.copyOf(cuts, cuts.length + 1)) {
      int to = cut == 0 ? values.length : cut;
      names.add(file(Map.of("logit", Arrays.copyOfRange(values, from, to))));
      from = to;
    }
    return names;
  }

  @Test
  void relativisticLossesDoNotSeeAConstant() {
    double[] real = normals(3, 40, 1);
    double[] fake = normals(4, 50, 0);
    EvaluationResult plain = run("ragan", Map.of("logit", real), Map.of("logit", fake));
    EvaluationResult moved =
        run(
            "ragan",
            Map.of("logit", Arrays.stream(real).map(x -> x + 5).toArray()),
            Map.of("logit", Arrays.stream(fake).map(x -> x + 5).toArray()));
    for (String loss : List.of("discriminator-loss", "generator-loss")) {
      assertThat(value(moved, loss)).isCloseTo(value(plain, loss), within(1e-13));
    }
  }

  @Test
  void tooManyRowsAreFoundBeforeReading() {
    Map<String, double[]> columns = Map.of("logit", new double[20]);
    Task task = Task.of("ragan").parameter("max-rows", "19");
    List<String> data = List.of(file(columns));
    assertThatThrownBy(() -> run(task, 0, 1, data, data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set 'real': found 20 rows, expected at most 19");
  }

  @Test
  void badSmoothingIsRefused() {
    Task task = Task.of("gan").parameter("label-smoothing", "1.5");
    List<String> data = List.of(file(Map.of("logit", new double[3])));
    assertThatThrownBy(() -> run(task, 0, 1, data, data))
        .hasMessageContaining("parameter 'label-smoothing': found '1.5'");
  }

  @Test
  void aPenaltyTakesNormsOrGradientsNotBoth() {
    Map<String, double[]> both = new LinkedHashMap<>();
    both.put("norm", new double[4]);
    both.put("gradient", new double[12]);
    String name = file(both);
    for (String id : List.of("gradient-penalty", "r1-penalty")) {
      Evaluation evaluation = Evaluation.builder().data("rows", name).evaluate(Task.of(id)).build();
      assertThatThrownBy(evaluation::run)
          .hasMessageContaining("found both of the roles 'norm' and 'gradient'");
    }
  }
}
