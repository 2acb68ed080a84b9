package io.lanewise.objective.sample;

import io.lanewise.objective.Binding;
import io.lanewise.objective.SampleMetric.Finished;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import io.lanewise.result.Verdict.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// The Mann-Whitney tests of [DataCopying], a cell each, and what is made of them.
final class CopyingTest {
  private final Binding binding;
  private final MemoryClaim claim;

  CopyingTest(Binding binding, MemoryClaim claim) {
    this.binding = binding;
    this.claim = claim;
  }

  /// What was found in a cell.
  ///
  /// @param test test rows in it
  /// @param generated generated rows in it
  /// @param z the score; 0 where there are no generated rows
  record Cell(long cell, int test, int generated, double z) {}

  /// The test of a cell.
  ///
  /// @param only whether all rows are in it
  /// @throws IllegalArgumentException if it has no test or no training rows
  Cell of(
      long cell,
      boolean only,
      DataCopying.Sample training,
      DataCopying.Sample test,
      DataCopying.Sample generated) {
    HeldRows t = rows(training, cell, only);
    HeldRows p = rows(test, cell, only);
    HeldRows q = rows(generated, cell, only);
    for (HeldRows rows : List.of(t, p)) {
      if (rows.count() == 0) {
        throw new IllegalArgumentException(
            "%sfound no %s rows, expected at least 1%s"
                .formatted(
                    only ? "" : "cell %d: ".formatted(cell),
                    rows.set(),
                    only ? "" : "; fewer cells may help"));
      }
    }
    double z = q.count() == 0 ? 0 : z(distances(q, t), distances(p, t));
    return new Cell(cell, p.count(), q.count(), z);
  }

  private HeldRows rows(DataCopying.Sample sample, long cell, boolean only) {
    HeldRows rows = sample.rows();
    if (only) {
      return rows;
    }
    int[] numbers = sample.of(cell);
    claim.hold(numbers.length * rows.rowBytes());
    HeldRows chosen = rows.select(numbers, rows.memoryFor(numbers.length));
    claim.hold(-numbers.length * rows.rowBytes());
    return chosen;
  }

  private double[] distances(HeldRows from, HeldRows to) {
    AllPairs pairs = AllPairs.forDistances(binding, from, to);
    double[] squares = Neighbours.between(pairs, from, to).squaredDistance();
    return Arrays.stream(squares).map(Math::sqrt).toArray();
  }

  /// The score of Mann and Whitney's U of the generated rows, as the authors' code has it: half a
  /// pair is added, ties do not narrow the deviation.
  private static double z(double[] generated, double[] test) {
    double[] sorted = test.clone();
    Arrays.sort(sorted);
    double twice = 0;
    for (double distance : generated) {
      twice += below(sorted, distance) + (double) below(sorted, Math.nextUp(distance));
    }
    double m = generated.length;
    double n = test.length;
    return (twice / 2 - (n * m / 2 - 0.5)) / Math.sqrt(n * m * (n + m + 1) / 12);
  }

  /// How many are less.
  private static int below(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The weighted mean over the cells that count, and what each gave.
  ///
  /// @throws IllegalArgumentException if none counts
  Finished finished(List<Cell> cells) {
    long least = binding.get(DataCopying.MORE_THAN);
    double n = cells.stream().mapToLong(Cell::test).sum();
    long m = cells.stream().mapToLong(Cell::generated).sum();
    List<Cell> used = cells.stream().filter(cell -> cell.generated > least).toList();
    if (used.isEmpty()) {
      throw new IllegalArgumentException(
          "found %d generated rows in %d cells, expected more than %d ('more-than') in one of them"
              .formatted(m, cells.size(), least));
    }
    double share = used.stream().mapToDouble(cell -> cell.test / n).sum();
    double score = used.stream().mapToDouble(cell -> cell.test / n * cell.z).sum() / share;
    double squares = used.stream().mapToDouble(cell -> cell.test / n * (cell.test / n)).sum();
    double deviation = Math.sqrt(squares) / share;
    String rule =
        "mean of the cells' z-scores by their shares of test rows, of cells with more than %d generated rows"
            .formatted(least);
    return new Finished(
        List.of(
            measure(
                "c-t",
                score,
                m,
                Direction.NEITHER,
                rule + "; no standard error: 'null-deviation' is its deviation without copying"),
            measure(
                "null-deviation",
                deviation,
                m,
                Direction.NEITHER,
                "deviation of c-t if generated and test rows are of one distribution: sqrt(sum P^2) / sum P"),
            measure("cells", cells.size(), m, Direction.NEITHER, "number of cells"),
            measure("cells-used", used.size(), m, Direction.NEITHER, "cells that count")),
        List.of(
            array("cell", cells, "the cell's number", Cell::cell),
            array("z", cells, "z-score of the cell; 0 without generated rows", Cell::z),
            array("test-rows", cells, "test rows in the cell", Cell::test),
            array("generated-rows", cells, "generated rows in the cell", Cell::generated)),
        List.of(verdict(score, deviation)));
  }

  private Verdict verdict(double score, double deviation) {
    double bound = binding.get(DataCopying.COPYING);
    return new Verdict(
        "data-copying",
        score < bound * deviation ? Status.FAIL : Status.PASS,
        "training rows are copied if c-t is below %s of its deviations".formatted(bound),
        String.format(Locale.ROOT, "c-t %.6g, deviation %.6g", score, deviation));
  }

  private static Measure measure(
      String name, double value, long n, Direction better, String definition) {
    return new Measure(name, value, Double.NaN, "none", n, "1", better, definition);
  }

  private static ArrayMeasure array(
      String name, List<Cell> cells, String definition, ToDoubleFunction<Cell> value) {
    return new ArrayMeasure(
        name, cells.stream().map(value::applyAsDouble).toList(), "1", definition);
  }
}
