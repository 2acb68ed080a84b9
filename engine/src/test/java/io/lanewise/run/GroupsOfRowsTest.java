package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import io.lanewise.result.RowCounts;
import io.lanewise.run.group.QuantileSketch;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many groups a batch, among rows that are null, empty or not finite, against rows put into lists
/// by hand and sums in BigDecimal.
class GroupsOfRowsTest {
  private static final int ROWS = 6000;
  private static final Task TASK =
      Task.of("log-likelihood")
          .quantiles(List.of(0.5))
          .by(Bins.values("t"))
          .by(new Bins("t", 37, -100, 600))
          .by(Bins.values("name"));

  @TempDir Path temp;
  private final double[] total = new double[ROWS];
  private final long[] tokens = new long[ROWS];
  private final double[] t = new double[ROWS];
  private final String[] names = new String[ROWS];
  private final boolean[] noTotal = new boolean[ROWS];
  private final boolean[] noT = new boolean[ROWS];

  private void draw(boolean bad) {
    Random random = new Random(6);
    for (int i = 0; i < ROWS; i++) {
      total[i] = -Math.scalb(random.nextDouble(), random.nextInt(60) - 40);
      tokens[i] = random.nextInt(9) == 0 ? 0 : 3;
      noT[i] = random.nextInt(40) == 0;
      names[i] = "n" + random.nextInt(9) * random.nextInt(9);
      // Whole numbers, some of them common, and others; 0 of both signs.
      t[i] =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(500);
            case 1 -> random.nextInt(100) - 50.5;
            case 2 -> random.nextInt(5);
            default -> -0.0;
          };
      if (bad && random.nextInt(30) == 0) {
        total[i] = random.nextBoolean() ? Double.NaN : Double.NEGATIVE_INFINITY;
      }
      noTotal[i] = bad && random.nextInt(20) == 0;
    }
  }

  private Path write() {
    Column[] columns = {
      new ScalarColumn(
          "total", DType.FLOAT64, ROWS, MemorySegment.ofArray(total), Bitmaps.valid(noTotal, ROWS)),
      new ScalarColumn(
          "token-count", DType.INT64, ROWS, MemorySegment.ofArray(tokens), Validity.ALL),
      new ScalarColumn(
          "t", DType.FLOAT64, ROWS, MemorySegment.ofArray(t), Bitmaps.valid(noT, ROWS)),
      new TextColumn("name", ROWS, List.of(names), Validity.ALL)
    };
    Path file = temp.resolve("rows.arrow");
    try (Sink sink =
        Sinks.create(file, Arrays.stream(columns).map(Column::describe).toList(), true)) {
      sink.write(new Batch(0, ROWS, List.of(columns), () -> {}));
      sink.commit();
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource({
    "FAIL, 0, 1",
    "FAIL, 501, 2",
    "SKIP, 0, 1",
    "SKIP, 501, 2",
    "PROPAGATE, 0, 1",
    "PROPAGATE, 501, 2",
    "PROPAGATE, 7, 2"
  })
  void groupsHoldTheirRows(Policy policy, int batchRows, int threads) {
    draw(policy != Policy.FAIL);
    List<Breakdown> found =
        Objects.requireNonNull(
                Evaluation.builder()
                    .data("rows", write().toString())
                    .evaluate(TASK)
                    .policy(policy)
                    .threads(threads)
                    .batchRows(batchRows)
                    .hashInputs(false)
                    .build()
                    .run()
                    .evaluation("log-likelihood"))
            .breakdowns();
    assertThat(found).hasSize(3);
    check(found.get(0), policy, i -> noT[i] ? "null" : Double.toString(t[i] + 0.0));
    check(
        found.get(1),
        policy,
        i ->
            noT[i]
                ? "null"
                : Double.toString(-100 + Math.floor(37 * (t[i] + 100) / 700) * 700 / 37));
    check(found.get(2), policy, i -> names[i]);
  }

  private void check(Breakdown breakdown, Policy policy, IntFunction<String> keys) {
    Map<String, List<Integer>> expected = new TreeMap<>();
    for (int i = 0; i < ROWS; i++) {
      expected.computeIfAbsent(keys.apply(i), key -> new ArrayList<>()).add(i);
    }
    Map<String, Breakdown.Group> groups = new TreeMap<>();
    breakdown
        .groups()
        .forEach(
            g -> groups.put(Double.isNaN(g.lower()) ? g.label() : Double.toString(g.lower()), g));
    assertThat(groups.keySet()).isEqualTo(expected.keySet());
    assertThat(breakdown.groups()).hasSameSizeAs(groups.keySet());
    expected.forEach((key, rows) -> check(Objects.requireNonNull(groups.get(key)), policy, rows));
  }

  private void check(Breakdown.Group group, Policy policy, List<Integer> rows) {
    List<Double> used = new ArrayList<>();
    long nulls = 0;
    long empty = 0;
    long nonFinite = 0;
    for (int i : rows) {
      if (noTotal[i]) {
        nulls++;
      } else if (tokens[i] == 0) {
        empty++;
      } else {
        nonFinite += Double.isFinite(total[i]) ? 0 : 1;
        if (Double.isFinite(total[i]) || policy == Policy.PROPAGATE) {
          used.add(total[i]);
        }
      }
    }
    assertThat(group.rows())
        .isEqualTo(new RowCounts(rows.size(), used.size(), nulls, nonFinite, empty));
    List<Measure> measures = group.measures();
    Measure mean = measure(measures, "log-likelihood");
    assertThat(mean.n()).isEqualTo(used.size());
    double[] sorted = used.stream().mapToDouble(d -> d).sorted().toArray();
    if (used.isEmpty()) {
      assertThat(mean.value()).isNaN();
      return;
    }
    // Boxed: NaN is equal to NaN.
    Double least = Arrays.stream(sorted).min().orElseThrow();
    Double most = Arrays.stream(sorted).max().orElseThrow();
    assertThat(measure(measures, "log-likelihood-min").value()).isEqualTo(least);
    assertThat(measure(measures, "log-likelihood-max").value()).isEqualTo(most);
    if (!used.stream().allMatch(Double::isFinite)) {
      Double sum = used.stream().mapToDouble(d -> d).sum();
      assertThat(mean.value()).isEqualTo(sum);
      assertThat(measure(measures, "log-likelihood-p50").value()).isNaN();
      return;
    }
    BigDecimal n = BigDecimal.valueOf(used.size());
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    for (double x : used) {
      sum = sum.add(new BigDecimal(x));
      squares = squares.add(new BigDecimal(x).pow(2));
    }
    assertThat(mean.value()).isEqualTo(sum.divide(n, MathContext.DECIMAL128).doubleValue());
    if (used.size() > 1) {
      double variance =
          n.multiply(squares)
              .subtract(sum.pow(2))
              .divide(
                  n.pow(2).multiply(BigDecimal.valueOf(used.size() - 1)), MathContext.DECIMAL128)
              .doubleValue();
      double error = Math.sqrt(variance);
      assertThat(mean.standardError()).isCloseTo(error, within(1e-15 * error));
    }
    double median = sorted[(sorted.length - 1) / 2];
    assertThat(measure(measures, "log-likelihood-p50").value())
        .isCloseTo(median, within(QuantileSketch.RELATIVE_ERROR * Math.abs(median) * (1 + 1e-12)));
  }

  private static Measure measure(List<Measure> measures, String name) {
    return measures.stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }
}
