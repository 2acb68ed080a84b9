package io.lanewise.objective.diffusion;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Range;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// A loss that is already in a column, broken down by the timestep it was taken at (or by bins of
/// any column: sigma, log SNR, the quartiles of improved-diffusion): for each group n, mean,
/// standard error, second moment, least and greatest value and quantiles of the loss.
///
/// With importance weights `1 / (T p(t))` the overall `loss` is the unbiased mean `sum w l / N`;
/// the groups' means are then of `w l` as well, and `unweighted-loss` is the plain mean.
///
/// Of ordered groups it says where the loss fails: a group whose mean is farther than `threshold`
/// robust standard deviations above what its neighbours suggest (a running median of `window`
/// groups, the spread by the median absolute deviation), and by more than `threshold` of its own
/// standard errors. The first and last `window / 2` groups have neighbours on one side only, where
/// a loss is steep by nature, and are not judged. It also gives the sampling distribution that the
/// second moments suggest (`suggested-sampling`): `p = (1 - u) w / sum w + u / T` with `w =
/// sqrt(mean of loss^2)`, T the number of groups, and the importance weights `1 / (T p)` that go
/// with it (`suggested-weights`).
public final class LossByTimestep implements RowObjective {
  private static final Parameter<Double> THRESHOLD =
      Parameter.number(
          "threshold",
          "6",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "A group fails if it is this many robust standard deviations above its neighbours.");
  private static final Parameter<Long> WINDOW =
      Parameter.integer(
          "window",
          "9",
          3,
          1001,
          "Groups in the running median; an even number counts as the next odd one.");
  private static final Parameter<Double> UNIFORM =
      Parameter.number(
          "uniform-probability",
          "0.001",
          0,
          1,
          "1",
          "The share of the suggested sampling that is uniform.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "loss-by-timestep",
        List.of(),
        Family.DIFFUSION,
        "Denoising loss by timestep",
        "loss(t) = mean of loss over the rows of timestep t",
        "Nichol and Dhariwal, Improved DDPM, arXiv:2102.09672, figure 2 and equation 18",
        List.of(
            RowSet.rows(
                Role.scalar("loss", "The loss of the row."),
                Role.integer("t", "The timestep of the row."),
                Role.scalar(
                        "importance-weight",
                        "1 / (T p(t)) where t was drawn with probability p(t).")
                    .in(Range.WEIGHT)
                    .optional())),
        List.of(THRESHOLD, WINDOW, UNIFORM),
        List.of(
            Output.number("loss", "1", "the loss, times its importance weight"),
            Output.number("unweighted-loss", "1", "the loss, as given").onRequest(),
            Output.number("squared-loss", "1", "the loss as given, squared").onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean weighted = binding.has("importance-weight");
    return (in, out) -> {
      double[] loss = out.number("loss");
      in.numbers("loss", loss);
      if (out.wants("unweighted-loss")) {
        System.arraycopy(loss, 0, out.number("unweighted-loss"), 0, in.count());
      }
      if (out.wants("squared-loss")) {
        double[] squared = out.number("squared-loss");
        for (int i = 0; i < in.count(); i++) {
          squared[i] = loss[i] * loss[i];
        }
      }
      if (weighted) {
        double[] weights = in.numbers("importance-weight", new double[in.count()]);
        for (int i = 0; i < in.count(); i++) {
          loss[i] *= weights[i];
        }
      }
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics = new ArrayList<>();
    boolean weighted = binding.has("importance-weight");
    statistics.add(
        Statistic.mean(
            "loss",
            "1",
            Direction.LOWER,
            weighted ? "mean over rows of importance weight * loss" : "mean over rows",
            "loss"));
    if (weighted) {
      statistics.add(
          Statistic.mean(
              "unweighted-loss", "1", Direction.LOWER, "mean over rows", "unweighted-loss"));
    }
    statistics.add(
        Statistic.mean(
            "second-moment", "1", Direction.LOWER, "mean over rows of loss^2", "squared-loss"));
    return statistics;
  }

  @Override
  public List<Double> quantiles() {
    return List.of(0.05, 0.25, 0.5, 0.75, 0.95);
  }

  /// Of the loss as given: importance weights belong to means.
  @Override
  public List<String> spreadOutputs(Binding binding) {
    return List.of(binding.has("importance-weight") ? "unweighted-loss" : "loss");
  }

  @Override
  public String breakdownRole() {
    return "t";
  }

  @Override
  public Conclusion conclude(Binding binding, List<Measure> measures, List<Breakdown> breakdowns) {
    List<ArrayMeasure> arrays = new ArrayList<>();
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < breakdowns.size(); i++) {
      Breakdown breakdown = breakdowns.get(i);
      List<Breakdown.Group> groups =
          breakdown.groups().stream()
              .filter(g -> g.rows().used() > 0 && Double.isFinite(g.lower()))
              .toList();
      if (breakdown.ordered() && !groups.isEmpty()) {
        String suffix = suffix(breakdowns, i);
        ArrayMeasure sampling = suggested(groups, binding.get(UNIFORM), breakdown.by(), suffix);
        arrays.add(sampling);
        arrays.add(weights(sampling, suffix));
        verdicts.add(verdict(binding, breakdown.by(), groups, suffix));
      }
    }
    return new Conclusion(arrays, verdicts);
  }

  /// Tells the breakdowns apart: by what they are by, and by their place where that is not enough.
  private static String suffix(List<Breakdown> breakdowns, int place) {
    String by = breakdowns.get(place).by();
    long alike = breakdowns.stream().filter(b -> b.by().equals(by)).count();
    return breakdowns.size() == 1 ? "" : "-by-" + by + (alike == 1 ? "" : "-" + (place + 1));
  }

  private static ArrayMeasure suggested(
      List<Breakdown.Group> groups, double uniform, String by, String suffix) {
    double[] roots =
        groups.stream().mapToDouble(g -> Math.sqrt(value(g, "second-moment"))).toArray();
    double total = Arrays.stream(roots).sum();
    List<Double> p = new ArrayList<>();
    for (double root : roots) {
      // All losses 0 suggest nothing: sample uniformly.
      double share = total == 0 ? 1.0 / roots.length : root / total;
      p.add((1 - uniform) * share + uniform / roots.length);
    }
    return new ArrayMeasure(
        "suggested-sampling" + suffix,
        p,
        "1",
        ("(1 - %s) w / sum w + %s / T for each group of '%s' in ascending order,"
                + " w = sqrt(mean of loss^2)")
            .formatted(uniform, uniform, by));
  }

  /// What a loss drawn with that probability is weighted by, so that its mean is unbiased.
  private static ArrayMeasure weights(ArrayMeasure sampling, String suffix) {
    int groups = sampling.values().size();
    return new ArrayMeasure(
        "suggested-weights" + suffix,
        sampling.values().stream().map(p -> 1 / (groups * p)).toList(),
        "1",
        "1 / (T p), p = " + sampling.name());
  }

  private static Verdict verdict(
      Binding binding, String by, List<Breakdown.Group> groups, String suffix) {
    double threshold = binding.get(THRESHOLD);
    int window = Math.toIntExact(binding.get(WINDOW) | 1);
    String rule =
        ("no group of '%s' has a mean above the running median of %d groups by more than %s robust"
                + " standard deviations (1.4826 MAD) and %s of its own standard errors;"
                + " the first and last %d are not judged")
            .formatted(by, window, threshold, threshold, window / 2);
    double[] means = groups.stream().mapToDouble(g -> value(g, measure(g))).toArray();
    if (means.length < 2 * window) {
      return new Verdict(
          "timestep-failure" + suffix,
          Verdict.Status.UNKNOWN,
          rule,
          "%d group(s), fewer than two windows".formatted(means.length));
    }
    int half = window / 2;
    double[] excess = excess(means, half);
    double spread = 1.4826 * median(Arrays.stream(excess).map(Math::abs).toArray());
    List<String> failed = new ArrayList<>();
    for (int i = 0; i < excess.length; i++) {
      double found = standardError(groups.get(i + half));
      double error = Double.isNaN(found) ? 0 : found;
      if (excess[i] > threshold * spread && excess[i] > threshold * error) {
        failed.add(
            String.format(
                Locale.ROOT,
                "%s (%.4g, expected %.4g)",
                groups.get(i + half).label(),
                means[i + half],
                means[i + half] - excess[i]));
      }
    }
    String evidence =
        failed.isEmpty()
            ? String.format(
                Locale.ROOT, "%d groups, robust standard deviation %.4g", means.length, spread)
            : failed.size()
                + " of "
                + means.length
                + " groups: "
                + String.join(", ", failed.subList(0, Math.min(failed.size(), 10)))
                + (failed.size() > 10 ? ", …" : "");
    return new Verdict(
        "timestep-failure" + suffix,
        failed.isEmpty() ? Verdict.Status.PASS : Verdict.Status.FAIL,
        rule,
        evidence);
  }

  /// Each value above the median of the values around it, `half` on either side; those at the ends
  /// are left out.
  private static double[] excess(double[] values, int half) {
    double[] excess = new double[values.length - 2 * half];
    for (int i = 0; i < excess.length; i++) {
      excess[i] = values[i + half] - median(Arrays.copyOfRange(values, i, i + 2 * half + 1));
    }
    return excess;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /// What is judged: the loss without importance weights.
  private static String measure(Breakdown.Group group) {
    return group.measures().stream().anyMatch(m -> m.name().equals("unweighted-loss"))
        ? "unweighted-loss"
        : "loss";
  }

  /// NaN for a single row, which has none.
  private static double standardError(Breakdown.Group group) {
    String name = measure(group);
    return group.measures().stream()
        .filter(m -> m.name().equals(name))
        .mapToDouble(Measure::standardError)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static double value(Breakdown.Group group, String measure) {
    return group.measures().stream()
        .filter(m -> m.name().equals(measure))
        .mapToDouble(Measure::value)
        .findFirst()
        .orElse(Double.NaN);
  }
}
