package io.lanewise.objective.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.lanewise.objective.Table;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.RowCounts;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds of every input, on generated ones.
class LikelihoodLawsTest {
  private static final int ROWS = 101;
  private final Random random = new Random(4);

  private double[][] normals(int rows, int width, double scale) {
    return IntStream.range(0, rows)
        .mapToObj(i -> random.doubles(width).map(d -> scale * random.nextGaussian()).toArray())
        .toArray(double[][]::new);
  }

  private double[][] logProbs() {
    return IntStream.range(0, ROWS)
        .mapToObj(i -> random.doubles(1 + random.nextInt(20), -9, 0).toArray())
        .toArray(double[][]::new);
  }

  private long[] integers(int bound) {
    return random.longs(ROWS, 0, bound).toArray();
  }

  private static double measure(EvaluationResult result, String name) {
    return Objects.requireNonNull(result.measure(name), name).value();
  }

  private static void sameDigits(Table table, Task task) {
    EvaluationResult expected = table.evaluate(task);
    int[] reversed = IntStream.range(0, ROWS).map(i -> ROWS - 1 - i).toArray();
    assertThat(table.evaluate(task, 3, 4, 7).measures()).isEqualTo(expected.measures());
    assertThat(table.inOrder(reversed).evaluate(task).measures()).isEqualTo(expected.measures());
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "sequence-mean", "document"})
  void orderAndSplitDoNotShow(String reduction) {
    sameDigits(
        new Table().sequences("logprob", logProbs()).with("bytes", integers(90)),
        Task.of("log-likelihood").parameter("reduction", reduction));
  }

  @Test
  void orderAndSplitDoNotShowInTheOthers() {
    Table tokens =
        new Table()
            .vectors("logits", normals(ROWS, 33, 5))
            .with("target", integers(33))
            .with("sequence", integers(9));
    sameDigits(tokens, Task.of("token-log-likelihood"));
    sameDigits(tokens, Task.of("sequence-log-likelihood"));
    Table images =
        new Table()
            .vectors("x", normals(ROWS, 4, 0.5))
            .vectors("mean", normals(ROWS, 4, 0.5))
            .vectors("log-scale", normals(ROWS, 4, 1));
    sameDigits(images, Task.of("discretized-gaussian"));
  }

  @Test
  void bytePerplexityIsTwoToTheBits() {
    long[] bytes = random.longs(ROWS, 1, 80).toArray();
    EvaluationResult result =
        new Table()
            .sequences("logprob", logProbs())
            .with("bytes", bytes)
            .evaluate(Task.of("log-likelihood"));
    assertThat(measure(result, "byte-perplexity"))
        .isCloseTo(Math.pow(2, measure(result, "bits-per-byte")), withinPercentage(1e-12));
  }

  @Test
  void logSoftmaxDoesNotSeeAShift() {
    double[][] logits = normals(ROWS, 21, 10);
    double[][] shifted = new double[ROWS][];
    for (int i = 0; i < ROWS; i++) {
      double shift = 64 * random.nextInt(-1000, 1000);
      shifted[i] = java.util.Arrays.stream(logits[i]).map(x -> x + shift).toArray();
    }
    long[] target = integers(21);
    Task task = Task.of("token-log-likelihood");
    double[] plain =
        new Table().vectors("logits", logits).with("target", target).output(task, "log-likelihood");
    double[] moved =
        new Table()
            .vectors("logits", shifted)
            .with("target", target)
            .output(task, "log-likelihood");
    assertThat(moved).containsExactly(plain, within(1e-10));
    assertThat(java.util.Arrays.stream(plain)).allMatch(ll -> ll <= 0);
  }

  /// Probabilities of all levels sum to 1, whichever formula is used.
  @ParameterizedTest
  @ValueSource(strings = {"erf", "approx-cdf"})
  void levelsOfTheGaussianSumToOne(String cdf) {
    double[][] x =
        IntStream.range(0, 256)
            .mapToObj(i -> new double[] {i / 127.5 - 1})
            .toArray(double[][]::new);
    double[][] mean = constant(256, 0.1);
    double[][] scale = constant(256, -2);
    double[] ll =
        new Table()
            .vectors("x", x)
            .vectors("mean", mean)
            .vectors("log-scale", scale)
            .output(Task.of("discretized-gaussian").parameter("cdf", cdf), "log-likelihood");
    assertThat(java.util.Arrays.stream(ll).map(Math::exp).sum()).isCloseTo(1, within(1e-10));
  }

  @Test
  void levelsOfTheMixtureSumToOne() {
    double[][] x =
        IntStream.range(0, 256)
            .mapToObj(i -> new double[] {i / 127.5 - 1})
            .toArray(double[][]::new);
    double[] ll =
        new Table()
            .vectors("x", x)
            .vectors("logit-weights", rows(256, 0.3, -1))
            .vectors("means", rows(256, -0.4, 0.6))
            .vectors("log-scales", rows(256, -2, -3))
            .output(Task.of("discretized-logistic-mixture"), "log-likelihood");
    assertThat(java.util.Arrays.stream(ll).map(Math::exp).sum()).isCloseTo(1, within(1e-5));
  }

  private static double[][] constant(int rows, double value) {
    return rows(rows, value);
  }

  private static double[][] rows(int rows, double... values) {
    return IntStream.range(0, rows).mapToObj(i -> values).toArray(double[][]::new);
  }

  @Test
  void sequencesFromFlatRowsAreThoseOfLists() {
    double[][] lists = logProbs();
    double[] flat =
        java.util.Arrays.stream(lists).flatMapToDouble(java.util.Arrays::stream).toArray();
    long[] ids =
        IntStream.range(0, ROWS)
            .flatMap(i -> IntStream.generate(() -> i).limit(lists[i].length))
            .asLongStream()
            .toArray();
    EvaluationResult ofLists =
        new Table().sequences("logprob", lists).evaluate(Task.of("log-likelihood"));
    EvaluationResult ofRows =
        new Table()
            .with("logprob", flat)
            .with("sequence", ids)
            .evaluate(Task.of("sequence-log-likelihood"));
    var expected = Objects.requireNonNull(ofLists.measure("perplexity"));
    var found = Objects.requireNonNull(ofRows.measure("perplexity"));
    assertThat(found.value()).isCloseTo(expected.value(), withinPercentage(1e-11));
    assertThat(found.standardError()).isCloseTo(expected.standardError(), withinPercentage(1e-9));
    assertThat(found.n()).isEqualTo(expected.n());
  }

  private static long[][] targets(Random random, int[] lengths, int vocabulary) {
    return IntStream.range(0, lengths.length)
        .mapToObj(i -> random.longs(lengths[i], 0, vocabulary).toArray())
        .toArray(long[][]::new);
  }

  /// Logits of whole sequences give what their log-softmax gives, token by token, and do not see a
  /// shift of a token's logits.
  @Test
  void logitsOfSequencesAreTheirTokens() {
    int vocabulary = 13;
    int[] lengths = random.ints(ROWS, 1, 9).toArray();
    long[][] target = targets(random, lengths, vocabulary);
    double[][] logits = new double[ROWS][];
    double[][] shifted = new double[ROWS][];
    for (int i = 0; i < ROWS; i++) {
      logits[i] = random.doubles((long) lengths[i] * vocabulary, -9, 9).toArray();
      shifted[i] = logits[i].clone();
      for (int k = 0; k < shifted[i].length; k++) {
        shifted[i][k] += 64 * (k / vocabulary);
      }
    }
    Table flat =
        new Table()
            .vectors(
                "logits",
                java.util.Arrays.stream(logits)
                    .flatMap(row ->
                        IntStream.range(0, row.length / vocabulary)
                            .mapToObj(k ->
                                java.util.Arrays.copyOfRange(
                                    row, k * vocabulary, (k + 1) * vocabulary)))
                    .toArray(double[][]::new))
            .with(
                "target",
                java.util.Arrays.stream(target).flatMapToLong(java.util.Arrays::stream).toArray());
    double[] tokens = flat.output(Task.of("token-log-likelihood"), "log-likelihood");
    double[] flags = flat.output(Task.of("token-log-likelihood"), "greedy");
    Table table = new Table().sequences("logits", logits).sequences("target", target);
    Task task = Task.of("log-likelihood");
    double[] sums = table.output(task, "log-likelihood");
    double[] greedy = table.output(task, "greedy");
    double[] moved =
        new Table()
            .sequences("logits", shifted)
            .sequences("target", target)
            .output(task, "log-likelihood");
    int at = 0;
    for (int i = 0; i < ROWS; i++) {
      double sum = 0;
      double all = 1;
      for (int k = 0; k < lengths[i]; k++, at++) {
        sum += tokens[at];
        all = Math.min(all, flags[at]);
      }
      assertThat(sums[i]).isCloseTo(sum, within(1e-12)).isCloseTo(moved[i], within(1e-9));
      assertThat(greedy[i]).isEqualTo(all);
    }
    sameDigits(table, task);
  }

  @Test
  void sequencesWithoutTokensAreNullAndCounted() {
    Table table =
        new Table()
            .sequences("logprob", new double[] {-1, -2}, new double[0], new double[] {-3})
            .sequences("target", new long[] {5, -100}, new long[0], new long[] {-100});
    Task task = Task.of("log-likelihood");
    EvaluationResult result = table.evaluate(task);
    assertThat(result.rows().get("rows")).isEqualTo(new RowCounts(3, 1, 0, 0, 2));
    assertThat(measure(result, "nll-per-token")).isEqualTo(1);
    assertThat(table.nulls(task, "tokens")).containsExactly(false, true, true);
    EvaluationResult none = table.inOrder(1, 2).evaluate(task);
    assertThat(measure(none, "perplexity")).isNaN();
    assertThat(Objects.requireNonNull(none.measure("perplexity")).n()).isZero();
  }

  @Test
  void idsMayBeTexts() {
    int rows = 60;
    double[] logprob = random.doubles(rows, -5, 0).toArray();
    long[] ids = random.longs(rows, 0, 7).toArray();
    String[] texts =
        java.util.Arrays.stream(ids).mapToObj(id -> "doc/" + id).toArray(String[]::new);
    Task task = Task.of("sequence-log-likelihood");
    EvaluationResult ofTexts =
        new Table().with("logprob", logprob).with("sequence", texts).evaluate(task, 3, 4, 7);
    assertThat(ofTexts.measures())
        .isEqualTo(
            new Table().with("logprob", logprob).with("sequence", ids).evaluate(task).measures());
    logprob[3] = Double.NaN;
    assertThat(
            new Table()
                .with("logprob", logprob)
                .with("sequence", texts)
                .evaluate(task, Policy.SKIP)
                .measures())
        .isEqualTo(
            new Table()
                .with("logprob", logprob)
                .with("sequence", ids)
                .evaluate(task, Policy.SKIP)
                .measures());
    logprob[3] = -1;
    Table real = new Table().with("logprob", logprob).with("sequence", logprob);
    assertThatThrownBy(() -> real.evaluate(task))
        .hasMessageContaining(
            "for role 'sequence': found float64, expected a scalar of integers or text");
  }

  @Test
  void mistakesInLogitsOfSequencesAreNamed() {
    Task task = Task.of("log-likelihood");
    Table ragged =
        new Table()
            .sequences("logits", new double[] {1, 2, 3, 4, 5})
            .sequences("target", new long[] {0, 1});
    assertThatThrownBy(() -> ragged.evaluate(task))
        .hasMessageContaining(
            "column 'logits' row 0: found 5 elements, expected the same number for each of the 2 of"
                + " column 'target'");
    Table outside =
        new Table()
            .sequences("logits", new double[] {1, 2, 3, 4})
            .sequences("target", new long[] {0, 2});
    assertThatThrownBy(() -> outside.evaluate(task))
        .hasMessageContaining("column 'target' row 0: found target 2 at 1, expected 0 to 1");
    assertThatThrownBy(() -> outside.evaluate(task.parameter("vocabulary", "4")))
        .hasMessageContaining("found 4 elements, expected 4 for each of the 2 of column 'target'");
    Table alone = new Table().sequences("logits", new double[] {1, 2});
    assertThatThrownBy(() -> alone.evaluate(task))
        .hasMessageContaining("'logits' without 'target'");
  }

  @Test
  void mistakesAreNamed() {
    Table tokens = new Table().vectors("logits", new double[] {1, 2}).with("target", 2L);
    assertThatThrownBy(() -> tokens.evaluate(Task.of("token-log-likelihood")))
        .hasMessageContaining("column 'target' row 0: found target 2, expected 0 to 1");
    Table masked =
        new Table().sequences("logprob", new double[] {-1, -2}).sequences("mask", new double[] {1});
    assertThatThrownBy(() -> masked.evaluate(Task.of("log-likelihood")))
        .hasMessageContaining("column 'mask' row 0: found 1 elements, expected 2");
    Table totals = new Table().with("total", -3.0);
    assertThatThrownBy(
            () -> totals.evaluate(Task.of("log-likelihood").outputs(java.util.List.of("tokens"))))
        .hasMessageContaining("found no column for role 'token-count'");
    Table many = new Table().with("logprob", -1.0, -1.0).with("sequence", 1L, 2L);
    assertThatThrownBy(
            () -> many.evaluate(Task.of("sequence-log-likelihood").parameter("max-sequences", "1")))
        .hasMessageContaining("found more than 1 sequences");
    Table choice = new Table().sequences("log-likelihood", new double[] {-1}).with("gold", 1L);
    assertThatThrownBy(() -> choice.evaluate(Task.of("multiple-choice"), Policy.SKIP))
        .hasMessageContaining("column 'gold' row 0: found 1, expected one of 1 choices");
  }
}
