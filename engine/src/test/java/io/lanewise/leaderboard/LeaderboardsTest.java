package io.lanewise.leaderboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.result.Direction;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Leaderboard;
import io.lanewise.result.Leaderboard.Basis;
import io.lanewise.result.Leaderboard.Standing;
import io.lanewise.result.Measure;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaderboardsTest {
  private static EvaluationResult result(
      String model, @Nullable Double step, double value, double error, Direction better) {
    return new EvaluationResult(
        "fid-" + model,
        new EvaluationResult.Model("fid", model, step),
        "frechet-distance",
        "sample",
        "",
        "",
        "",
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        new LinkedHashMap<>(),
        List.of(
            new Measure("distance", value, error, "mean", 10, "1", better, ""),
            new Measure("rows", 10, 0, "none", 10, "1", Direction.NEITHER, "")),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        0);
  }

  private static EvaluationResult lower(String model, double value, double error) {
    return result(model, null, value, error, Direction.LOWER);
  }

  private static Leaderboard board(EvaluationResult... results) {
    List<Leaderboard> boards = Leaderboards.of(List.of(results), (result, measure) -> null);
    assertThat(boards).as("of measures that rank").hasSize(1);
    return boards.getFirst();
  }

  /// By Python 3.11: 0.5 * math.erfc(-x / math.sqrt(2)).
  @ParameterizedTest
  @CsvSource({
    "0, 0.5",
    "0.1, 0.539827837277029",
    "1, 0.8413447460685429",
    "-1, 0.15865525393145707",
    "2.5, 0.9937903346742238",
    "-2.5, 0.006209665325776139",
    "-5, 2.866515718791946e-07",
    "8, 0.9999999999999993",
    "-40, 0",
    "Infinity, 1"
  })
  void normalProbabilities(double x, double probability) {
    assertThat(Normal.below(x)).isCloseTo(probability, within(2e-15));
  }

  /// Probabilities are exact, P(a < b) = Phi((b - a) / sqrt(se(a)^2 + se(b)^2)), by Python's
  /// math.erfc. Ranks by 400 000 draws of NumPy 2.4.6: that of the second is 1, 2, 3 with
  /// probability 0.130, 0.460, 0.411, that of the third with 0.012, 0.404, 0.583.
  @Test
  void modelsWithStandardErrors() {
    Leaderboard board =
        board(lower("d", 4, 0.1), lower("b", 1.5, 0.4), lower("a", 1, 0.2), lower("c", 1.6, 0.2));
    assertThat(board.basis()).isEqualTo(Basis.NORMAL);
    assertThat(board.standings())
        .extracting(s ->
            "%s %d %d-%d %b"
                .formatted(s.model(), s.rank(), s.lowestRank(), s.highestRank(), s.tied()))
        .as("a is told from c with 0.983, from b with 0.868")
        .containsExactly("a 1 1-2 false", "b 2 1-3 true", "c 3 2-3 false", "d 4 4-4 false");
    List<Standing> standings = board.standings();
    assertThat(standings.get(0).beatsNext()).isCloseTo(0.8682237613585135, within(1e-14));
    assertThat(standings.get(1).beatsNext()).isCloseTo(0.5884683631209393, within(1e-14));
    assertThat(standings.get(3).beatsNext()).isNaN();
  }

  @Test
  void higherMayBeBetter() {
    Leaderboard board =
        board(
            result("a", null, 1, 0.3, Direction.HIGHER),
            result("b", null, 1.5, 0.4, Direction.HIGHER));
    assertThat(board.best().model()).isEqualTo("b");
    assertThat(board.best().beatsNext()).isCloseTo(0.8413447460685429, within(1e-14));
    assertThat(board.standings().get(1).tied()).isTrue();
  }

  @Test
  void withoutErrorsThereAreRanksAlone() {
    Leaderboard board =
        board(
            lower("a", 2, 0.1),
            lower("b", 1, Double.NaN),
            lower("c", 1, 0.1),
            lower("d", Double.NaN, 1));
    assertThat(board.basis()).isEqualTo(Basis.NONE);
    assertThat(board.standings())
        .extracting(s -> "%s %d %d %b".formatted(s.model(), s.rank(), s.lowestRank(), s.tied()))
        .as("equal values share a rank; one without a value is last")
        .containsExactly("b 1 0 false", "c 1 0 true", "a 3 0 false", "d 0 0 false");
  }

  @Test
  void exactValuesAreTold() {
    Leaderboard board = board(lower("a", 2, 0), lower("b", 1, 0), lower("c", 1, 0));
    assertThat(board.standings())
        .extracting(
            s -> "%s %d-%d %s".formatted(s.model(), s.lowestRank(), s.highestRank(), s.beatsNext()))
        .containsExactly("b 1-1 0.5", "c 1-1 1.0", "a 3-3 NaN");
  }

  /// The rows of the models move together: told apart by rows, not by their errors. The
  /// probabilities are those of NumPy 2.4.6, 20 000 draws of all rows: 0.8685 and 0.99725, within
  /// the spread of 10 000.
  @Test
  void sameRowsArePaired() {
    int n = 1500;
    double[][] rows = {
      rows(n, i -> 10 * Math.sin(i)),
      rows(n, i -> 10 * Math.sin(i) + 0.05 + Math.cos(7.0 * i)),
      rows(n, i -> 10 * Math.sin(i) + 0.08 + Math.sin(3.0 * i))
    };
    List<EvaluationResult> results =
        IntStream.range(0, 3)
            .mapToObj(m ->
                result(
                    "abc".substring(m, m + 1),
                    null,
                    Arrays.stream(rows[m]).average().orElseThrow(),
                    0.1835,
                    Direction.HIGHER))
            .toList();
    Leaderboard board =
        Leaderboards.of(results, (result, measure) -> rows[results.indexOf(result)]).getFirst();
    assertThat(board.basis()).isEqualTo(Basis.ROWS);
    assertThat(board.standings())
        .extracting(
            s -> "%s %d-%d %b".formatted(s.model(), s.lowestRank(), s.highestRank(), s.tied()))
        .containsExactly("c 1-2 false", "b 1-2 true", "a 3-3 false");
    assertThat(board.standings().get(0).beatsNext()).isCloseTo(0.8685, within(0.012));
    assertThat(board.standings().get(1).beatsNext()).isCloseTo(0.99725, within(0.002));
    assertThat(Leaderboards.of(results, (result, measure) -> rows[results.indexOf(result)]))
        .as("seeded")
        .containsExactly(board);
    assertThat(
            Leaderboards.of(
                    results,
                    (result, measure) ->
                        result == results.getFirst()
                            ? Arrays.copyOf(rows[0], n - 1)
                            : rows[results.indexOf(result)])
                .getFirst()
                .basis())
        .as("rows that are not those of the value, or not as many")
        .isEqualTo(Basis.NORMAL);
  }

  private static double[] rows(int count, IntToDoubleFunction row) {
    return IntStream.range(0, count).mapToDouble(row).toArray();
  }

  @Test
  void stepsMakeATrend() {
    Leaderboard board =
        board(
            result("last", null, 3, 1, Direction.LOWER),
            result("gen-100", 100.0, 2, 1, Direction.LOWER),
            result("gen-20", 20.0, 1, 1, Direction.LOWER));
    assertThat(board.trend()).extracting(Standing::model).containsExactly("gen-20", "gen-100");
  }

  @Test
  void oneModelIsNoLeaderboard() {
    assertThat(Leaderboards.of(List.of(lower("a", 1, 1)), (result, measure) -> null)).isEmpty();
  }
}
