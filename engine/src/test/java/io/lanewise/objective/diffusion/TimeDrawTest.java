package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.objective.Table;
import io.lanewise.plan.Task;
import io.lanewise.source.DataSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Timesteps that noising draws: exactly spaced where stratified, unbiased where weighted, and as
/// they should be distributed, by fixed seeds.
class TimeDrawTest {
  private static final int ROWS = 20_000;
  private static final Table DATA = new Table().with("x0", new double[ROWS]);

  private static Task noising(String draw) {
    return Task.of("noising").column("x0", "x0").parameter("draw", draw);
  }

  private static double[] output(Task task, String name) {
    if (!name.equals("t")) {
      return DATA.output(task, name);
    }
    // Timesteps are int64, whose bits the table reads as float64.
    return Arrays.stream(DATA.output(task, name)).map(Double::doubleToRawLongBits).toArray();
  }

  private static int[] counts(double[] t, int cells) {
    int[] counts = new int[cells];
    for (double each : t) {
      counts[(int) each]++;
    }
    return counts;
  }

  @Test
  void stratifiedTimestepsAreEquallySpaced() {
    double[] t = output(noising("stratified"), "t");
    assertThat(counts(t, 1000)).containsOnly(20);
    for (int i = 0; i < ROWS; i++) {
      assertThat(t[i]).isEqualTo(i / 20);
    }
    double[] time = output(noising("stratified").parameter("draw-of", "time"), "time");
    for (int i = 0; i < ROWS; i++) {
      assertThat(time[i]).isEqualTo((i + 0.5) / ROWS);
    }
    double[] eight = output(noising("stratified").parameter("strata", "8"), "t");
    assertThat(Arrays.copyOf(eight, 10))
        .containsExactly(62, 187, 312, 437, 562, 687, 812, 937, 62, 187);
  }

