package io.lanewise.result;

import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The results of one objective on one data set.
///
/// @param name the name the plan gave it, unique within the report
/// @param model the model that the plan ran it for; null if it did not say models
/// @param objective the objective's id
/// @param family the objective's family: `likelihood`, `variational`, …
/// @param title the objective's title
/// @param formula what was computed
/// @param reference where the formula comes from
/// @param inputs for each set of rows (such as `real` and `generated`) the data set's name and
///   which column played which role
/// @param parameters every parameter with the value it had, defaults included
/// @param rows for each set of rows, how many were used or left out
/// @param measures the numbers
/// @param arrays the numbers by dimension
/// @param breakdowns the numbers by group
/// @param verdicts the judgements of the objective itself
/// @param rowFiles the files with the per-row columns, one for each set of rows; none if none was
///   asked for
/// @param seconds wall time in which rows of this evaluation were processed, summed over threads
public record EvaluationResult(
    String name,
    @Nullable Model model,
    String objective,
    String family,
    String title,
    String formula,
    String reference,
    SequencedMap<String, Input> inputs,
    SequencedMap<String, String> parameters,
    SequencedMap<String, RowCounts> rows,
    List<Measure> measures,
    List<ArrayMeasure> arrays,
    List<Breakdown> breakdowns,
    List<Verdict> verdicts,
    List<String> rowFiles,
    double seconds) {

  /// A result of no model in particular.
  public EvaluationResult(
      String name,
      String objective,
      String family,
      String title,
      String formula,
      String reference,
      SequencedMap<String, Input> inputs,
      SequencedMap<String, String> parameters,
      SequencedMap<String, RowCounts> rows,
      List<Measure> measures,
      List<ArrayMeasure> arrays,
      List<Breakdown> breakdowns,
      List<Verdict> verdicts,
      List<String> rowFiles,
      double seconds) {
    this(
        name,
        null,
        objective,
        family,
        title,
        formula,
        reference,
        inputs,
        parameters,
        rows,
        measures,
        arrays,
        breakdowns,
        verdicts,
        rowFiles,
        seconds);
  }

  /// One of the models that a plan evaluates in the same way.
  ///
  /// @param evaluation what the plan calls the evaluation for every model
  /// @param name the model's name, unique among them
  /// @param step the training step, or another number that orders the models; null where none is
  ///   known
  public record Model(String evaluation, String name, @Nullable Double step) {}

  /// Where a set of rows came from.
  ///
  /// @param data the data set's name
  /// @param columns role to column; several are separated by commas
  /// @param warnings a sentence for each column that has the name of a role and was not used
  public record Input(String data, SequencedMap<String, String> columns, List<String> warnings) {
    public Input {
      warnings = List.copyOf(warnings);
    }

    /// An input without a warning.
    public Input(String data, SequencedMap<String, String> columns) {
      this(data, columns, List.of());
    }
  }

  /// The measure of that name, or null.
  public @Nullable Measure measure(String name) {
    return measures.stream().filter(m -> m.name().equals(name)).findFirst().orElse(null);
  }
}
