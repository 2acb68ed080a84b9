package io.lanewise.run.group;

import io.lanewise.objective.Estimate;
import io.lanewise.objective.Means;
import io.lanewise.objective.Output;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which moments of which outputs an evaluation's statistics need, of which the quantiles are asked
/// for, and how the measures follow from them.
public final class MomentLayout {
  private final List<Statistic> statistics;

  /// The number outputs of each set, and the pairs among them whose covariance a statistic needs.
  private final Map<String, List<String>> outputs;

  private final Map<String, int[][]> pairs;

  private final List<Spread> spreads = new ArrayList<>();
  private final List<Double> quantiles;

  /// @param spreads the outputs whose least and greatest value and quantiles are asked for
  /// @param quantiles the quantiles, in [0, 1]
  public MomentLayout(
      List<Statistic> statistics,
      List<Output> available,
      List<Output> spreads,
      List<Double> quantiles) {
    this.statistics = List.copyOf(statistics);
    this.quantiles = List.copyOf(quantiles);
    Map<String, List<String>> names = new LinkedHashMap<>();
    Map<String, int[][]> pairsOfSets = new LinkedHashMap<>();
    for (Output output : available) {
      if (!output.isVector()
          && (spreads.contains(output)
              || statistics.stream().anyMatch(s -> s.outputs().contains(output.name())))) {
        names.computeIfAbsent(output.set(), set -> new ArrayList<>()).add(output.name());
      }
    }
    names.forEach((set, list) -> pairsOfSets.put(set, pairs(list)));
    outputs = names;
    pairs = pairsOfSets;
    Map<String, Integer> places = new HashMap<>();
    for (Output output : spreads) {
      this.spreads.add(
          new Spread(
              output.set(),
              outputs(output.set()).indexOf(output.name()),
              places.merge(output.set(), 1, Integer::sum) - 1,
              QuantileSketch.named(output, quantiles)));
    }
  }

  private int[][] pairs(List<String> names) {
    List<int[]> result = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      for (int j = i; j < names.size(); j++) {
        List<String> both = List.of(names.get(i), names.get(j));
        if (statistics.stream().anyMatch(s -> s.outputs().containsAll(both))) {
          result.add(new int[] {i, j});
        }
      }
    }
    return result.toArray(int[][]::new);
  }

  /// The statistics, in order.
  public List<Statistic> statistics() {
    return statistics;
  }

  /// The number outputs of a set that moments are kept of, in the order that [Moments#add] expects.
  public List<String> outputs(String set) {
    return outputs.getOrDefault(set, List.of());
  }

  /// Empty moments of a set.
  public Moments newMoments(String set) {
    return new Moments(
        outputs(set).size(),
        pairs.getOrDefault(set, new int[0][]),
        spreads.stream().filter(s -> s.set.equals(set)).mapToInt(Spread::output).toArray());
  }

  /// The names of the measures, in order.
  public List<String> names() {
    List<String> names = new ArrayList<>();
    statistics.forEach(statistic -> names.add(statistic.name()));
    spreads.forEach(spread -> spread.measures.forEach(measure -> names.add(measure.name())));
    return names;
  }

  /// The statistics of moments by set; a set without rows may be missing.
  public List<Measure> measures(Map<String, Moments> moments) {
    List<Measure> measures = new ArrayList<>();
    for (Statistic statistic : statistics) {
      measures.add(new Solution(statistic, moments).measure());
    }
    for (Spread spread : spreads) {
      Moments state = moments.get(spread.set);
      measures.addAll(
          state == null
              ? new QuantileSketch().measures(spread.measures, quantiles, 0)
              : state.spread(spread.place).measures(spread.measures, quantiles, state.count()));
    }
    return measures;
  }

  /// What quantiles are asked of.
  ///
  /// @param set the set of the output
  /// @param output its place among the outputs of its set
  /// @param place its place among the outputs of its set whose quantiles are asked for
  /// @param measures the measures, without their values
  private record Spread(String set, int output, int place, List<Measure> measures) {}

  /// One statistic over given moments. Rows of different sets are independent.
  private final class Solution implements Means {
    private final Statistic statistic;
    private final Map<String, Moments> moments;

    Solution(Statistic statistic, Map<String, Moments> moments) {
      this.statistic = statistic;
      this.moments = moments;
    }

    @Override
    public Estimate mean(String output) {
      return estimate(output, false);
    }

    @Override
    public Estimate total(String output) {
      return estimate(output, true);
    }

    private Estimate estimate(String output, boolean total) {
      int index = statistic.outputs().indexOf(output);
      if (index < 0) {
        throw new IllegalArgumentException(
            "statistic '%s' does not declare output '%s'".formatted(statistic.name(), output));
      }
      String set = setOf(output);
      Moments state = state(set);
      int position = outputs(set).indexOf(output);
      double[] gradient = new double[statistic.outputs().size()];
      gradient[index] = total ? state.count() : 1;
      return new Estimate(total ? state.total(position) : state.mean(position), gradient);
    }

    Measure measure() {
      Estimate estimate = statistic.formula().apply(this);
      double[] gradient = estimate.gradient();
      long n = 0;
      double variance = 0;
      for (String set : outputs.keySet()) {
        if (statistic.outputs().stream().anyMatch(outputs(set)::contains)) {
          Moments state = state(set);
          n += state.count();
          variance += quadraticForm(gradient, set, state) / state.count();
        }
      }
      boolean plainMean = statistic.outputs().size() == 1 && gradient[0] == 1;
      return new Measure(
          statistic.name(),
          estimate.value(),
          Math.sqrt(variance),
          plainMean ? "mean" : "delta",
          n,
          statistic.unit(),
          statistic.better(),
          statistic.definition());
    }

    private double quadraticForm(double[] gradient, String set, Moments state) {
      double sum = 0;
      int[][] setPairs = pairs.getOrDefault(set, new int[0][]);
      for (int p = 0; p < setPairs.length; p++) {
        int i = statistic.outputs().indexOf(outputs(set).get(setPairs[p][0]));
        int j = statistic.outputs().indexOf(outputs(set).get(setPairs[p][1]));
        if (i >= 0 && j >= 0 && gradient[i] != 0 && gradient[j] != 0) {
          sum += (i == j ? 1 : 2) * gradient[i] * gradient[j] * state.covariance(p);
        }
      }
      // Rounding can leave a tiny negative number where outputs are linearly dependent.
      return Math.max(sum, 0);
    }

    private String setOf(String output) {
      return outputs.entrySet().stream()
          .filter(e -> e.getValue().contains(output))
          .findFirst()
          .orElseThrow()
          .getKey();
    }

    private Moments state(String set) {
      return moments.getOrDefault(set, newMoments(set));
    }
  }
}
