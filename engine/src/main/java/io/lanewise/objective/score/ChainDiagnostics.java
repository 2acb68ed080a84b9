package io.lanewise.objective.score;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Effective sample sizes and R-hats of the draws of a sampler, from a file with a draw a row:
/// which chain it is of, and its values. The draws of a chain are in the order of their rows;
/// chains may follow each other or alternate. See [Diagnostics] for the formulas. Keeps all draws:
/// 8 bytes a number.
public final class ChainDiagnostics implements SampleMetric {
  private static final Parameter<Double> THRESHOLD =
      Parameter.number(
          "r-hat-above",
          "1.01",
          1,
          Double.POSITIVE_INFINITY,
          "1",
          "Chains have not mixed if R-hat, split or rank-normalised, is above this.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "chain-diagnostics",
        List.of(),
        Family.SCORE,
        "Convergence of chains",
        "split R-hat = sqrt(((n - 1)/n W + B/n) / W); ESS = m n / (-1 + 2 sum_t rho_t), by Geyer's"
            + " initial monotone sequence; rank R-hat and bulk ESS: of z = Phi^-1((rank - 3/8) / (S"
            + " + 1/4)), R-hat also of the ranks of |x - median|; tail ESS: the lesser of x <= q05,"
            + " x <= q95",
        "Gelman et al., Bayesian Data Analysis, 3rd edition, 11.4 and 11.5; Vehtari et al. (2021),"
            + " arXiv:1903.08008; the R package posterior; ArviZ",
        List.of(
            RowSet.rows(
                Role.integer("chain", "The chain of the draw."),
                Role.vector("x", "data", "The draw."))),
        List.of(THRESHOLD),
        List.of());
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of(
        "effective-sample-size",
        "split-r-hat",
        "bulk-effective-sample-size",
        "tail-effective-sample-size",
        "rank-r-hat",
        "chains",
        "draws");
  }

  @Override
  public State newState(Binding binding) {
    return new Draws(binding.width("x"), binding.get(THRESHOLD));
  }

  /// The draws of each chain, one after the other.
  private static final class Draws implements State {
    private final int width;
    private final double threshold;
    private final Map<Long, List<double[]>> chains = new TreeMap<>();

    Draws(int width, double threshold) {
      this.width = width;
      this.threshold = threshold;
    }

    @Override
    public void update(String set, Rows rows) {
      for (int i = 0; i < rows.count(); i++) {
        double[] draw = new double[width];
        for (int j = 0; j < width; j++) {
          draw[j] = rows.element(rows.vector("x"), (long) i * width + j);
        }
        chains
            .computeIfAbsent(rows.integer("chain").getLong(i), chain -> new ArrayList<>())
            .add(draw);
      }
    }

    @Override
    public void merge(State later) {
      if (!(later instanceof Draws other)) {
        throw new IllegalArgumentException("found another kind of state, expected draws");
      }
      other.chains.forEach(
          (chain, draws) -> chains.computeIfAbsent(chain, c -> new ArrayList<>()).addAll(draws));
    }

    @Override
    public void fields(StateFields fields) {
      int size = fields.size("chains", chains.size());
      long[] ids = chains.keySet().stream().mapToLong(id -> id).toArray();
      long[] lengths = chains.values().stream().mapToLong(List::size).toArray();
      double[] values =
          chains.values().stream().flatMap(List::stream).flatMapToDouble(Arrays::stream).toArray();
      ids = fields.list("chain", ids, size);
      lengths = fields.list("draws", lengths, size);
      int count = fields.size("values", values.length);
      values = fields.list("value", values, count);
      chains.clear();
      int at = 0;
      for (int c = 0; c < size; c++) {
        List<double[]> draws = new ArrayList<>();
        for (long k = 0; k < lengths[c] && at + width <= count; k++) {
          draws.add(Arrays.copyOfRange(values, at, at += width));
        }
        if (draws.size() != lengths[c]) {
          throw new IllegalArgumentException(
              "chain %d: found %d draws, expected %d".formatted(ids[c], draws.size(), lengths[c]));
        }
        chains.put(ids[c], draws);
      }
    }

    @Override
    public Finished finish() {
      int shortest = chains.values().stream().mapToInt(List::size).min().orElse(0);
      int longest = chains.values().stream().mapToInt(List::size).max().orElse(0);
      if (shortest != longest || shortest < 8) {
        throw new IllegalArgumentException(
            "%d chains: found %d to %d draws a chain, expected as many of each, at least 8"
                .formatted(chains.size(), shortest, longest));
      }
      ChainSummary summary = new ChainSummary();
      for (int j = 0; j < width; j++) {
        summary.add(dimension(j));
      }
      long draws = (long) shortest * chains.size();
      long[] ids = chains.keySet().stream().mapToLong(id -> id).toArray();
      return new Finished(
          List.of(
              least("effective-sample-size", summary.sizes, draws, "of the mean"),
              most("split-r-hat", summary.reductions, draws),
              least("bulk-effective-sample-size", summary.bulkSizes, draws, "of the ranks"),
              least(
                  "tail-effective-sample-size",
                  summary.tailSizes,
                  draws,
                  "of the 5 % or the 95 % quantile, the lesser,"),
              most("rank-r-hat", summary.rankReductions, draws),
              measure("chains", chains.size(), draws, Direction.NEITHER, "number of chains"),
              measure("draws", shortest, draws, Direction.NEITHER, "draws of each chain")),
          List.of(
              new ArrayMeasure("effective-sample-sizes", summary.sizes, "1", "by dimension"),
              new ArrayMeasure("split-r-hats", summary.reductions, "1", "by dimension"),
              new ArrayMeasure(
                  "bulk-effective-sample-sizes", summary.bulkSizes, "1", "by dimension"),
              new ArrayMeasure(
                  "tail-effective-sample-sizes", summary.tailSizes, "1", "by dimension"),
              new ArrayMeasure("rank-r-hats", summary.rankReductions, "1", "by dimension"),
              new ArrayMeasure(
                  "mean-errors",
                  summary.meanErrors,
                  "data",
                  "Monte Carlo standard error of the mean of all draws, by dimension")),
          List.of(summary.mixed(threshold), summary.moving(ids)));
    }

    private double[][] dimension(int j) {
      return chains.values().stream()
          .map(draws -> draws.stream().mapToDouble(draw -> draw[j]).toArray())
          .toArray(double[][]::new);
    }

    // NaN of a dimension whose draws are all equal stays NaN.
    private static Measure least(String name, List<Double> values, long n, String of) {
      double value = values.stream().mapToDouble(v -> v).reduce(Math::min).orElseThrow();
      return measure(name, value, n, Direction.HIGHER, of + " of the dimension with the least");
    }

    private static Measure most(String name, List<Double> values, long n) {
      double value = values.stream().mapToDouble(v -> v).reduce(Math::max).orElseThrow();
      return measure(name, value, n, Direction.LOWER, "of the dimension with the greatest");
    }

    private static Measure measure(
        String name, double value, long n, Direction better, String definition) {
      return new Measure(name, value, Double.NaN, "none", n, "1", better, definition);
    }
  }
}
