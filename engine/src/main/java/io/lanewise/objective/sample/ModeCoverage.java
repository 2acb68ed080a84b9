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
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import io.lanewise.result.Verdict.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Mode coverage: how the generated rows spread over modes, beside how the reference does. A row's
/// mode is its label, or the nearest of given centroids (Euclidean; the first of equal ones).
///
/// Shares of modes are compared by Kullback-Leibler divergence and chi-squared, both infinite where
/// generated rows are in a mode without reference.
public final class ModeCoverage implements SampleMetric {
  private static final String GENERATED = "generated";
  private static final String REFERENCE = "reference";
  private static final String CENTROIDS = "centroids";
  private static final String FEATURES = "features";
  private static final String LABEL = "label";

  private static final Parameter<Long> LEAST =
      Parameter.integer(
          "least",
          "1",
          1,
          Integer.MAX_VALUE,
          "A mode is covered if it has at least this many generated rows.");
  private static final Parameter<Double> COLLAPSE =
      Parameter.number(
          "collapse-below",
          "0.5",
          0,
          1,
          "1",
          "The verdict is collapsed if a smaller share of the reference's modes is covered.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "mode-coverage",
        List.of("modes"),
        Family.SAMPLE,
        "Mode coverage",
        "g_k, r_k shares of mode k; covered: k with r_k > 0 and enough generated rows;"
            + " kl = sum g ln(g/r); chi-squared = sum (g - r)^2 / r",
        "Che et al., Mode Regularized GANs, arXiv:1612.02136; Srivastava et al., VEEGAN, arXiv:1705.07761",
        List.of(
            set(GENERATED, true, "Generated rows: their labels, or features."),
            set(REFERENCE, true, "Real rows: their labels, or features."),
            new RowSet(
                CENTROIDS,
                false,
                "Centroids of the modes, if there are no labels.",
                List.of(Role.vector(FEATURES, "feature", "A centroid a row.")))),
        List.of(LEAST, COLLAPSE),
        List.of());
  }

  private static RowSet set(String name, boolean required, String doc) {
    return new RowSet(
        name,
        required,
        doc,
        List.of(
            Role.integer(LABEL, "The row's mode, or:").optional(),
            Role.vector(FEATURES, "feature", "features, for the nearest centroid.").optional()));
  }

  @Override
  public State newState(Binding binding) {
    boolean centroids = binding.hasSet(CENTROIDS);
    for (String set : List.of(GENERATED, REFERENCE)) {
      String role = centroids ? FEATURES : LABEL;
      if (!binding.has(set, role)) {
        throw new IllegalArgumentException(
            "set '%s': found no role '%s', expected it %s centroids"
                .formatted(set, role, centroids ? "with" : "without"));
      }
    }
    return new Modes(binding, centroids);
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of(
        "modes-covered", "modes", "coverage", "kl", "chi-squared", "gini", "top-1-share");
  }

  /// Rows of one set by mode.
  private static final class Counts {
    private final TreeMap<Long, Long> byMode = new TreeMap<>();
    private final @Nullable HeldRows rows;

    Counts(@Nullable HeldRows rows) {
      this.rows = rows;
    }

    void add(long mode, long count) {
      byMode.merge(mode, count, Long::sum);
    }

    long of(long mode) {
      return byMode.getOrDefault(mode, 0L);
    }

    long total() {
      return byMode.values().stream().mapToLong(c -> c).sum();
    }

    void fields(StateFields fields) {
      int size = fields.size("modes", byMode.size());
      long[] modes = byMode.keySet().stream().mapToLong(m -> m).toArray();
      long[] counts = byMode.values().stream().mapToLong(c -> c).toArray();
      modes = fields.list("mode", modes, size);
      counts = fields.list("rows", counts, size);
      byMode.clear();
      for (int i = 0; i < size; i++) {
        byMode.put(modes[i], counts[i]);
      }
    }
  }

  private static final class Modes implements State {
    private final Binding binding;
    private final Counts generated;
    private final Counts reference;
    private final @Nullable HeldRows centroids;

    Modes(Binding binding, boolean byCentroid) {
      this.binding = binding;
      MemoryClaim claim = new MemoryClaim(binding.workers());
      generated = new Counts(byCentroid ? HeldRows.of(binding, claim, GENERATED, FEATURES) : null);
      reference = new Counts(byCentroid ? HeldRows.of(binding, claim, REFERENCE, FEATURES) : null);
      centroids = byCentroid ? HeldRows.of(binding, claim, CENTROIDS, FEATURES) : null;
    }

    @Override
    public void update(String set, Rows rows) {
      Counts counts = set.equals(GENERATED) ? generated : reference;
      HeldRows kept = set.equals(CENTROIDS) ? centroids : counts.rows;
      if (kept != null) {
        kept.update(rows, FEATURES);
        return;
      }
      for (int i = 0; i < rows.count(); i++) {
        counts.add(rows.integer(LABEL).getLong(i), 1);
      }
    }

    @Override
    public void merge(State later) {
      Modes other = (Modes) later;
      merge(generated, other.generated);
      merge(reference, other.reference);
      if (centroids != null && other.centroids != null) {
        centroids.merge(other.centroids);
      }
    }

    private static void merge(Counts mine, Counts others) {
      others.byMode.forEach(mine::add);
      if (mine.rows != null && others.rows != null) {
        mine.rows.merge(others.rows);
      }
    }

    @Override
    public void fields(StateFields fields) {
      if (centroids != null) {
        throw StateFields.notStorable("keeps every row until all centroids are known");
      }
      generated.fields(fields.part(GENERATED));
      reference.fields(fields.part(REFERENCE));
    }

    @Override
    public Finished finish() {
      TreeSet<Long> modes = new TreeSet<>();
      if (centroids != null) {
        assign(generated, centroids);
        assign(reference, centroids);
        for (long k = 0; k < centroids.count(); k++) {
          modes.add(k);
        }
      }
      modes.addAll(reference.byMode.keySet());
      modes.addAll(generated.byMode.keySet());
      long n = generated.total();
      long m = reference.total();
      if (n == 0 || m == 0) {
        throw new IllegalArgumentException(
            "found %d generated and %d reference rows, expected at least 1 of each"
                .formatted(n, m));
      }
      double[] g = modes.stream().mapToDouble(k -> (double) generated.of(k) / n).toArray();
      double[] r = modes.stream().mapToDouble(k -> (double) reference.of(k) / m).toArray();
      long least = binding.get(LEAST);
      long there = modes.stream().filter(k -> reference.of(k) > 0).count();
      long covered =
          modes.stream().filter(k -> reference.of(k) > 0 && generated.of(k) >= least).count();
      double[] logs = new double[g.length];
      double[] ratios = new double[g.length];
      double kl = 0;
      double chi = 0;
      for (int k = 0; k < g.length; k++) {
        if (g[k] > 0) {
          logs[k] = Math.log(g[k] / r[k]);
          kl += g[k] * logs[k];
        }
        if (g[k] != r[k]) {
          chi += (g[k] - r[k]) * (g[k] - r[k]) / r[k];
          ratios[k] = 2 * (g[k] - r[k]) / r[k];
        }
      }
      double top = Arrays.stream(g).max().orElse(0);
      double share = (double) covered / there;
      List<Measure> measures = new ArrayList<>();
      measures.add(
          measure(
              "modes-covered",
              (double) covered,
              Direction.HIGHER,
              "modes of the reference with at least %d generated rows".formatted(least)));
      measures.add(measure("modes", (double) there, Direction.NEITHER, "modes of the reference"));
      measures.add(measure("coverage", share, Direction.HIGHER, "modes-covered / modes"));
      measures.add(
          new Measure(
              "kl", kl, error(g, logs, n), "delta", n, "nats", Direction.LOWER, "sum g ln(g/r)"));
      measures.add(
          new Measure(
              "chi-squared",
              chi,
              error(g, ratios, n),
              "delta",
              n,
              "1",
              Direction.LOWER,
              "sum (g - r)^2 / r of the shares"));
      measures.add(
          measure(
              "gini",
              gini(g),
              Direction.NEITHER,
              "sum_i sum_j |g_i - g_j| / (2 K sum g): 0 where all modes have equal shares"));
      measures.add(
          new Measure(
              "top-1-share",
              top,
              Math.sqrt(top * (1 - top) / n),
              "mean",
              n,
              "1",
              Direction.LOWER,
              "largest share of a mode"));
      List<ArrayMeasure> arrays =
          List.of(
              new ArrayMeasure(
                  "mode", modes.stream().map(k -> (double) k).toList(), "1", "label or centroid"),
              new ArrayMeasure(
                  "generated-share", Arrays.stream(g).boxed().toList(), "1", "g of the mode"),
              new ArrayMeasure(
                  "reference-share", Arrays.stream(r).boxed().toList(), "1", "r of the mode"));
      return new Finished(measures, arrays, List.of(verdict(covered, there, share, top)));
    }

    private Verdict verdict(long covered, long there, double share, double top) {
      double bound = binding.get(COLLAPSE);
      return new Verdict(
          "mode-collapse",
          share < bound ? Status.FAIL : covered < there ? Status.WARN : Status.PASS,
          "collapsed if less than %s of the reference's modes is covered; a warning if not all are"
              .formatted(bound),
          String.format(
              Locale.ROOT,
              "%d of %d modes covered, the largest holds %.4g of the generated rows",
              covered,
              there,
              top));
    }

    /// The standard error of a smooth function of the generated shares, the reference's held: with
    /// its gradient h, `sqrt((sum g h^2 - (sum g h)^2) / n)`.
    private static double error(double[] g, double[] gradient, long n) {
      double mean = 0;
      double square = 0;
      for (int k = 0; k < g.length; k++) {
        if (g[k] > 0) {
          mean += g[k] * gradient[k];
          square += g[k] * gradient[k] * gradient[k];
        }
      }
      return Math.sqrt(Math.max(square - mean * mean, 0) / n);
    }

    private static double gini(double[] shares) {
      double[] sorted = shares.clone();
      Arrays.sort(sorted);
      double weighted = 0;
      double sum = 0;
      for (int k = 0; k < sorted.length; k++) {
        weighted += (2 * (k + 1) - sorted.length - 1) * sorted[k];
        sum += sorted[k];
      }
      return weighted / (sorted.length * sum);
    }

    private Measure measure(String name, double value, Direction better, String definition) {
      return new Measure(
          name, value, Double.NaN, "none", generated.total(), "1", better, definition);
    }

    /// Counts rows by the nearest centroid.
    private void assign(Counts counts, HeldRows given) {
      HeldRows held = counts.rows;
      if (held == null || !counts.byMode.isEmpty()) {
        return;
      }
      List<HeldRows> sets = HeldRows.inRange(held, given);
      int[] nearest = Centroids.nearest(binding.workers(), sets.getFirst(), sets.getLast());
      for (int mode : nearest) {
        counts.add(mode, 1);
      }
    }
  }
}
