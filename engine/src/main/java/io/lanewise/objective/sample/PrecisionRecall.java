package io.lanewise.objective.sample;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.sample.AllPairs.Part;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Precision and recall of a set of generated features by balls around features, density and
/// coverage, and the realism of each generated row.
///
/// The ball of a row reaches to its k-th nearest other row of its set, by Euclidean distance. Ties
/// count: with `boundary=inclusive` (torch-fidelity, guided-diffusion) a row on the border is
/// inside, with `strict` (prdc) it is not. Whether a row is inside is decided by distances computed
/// from differences in float64 wherever products leave it open.
///
/// A standard error is that of the mean over rows of one set, the other set's balls being given.
public final class PrecisionRecall implements SampleMetric {
  private static final Parameter<Long> K =
      Parameter.integer(
          "k", "3", 1, 1_000_000, "The number k: a ball reaches to the k-th nearest other row.");
  private static final Parameter<String> BOUNDARY =
      Parameter.choice(
          "boundary",
          "inclusive",
          "inclusive: distance <= radius is inside; strict: distance < radius.",
          List.of("inclusive", "strict"));

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "precision-recall",
        List.of("prdc"),
        Family.SAMPLE,
        "Precision, recall, density, coverage",
        "precision = share of generated rows in some ball of a real row; recall = share of real rows in some ball of a generated row; ball radius: distance to the k-th nearest row of its own set",
        "Kynkäänniemi et al., arXiv:1904.06991, equations 1 to 3; density and coverage: Naeem et al., arXiv:2002.09797",
        HeldPair.sets("Features of real data."),
        List.of(K, BOUNDARY),
        List.of(
            Output.number("balls", "1", "number of balls of real rows that hold the generated row")
                .of(HeldPair.GENERATED)
                .onRequest(),
            Output.number(
                    "realism",
                    "1",
                    "max of radius / distance over real rows with a radius below the median of all; NaN if there are none")
                .of(HeldPair.GENERATED)
                .onRequest(),
            Output.number("radius", "1", "distance to the k-th nearest other real row")
                .of(HeldPair.REAL)
                .onRequest(),
            Output.number("recalled", "1", "1 if in some ball of a generated row, else 0")
                .of(HeldPair.REAL)
                .onRequest(),
            Output.number("covered", "1", "1 if its ball holds some generated row, else 0")
                .of(HeldPair.REAL)
                .onRequest()));
  }

  @Override
  public State newState(Binding binding) {
    MemoryClaim claim = new MemoryClaim(binding.workers());
    HeldPair held =
        HeldPair.of(
            binding,
            claim,
            (real, generated) -> {
              List<HeldRows> sets = HeldRows.inRange(real, generated);
              return new Sets(binding, sets.getFirst(), sets.getLast()).finish();
            });
    claim.announce(AllPairs.bytes(binding.workers()));
    return held;
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("precision", "recall", "f-score", "density", "coverage");
  }

  private record Sets(Binding binding, HeldRows real, HeldRows generated) {
    Finished finish() {
      int k = Math.toIntExact(binding.get(K));
      new MemoryClaim(binding.workers())
          .announce(
              real.count() * real.rowBytes()
                  + generated.count() * generated.rowBytes()
                  + AllPairs.bytes(binding.workers())
                  + SmallestDistances.bytes(k) * Math.max(real.count(), generated.count()));
      AllPairs pairs = AllPairs.forDistances(binding, real, generated);
      double[] ofReal = Neighbours.within(pairs, real, k).squaredDistance();
      double[] ofGenerated = Neighbours.within(pairs, generated, k).squaredDistance();
      Manifolds manifolds =
          new Manifolds(
              pairs,
              real,
              generated,
              ofReal,
              ofGenerated,
              binding.get(BOUNDARY).equals("strict"),
              binding.wants("realism"));
      manifolds.compare();
      return new Finished(measures(manifolds, k), List.of(), List.of(), rows(manifolds, ofReal));
    }

    private List<Measure> measures(Manifolds found, int k) {
      double[] precise = Arrays.stream(found.balls).mapToDouble(b -> b > 0 ? 1 : 0).toArray();
      double[] dense = Arrays.stream(found.balls).mapToDouble(b -> (double) b / k).toArray();
      double[] recalled = Arrays.stream(found.recalled).mapToDouble(b -> b).toArray();
      double[] covered = Arrays.stream(found.covered).mapToDouble(b -> b).toArray();
      String border = "%s radius, k = %d".formatted(found.strict ? "<" : "<=", k);
      double precision = mean(precise);
      double recall = mean(recalled);
      double sum = precision + recall;
      // The derivatives of 2 P R / (P + R).
      double error =
          Math.hypot(
              2 * recall * recall / (sum * sum) * standardError(precise),
              2 * precision * precision / (sum * sum) * standardError(recalled));
      return List.of(
          share("precision", precise, "share of generated rows with distance " + border),
          share("recall", recalled, "share of real rows with distance " + border),
          new Measure(
              "f-score",
              2 * precision * recall / Math.max(1e-5, sum),
              sum < 1e-5 ? Double.NaN : error,
              sum < 1e-5 ? "none" : "delta",
              (long) precise.length + recalled.length,
              "1",
              Direction.HIGHER,
              "2 precision recall / max(1e-5, precision + recall)"),
          share(
              "density",
              dense,
              "balls of real rows that hold a generated row, over k, mean over generated rows; distance "
                  + border),
          share(
              "coverage",
              covered,
              "share of real rows whose ball holds a generated row; distance " + border));
    }

    private static Measure share(String name, double[] values, String definition) {
      double error = standardError(values);
      return new Measure(
          name,
          mean(values),
          error,
          Double.isNaN(error) ? "none" : "mean",
          values.length,
          "1",
          Direction.HIGHER,
          definition);
    }

    /// Numbers of balls are small integers, whose sums are exact.
    private static double mean(double[] values) {
      return Arrays.stream(values).sum() / values.length;
    }

    private static double standardError(double[] values) {
      double mean = mean(values);
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean);
      }
      return Math.sqrt(squares / (values.length - 1) / values.length);
    }

    private Map<String, double[]> rows(Manifolds found, double[] ofReal) {
      Map<String, double[]> rows = new LinkedHashMap<>();
      rows.put("balls", Arrays.stream(found.balls).mapToDouble(b -> b).toArray());
      rows.put("recalled", Arrays.stream(found.recalled).mapToDouble(b -> b).toArray());
      rows.put("covered", Arrays.stream(found.covered).mapToDouble(b -> b).toArray());
      rows.put("radius", real.unscaled(Arrays.stream(ofReal).map(Math::sqrt).toArray()));
      if (binding.wants("realism")) {
        rows.put("realism", found.realism());
      }
      return rows;
    }
  }

  /// Which rows of each set are in which balls of the other.
  private static final class Manifolds {
    private final AllPairs pairs;
    private final HeldRows real;
    private final HeldRows generated;
    private final double[] ofReal;
    private final double[] ofGenerated;
    private final boolean strict;
    private final Neighbours.Distances distances;
    private final int[] balls;
    private final int[] recalled;
    private final int[] covered;

    /// For each generated row the smallest `(distance / radius)^2`; none where nobody asks.
    private final SmallestDistances[] nearest;

    private final double[] limit;
    private final double median;

    Manifolds(
        AllPairs pairs,
        HeldRows real,
        HeldRows generated,
        double[] ofReal,
        double[] ofGenerated,
        boolean strict,
        boolean realism) {
      this.pairs = pairs;
      this.real = real;
      this.generated = generated;
      this.ofReal = ofReal;
      this.ofGenerated = ofGenerated;
      this.strict = strict;
      distances = new Neighbours.Distances(pairs, real, generated);
      balls = new int[generated.count()];
      recalled = new int[real.count()];
      covered = new int[real.count()];
      nearest = Neighbours.smallest(realism ? generated.count() : 0, 1);
      limit = Neighbours.limits(generated.count());
      median = Quantiles.of(Arrays.stream(ofReal).map(Math::sqrt).toArray(), 0.5);
    }

    void compare() {
      Part[] reals = AllPairs.parts(real.count());
      Part[] others = AllPairs.parts(generated.count());
      Object[] ofOthers = Neighbours.locks(others.length);
      Object[] ofReals = Neighbours.locks(reals.length);
      pairs.cross(
          "balls of real and generated rows",
          real,
          reals,
          generated,
          others,
          (a, b, products) -> {
            Tile tile = new Tile(a, b, products);
            tile.compare();
            synchronized (ofReals[a.number()]) {
              for (int i = 0; i < a.count(); i++) {
                recalled[a.from() + i] |= tile.isRecalled[i];
                covered[a.from() + i] |= tile.isCovered[i];
              }
            }
            synchronized (ofOthers[b.number()]) {
              for (int j = 0; j < b.count(); j++) {
                balls[b.from() + j] += tile.inBalls[j];
              }
              if (nearest.length > 0) {
                tile.offer();
              }
            }
          });
    }

    double[] realism() {
      double[] values = new double[nearest.length];
      for (int j = 0; j < values.length; j++) {
        int mine = j;
        nearest[j].settle(i -> distances.exact(i, mine) / ofReal[i]);
        // No ball at all leaves infinity.
        values[j] =
            Double.isInfinite(nearest[j].value()) ? Double.NaN : 1 / Math.sqrt(nearest[j].value());
      }
      return values;
    }

    /// What one tile found.
    private final class Tile {
      private final Part a;
      private final Part b;
      private final double[] products;
      private final int[] isRecalled;
      private final int[] isCovered;
      private final int[] inBalls;

      Tile(Part a, Part b, double[] products) {
        this.a = a;
        this.b = b;
        this.products = products;
        isRecalled = new int[a.count()];
        isCovered = new int[a.count()];
        inBalls = new int[b.count()];
      }

      void compare() {
        for (int i = 0; i < a.count(); i++) {
          int x = a.from() + i;
          double radius = ofReal[x];
          int to = b.from() + b.count();
          int row = i * b.count() - b.from();
          int y = distances.next(x, b.from(), to, products, row, radius, ofGenerated);
          while (y < to) {
            double product = products[row + y];
            if (distances.within(x, y, product, radius, strict)) {
              inBalls[y - b.from()]++;
              isCovered[i] = 1;
            }
            if (isRecalled[i] == 0 && distances.within(x, y, product, ofGenerated[y], strict)) {
              isRecalled[i] = 1;
            }
            y = distances.next(x, y + 1, to, products, row, radius, ofGenerated);
          }
        }
      }

      /// Offers the real rows with small balls to the generated ones.
      void offer() {
        for (int i = 0; i < a.count(); i++) {
          int x = a.from() + i;
          double radius = ofReal[x];
          if (radius == 0 || !(Math.sqrt(radius) < median)) {
            continue;
          }
          for (int j = 0; j < b.count(); j++) {
            int y = b.from() + j;
            double product = products[i * b.count() + j];
            double low = Math.max(distances.low(x, y, product), 0) / radius * (1 - 0x1p-50);
            if (!(low > limit[y])) {
              double high = distances.high(x, y, product) / radius * (1 + 0x1p-50);
              nearest[y].offer(x, low, high, other -> distances.exact(other, y) / ofReal[other]);
              limit[y] = nearest[y].limit();
            }
          }
        }
      }
    }
  }
}
