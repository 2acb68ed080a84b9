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
import java.util.List;
import java.util.stream.Stream;

/// Which latent dimensions a VAE uses: KL to the standard normal for each dimension, and active
/// units, those whose posterior mean varies over the data: `Var_x(mu_j) > 0.01` (over n).
///
/// Verdict `posterior-collapse`: fail if no unit is active, warn if fewer than `warn-below` of them
/// are. `kl-free-bits` is `sum_j max(free-bits, mean KL_j)`, the mean taken over rows first.
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
          "A unit is active if the variance of its posterior mean is larger.");
  private static final Parameter<Double> WARN_BELOW =
      Parameter.number(
          "warn-below", "0.5", 0, 1, "1", "Warn if a smaller share of units is active.");
  private static final Parameter<Double> FREE_BITS =
      Parameter.number(
          "free-bits",
          "0",
          0,
          Double.POSITIVE_INFINITY,
          "nats",
          "Least that a dimension counts in kl-free-bits.");

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
        List.of(ACTIVE_ABOVE, WARN_BELOW, FREE_BITS),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    return new Units(
        binding.width("mu"),
        binding.get(ACTIVE_ABOVE),
        binding.get(WARN_BELOW),
        binding.get(FREE_BITS));
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("kl", "kl-free-bits", "active-units", "active-share");
  }

  private static final class Units implements State {
    private final double activeAbove;
    private final double warnBelow;
    private final double freeBits;
    private final ExactSum[] kl;
    private final ExactSum[] mean;
    private final ExactSum[] square;
    private final ExactSum total = new ExactSum();
    private final ExactSum totalSquare = new ExactSum();
    private long count;
    private double[] mu = new double[0];
    private double[] logvar = new double[0];

    Units(int dim, double activeAbove, double warnBelow, double freeBits) {
      this.activeAbove = activeAbove;
      this.warnBelow = warnBelow;
      this.freeBits = freeBits;
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
        for (int j = 0; j < dim; j++) {
          double m = mu[i * dim + j];
          double divergence = Gaussians.kl(m, logvar[i * dim + j]);
          sum += divergence;
          kl[j].add(divergence);
          mean[j].add(m);
          square[j].addProduct(m, m);
        }
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
    }

    @Override
    public Finished finish() {
      if (count == 0) {
        throw new IllegalArgumentException("found no rows, expected at least one");
      }
      List<Double> divergences = new ArrayList<>();
      List<Double> variances = new ArrayList<>();
      double free = 0;
      int active = 0;
      for (int j = 0; j < kl.length; j++) {
        double divergence = kl[j].value() / count;
        double variance = deviations(mean[j], square[j]) / count;
        divergences.add(divergence);
        variances.add(variance);
        free += Math.max(freeBits, divergence);
        active += variance > activeAbove ? 1 : 0;
      }
      double share = (double) active / kl.length;
      double error =
          count < 2 ? Double.NaN : Math.sqrt(deviations(total, totalSquare) / (count - 1) / count);
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
              measure("kl-free-bits", free, "nats", "sum_j max(free-bits, mean KL_j)"),
              measure("active-units", active, "1", "#{j: Var_x(mu_j) > %s}".formatted(activeAbove)),
              measure("active-share", share, "1", "active-units / dimensions")),
          List.of(
              new ArrayMeasure("kl-per-dimension", divergences, "nats", "mean over rows of KL_j"),
              new ArrayMeasure("mu-variance", variances, "1", "Var_x(mu_j), over n")),
          List.of(verdict(active, share)));
    }

    /// The sum of squared deviations from the mean, from exact sums: nothing cancels.
    private double deviations(ExactSum sum, ExactSum squares) {
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

    private Measure measure(String name, double value, String unit, String definition) {
      return new Measure(
          name, value, Double.NaN, "none", count, unit, Direction.NEITHER, definition);
    }
  }
}
