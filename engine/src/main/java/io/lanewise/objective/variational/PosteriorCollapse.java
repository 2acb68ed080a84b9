package io.lanewise.objective.variational;

import io.lanewise.kernel.ExactSum;
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
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Which latent dimensions a VAE uses: KL to the standard normal for each dimension, and active
/// units, those whose posterior mean varies over the data: `Var_x(mu_j) > 0.01` (over n).
///
/// Verdict `posterior-collapse`: fail if no unit is active, warn if fewer than `warn-below` of them
/// are. `kl-free-bits` is `sum_g max(free-bits, mean KL_g)` over groups of dimensions, the mean
/// taken over rows first, as Kingma et al. do. Its standard error is by the delta method over the
/// groups above free-bits, and needs the covariances of the groups: it is given for up to 64 of
/// them.
///
/// Sums are exact, so neither order nor split of the rows shows; about 3 kB for each dimension.
/// Needs at least one row.
public final class PosteriorCollapse implements SampleMetric {
  private static final Parameter<Double> ACTIVE_ABOVE =
      Parameter.number(
          "active-above",
          "0.01",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "A unit is active if the variance of its posterior mean is above this.");
  private static final Parameter<Double> WARN_BELOW =
      Parameter.number(
          "warn-below", "0.5", 0, 1, "1", "Warn if a smaller share of units is active.");

