package io.lanewise.objective.likelihood;

import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Range;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/// Accuracy on multiple-choice questions from the log-likelihood of each choice: the answer is the
/// choice of the largest; ties go to the lowest index. A row is a question; questions may differ in
/// their number of choices.
///
/// With column `length` (bytes in lm-evaluation-harness, tokens elsewhere) there is accuracy
/// normalised by length, with column `unconditional` accuracy by mutual information. A
/// log-likelihood may be -Infinity; NaN among the scores makes the row's outputs NaN. A gold index
/// that is no choice, a row without choices, and a length of 0 or less are errors.
///
/// A question may have several right choices: `golds` in the place of `gold`, a list a row. Any of
/// them is right; with an empty list none is, and null elements are left out.
public final class MultipleChoice implements RowObjective {
  private static final String LL = "log-likelihood";
  private static final String GOLD = "gold";
  private static final String GOLDS = "golds";

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "multiple-choice",
        List.of(),
        Family.LIKELIHOOD,
        "Multiple-choice accuracy",
        "argmax_c ll_c = gold, or one of golds; norm: ll_c / length_c; mutual information: ll_c - unconditional_c",
        "Brown et al., arXiv:2005.14165, 2.4; EleutherAI lm-evaluation-harness, acc, acc_norm and"
            + " acc_mutual_info",
        List.of(
            RowSet.rows(
                    Role.sequence(LL, "Log-likelihood of each choice given the question, nats.")
                        .in(Range.LOG_PROBABILITY),
                    Role.integer(GOLD, "Index of the right choice, or:").optional(),
                    Role.integers(GOLDS, "indexes of the right choices.").optional(),
                    Role.sequence("length", "Length of each choice, in bytes or tokens.")
                        .optional(),
                    Role.sequence("unconditional", "Log-likelihood of each choice alone, nats.")
                        .in(Range.LOG_PROBABILITY)
                        .optional())
                .choosing(Choice.oneOf(GOLD, GOLDS))),
        List.of(),
        List.of(
            Output.number("choice", "1", "index of the largest log-likelihood"),
            Output.number("accuracy", "1", "1 if choice is gold or one of golds, else 0"),
            Output.number("accuracy-norm", "1", "1 if the largest ll / length is gold's, else 0")
                .onRequest(),
            Output.number(
                    "accuracy-mutual-information",
                    "1",
                    "1 if the largest ll - unconditional is gold's, else 0")
                .onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    need(binding, "accuracy-norm", "length");
    need(binding, "accuracy-mutual-information", "unconditional");
    return binding.has(set, GOLDS)
        ? (in, out) -> evaluate(in, out, i -> several(in, i))
        : (in, out) -> evaluate(in, out, i -> one(in, i));
  }

  private static void need(Binding binding, String output, String role) {
    if (binding.wants(output) && !binding.has(role)) {
      throw new IllegalArgumentException(
          "output '%s': found no column for role '%s', expected one".formatted(output, role));
    }
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> result = new ArrayList<>();
    result.add(accuracy("accuracy", "share of questions whose likeliest choice is gold"));
    if (binding.has("length")) {
      result.add(accuracy("accuracy-norm", "the same by log-likelihood / length"));
    }
    if (binding.has("unconditional")) {
      result.add(
          accuracy(
              "accuracy-mutual-information",
              "the same by log-likelihood - unconditional log-likelihood"));
    }
    return result;
  }

  private static Statistic accuracy(String name, String definition) {
    return Statistic.mean(name, "1", Direction.HIGHER, definition, name);
  }

  private static void evaluate(Rows in, RowOutputs out, IntFunction<Set<Long>> gold) {
    SequenceColumn scores = in.sequence(LL);
    for (int i = 0; i < in.count(); i++) {
      if (in.isNull(i)) {
        continue;
      }
      Set<Long> right = gold.apply(i);
      double choice = argmax(in, scores, i, "");
      out.number("choice")[i] = choice;
      out.number("accuracy")[i] = hit(choice, right);
      if (out.wants("accuracy-norm")) {
        out.number("accuracy-norm")[i] = hit(argmax(in, scores, i, "length"), right);
      }
      if (out.wants("accuracy-mutual-information")) {
        out.number("accuracy-mutual-information")[i] =
            hit(argmax(in, scores, i, "unconditional"), right);
      }
    }
  }

  private static double hit(double choice, Set<Long> right) {
    return Double.isNaN(choice) ? choice : right.contains((long) choice) ? 1 : 0;
  }

  private static Set<Long> one(Rows in, int row) {
    ScalarColumn gold = in.integer(GOLD);
    return Set.of(choice(in, row, gold.name(), gold.getLong(row)));
  }

  private static Set<Long> several(Rows in, int row) {
    SequenceColumn golds = in.sequence(GOLDS);
    if (in.sequence(LL).length(row) == 0) {
      throw new IllegalArgumentException(
          "column '%s' row %d: found no choices, expected at least 1"
              .formatted(in.sequence(LL).name(), in.firstInFile() + row));
    }
    Set<Long> right = new HashSet<>();
    for (long at = golds.start(row); at < golds.start(row) + golds.length(row); at++) {
      if (golds.elements().isValid(at)) {
        right.add(choice(in, row, golds.name(), golds.getLong(at)));
      }
    }
    return right;
  }

  private static long choice(Rows in, int row, String column, long found) {
    long choices = in.sequence(LL).length(row);
    if (found < 0 || found >= choices) {
      throw new IllegalArgumentException(
          "column '%s' row %d: found %d, expected one of %d choices"
              .formatted(column, in.firstInFile() + row, found, choices));
    }
    return found;
  }

  /// The first index of the largest score, NaN if a score is.
  private static double argmax(Rows in, SequenceColumn scores, int row, String role) {
    SequenceColumn other = role.isEmpty() ? scores : in.sequence(role);
    if (other.length(row) != scores.length(row)) {
      throw new IllegalArgumentException(
          "column '%s' row %d: found %d elements, expected %d as in column '%s'"
              .formatted(
                  other.name(),
                  in.firstInFile() + row,
                  other.length(row),
                  scores.length(row),
                  scores.name()));
    }
    double best = Double.NEGATIVE_INFINITY;
    long index = 0;
    for (long c = 0; c < scores.length(row); c++) {
      boolean given = scores.elements().isValid(scores.start(row) + c);
      double score = given ? in.element(scores.data(), scores.start(row) + c) : Double.NaN;
      if (!role.isEmpty()) {
        double y = in.element(other.data(), other.start(row) + c);
        if (role.equals("length") && y <= 0) {
          throw new IllegalArgumentException(
              "column '%s' row %d: found length %s, expected more than 0"
                  .formatted(other.name(), in.firstInFile() + row, y));
        }
        score = role.equals("length") ? score / y : score - y;
      }
      if (Double.isNaN(score)) {
        return Double.NaN;
      }
      if (score > best) {
        best = score;
        index = c;
      }
    }
    return index;
  }
}
