package io.lanewise.plan;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is expected of a measure or of a judgement; a broken check makes the run fail.
///
/// @param subject what is looked at
/// @param condition what is expected of it
public record Check(Subject subject, Condition condition) {
  /// How a check is written, for messages.
  public static final String FORM = "EVALUATION.MEASURE COMPARISON NUMBER, as in 'elbo.elbo >= 16'";

  private static final List<String> COMPARISONS = List.of("<", "<=", ">", ">=");
  private static final List<String> STATUSES = List.of("pass", "warn", "fail", "unknown");

  /// `fid[base].frechet-distance{label=3} confidently < 5`, or `… is pass`.
  private static final Pattern TEXT =
      Pattern.compile(
          "\\s*(?<evaluation>[^\\s.\\[\\]]+)(?:\\[(?<model>[^\\[\\]]+)\\])?"
              + "\\.(?<measure>[^\\s<>={}]+)(?:\\{(?<by>[^={}]+)=(?<group>[^{}]*)\\})?"
              + "(?:\\s+is\\s+(?<status>\\S+)|\\s*(?<confidently>confidently)?\\s*"
              + "(?<comparison><=|>=|<|>)\\s*(?<bound>\\S+))\\s*");

  /// A measure or judgement.
  ///
  /// @param evaluation what the plan calls the evaluation
  /// @param model one of its models; null for each of them, or if there are none
  /// @param measure the name of the measure or judgement
  /// @param by the column of the groups; null for all rows
  /// @param group the label of a group, `*` for each of them; null for all rows
  public record Subject(
      String evaluation,
      @Nullable String model,
      String measure,
      @Nullable String by,
      @Nullable String group) {
    /// Every group.
    public static final String EACH = "*";

    String text() {
      return "%s%s.%s%s"
          .formatted(
              evaluation,
              model == null ? "" : "[" + model + "]",
              measure,
              by == null ? "" : "{" + by + "=" + group + "}");
    }
  }

  /// What is expected.
  public sealed interface Condition {
    /// As it is written in a plan.
    String text();
  }

  /// A bound on a measure.
  ///
  /// @param comparison one of `<`, `<=`, `>`, `>=`
  /// @param bound the bound
  /// @param confidently whether it has to hold with 95 % confidence: still, with the value moved
  ///   towards the bound by [#ONE_SIDED] standard errors
  public record Bound(String comparison, double bound, boolean confidently) implements Condition {
    /// 95 % of a normal distribution are below as many standard deviations.
    public static final double ONE_SIDED = 1.6448536269514722;

    /// Whether a value is within the bound; never for NaN, nor confidently without an error.
    public boolean holds(double value, double standardError) {
      double worst = comparison.startsWith("<") ? ONE_SIDED : -ONE_SIDED;
      double judged = confidently ? value + worst * standardError : value;
      return switch (comparison) {
        case "<" -> judged < bound;
        case "<=" -> judged <= bound;
        case ">" -> judged > bound;
        default -> judged >= bound;
      };
    }

    @Override
    public String text() {
      return "%s%s %s".formatted(confidently ? "confidently " : "", comparison, bound);
    }
  }

  /// The status of a judgement.
  ///
  /// @param status `pass`, `warn`, `fail` or `unknown`
  public record Is(String status) implements Condition {
    @Override
    public String text() {
      return "is " + status;
    }
  }

  /// A bound on a measure over all rows, of each model if there are models.
  ///
  /// @throws IllegalArgumentException for another comparison than `<`, `<=`, `>`, `>=`
  public Check(String evaluation, String measure, String comparison, double bound) {
    this(new Subject(evaluation, null, measure, null, null), new Bound(comparison, bound, false));
    if (!COMPARISONS.contains(comparison)) {
      throw new IllegalArgumentException(
          "check on '%s.%s': found comparison '%s', expected <, <=, > or >="
              .formatted(evaluation, measure, comparison));
    }
  }

  /// Reads a check as it is written in a plan.
  ///
  /// @throws IllegalArgumentException for anything else
  public static Check parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("check: found '%s', expected %s".formatted(text, FORM));
    }
    Subject subject =
        new Subject(
            matcher.group("evaluation"),
            matcher.group("model"),
            matcher.group("measure"),
            matcher.group("by"),
            matcher.group("group"));
    String status = matcher.group("status");
    if (status != null) {
      if (!STATUSES.contains(status) || subject.by() != null) {
        throw new IllegalArgumentException(
            "check: found '%s', expected EVALUATION.JUDGEMENT is pass|warn|fail|unknown"
                .formatted(text));
      }
      return new Check(subject, new Is(status));
    }
    double bound;
    try {
      bound = Double.parseDouble(matcher.group("bound"));
    } catch (NumberFormatException e) {
      bound = Double.NaN;
    }
    if (!Double.isFinite(bound)) {
      throw new IllegalArgumentException(
          "found '%s', expected a number as bound".formatted(matcher.group("bound")));
    }
    return new Check(
        subject,
        new Bound(matcher.group("comparison"), bound, matcher.group("confidently") != null));
  }

  /// As it is written in a plan.
  public String text() {
    return subject.text() + " " + condition.text();
  }

  /// What the plan calls the evaluation.
  public String evaluation() {
    return subject.evaluation();
  }

  /// The name of the measure or judgement.
  public String measure() {
    return subject.measure();
  }
}
