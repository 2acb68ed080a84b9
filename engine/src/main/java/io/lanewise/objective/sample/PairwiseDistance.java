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
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The mean distance between two different rows of a set, as a measure of diversity, and its ratio
/// to that of a reference set.
///
/// The standard error is by jackknife: 20 blocks of consecutive rows are left out in turn. With
/// `distance=cosine` a row of zeros is an error.
public final class PairwiseDistance implements SampleMetric {
  private static final String GENERATED = "generated";
  private static final String REFERENCE = "reference";
  private static final String SAMPLES = "samples";

  private static final Parameter<String> DISTANCE =
      Parameter.choice(
          "distance",
          "euclidean",
          "euclidean: |x - y|; squared: |x - y|^2; cosine: 1 - x.y / (|x| |y|).",
          List.of("euclidean", "squared", "cosine"));

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "pairwise-distance",
        List.of(),
        Family.SAMPLE,
        "Mean pairwise distance",
        "2/(n (n - 1)) sum_{i<j} d(x_i, x_j)",
        "As in LPIPS diversity (Zhu et al., arXiv:1711.11586, section 5), with a distance of features; U-statistic",
        List.of(
            new RowSet(
                GENERATED,
                true,
                "Generated samples or their features.",
                List.of(Role.vector(SAMPLES, "feature", "One sample a row."))),
            new RowSet(
                REFERENCE,
                false,
                "Real samples or their features, to compare with.",
                List.of(Role.vector(SAMPLES, "feature", "One sample a row.")))),
        List.of(DISTANCE, MmdKernel.PRODUCTS),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    MemoryClaim claim = new MemoryClaim(binding.workers());
    HeldRows generated = HeldRows.of(binding, claim, GENERATED, SAMPLES);
    HeldRows reference =
        binding.hasSet(REFERENCE) ? HeldRows.of(binding, claim, REFERENCE, SAMPLES) : null;
    claim.announce(AllPairs.bytes(binding.workers()));
    return new Sets(binding, generated, reference);
  }

  @Override
  public List<String> measures(Binding binding) {
    return binding.hasSet(REFERENCE)
        ? List.of(
            "mean-pairwise-distance", "mean-pairwise-distance-reference", "pairwise-distance-ratio")
        : List.of("mean-pairwise-distance");
  }

  private record Sets(Binding binding, HeldRows generated, @Nullable HeldRows reference)
      implements State {
    @Override
    public void update(String set, Rows rows) {
      (reference != null && set.equals(REFERENCE) ? reference : generated).update(rows, SAMPLES);
    }

    @Override
    public void merge(State later) {
      Sets other = (Sets) later;
      generated.merge(other.generated);
      if (reference != null && other.reference != null) {
        reference.merge(other.reference);
      }
    }

    @Override
    public void fields(StateFields fields) {
      throw StateFields.notStorable("keeps every row");
    }

    @Override
    public Finished finish() {
      List<Measure> measures = new ArrayList<>();
      Measure mine = measure("mean-pairwise-distance", generated);
      measures.add(mine);
      if (reference != null) {
        Measure theirs = measure("mean-pairwise-distance-reference", reference);
        measures.add(theirs);
        double ratio = mine.value() / theirs.value();
        double error =
            Math.hypot(
                mine.standardError() / theirs.value(),
                ratio * theirs.standardError() / theirs.value());
        measures.add(
            new Measure(
                "pairwise-distance-ratio",
                ratio,
                error,
                Double.isNaN(error) ? "none" : "delta",
                mine.n() + theirs.n(),
                "1",
                Direction.NEITHER,
                "mean pairwise distance over that of the reference" + Jackknife.missing(error)));
      }
      return new Finished(measures, List.of(), List.of());
    }

    private Measure measure(String name, HeldRows held) {
      HeldRows rows = HeldRows.inRange(held).getFirst();
      if (rows.count() < 2) {
        throw new IllegalArgumentException(
            "set '%s': found %d rows, expected at least 2".formatted(rows.set(), rows.count()));
      }
      AllPairs pairs = AllPairs.asAsked(binding, rows);
      String distance = binding.get(DISTANCE);
      if (distance.equals("cosine")) {
        refuseZeros(rows);
      }
      Discrepancy.Blocks blocks = Discrepancy.Blocks.of(rows.count(), Discrepancy.BLOCKS);
      Discrepancy.Within sums = Discrepancy.within(pairs, new DistanceSums(distance), rows, blocks);
      double error =
          Jackknife.applies(blocks.sizes(), 2)
              ? Math.sqrt(
                  Jackknife.variance(blocks.sizes().length, block -> sums.mean(false, block)))
              : Double.NaN;
      int power =
          switch (distance) {
            case "cosine" -> 0;
            case "squared" -> -2 * rows.exponent();
            default -> -rows.exponent();
          };
      double mean = sums.mean(false, -1);
      double value = Math.scalb(mean, power);
      if (!Double.isFinite(value) || (value < Double.MIN_NORMAL && mean != 0)) {
        throw new IllegalArgumentException(
            "set '%s': found a mean of %s x 2^%d, expected one in the range of float64"
                .formatted(rows.set(), mean, power));
      }
      return new Measure(
          name,
          value,
          Math.scalb(error, power),
          Double.isNaN(error) ? "none" : "jackknife",
          rows.count(),
          "1",
          Direction.NEITHER,
          "mean over pairs of different rows, distance: " + distance + Jackknife.missing(error));
    }

    private static void refuseZeros(HeldRows rows) {
      double[] norms = rows.squaredNorms();
      for (int i = 0; i < norms.length; i++) {
        if (norms[i] == 0) {
          throw new IllegalArgumentException(
              "set '%s', row %d of those used: found zeros, expected a direction for the cosine"
                  .formatted(rows.set(), i));
        }
      }
    }
  }
}
