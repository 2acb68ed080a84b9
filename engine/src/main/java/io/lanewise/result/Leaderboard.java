package io.lanewise.result;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The models of an evaluation, ranked by one of its measures. Nothing is pooled: each measure has
/// a ranking of its own.
///
/// @param evaluation what the plan calls the evaluation for every model
/// @param measure the measure's name
/// @param unit the measure's unit
/// @param better which values are better; not [Direction#NEITHER]
/// @param basis what the intervals rest on
/// @param standings the models, best first; those without a value come last
public record Leaderboard(
    String evaluation,
    String measure,
    String unit,
    Direction better,
    Basis basis,
    List<Standing> standings) {
  public Leaderboard {
    standings = List.copyOf(standings);
  }

  /// What the intervals of ranks rest on.
  public enum Basis {
    /// Rows were kept, as many of each model: bootstrap of blocks of rows, the same for all models.
    ROWS("the same rows of all models, drawn anew"),
    /// Normal draws from each value and its standard error, as if models were independent.
    NORMAL("values and standard errors, models taken as independent"),
    /// A standard error is not known: ranks alone.
    NONE("no standard errors: ranks without intervals");

    private final String words;

    Basis(String words) {
      this.words = words;
    }

    /// What it means, for readers.
    public String words() {
      return words;
    }

    /// The lower-case name used in results.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Where a model stands.
  ///
  /// @param model the model's name
  /// @param step its step, or null
  /// @param value the measure's value
  /// @param standardError its standard error; NaN where none is known
  /// @param rank 1 for the best; equal values have equal ranks; 0 without a value
  /// @param lowestRank the least rank of its interval of 95 %; 0 if it has none
  /// @param highestRank the greatest rank of that interval; 0 if it has none
  /// @param beatsNext the probability that it is better than the model of the next line; NaN if
  ///   unknown, or for the last
  /// @param tied whether it cannot be told from the best model; false for that one
  public record Standing(
      String model,
      @Nullable Double step,
      double value,
      double standardError,
      int rank,
      int lowestRank,
      int highestRank,
      double beatsNext,
      boolean tied) {
    /// Whether its value is the best one.
    public boolean best() {
      return rank == 1;
    }
  }

  /// The best model.
  public Standing best() {
    return standings.getFirst();
  }

  /// The models that have a step, in the order of steps; empty if there are fewer than two.
  public List<Standing> trend() {
    List<Standing> steps =
        standings.stream()
            .filter(standing -> standing.step() != null)
            .sorted(java.util.Comparator.comparing(s -> Objects.requireNonNull(s.step())))
            .toList();
    return steps.size() < 2 ? List.of() : steps;
  }
}
