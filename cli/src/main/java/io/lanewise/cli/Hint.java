package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Quoted;
import io.lanewise.batch.Shape;
import io.lanewise.plan.Task;
import io.lanewise.source.Source;
import java.util.List;

/// What to type for a file of data, by its columns.
final class Hint {
  private static final String SAFE = "[A-Za-z0-9_./:@%+,=-]+";

  private final Terminal terminal;
  private final Catalog objectives;
  private final String file;

  Hint(Terminal terminal, Catalog objectives, String file) {
    this.terminal = terminal;
    this.objectives = objectives;
    this.file = file;
  }

  /// A line; empty if the file looks like nothing known.
  String of(Source source, List<ColumnProfile> profiles) {
    if (file.equals("-")) {
      return "";
    }
    String name = quoted(file);
    for (Recipe recipe : Recipe.ALL) {
      if (new RecipeCommand(terminal, recipe, objectives).fits(file)) {
        return "run: lanewise %s %s\n".formatted(recipe.name(), name);
      }
    }
    if (fits("flow-log-density", "rows")) {
      return "run: lanewise flow %s\n".formatted(name);
    }
    if (fits("gan", "real", "fake")) {
      return "run, with the scores of real and of generated rows: lanewise gan REAL FAKE\n";
    }
    List<ColumnType> schema = source.schema();
    if (fits("frechet-distance", "real", "generated")
        && schema.stream().anyMatch(column -> column.name().equals("mu"))) {
      return "run, with statistics of real samples: lanewise fid REAL %s\n".formatted(name);
    }
    List<ColumnType> vectors =
        schema.stream()
            .filter(column -> column.shape() != Shape.SCALAR && column.type() != DType.TEXT)
            .toList();
    if (vectors.size() != 1) {
      return "";
    }
    String only = vectors.getFirst().name();
    return profiles.stream().anyMatch(p -> p.type().name().equals(only) && isLogarithm(p))
        ? "run, if these are log-probabilities: lanewise lm %s --column logprob=%s\n"
            .formatted(name, quoted(only))
        : "run, with real samples: lanewise samples REAL %s\n".formatted(name);
  }

  /// Whether the numbers can be logarithms of probabilities, and hardly anything else.
  private static boolean isLogarithm(ColumnProfile profile) {
    return profile.min() < 0 && profile.max() <= 0;
  }

  private boolean fits(String objective, String... sets) {
    if (objectives.find(objective).isEmpty()) {
      return false;
    }
    Task task = Task.of(objective);
    for (String set : sets) {
      task = task.on(set, "rows");
    }
    return Evaluation.builder().data("rows", file).evaluate(task).build().misfits().isEmpty();
  }

  /// The word as a shell takes it.
  static String quoted(String word) {
    return word.matches(SAFE) ? word : "'" + Quoted.escaped(word).replace("'", "'\\''") + "'";
  }
}
