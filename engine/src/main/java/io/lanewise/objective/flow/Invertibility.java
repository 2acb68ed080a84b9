package io.lanewise.objective.flow;

import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import io.lanewise.result.Verdict.Status;
import java.util.ArrayList;
import java.util.List;

/// What flows say that are bijections only for some parameters: output `invertible` is 1 for a row
/// whose parameters make one.
final class Invertibility {
  private Invertibility() {}

  static List<Statistic> statistics(String definition) {
    List<Statistic> statistics = new ArrayList<>(TransformedRows.statistics());
    statistics.add(
        Statistic.mean("invertible-share", "1", Direction.HIGHER, definition, "invertible"));
    return statistics;
  }

  /// @param measures those of [#statistics]
  /// @param condition what holds of a row that is invertible
  static Conclusion verdict(List<Measure> measures, String condition) {
    double share = measures.getLast().value();
    return Conclusion.of(
        List.of(
            new Verdict(
                "invertible",
                share == 1 ? Status.PASS : share < 1 ? Status.FAIL : Status.UNKNOWN,
                condition + " in every row, else the flow is no bijection",
                "share of rows that are: %s".formatted(share))));
  }
}
