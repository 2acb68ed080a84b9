package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.objective.Table;
import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.Breakdown;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.run.group.QuantileSketch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bins and the spread of what is in them, against sorting.
class BinsTest {
  @TempDir Path temp;

  private static Task by(Bins bins) {
    return Task.of("loss-by-timestep").by(bins);
  }

  private static double value(List<Measure> measures, String name) {
    return measures.stream()
        .filter(m -> m.name().equals(name))
        .mapToDouble(Measure::value)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void equalCountsDifferByOneAtMostAndHoldEveryRow(long seed) {
    Random random = new Random(seed);
    int rows = 50 + random.nextInt(500);
    int bins = 1 + random.nextInt(12);
    double[] sigma = random.doubles(rows, 0.01, 80).toArray();
    double[] loss = random.doubles(rows).toArray();
    Breakdown found =
        new Table()
            .with("loss", loss)
            .with("t", new long[rows])
            .with("sigma", sigma)
            .evaluate(by(new Bins("sigma", Axis.LN, new Bins.EqualCount(bins))), 3, 2, 17)
            .breakdowns()
            .getFirst();
    long[] counts = found.groups().stream().mapToLong(g -> g.rows().used()).toArray();
    assertThat(counts).hasSize(bins);
    assertThat(Arrays.stream(counts).sum()).isEqualTo(rows);
    assertThat(
            Arrays.stream(counts).max().orElseThrow() - Arrays.stream(counts).min().orElseThrow())
        .isLessThanOrEqualTo(1);
    for (int g = 1; g < bins; g++) {
      assertThat(found.groups().get(g).lower()).isEqualTo(found.groups().get(g - 1).upper());
    }
    assertThat(found.by()).isEqualTo("ln(sigma)");
  }

  @Test
  void tiesStayTogether() {
    Breakdown found =
        new Table()
            .with("loss", 1, 2, 3, 4, 5)
            .with("t", 7, 7, 7, 7, 9)
            .evaluate(by(new Bins("t", Axis.VALUE, new Bins.EqualCount(4))))
            .breakdowns()
            .getFirst();
    assertThat(found.groups()).hasSize(1);
    assertThat(found.groups().getFirst().label()).isEqualTo("[7, 9]");
    assertThat(found.rule()).startsWith("1 bins of equal count of 4 wanted");
  }

  @Test
  void oneValueIsOneBin() {
    Breakdown found =
        new Table()
            .with("loss", 1, 2)
            .with("t", 7, 7)
            .evaluate(by(new Bins("t", Axis.VALUE, new Bins.DataWidth(5))))
            .breakdowns()
            .getFirst();
    assertThat(found.groups()).hasSize(1);
    assertThat(value(found.groups().getFirst().measures(), "loss")).isEqualTo(1.5);
  }

  @Test
  void theLastTimestepOfZeroTerminalSnrHasAGroupOfItsOwn() {
    EvaluationResult result =
        new Table()
            .with("loss", 1, 2, 3)
            .with("t", 10, 500, 999)
            .evaluate(
                by(
                    new Bins(
                        "t",
                        new Axis(Axis.Kind.LOG_SNR, "linear-zero-snr", 1000),
                        new Bins.EqualCount(2))));
    Breakdown found = result.breakdowns().getFirst();
    assertThat(found.ordered()).isTrue();
    assertThat(found.groups()).extracting(Breakdown.Group::label).last().isEqualTo("-Infinity");
    assertThat(found.groups().getLast().lower()).isNaN();
  }

  @Test
  void nullsAndNonFiniteRowsAreCountedWhereTheyAre() throws IOException {
    Path file = temp.resolve("loss.csv");
    Files.writeString(file, "loss,t,sigma\n1,0,1\nnan,0,2\n3,1,4\n5,1,\n,1,3\n");
    for (Policy policy : List.of(Policy.SKIP, Policy.PROPAGATE)) {
      EvaluationResult result =
          Objects.requireNonNull(
              Evaluation.builder()
                  .data("rows", file.toString())
                  .evaluate(by(Bins.values("t")).by(new Bins("sigma", 2, 0, 8)))
                  .policy(policy)
                  .build()
                  .run()
                  .evaluation("loss-by-timestep"));
      Breakdown byT = result.breakdowns().getFirst();
      assertThat(byT.groups().getFirst().rows().nonFinite()).isEqualTo(1);
      assertThat(byT.groups().getLast().rows().nulls()).isEqualTo(1);
      Breakdown bySigma = result.breakdowns().getLast();
      assertThat(bySigma.ordered()).isTrue();
      assertThat(bySigma.groups())
          .extracting(Breakdown.Group::label)
          .containsExactly("[0, 4)", "[4, 8)", "null");
      double median = value(byT.groups().getFirst().measures(), "loss-p50");
      if (policy == Policy.SKIP) {
        assertThat(median).isEqualTo(1);
      } else {
        assertThat(median).isNaN();
      }
    }
  }

  @Test
  void whatHasNoPlace() {
    Table table = new Table().with("loss", 1, 2).with("t", 3, 1000).with("sigma", 0, 1);
    assertThatThrownBy(() -> table.evaluate(by(new Bins("t", 4, 0, 1000))))
        .hasMessageContaining("column 't' row 1: found 1000.0, expected a value in [0.0, 1000.0)");
    assertThatThrownBy(() -> table.evaluate(by(new Bins("sigma", Axis.LN, new Bins.EqualCount(2)))))
        .hasMessageContaining("column 'sigma' row 0: found 0.0, expected a number > 0");
    Axis snr = new Axis(Axis.Kind.LOG_SNR, "linear", 1000);
    assertThatThrownBy(() -> table.evaluate(by(new Bins("t", snr, new Bins.EachValue()))))
        .hasMessageContaining("row 1: found 1000.0, expected a timestep in [0, 999]");
    assertThatThrownBy(() -> new Axis(Axis.Kind.SIGMA, "", 0))
        .hasMessage("axis 'sigma': found no schedule, expected one");
    Axis unknown = new Axis(Axis.Kind.SIGMA, "linera", 10);
    assertThatThrownBy(() -> table.evaluate(by(new Bins("t", unknown, new Bins.DataWidth(2)))))
        .hasMessageContaining("did you mean 'linear'?");
    assertThatThrownBy(() -> new Bins("t", Axis.VALUE, new Bins.Quartiles(0)))
        .hasMessageContaining("found T 0.0");
  }

  /// The sketch keeps its promise over twenty decades, both signs and zero, in any order of
  /// merging.
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void quantilesAreAsCloseAsDeclared(long seed) {
    Random random = new Random(seed);
    double[] values =
        DoubleStream.generate(() ->
                random.nextInt(20) == 0
                    ? 0
                    : (random.nextBoolean() ? 1 : -1) * Math.exp(46 * random.nextDouble() - 23))
            .limit(3001)
            .toArray();
    QuantileSketch whole = new QuantileSketch();
    whole.add(values, 0, values.length);
    QuantileSketch[] parts = new QuantileSketch[7];
    for (int p = 0; p < 7; p++) {
      parts[p] = new QuantileSketch();
      parts[p].add(values, values.length * p / 7, values.length * (p + 1) / 7);
    }
    QuantileSketch merged = new QuantileSketch();
    for (int p : new int[] {4, 0, 6, 2, 5, 1, 3}) {
      merged.merge(parts[p]);
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    for (double q : new double[] {0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1}) {
      double exact = sorted[(int) Math.floor(q * (sorted.length - 1))];
      assertThat(whole.quantile(q))
          .as("quantile %s", q)
          .isCloseTo(exact, within(QuantileSketch.RELATIVE_ERROR * Math.abs(exact)));
      assertThat(merged.quantile(q)).isEqualTo(whole.quantile(q));
    }
  }

  /// Sketches of a value or two, far apart and empty ones among them, in a random tree of merges.
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24})
  void anyTreeOfMergesGivesTheSame(long seed) {
    Random random = new Random(seed);
    QuantileSketch whole = new QuantileSketch();
    List<QuantileSketch> parts = new ArrayList<>();
    for (int p = 0; p < 300; p++) {
      double[] values =
          random
              .doubles(random.nextInt(3), -30, 30)
              .map(v -> Math.signum(v) * Math.exp(Math.abs(v) - 15))
              .toArray();
      whole.add(values, 0, values.length);
      QuantileSketch part = new QuantileSketch();
      part.add(values, 0, values.length);
      parts.add(part);
    }
    while (parts.size() > 1) {
      QuantileSketch taken = parts.remove(random.nextInt(parts.size()));
      parts.get(random.nextInt(parts.size())).merge(taken);
    }
    for (int i = 0; i <= 100; i++) {
      assertThat(parts.getFirst().quantile(i / 100.0)).isEqualTo(whole.quantile(i / 100.0));
    }
  }

  @Test
  void theGreatestDoubleIsWithinTheErrorToo() {
    QuantileSketch spread = new QuantileSketch();
    spread.add(new double[] {Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE}, 0, 3);
    assertThat(spread.quantile(1)).isCloseTo(Double.MAX_VALUE, within(4e305));
    assertThat(spread.quantile(0)).isCloseTo(-Double.MAX_VALUE, within(4e305));
    assertThat(spread.quantile(0.5)).isCloseTo(0, within(1e-300));
    assertThat(new QuantileSketch().quantile(0.5)).isNaN();
  }
}
