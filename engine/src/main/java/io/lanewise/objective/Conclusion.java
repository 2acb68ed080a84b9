package io.lanewise.objective;

import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Verdict;
import java.util.List;

/// What an objective concludes from its results once it has seen all rows.
///
/// @param arrays numbers by dimension or group
/// @param verdicts judgements, each by a written rule
public record Conclusion(List<ArrayMeasure> arrays, List<Verdict> verdicts) {
  /// Nothing more to say.
  public static final Conclusion NONE = new Conclusion(List.of(), List.of());

  public Conclusion {
    arrays = List.copyOf(arrays);
    verdicts = List.copyOf(verdicts);
  }

  /// Judgements only.
  public static Conclusion of(List<Verdict> verdicts) {
    return new Conclusion(List.of(), verdicts);
  }
}
