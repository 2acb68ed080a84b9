package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.RowSet;
import io.lanewise.plan.Models;
import java.util.List;

/// Files of models that a command was given. One alone is a data set; several are the models of the
/// plan, and so is a name with `{step}`, which stands for several.
///
/// @param files files or globs
record GivenModels(List<String> files) {
  /// Adds the files.
  ///
  /// @param alone what one file is called
  /// @return the data set that evaluations read
  String addTo(Evaluation.Builder evaluation, String alone) {
    if (files.size() == 1 && !files.getFirst().contains(Models.STEP)) {
      evaluation.data(alone, files.getFirst());
      return alone;
    }
    evaluation.models(files.toArray(String[]::new));
    return Models.DATA_SET;
  }

  /// The set of an objective that a model's file is: the last of those that it needs.
  static String setOf(Descriptor objective) {
    return objective.sets().stream().filter(RowSet::required).toList().getLast().name();
  }
}