  /// Chi-square with 99 degrees of freedom: beyond 161 with probability 1e-4.
  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "20260101"})
  void uniformTimestepsAreUniform(String seed) {
    double[] t = output(noising("uniform").parameter("draw-seed", seed), "t");
    assertThat(chiSquare(Arrays.stream(t).map(v -> Math.floor(v / 10)).toArray())).isLessThan(161);
    double[] time =
        output(
            noising("uniform").parameter("draw-of", "time").parameter("draw-seed", seed), "time");
    assertThat(chiSquare(Arrays.stream(time).map(v -> Math.floor(v * 100)).toArray()))
        .isLessThan(161);
  }

  private static double chiSquare(double[] cells) {
    double sum = 0;
    for (int count : counts(cells, 100)) {
      sum += (count - ROWS / 100.0) * (count - ROWS / 100.0) / (ROWS / 100.0);
    }
    return sum;
  }

  @Test
  void seedsAreDifferentDraws() {
    double[] first = output(noising("uniform"), "t");
    double[] second = output(noising("uniform").parameter("draw-seed", "1"), "t");
    int same = 0;
    for (int i = 0; i < ROWS; i++) {
      same += first[i] == second[i] ? 1 : 0;
    }
    assertThat(same).isLessThan(50);
  }

  /// The mean of weight times loss is the mean of the loss over all timesteps, whatever p.
  @ParameterizedTest
  @ValueSource(strings = {"importance", "stratified-importance"})
  void importanceWeightsAreUnbiased(String draw) {
    String p =
        IntStream.range(0, 50)
            .mapToObj(k -> Double.toString(1 / (1.0 + k)))
            .collect(Collectors.joining(","));
    Task task = noising(draw).parameter("timesteps", "50").parameter("probabilities", p);
    double[] t = output(task, "t");
    double[] weight = output(task, "importance-weight");
    double mean = 0;
    double square = 0;
    for (int i = 0; i < ROWS; i++) {
      double term = weight[i] * Math.sqrt(t[i]);
      mean += term / ROWS;
      square += term * term / ROWS;
    }
    double exact = IntStream.range(0, 50).mapToDouble(Math::sqrt).sum() / 50;
    double error = Math.sqrt((square - mean * mean) / ROWS);
    assertThat(mean).isCloseTo(exact, within(draw.equals("importance") ? 4 * error : 0.002));
    assertThat(Arrays.stream(weight).sum() / ROWS).isCloseTo(1, within(0.05));
    assertThat(counts(t, 50)[0] / (double) ROWS).isCloseTo(1 / 4.4992, within(0.012));
  }

  @Test
  void whatHasNoProbabilityIsNotDrawn() {
    double[] t =
        output(
            noising("importance").parameter("timesteps", "4").parameter("probabilities", "0,1,3,0"),
            "t");
    assertThat(counts(t, 4)[0]).isZero();
    assertThat(counts(t, 4)[3]).isZero();
    assertThat(counts(t, 4)[2] / (double) ROWS).isCloseTo(0.75, within(0.0125));
  }

  /// EDM's noise levels: ln sigma is N(-1.2, 1.2^2).
  @Test
  void logNormalSigmas() {
    double[] sigma =
        output(
            noising("uniform")
                .parameter("draw-of", "time")
                .parameter("process", "edm")
                .parameter("time-distribution", "log-normal")
                .parameter("time-mean", "-1.2")
                .parameter("time-deviation", "1.2"),
            "time");
    double mean = Arrays.stream(sigma).map(Math::log).sum() / ROWS;
    double variance = Arrays.stream(sigma).map(s -> Math.pow(Math.log(s) - mean, 2)).sum() / ROWS;
    assertThat(mean).isCloseTo(-1.2, within(4 * 1.2 / Math.sqrt(ROWS)));
    assertThat(variance).isCloseTo(1.44, within(4 * 1.44 * Math.sqrt(2.0 / ROWS)));
  }

  @Test
  void timestepsAreIntegersInFiles(@TempDir Path temp) {
    Path file = new Table().with("x0", 1, 2, 3).write(temp.resolve("in.arrow"), 0, 3);
    io.lanewise.Evaluation.builder()
        .data("rows", file.toString())
        .evaluate(noising("uniform").outputs(List.of("t")).rows("npz"))
        .output(temp, true)
        .build()
        .run();
    try (DataSet data = DataSet.of(temp.resolve("noising.npz").toString())) {
      assertThat(data.schema().stream().filter(c -> c.name().equals("t")).map(ColumnType::type))
          .containsExactly(DType.INT64);
    }
  }

  @Test
  void numbersMayBeInFiles(@TempDir Path temp) throws Exception {
    Path betas = Files.writeString(temp.resolve("betas.csv"), "beta,other\n0.1,1\n0.2,2\n0.4,3\n");
    Table rows = new Table().with("x0", 1, 1, 1).with("t", 0L, 1L, 2L);
    Task task = Task.of("noising").column("x0", "x0").column("t", "t").parameter("noise", "zero");
    double[] fromFile = rows.output(task.parameter("schedule", "betas:@" + betas + "#beta"), "xt");
    assertThat(fromFile)
        .containsExactly(rows.output(task.parameter("schedule", "betas:0.1,0.2,0.4"), "xt"));
    assertThat(fromFile[2]).isCloseTo(Math.sqrt(0.9 * 0.8 * 0.6), within(1e-15));
    assertThatThrownBy(() -> rows.evaluate(task.parameter("schedule", "betas:@" + betas)))
        .hasMessageContaining("[beta, other], expected one");
    assertThatThrownBy(() -> rows.evaluate(task.parameter("schedule", "betas:@" + betas + "#b")))
        .hasMessageContaining("'beta'");
    assertThatThrownBy(
            () -> rows.evaluate(task.parameter("schedule", "betas:@" + temp + "/no.npy")))
        .hasMessageContaining("no.npy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "draw=importance | found 0 probabilities, expected some",
        "draw=uniform probabilities=1,2 | found 2 probabilities, expected none",
        "draw=given probabilities=1,2 alpha-bar=0.5 | 'probabilities', expected none",
        "draw=importance probabilities=1,2 | found 2, expected one for each of 1000",
        "draw=importance timesteps=2 probabilities=1,-2 | found -2.0, expected a number >= 0",
        "draw=importance timesteps=2 probabilities=0,0 | found a sum of 0.0",
        "draw=uniform alpha-bar=0.5 | found parameter 'alpha-bar', expected none",
        "draw=uniform time-distribution=log-normal | found draw-of 't', expected 'time'",
        "draw=uniform draw-of=time time-min=2 | found 2.0 and 1.0",
        "draw=uniform schedule=betas:0.1,2 | found beta[1] = 2.0",
        "draw=uniform schedule=alpha-bars:0.5,0.6 | found alphaBar[1] = 0.6, expected",
        "draw=uniform schedule=sigmas:1,-1 | found sigma[1] = -1.0",
        "draw=uniform schedule=betas:x | found 'x', expected a number",
      })
  void whatDoesNotFitIsRefused(String parameters, String message) {
    Task task = Task.of("noising").column("x0", "x0");
    for (String parameter : parameters.strip().split(" ")) {
      String[] parts = parameter.split("=");
      task = task.parameter(parts[0], parts[1]);
    }
    Task refused = task;
    assertThatThrownBy(() -> new Table().with("x0", 1, 2).evaluate(refused))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message.strip());
  }

  @Test
  void aLevelIsNotBothGivenAndDrawn() {
    Table rows = new Table().with("x0", 1, 2).with("t", 1L, 2L);
    Task both = noising("uniform").column("t", "t");
    assertThatThrownBy(() -> rows.evaluate(both))
        .hasMessageContaining("found a column for role 't', expected none (or draw 'given')");
    Task drawn = noising("uniform").outputs(List.of("time")).rows("arrow");
    assertThatThrownBy(() -> rows.evaluate(drawn)).hasMessageContaining("output 'time'");
  }
}