  /// Groups up to which their covariances are kept: 2 MB and 2080 products a row.
  private static final int MOST_PAIRED = 64;

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "posterior-collapse",
        List.of("active-units"),
        Family.VARIATIONAL,
        "Active units and posterior collapse",
        "active units = #{j: Var_x(mu_j) > 0.01}; KL_j = mean over rows of"
            + " 1/2 (mu_j^2 + expm1(logvar_j) - logvar_j)",
        "Burda et al., arXiv:1509.00519, 5.2; free bits: Kingma et al., arXiv:1606.04934, C.8",
        List.of(
            RowSet.rows(
                Role.vector("mu", "latent", "Posterior mean."),
                Role.vector("logvar", "latent", "Natural logarithm of the posterior variance."))),
        List.of(ACTIVE_ABOVE, WARN_BELOW, FreeBits.LAMBDA, FreeBits.GROUPS),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    return new Units(
        binding.width("mu"),
        binding.get(ACTIVE_ABOVE),
        binding.get(WARN_BELOW),
        FreeBits.of(binding, binding.width("mu")));
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("kl", "kl-free-bits", "active-units", "active-share");
  }

  private static final class Units implements State {
    private final double activeAbove;
    private final double warnBelow;
    private final FreeBits freeBits;
    private final Paired groups;
    private final double[] ofGroups;
    private final ExactSum[] kl;
    private final ExactSum[] mean;
    private final ExactSum[] square;
    private final ExactSum total = new ExactSum();
    private final ExactSum totalSquare = new ExactSum();
    private long count;
    private double[] mu = new double[0];
    private double[] logvar = new double[0];

    Units(int dim, double activeAbove, double warnBelow, FreeBits freeBits) {
      this.activeAbove = activeAbove;
      this.warnBelow = warnBelow;
      this.freeBits = freeBits;
      groups =
          new Paired(freeBits.given() ? freeBits.groups() : 0, freeBits.groups() <= MOST_PAIRED);
      ofGroups = new double[freeBits.groups()];
      kl = sums(dim);
      mean = sums(dim);
      square = sums(dim);
    }

    private static ExactSum[] sums(int dim) {
      return Stream.generate(ExactSum::new).limit(dim).toArray(ExactSum[]::new);
    }

    @Override
    public void update(String set, Rows rows) {
      mu = rows.numbers("mu", mu);
      logvar = rows.numbers("logvar", logvar);
      int dim = kl.length;
      for (int i = 0; i < rows.count(); i++) {
        double sum = 0;
        Arrays.fill(ofGroups, 0);
        for (int j = 0; j < dim; j++) {
          double m = mu[i * dim + j];
          double divergence = Gaussians.kl(m, logvar[i * dim + j]);
          sum += divergence;
          ofGroups[freeBits.group(j, dim)] += divergence;
          kl[j].add(divergence);
          mean[j].add(m);
          square[j].addProduct(m, m);
        }
        groups.add(ofGroups);
        total.add(sum);
        totalSquare.addProduct(sum, sum);
      }
      count += rows.count();
    }

    @Override
    public void merge(State later) {
      Units other = (Units) later;
      for (int j = 0; j < kl.length; j++) {
        kl[j].merge(other.kl[j]);
        mean[j].merge(other.mean[j]);
        square[j].merge(other.square[j]);
      }
      groups.merge(other.groups);
      total.merge(other.total);
      totalSquare.merge(other.totalSquare);
      count += other.count;
    }

    @Override
    public void fields(StateFields fields) {
      count = fields.count("count", count);
      fields.sums("kl", kl);
      fields.sums("mean", mean);
      fields.sums("square", square);
      fields.sums("total", total, totalSquare);
      groups.fields(fields.part("groups"));
    }

    @Override
    public Finished finish() {
      if (count == 0) {
        throw new IllegalArgumentException("found no rows, expected at least one");
      }
      List<Double> divergences = new ArrayList<>();
      List<Double> variances = new ArrayList<>();
      int active = 0;
      for (int j = 0; j < kl.length; j++) {
        double divergence = kl[j].value() / count;
        double variance = deviations(mean[j], square[j], count) / count;
        divergences.add(divergence);
        variances.add(variance);
        active += variance > activeAbove ? 1 : 0;
      }
      double share = (double) active / kl.length;
      double error =
          count < 2
              ? Double.NaN
              : Math.sqrt(deviations(total, totalSquare, count) / (count - 1) / count);
      return new Finished(
          List.of(
              new Measure(
                  "kl",
                  total.value() / count,
                  error,
                  "mean",
                  count,
                  "nats",
                  Direction.NEITHER,
                  "mean over rows, summed over dimensions"),
              freeBits(divergences, error),
              measure("active-units", active, "#{j: Var_x(mu_j) > %s}".formatted(activeAbove)),
              measure("active-share", share, "active-units / dimensions")),
          List.of(
              new ArrayMeasure("kl-per-dimension", divergences, "nats", "mean over rows of KL_j"),
              new ArrayMeasure("mu-variance", variances, "1", "Var_x(mu_j), over n")),
          List.of(verdict(active, share)));
    }

    /// The sum of squared deviations from the mean, from exact sums: nothing cancels.
    private static double deviations(ExactSum sum, ExactSum squares, long count) {
      if (!Double.isFinite(sum.value()) || !Double.isFinite(squares.value())) {
        return Double.NaN;
      }
      BigDecimal n = BigDecimal.valueOf(count);
      BigDecimal s = sum.exact();
      return squares
          .exact()
          .multiply(n)
          .subtract(s.multiply(s))
          .divide(n, MathContext.DECIMAL64)
          .doubleValue();
    }

    private Verdict verdict(int active, double share) {
      return new Verdict(
          "posterior-collapse",
          active == 0 ? Status.FAIL : share < warnBelow ? Status.WARN : Status.PASS,
          "collapsed if no unit has Var_x(mu_j) > %s; warn if the share that has is below %s"
              .formatted(activeAbove, warnBelow),
          "%d of %d units are active".formatted(active, kl.length));
    }

    private Measure freeBits(List<Double> divergences, double errorOfAll) {
      String definition = "sum_g max(free-bits, mean KL_g), means over rows first";
      if (!freeBits.given()) {
        double sum = divergences.stream().reduce(0.0, Double::sum);
        return kl(sum, errorOfAll, "delta", definition);
      }
      double[] means = groups.means(count);
      boolean[] above = new boolean[means.length];
      boolean all = true;
      for (int g = 0; g < means.length; g++) {
        above[g] = means[g] > freeBits.lambda();
        all &= above[g];
      }
      if (all) {
        return kl(freeBits.sum(means), errorOfAll, "delta", definition);
      }
      return groups.paired
          ? kl(freeBits.sum(means), groups.errorOfSum(above, count), "delta", definition)
          : kl(
              freeBits.sum(means),
              Double.NaN,
              "none",
              definition
                  + "; no standard error: the covariances of more than %d groups are not kept"
                      .formatted(MOST_PAIRED));
    }

    private Measure kl(double value, double error, String method, String definition) {
      return new Measure(
          "kl-free-bits", value, error, method, count, "nats", Direction.NEITHER, definition);
    }

    private Measure measure(String name, double value, String definition) {
      return new Measure(
          name,
          value,
          Double.NaN,
          "none",
          count,
          "1",
          Direction.NEITHER,
          definition + "; no standard error: a threshold of variances has no derivative");
    }
  }

  /// Exact sums of a few numbers a row, and of their products if asked for.
  private static final class Paired {
    private final boolean paired;
    private final ExactSum[] sums;
    private final ExactSum[] products;

    Paired(int size, boolean paired) {
      this.paired = paired;
      sums = Units.sums(size);
      products = Units.sums(paired ? size * (size + 1) / 2 : 0);
    }

    void add(double[] values) {
      int pair = 0;
      for (int a = 0; a < sums.length; a++) {
        sums[a].add(values[a]);
        for (int b = 0; paired && b <= a; b++) {
          products[pair++].addProduct(values[a], values[b]);
        }
      }
    }

    void merge(Paired other) {
      for (int a = 0; a < sums.length; a++) {
        sums[a].merge(other.sums[a]);
      }
      for (int p = 0; p < products.length; p++) {
        products[p].merge(other.products[p]);
      }
    }

    void fields(StateFields fields) {
      fields.sums("sums", sums);
      fields.sums("products", products);
    }

    double[] means(long count) {
      return Stream.of(sums).mapToDouble(sum -> sum.value() / count).toArray();
    }

    /// The standard error of the mean over rows of the sum of the chosen numbers.
    double errorOfSum(boolean[] chosen, long count) {
      ExactSum total = new ExactSum();
      ExactSum square = new ExactSum();
      int pair = 0;
      for (int a = 0; a < sums.length; a++) {
        if (chosen[a]) {
          total.merge(sums[a]);
        }
        for (int b = 0; b <= a; b++, pair++) {
          if (chosen[a] && chosen[b]) {
            square.merge(products[pair]);
            if (a != b) {
              square.merge(products[pair]);
            }
          }
        }
      }
      return count < 2
          ? Double.NaN
          : Math.sqrt(Units.deviations(total, square, count) / (count - 1) / count);
    }
  }
}
