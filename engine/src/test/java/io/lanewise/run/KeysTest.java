package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.Evaluation;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Task;
import io.lanewise.report.JsonReport;
import io.lanewise.result.Breakdown;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.source.DataException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Groups by every type of key that a Parquet file has, beside what DuckDB groups by: other labels,
/// rows and means would be other groups.
class KeysTest {
  /// 0 to 5 to the six values of each key; each comes twice, in another order.
  private static final String ROWS =
      """
      SELECT (i * 3 + 1)::DOUBLE AS loss, -loss AS lp, (i % 6)::INTEGER AS t,
        [9007199254740993, 9007199254740992, -9223372036854775808, 9223372036854775807, -1, 10][k]::BIGINT AS whole,
        [18446744073709551615, 9223372036854775808, 9223372036854775807, 0, 10, 9][k]::UBIGINT AS big,
        ['1.50', '-1.50', '10.00', '9.99', '0.00', '-10.25'][k]::DECIMAL(9,2) AS small,
        ['1e30', '10000000000000000000000000000.01', '-1', '9', '10', '0.01'][k]::DECIMAL(38,2) AS huge,
        ['2024-02-29', '1969-12-31', '0001-01-01', '9999-12-31', '2024-03-01', '2023-12-31'][k]::DATE AS day,
        ['2024-02-29 23:59:59.999999', '1969-12-31 23:59:59', '0001-01-01 00:00:00', '2024-02-29 23:59:59.999998', '2262-04-12 00:00:00', '9999-12-31 23:59:59.999999'][k]::TIMESTAMP AS micros,
        ['2024-02-29 12:00:00+02', '1969-12-31 23:59:59+00', '2024-02-29 10:00:00.000001+00', '2024-02-29 00:00:00-11', '2024-01-01 00:00:00+00', '1970-01-01 00:00:00+00'][k]::TIMESTAMPTZ AS instant,
        ['2024-02-29 12:00:00.123456789', '1969-12-31 23:59:59.999999999', '1970-01-01 00:00:00', '2024-02-29 12:00:00.123456788', '2024-01-01 00:00:00', '2000-01-01 00:00:00'][k]::TIMESTAMP_NS AS nanos,
        ['23:59:59.999999', '00:00:00', '12:30:00', '12:30:00.5', '01:02:03', '09:00:00'][k]::TIME AS clock,
        [true, false, true, false, true, false][k] AS flag
      FROM (SELECT i, 1 + (i * 5) % 6 AS k FROM range(12) r(i))
      """;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws SQLException {
    file = folder.resolve("keys.parquet");
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute("COPY (%s) TO '%s' (FORMAT parquet)".formatted(ROWS, file));
    }
  }

  private static EvaluationResult run(Task task, Path... files) {
    String[] names = List.of(files).stream().map(Path::toString).toArray(String[]::new);
    Report report = Evaluation.builder().data("rows", names).evaluate(task).build().run();
    return report.evaluations().getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "whole | whole::VARCHAR",
        "big | big::VARCHAR",
        // A decimal is a number: its zeros at the end do not tell it apart.
        "small | rtrim(rtrim(small::VARCHAR, '0'), '.')",
        "huge | rtrim(rtrim(huge::VARCHAR, '0'), '.')",
        "day | strftime(day, '%Y-%m-%d')",
        "micros | strftime(micros, '%Y-%m-%dT%H:%M:%S.%f')",
        "instant | strftime(instant, '%Y-%m-%dT%H:%M:%S.%fZ')",
        "nanos | strftime(nanos, '%Y-%m-%dT%H:%M:%S.%n')",
        "clock | strftime(DATE '2000-01-01' + clock, '%H:%M:%S.%f')",
        "flag | flag::INTEGER::VARCHAR",
      })
  void groupsAreThoseOfDuckDb(String key, String label) throws SQLException {
    List<String> expected = new ArrayList<>();
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      ResultSet rows =
          statement.executeQuery(
              "SELECT %s, count(*), avg(loss) FROM read_parquet('%s') GROUP BY %s ORDER BY %s"
                  .formatted(label, file, key, key));
      while (rows.next()) {
        expected.add("%s: %d, %s".formatted(rows.getString(1), rows.getLong(2), rows.getDouble(3)));
      }
    }
    assertThat(expected).hasSize(key.equals("flag") ? 2 : 6);
    assertThat(groups(run(Task.of("loss-by-timestep").by(Bins.values(key)), file), key))
        .isEqualTo(expected);
  }

  private static List<String> groups(EvaluationResult result, String key) {
    Breakdown breakdown =
        result.breakdowns().stream().filter(b -> b.by().equals(key)).findFirst().orElseThrow();
    return breakdown.groups().stream()
        .map(group ->
            "%s: %d, %s"
                .formatted(
                    group.label(),
                    group.rows().used(),
                    group.measures().stream()
                        .filter(m -> m.name().equals("loss"))
                        .map(Measure::value)
                        .findFirst()
                        .orElseThrow()))
        .toList();
  }

  /// States keep keys exactly, and those of two runs meet.
  @Test
  void keysComeBackFromStates() {
    Task task = Task.of("loss-by-timestep");
    for (String key : List.of("whole", "big", "small", "huge", "day", "instant")) {
      task = task.by(Bins.values(key));
    }
    Evaluation.Builder run = Evaluation.builder().data("rows", file.toString()).evaluate(task);
    Path state = folder.resolve("a.state");
    Report report = run.state(state, false).build().run();
    Report merged = Evaluation.merge(state);
    assertThat(merged.evaluations().getFirst().breakdowns())
        .isEqualTo(report.evaluations().getFirst().breakdowns());
    assertThat(JsonReport.toJson(merged))
        .contains("\"9007199254740993\"", "\"18446744073709551615\"")
        .contains("\"10000000000000000000000000000.01\"", "\"0001-01-01\"");
  }

  /// What a role cannot hold is refused although the column is a key as well.
  @Test
  void aKeyBeyondInt64IsNoTimestep() {
    Task task = Task.of("loss-by-timestep").column("t", "big").by(Bins.values("big"));
    assertThatThrownBy(() -> run(task, file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("column 'big' row")
        .hasMessageContaining("expected at most 9223372036854775807, the largest int64");
  }

  /// Ids of 64 unsigned bits, as hashes are, tell sequences apart.
  @Test
  void idsAreExact() {
    Task task = Task.of("sequence-ll").column("logprob", "lp");
    for (String id : List.of("whole", "big", "huge", "day")) {
      EvaluationResult result = run(task.column("sequence", id), file);
      assertThat(Objects.requireNonNull(result.measure("sequences")).value()).isEqualTo(6);
    }
  }

  /// The file of the fault: 10^18 + 0, 1, 2.
  @Test
  void neighboursBeyond2To53AreNotOneGroup() throws Exception {
    Path keys = Path.of(Objects.requireNonNull(KeysTest.class.getResource("keys.npz")).toURI());
    assertThat(groups(run(Task.of("loss-by-timestep").by(Bins.values("doc")), keys), "doc"))
        .containsExactly(
            "1000000000000000000: 1, 1.0",
            "1000000000000000001: 1, 2.0",
            "1000000000000000002: 1, 3.0");
  }

  /// The file of the fault: of log-probabilities -1, -2, -3 one is masked.
  @ParameterizedTest
  @CsvSource({"''", "logprob"})
  void theMaskIsFoundWhateverIsNamed(String named) throws Exception {
    Path masked =
        Path.of(Objects.requireNonNull(KeysTest.class.getResource("mask.parquet")).toURI());
    Task task = named.isEmpty() ? Task.of("ll") : Task.of("ll").column(named, named);
    EvaluationResult result = run(task, masked);
    assertThat(Objects.requireNonNull(result.measure("log-likelihood")).value()).isEqualTo(-3);
    assertThat(Objects.requireNonNull(result.measure("perplexity")).value())
        .isEqualTo(Math.exp(1.5));
    assertThat(Objects.requireNonNull(result.inputs().get("rows")).columns())
        .containsExactly(
            java.util.Map.entry("logprob", "logprob"), java.util.Map.entry("mask", "mask"));
  }
}
