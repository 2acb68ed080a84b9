package io.lanewise.objective.sample;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.PairwiseProducts;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Parameters;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.objective.sample.AllPairs.Part;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import io.lanewise.result.Verdict.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether generated rows are copies of the real rows that a model was trained on: exact copies,
/// the share of authentic rows (AuthPct), distances to the nearest real row, and MiFID.
///
/// - A generated row is authentic if it is farther from its nearest real row than that row is from
///   its own nearest other real row (Alaa et al.).
/// - The memorization distance m is the mean over rows of the smallest `1 - |cos|` to a row of the
///   other set (Bai et al.); rows of zeros have no direction and are left out. MiFID is the Fréchet
///   distance over m, or over 1 where m is not below `threshold`, plus 1e-14; 0 where the Fréchet
///   distance is at most 1e-8. torchmetrics takes the mean over real rows: `mean-over=real`.
///
/// Neighbours are decided by distances from differences in float64; of equally near rows the first
/// counts.
public final class Memorization implements SampleMetric {
  /// For single pairs, of which there are few: the plain loop has the same bits and packs nothing.
  private static final PairwiseProducts PLAIN = Kernels.scalar().pairwiseProducts();

  private static final double[] LEVELS = {0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1};

  private static final Parameter<String> MIFID =
      Parameter.choice(
          "mifid",
          "on",
          "on: with MiFID, which needs a covariance of all features; off: without.",
          List.of("on", "off"));
  private static final Parameter<Double> THRESHOLD =
      Parameter.number(
          "threshold", "0.1", 0, 1, "1", "A memorization distance from this value on counts as 1.");
  private static final Parameter<String> MEAN_OVER =
      Parameter.choice(
          "mean-over",
          "generated",
          "The rows over which the memorization distance is averaged; torchmetrics uses real.",
          List.of("generated", "real"));

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "memorization",
        List.of("mifid", "auth-pct"),
        Family.SAMPLE,
        "Memorization: MiFID, AuthPct, copies",
        "m = mean_g min_r (1 - |cos(g, r)|); MiFID = FID / (m' + 1e-14), m' = m if m < threshold, else 1; AuthPct = 100 share of g with d(r*, its nearest r) < d(g, r*), r* nearest to g",
        "Bai et al., arXiv:2106.03062; AuthPct: Alaa et al., arXiv:2102.08921, section 3.3",
        HeldPair.sets("Features of the training data."),
        List.of(MIFID, THRESHOLD, MEAN_OVER),
        List.of(
            Output.number("nearest-distance", "1", "Euclidean distance to the nearest real row")
                .of(HeldPair.GENERATED)
                .onRequest(),
            Output.number("nearest-row", "1", "its number among the real rows used, from 0")
                .of(HeldPair.GENERATED)
                .onRequest(),
            Output.number("authentic", "1", "1 if authentic, else 0")
                .of(HeldPair.GENERATED)
                .onRequest()));
  }

  @Override
  public State newState(Binding binding) {
    MemoryClaim claim = new MemoryClaim(binding.workers());
    State frechet = binding.get(MIFID).equals("on") ? frechet(binding) : null;
    HeldPair held =
        HeldPair.of(
            binding,
            claim,
            (real, generated) -> {
              List<HeldRows> sets = HeldRows.inRange(real, generated);
              return new Sets(binding, sets.getFirst(), sets.getLast(), frechet).finish();
            });
    claim.announce(AllPairs.bytes(binding.workers()));
    if (frechet == null) {
      return held;
    }
    claim.announce(3L * Double.BYTES * held.real().dim() * held.real().dim());
    return new WithFrechet(held, frechet);
  }

  private static State frechet(Binding binding) {
    FrechetDistance frechet = new FrechetDistance();
    return frechet.newState(
        new Binding(
            new Parameters(frechet.descriptor().parameters(), Map.of(), text -> text),
            binding.roles(),
            binding.rowCounts(),
            java.util.Set.of(),
            binding.kernels(),
            binding.workers()));
  }

  @Override
  public List<String> measures(Binding binding) {
    List<String> names = new ArrayList<>();
    if (binding.get(MIFID).equals("on")) {
      names.addAll(List.of("mifid", "frechet-distance"));
    }
    names.addAll(
        List.of(
            "memorization-distance",
            "auth-pct",
            "copies",
            "duplicates",
            "median-nearest-distance",
            "median-nearest-distance-real"));
    return names;
  }

  /// Both what is held and the Fréchet distance beside it.
  private record WithFrechet(HeldPair held, State frechet) implements State {
    @Override
    public void update(String set, Rows rows) {
      held.update(set, rows);
      frechet.update(set, rows);
    }

    @Override
    public void merge(State later) {
      held.merge(((WithFrechet) later).held);
      frechet.merge(((WithFrechet) later).frechet);
    }

    @Override
    public void fields(StateFields fields) {
      held.fields(fields);
    }

    @Override
    public Finished finish() {
      return held.finish();
    }
  }

  private record Sets(Binding binding, HeldRows real, HeldRows generated, @Nullable State frechet) {
    Finished finish() {
      if (generated.count() == 0) {
        throw new IllegalArgumentException("set 'generated': found no rows, expected some");
      }
      AllPairs pairs = AllPairs.forDistances(binding, generated, real);
      double[] own = Neighbours.within(pairs, real, 1).squaredDistance();
      Neighbours.Found nearest = Neighbours.between(pairs, generated, real);
      int n = generated.count();
      double[] distance =
          real.unscaled(Arrays.stream(nearest.squaredDistance()).map(Math::sqrt).toArray());
      double[] row = Arrays.stream(nearest.row()).asDoubleStream().toArray();
      double[] authentic = new double[n];
      for (int i = 0; i < n; i++) {
        authentic[i] = own[nearest.row()[i]] < nearest.squaredDistance()[i] ? 1 : 0;
      }
      double[] ofReal = real.unscaled(Arrays.stream(own).map(Math::sqrt).toArray());
      Copies copies = Copies.of(real, generated);
      List<Measure> measures = new ArrayList<>();
      mifid(measures, cosineDistances(pairs));
      measures.add(
          mean(
              "auth-pct",
              authentic,
              100,
              "percent",
              Direction.HIGHER,
              "100 times the share of generated rows farther from their nearest real row than that row from its nearest other"));
      measures.add(
          count("copies", copies.ofReal(), "generated rows with the very values of a real row"));
      measures.add(
          count(
              "duplicates",
              copies.within(),
              "generated rows with the very values of an earlier generated row"));
      measures.add(
          plain(
              "median-nearest-distance",
              Quantiles.of(distance, 0.5),
              n,
              Direction.NEITHER,
              "median over generated rows of the distance to the nearest real row"));
      measures.add(
          plain(
              "median-nearest-distance-real",
              Quantiles.of(ofReal, 0.5),
              real.count(),
              Direction.NEITHER,
              "median over real rows of the distance to the nearest other real row"));
      return new Finished(
          measures,
          List.of(
              quantiles("nearest-distance-quantiles", distance, "generated to nearest real row"),
              quantiles(
                  "nearest-distance-quantiles-real", ofReal, "real to nearest other real row")),
          List.of(
              new Verdict(
                  "copies",
                  copies.ofReal() > 0 ? Status.FAIL : Status.PASS,
                  "memorized if any generated row has the very values of a real row",
                  "%d of %d generated rows".formatted(copies.ofReal(), n))),
          Map.of("nearest-distance", distance, "nearest-row", row, "authentic", authentic));
    }

    private void mifid(List<Measure> measures, double[] distances) {
      Measure m =
          mean(
              "memorization-distance",
              distances,
              1,
              "1",
              Direction.HIGHER,
              "mean over %s rows of min (1 - |cos|) to a row of the other set"
                  .formatted(binding.get(MEAN_OVER)));
      if (frechet != null) {
        Measure distance =
            frechet.finish().measures().stream()
                .filter(f -> f.name().equals("frechet-distance"))
                .findFirst()
                .orElseThrow();
        double threshold = binding.get(THRESHOLD);
        double penalty = m.value() < threshold ? m.value() : 1;
        measures.add(
            plain(
                "mifid",
                distance.value() > 1e-8 ? distance.value() / (penalty + 1e-14) : 0,
                distance.n(),
                Direction.LOWER,
                "Fréchet distance / (m' + 1e-14), m' = %s; 0 if the Fréchet distance is at most 1e-8"
                    .formatted(m.value() < threshold ? "m" : "1 since m >= " + threshold)));
        measures.add(distance);
      }
      measures.add(m);
    }

    /// For each row the smallest `1 - |cos|` to a row of the other set, without rows of zeros.
    private double[] cosineDistances(AllPairs pairs) {
      boolean overReal = binding.get(MEAN_OVER).equals("real");
      HeldRows x = overReal ? real : generated;
      HeldRows y = overReal ? generated : real;
      double[] lengthsX = Arrays.stream(x.squaredNorms()).map(Math::sqrt).toArray();
      double[] lengthsY = Arrays.stream(y.squaredNorms()).map(Math::sqrt).toArray();
      double error = pairs.distanceError(x.dim());
      double underflow = pairs.underflow(x.dim());
      Part[] parts = AllPairs.parts(x.count());
      SmallestDistances[] nearest = Neighbours.smallest(x.count(), 1);
      Object[] locks = Neighbours.locks(parts.length);
      pairs.cross(
          "directions of %s and %s rows".formatted(x.set(), y.set()),
          x,
          parts,
          y,
          AllPairs.parts(y.count()),
          (a, b, products) -> {
            synchronized (locks[a.number()]) {
              for (int i = 0; i < a.count(); i++) {
                int mine = a.from() + i;
                for (int j = 0; j < b.count() && lengthsX[mine] > 0; j++) {
                  int other = b.from() + j;
                  double scale = lengthsX[mine] * lengthsY[other];
                  if (scale > 0) {
                    double cosine = Math.abs(products[i * b.count() + j]) / scale;
                    double off = error + underflow / scale;
                    nearest[mine].offer(
                        other,
                        -cosine - off,
                        -cosine + off,
                        candidate -> -cosine(x, mine, y, candidate));
                  }
                }
              }
            }
          });
      double[] distances = new double[x.count()];
      int used = 0;
      for (int i = 0; i < x.count(); i++) {
        int mine = i;
        nearest[i].settle(candidate -> -cosine(x, mine, y, candidate));
        if (!Double.isInfinite(nearest[i].value())) {
          distances[used++] = 1 + nearest[i].value();
        }
      }
      return Arrays.copyOf(distances, used);
    }

    /// `|cos|`, 1 exactly for equal rows.
    private static double cosine(HeldRows x, int i, HeldRows y, int j) {
      if (x.isEqual(i, y, j)) {
        return 1;
      }
      double[] product = new double[1];
      PLAIN.rows(x.matrix(i, 1), y.matrix(j, 1), product, new PairwiseProducts.Scratch());
      return Math.abs(product[0])
          / (Math.sqrt(x.squaredNorms()[i]) * Math.sqrt(y.squaredNorms()[j]));
    }

    private static Measure mean(
        String name,
        double[] values,
        double factor,
        String unit,
        Direction better,
        String definition) {
      double mean = 0;
      for (double value : values) {
        mean += value / values.length;
      }
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean);
      }
      double error = factor * Math.sqrt(squares / (values.length - 1) / values.length);
      return new Measure(
          name,
          values.length == 0 ? Double.NaN : factor * mean,
          error,
          Double.isNaN(error) ? "none" : "mean",
          values.length,
          unit,
          better,
          definition);
    }

    private Measure count(String name, int count, String definition) {
      return plain(name, count, generated.count(), Direction.LOWER, definition);
    }

    private static Measure plain(
        String name, double value, long n, Direction better, String definition) {
      return new Measure(name, value, Double.NaN, "none", n, "1", better, definition);
    }

    private static ArrayMeasure quantiles(String name, double[] values, String what) {
      return new ArrayMeasure(
          name,
          Arrays.stream(LEVELS).mapToObj(p -> Quantiles.of(values, p)).toList(),
          "1",
          "quantiles %s of the distance from a %s".formatted(Arrays.toString(LEVELS), what));
    }
  }

  /// How many generated rows are exactly like others.
  ///
  /// @param ofReal like a real row
  /// @param within like an earlier generated row
  private record Copies(int ofReal, int within) {
    static Copies of(HeldRows real, HeldRows generated) {
      Map<Long, int[]> seen = new HashMap<>();
      for (int i = 0; i < real.count(); i++) {
        add(seen, real, i);
      }
      Map<Long, int[]> own = new HashMap<>();
      int ofReal = 0;
      int within = 0;
      for (int i = 0; i < generated.count(); i++) {
        ofReal += holds(seen, real, generated, i) ? 1 : 0;
        within += add(own, generated, i) ? 0 : 1;
      }
      return new Copies(ofReal, within);
    }

    /// Remembers a row unless an equal one is there.
    private static boolean add(Map<Long, int[]> seen, HeldRows rows, int i) {
      if (holds(seen, rows, rows, i)) {
        return false;
      }
      seen.merge(
          rows.hash(i),
          new int[] {i},
          (before, one) -> {
            int[] all = Arrays.copyOf(before, before.length + 1);
            all[before.length] = one[0];
            return all;
          });
      return true;
    }

    private static boolean holds(Map<Long, int[]> seen, HeldRows rows, HeldRows others, int other) {
      int[] candidates = seen.getOrDefault(others.hash(other), new int[0]);
      return Arrays.stream(candidates).anyMatch(i -> others.isEqual(other, rows, i));
    }
  }
}
