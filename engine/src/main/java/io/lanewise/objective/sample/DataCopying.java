package io.lanewise.objective.sample;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The C_T test of data copying: whether generated rows are nearer to the training rows than test
/// rows are. Below 0 where they are (copies), above 0 where they are farther (underfitting).
///
/// In each cell of the space the distances to the nearest training row of the cell are compared by
/// a Mann-Whitney test, whose z-scores are averaged by the cells' shares of the test rows. A row's
/// cell is given as a number, or that of the nearest of given centroids; without either there is
/// one cell.
public final class DataCopying implements SampleMetric {
  static final String TRAINING = "training";
  static final String TEST = "test";
  static final String GENERATED = "generated";
  private static final String CENTROIDS = "centroids";
  private static final String FEATURES = "features";
  private static final String CELL = "cell";

  static final Parameter<Long> MORE_THAN =
      Parameter.integer(
          "more-than",
          "20",
          0,
          Integer.MAX_VALUE,
          "A cell counts if it has more generated rows than this.");
  static final Parameter<Double> COPYING =
      Parameter.number(
          "copying-below",
          "-3",
          Double.NEGATIVE_INFINITY,
          0,
          "1",
          "The verdict is copied if the score is below this many standard deviations under the null hypothesis.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "data-copying",
        List.of("c-t", "ct-score"),
        Family.SAMPLE,
        "Data copying",
        "C_T = sum P(c) Z_c / sum P(c) over cells c; Z = (U - (mn/2 - 1/2)) / sqrt(mn (m + n + 1) /"
            + " 12), U = #{L(q) > L(p)} + #{L(q) = L(p)} / 2, L the distance to the nearest training"
            + " row",
        "Meehan, Chaudhuri, Dasgupta, A Non-Parametric Test to Detect Data-Copying in Generative"
            + " Models, arXiv:2004.05675, section 3",
        List.of(
            set(TRAINING, "Rows on which the model was trained."),
            set(TEST, "Rows of the same distribution on which the model was not trained."),
            set(GENERATED, "Rows that the model generated."),
            new RowSet(
                CENTROIDS,
                false,
                "The centroids of cells, if no column gives the cells.",
                List.of(Role.vector(FEATURES, "feature", "A centroid a row.")))),
        List.of(MORE_THAN, COPYING),
        List.of());
  }

  private static RowSet set(String name, String doc) {
    return new RowSet(
        name,
        true,
        doc,
        List.of(
            Role.vector(FEATURES, "feature", "Features, one sample per row."),
            Role.integer(CELL, "The cell that the row is in.").optional()));
  }

  @Override
  public State newState(Binding binding) {
    boolean cells = binding.has(TRAINING, CELL);
    for (String set : List.of(TEST, GENERATED)) {
      if (binding.has(set, CELL) != cells) {
        throw new IllegalArgumentException(
            "role '%s': found it in some of the sets training, test, generated, expected it in all or none"
                .formatted(CELL));
      }
    }
    if (cells && binding.hasSet(CENTROIDS)) {
      throw new IllegalArgumentException(
          "found set '%s' and role '%s', expected one of the two".formatted(CENTROIDS, CELL));
    }
    return new Samples(binding, cells);
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("c-t", "null-deviation", "cells", "cells-used");
  }

  /// The rows of a set and their cells.
  static final class Sample {
    private final HeldRows rows;
    private long[] cells = {};

    Sample(HeldRows rows) {
      this.rows = rows;
    }

    private void add(Rows in, boolean withCells) {
      if (withCells) {
        reserve(rows.count() + in.count());
        for (int i = 0; i < in.count(); i++) {
          cells[rows.count() + i] = in.integer(CELL).getLong(i);
        }
      }
      rows.update(in, FEATURES);
    }

    private void add(Sample later, boolean withCells) {
      if (withCells) {
        reserve(rows.count() + later.rows.count());
        System.arraycopy(later.cells, 0, cells, rows.count(), later.rows.count());
      }
      rows.merge(later.rows);
    }

    private void reserve(int needed) {
      if (needed > cells.length) {
        cells = java.util.Arrays.copyOf(cells, Math.max(needed, cells.length + cells.length / 2));
      }
    }

    HeldRows rows() {
      return rows;
    }

    /// The same rows times a power of two.
    private Sample with(HeldRows scaled) {
      Sample sample = new Sample(scaled);
      sample.cells = cells;
      return sample;
    }

    /// The numbers of the rows that are in a cell.
    int[] of(long cell) {
      return java.util.stream.IntStream.range(0, rows.count())
          .filter(i -> cells[i] == cell)
          .toArray();
    }
  }

  private static final class Samples implements State {
    private final Binding binding;
    private final boolean given;
    private final MemoryClaim claim;
    private final Map<String, Sample> sets;
    private final @Nullable HeldRows centroids;

    Samples(Binding binding, boolean given) {
      this.binding = binding;
      this.given = given;
      claim = new MemoryClaim(binding.workers());
      sets =
          Map.of(
              TRAINING, new Sample(HeldRows.of(binding, claim, TRAINING, FEATURES)),
              TEST, new Sample(HeldRows.of(binding, claim, TEST, FEATURES)),
              GENERATED, new Sample(HeldRows.of(binding, claim, GENERATED, FEATURES)));
      centroids =
          binding.hasSet(CENTROIDS) ? HeldRows.of(binding, claim, CENTROIDS, FEATURES) : null;
      claim.announce(AllPairs.bytes(binding.workers()));
    }

    @Override
    public void update(String set, Rows rows) {
      Sample sample = sets.get(set);
      if (sample != null) {
        sample.add(rows, given);
      } else if (centroids != null) {
        centroids.update(rows, FEATURES);
      }
    }

    @Override
    public void merge(State later) {
      Samples other = (Samples) later;
      sets.forEach((name, sample) ->
          sample.add(java.util.Objects.requireNonNull(other.sets.get(name)), given));
      if (centroids != null && other.centroids != null) {
        centroids.merge(other.centroids);
      }
    }

    @Override
    public void fields(StateFields fields) {
      throw StateFields.notStorable("keeps every row");
    }

    @Override
    public Finished finish() {
      for (Sample sample : sets.values()) {
        if (!given) {
          sample.cells = assign(sample.rows);
        }
      }
      List<HeldRows> scaled =
          HeldRows.inRange(sample(TRAINING).rows, sample(TEST).rows, sample(GENERATED).rows);
      Sample training = sample(TRAINING).with(scaled.get(0));
      Sample held = sample(TEST).with(scaled.get(1));
      Sample generated = sample(GENERATED).with(scaled.get(2));
      TreeSet<Long> cells = new TreeSet<>();
      for (Sample sample : List.of(training, held, generated)) {
        for (int i = 0; i < sample.rows.count(); i++) {
          cells.add(sample.cells[i]);
        }
      }
      List<CopyingTest.Cell> found = new ArrayList<>();
      CopyingTest test = new CopyingTest(binding, claim);
      for (long cell : cells) {
        found.add(test.of(cell, cells.size() == 1, training, held, generated));
      }
      return test.finished(found);
    }

    private Sample sample(String set) {
      return java.util.Objects.requireNonNull(sets.get(set), set);
    }

    private long[] assign(HeldRows rows) {
      if (centroids == null) {
        return new long[rows.count()];
      }
      List<HeldRows> scaled = HeldRows.inRange(rows, centroids);
      int[] nearest = Centroids.nearest(binding.workers(), scaled.getFirst(), scaled.getLast());
      return java.util.Arrays.stream(nearest).asLongStream().toArray();
    }
  }
}
