package io.lanewise.objective.sample;

import io.lanewise.noise.PythonRandom;
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
import java.util.Arrays;
import java.util.List;

/// A statistic of one number a row with its standard error by bootstrap: the standard deviation
/// (over iterations - 1) of the statistic over rows that are drawn with replacement, as many as
/// there are.
///
/// Rows are drawn as lm-evaluation-harness draws them: in chunks of 1000 iterations, chunk c by
/// Python's `random.Random(seed + c).choices`; iterations that do not fill a chunk are left out,
/// but fewer than 1000 are one chunk. So its errors come out to rounding, and do not depend on
/// threads. Keeps all numbers: 8 bytes each.
public final class Bootstrap implements SampleMetric {
  private static final String VALUE = "value";
  private static final String WEIGHT = "weight";
  private static final int CHUNK = 1000;

  private static final Parameter<String> STATISTIC =
      Parameter.choice(
          "statistic",
          "perplexity",
          "perplexity: exp(-mean), of log-likelihoods; mean; median: element n / 2 (rounded down) of"
              + " the sorted; weighted-mean: sum value / sum weight; weighted-perplexity: exp of minus"
              + " that; bits: minus that over ln 2, of weights in bytes bits per byte.",
          List.of("perplexity", "mean", "median", "weighted-mean", "weighted-perplexity", "bits"));
  private static final Parameter<Long> ITERATIONS =
      Parameter.integer(
          "iterations", "100000", 2, 10_000_000, "Number of times that rows are drawn.");
  private static final Parameter<Long> SEED =
      Parameter.integer("seed", "0", 0, Integer.MAX_VALUE, "Seed of the first chunk.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "bootstrap",
        List.of(),
        Family.SAMPLE,
        "Bootstrap error",
        "f(x), and the standard deviation of f(x*) over samples x* of x with replacement",
        "Efron, Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7(1), 1979;"
            + " lm-evaluation-harness, api/metrics.py (bootstrap_stderr)",
        List.of(
            RowSet.rows(
                Role.scalar(VALUE, "The value of the row, such as its log-likelihood."),
                Role.scalar(WEIGHT, "For weighted statistics: tokens, words or bytes of the row.")
                    .optional())),
        List.of(STATISTIC, ITERATIONS, SEED),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    boolean weighted = isWeighted(binding.get(STATISTIC));
    if (weighted && !binding.has(WEIGHT)) {
      throw new IllegalArgumentException(
          "statistic '%s': found no column for role '%s', expected one"
              .formatted(binding.get(STATISTIC), WEIGHT));
    }
    return new Numbers(binding, weighted);
  }

  private static boolean isWeighted(String statistic) {
    return statistic.startsWith("weighted") || statistic.equals("bits");
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of(binding.get(STATISTIC));
  }

  private static final class Numbers implements State {
    private final Binding binding;
    private final boolean weighted;
    private final String statistic;
    private double[] values = {};
    private double[] weights = {};
    private int count;

    Numbers(Binding binding, boolean weighted) {
      this.binding = binding;
      this.weighted = weighted;
      statistic = binding.get(STATISTIC);
    }

    @Override
    public void update(String set, Rows rows) {
      append(
          rows.numbers(VALUE, new double[0]),
          weighted ? rows.numbers(WEIGHT, new double[0]) : new double[0],
          rows.count());
    }

    private void append(double[] more, double[] moreWeights, int added) {
      int needed = Math.addExact(count, added);
      if (needed > values.length) {
        int room = Math.max(needed, (int) Math.min(2L * values.length, Integer.MAX_VALUE - 8));
        binding.workers().require(2L * Double.BYTES * room);
        values = Arrays.copyOf(values, room);
        weights = weighted ? Arrays.copyOf(weights, room) : weights;
      }
      System.arraycopy(more, 0, values, count, added);
      if (weighted) {
        System.arraycopy(moreWeights, 0, weights, count, added);
      }
      count = needed;
    }

    @Override
    public void merge(State later) {
      Numbers other = (Numbers) later;
      append(other.values, other.weights, other.count);
    }

    @Override
    public void fields(StateFields fields) {
      count = fields.size("rows", count);
      values = fields.list("values", values, count);
      weights = fields.list("weights", weights, weighted ? count : 0);
    }

    @Override
    public Finished finish() {
      if (count == 0) {
        throw new IllegalArgumentException("found no rows, expected at least 1");
      }
      requireWeights();
      int iterations = Math.toIntExact(binding.get(ITERATIONS));
      int chunk = Math.min(CHUNK, iterations);
      int chunks = iterations / chunk;
      double[] found = new double[chunks * chunk];
      binding
          .workers()
          .forEach(
              "bootstrap",
              chunks,
              c -> {
                PythonRandom random = new PythonRandom(binding.get(SEED) + c);
                int[] drawn = new int[count];
                for (int i = 0; i < chunk; i++) {
                  for (int k = 0; k < count; k++) {
                    drawn[k] = random.choice(count);
                  }
                  found[(int) c * chunk + i] = of(drawn);
                }
              });
      int[] all = new int[count];
      Arrays.setAll(all, i -> i);
      return new Finished(
          List.of(
              new Measure(
                  statistic,
                  of(all),
                  deviation(found),
                  "bootstrap",
                  count,
                  unit(),
                  direction(),
                  "%s; %d samples with replacement".formatted(definition(), found.length))),
          List.of(),
          List.of());
    }

    private void requireWeights() {
      double sum = 0;
      for (int i = 0; i < count && weighted; i++) {
        if (weights[i] < 0) {
          throw new IllegalArgumentException(
              "row %d of those used: found weight %s, expected 0 or more".formatted(i, weights[i]));
        }
        sum += weights[i];
      }
      if (weighted && sum == 0) {
        throw new IllegalArgumentException("weights: found all 0, expected one above 0");
      }
    }

    private double of(int[] rows) {
      if (statistic.equals("median")) {
        double[] sorted = new double[rows.length];
        Arrays.setAll(sorted, i -> values[rows[i]]);
        Arrays.sort(sorted);
        return sorted[rows.length / 2];
      }
      double sum = 0;
      double over = weighted ? 0 : rows.length;
      for (int row : rows) {
        sum += values[row];
        over += weighted ? weights[row] : 0;
      }
      double mean = sum / over;
      return switch (statistic) {
        case "perplexity", "weighted-perplexity" -> Math.exp(-mean);
        case "bits" -> -mean / Math.log(2);
        default -> mean;
      };
    }

    private String definition() {
      return switch (statistic) {
        case "perplexity" -> "exp(-mean value)";
        case "median" -> "element n / 2, rounded down, of the sorted values";
        case "weighted-mean" -> "sum value / sum weight";
        case "weighted-perplexity" -> "exp(-sum value / sum weight)";
        case "bits" -> "-sum value / (sum weight ln 2)";
        default -> "mean value";
      };
    }

    private String unit() {
      return switch (statistic) {
        case "bits" -> "bits";
        default -> "1";
      };
    }

    private Direction direction() {
      return switch (statistic) {
        case "perplexity", "weighted-perplexity", "bits" -> Direction.LOWER;
        default -> Direction.NEITHER;
      };
    }

    /// Over n - 1; from the first, so that equal numbers have none.
    private static double deviation(double[] found) {
      double first = found[0];
      double mean = Arrays.stream(found).map(v -> v - first).sum() / found.length;
      double squares = Arrays.stream(found).map(v -> (v - first - mean) * (v - first - mean)).sum();
      return Math.sqrt(squares / (found.length - 1));
    }
  }
}
