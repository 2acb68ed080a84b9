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
import io.lanewise.result.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Effective sample size and split R-hat of the draws of a sampler, from a file with a draw a row:
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
          "Split R-hat from which chains have not mixed.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "chain-diagnostics",
        List.of(),
        Family.SCORE,
        "Convergence of chains",
        "split R-hat = sqrt(((n - 1)/n W + B/n) / W); ESS = m n / (-1 + 2 sum_t rho_t), by Geyer's"
            + " initial monotone sequence",
        "Gelman et al., Bayesian Data Analysis, 3rd edition, 11.4 and 11.5; Vehtari et al.,"
            + " arXiv:1903.08008 (threshold)",
        List.of(
            RowSet.rows(
                Role.integer("chain", "The chain of the draw."),
                Role.vector("x", "data", "The draw."))),
        List.of(THRESHOLD),
        List.of());
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("effective-sample-size", "split-r-hat", "chains", "draws");
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
      List<Double> sizes = new ArrayList<>();
      List<Double> reductions = new ArrayList<>();
      for (int j = 0; j < width; j++) {
        double[][] values = dimension(j);
        sizes.add(Diagnostics.effectiveSampleSize(values));
        reductions.add(Diagnostics.splitRHat(values));
      }
      // NaN of a dimension that does not move stays NaN.
      double size = sizes.stream().mapToDouble(v -> v).reduce(Math::min).orElseThrow();
      double reduction = reductions.stream().mapToDouble(v -> v).reduce(Math::max).orElseThrow();
      long draws = (long) shortest * chains.size();
      return new Finished(
          List.of(
              measure(
                  "effective-sample-size",
                  size,
                  draws,
                  Direction.HIGHER,
                  "of the mean of the dimension with the least"),
              measure(
                  "split-r-hat",
                  reduction,
                  draws,
                  Direction.LOWER,
                  "of the dimension with the greatest"),
              measure("chains", chains.size(), draws, Direction.NEITHER, "number of chains"),
              measure("draws", shortest, draws, Direction.NEITHER, "draws of each chain")),
          List.of(
              new ArrayMeasure("effective-sample-sizes", sizes, "1", "by dimension"),
              new ArrayMeasure("split-r-hats", reductions, "1", "by dimension")),
          List.of(verdict(reduction)));
    }

    private double[][] dimension(int j) {
      return chains.values().stream()
          .map(draws -> draws.stream().mapToDouble(draw -> draw[j]).toArray())
          .toArray(double[][]::new);
    }

    private Verdict verdict(double reduction) {
      Verdict.Status status =
          Double.isNaN(reduction)
              ? Verdict.Status.UNKNOWN
              : reduction > threshold ? Verdict.Status.FAIL : Verdict.Status.PASS;
      return new Verdict(
          "chains-mixed",
          status,
          "split R-hat of every dimension is at most %s".formatted(threshold),
          String.format(Locale.ROOT, "greatest split R-hat %.6g", reduction));
    }

    private static Measure measure(
        String name, double value, long n, Direction better, String definition) {
      return new Measure(name, value, Double.NaN, "none", n, "1", better, definition);
    }
  }
}
