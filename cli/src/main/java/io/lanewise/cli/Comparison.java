package io.lanewise.cli;

import io.lanewise.result.Breakdown;
import io.lanewise.result.Direction;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Two results of one objective side by side, measure by measure and bin by bin, with a verdict
/// that knows their standard errors.
///
/// @param name the evaluation's name in the first report
/// @param threshold in standard errors of the difference
/// @param total the measures over all rows
/// @param breakdowns the measures by group, for each breakdown that both have by the same rule
record Comparison(String name, double threshold, List<Difference> total, List<ByGroup> breakdowns) {

  /// The outcome of a comparison.
  enum Outcome {
    BETTER,
    WORSE,
    /// Beyond the threshold, of a measure that has no better and worse.
    DIFFERENT,
    SAME,
    /// A standard error is not known.
    UNKNOWN;

    @Override
    public String toString() {
      return this == SAME ? "no difference" : name().toLowerCase(Locale.ROOT);
    }
  }

  /// One measure of both runs; `b` is judged against `a`.
  record Difference(Measure a, Measure b, double threshold) {
    double value() {
      return b.value() - a.value();
    }

    /// The standard error of the difference, with the rows of both runs independent.
    double standardError() {
      return Math.hypot(a.standardError(), b.standardError());
    }

    /// The difference in its standard errors.
    double z() {
      return value() == 0 ? 0 : value() / standardError();
    }

    Outcome outcome() {
      if (Double.isNaN(z()) || Double.isNaN(standardError())) {
        return Outcome.UNKNOWN;
      }
      if (Math.abs(z()) <= threshold) {
        return Outcome.SAME;
      }
      return switch (a.better()) {
        case NEITHER -> Outcome.DIFFERENT;
        case LOWER -> value() < 0 ? Outcome.BETTER : Outcome.WORSE;
        case HIGHER -> value() > 0 ? Outcome.BETTER : Outcome.WORSE;
      };
    }
  }

  /// One group that both have.
  record Group(String label, double lower, double upper, List<Difference> measures) {}

  /// One breakdown.
  ///
  /// @param unmatched groups that only one of the runs has
  record ByGroup(String by, String rule, List<Group> groups, long unmatched) {
    /// How many groups came to an outcome in a measure.
    long count(String measure, Outcome outcome) {
      return groups.stream()
          .flatMap(group -> group.measures().stream())
          .filter(d -> d.a().name().equals(measure) && d.outcome() == outcome)
          .count();
    }
  }

  /// Compares; quantiles and the like, which have no standard error, are left out of groups.
  static Comparison of(EvaluationResult a, EvaluationResult b, double threshold) {
    List<ByGroup> breakdowns = new ArrayList<>();
    for (Breakdown breakdown : a.breakdowns()) {
      Breakdown other = counterpart(breakdown, b);
      if (other != null) {
        breakdowns.add(byGroup(breakdown, other, threshold));
      }
    }
    return new Comparison(
        a.name(), threshold, differences(a.measures(), b.measures(), threshold), breakdowns);
  }

  private static ByGroup byGroup(Breakdown a, Breakdown b, double threshold) {
    List<Group> groups = new ArrayList<>();
    for (Breakdown.Group group : a.groups()) {
      for (Breakdown.Group other : b.groups()) {
        if (other.label().equals(group.label())) {
          List<Difference> measures =
              differences(group.measures(), other.measures(), threshold).stream()
                  .filter(d -> d.a().better() != Direction.NEITHER)
                  .toList();
          groups.add(new Group(group.label(), group.lower(), group.upper(), measures));
        }
      }
    }
    long unmatched = (long) a.groups().size() + b.groups().size() - 2L * groups.size();
    return new ByGroup(a.by(), a.rule(), groups, unmatched);
  }

  private static List<Difference> differences(List<Measure> a, List<Measure> b, double threshold) {
    List<Difference> differences = new ArrayList<>();
    for (Measure measure : a) {
      Measure other = find(b, measure.name());
      if (other != null) {
        differences.add(new Difference(measure, other, threshold));
      }
    }
    return differences;
  }

  /// The measure of that name, or null.
  static @Nullable Measure find(List<Measure> measures, String name) {
    return measures.stream().filter(m -> m.name().equals(name)).findFirst().orElse(null);
  }

  /// The breakdown of another result by the same column and rule; edges computed from the data may
  /// differ. Null if there is none.
  static @Nullable Breakdown counterpart(Breakdown breakdown, EvaluationResult other) {
    return other.breakdowns().stream()
        .filter(b -> b.by().equals(breakdown.by()) && b.ordered() == breakdown.ordered())
        .filter(b -> kind(b.rule()).equals(kind(breakdown.rule())))
        .findFirst()
        .orElse(null);
  }

  /// The rule without the numbers that are computed from the data.
  private static String kind(String rule) {
    return rule.contains("of all rows") || rule.contains("equal count")
        ? rule.replaceAll("-?\\d+(\\.\\d+)?(E-?\\d+)?", "#")
        : rule;
  }

  /// The rule of the verdicts, in words.
  String rule() {
    String chance =
        threshold == 1.96 ? "; of groups that do not differ, 5 % are beyond it by chance" : "";
    return ("B differs from A where |B - A| is beyond %s standard errors, sqrt(se(A)² + se(B)²), the"
            + " rows of the two taken as independent%s")
        .formatted(threshold, chance);
  }
}
