package io.lanewise.objective.diffusion;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
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
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.support.DiscretizedNormal;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The variational bound of a diffusion model from columns, in bits per dimension: for each row one
/// term of it, at the row's timestep. Terms are means over elements.
///
/// - `vb`: `KL(q(x_t-1 | x_t, x0) || p(x_t-1 | x_t)) / ln 2`, and at t = 0 the negative
///   log-likelihood of the discretized Gaussian p(x0 | x_1), x0 scaled to [-1, 1].
/// - `x0-mse`, `mse`: squared errors of the predicted x0 and of the eps that follows from it, both
///   after the threshold.
/// - `prior-bpd`: `KL(q(x_T | x0) || N(0, I)) / ln 2`.
/// - `hybrid`: the squared error of what the model predicts plus `vb T / 1000`, or plus `vb`.
///
/// A model that predicts the mean of the state before (`previous-x`) says the mean of `p(x_t-1 |
/// x_t)` itself: the threshold then changes the predicted x0 alone, not `vb`.
///
/// Over rows: `total-bpd` is T times the mean of `importance weight * vb`, plus the prior, which is
/// the bound where t is drawn, or every timestep has as many rows as any other. By timestep, in
/// ascending order, there are the curves of all three and their standard errors, and where every
/// timestep has rows the sum of the curve plus prior (`total-bpd-by-t`), whose standard error is
/// that of the timesteps' means.
///
/// Variances are improved-diffusion's: the posterior's logarithm with that of t = 0 replaced by
/// that of t = 1 (fixed-small), `ln beta` with the first replaced likewise (fixed-large), the
/// column (learned), or between the two by `(column + 1) / 2` (learned-range).
public final class DiffusionVlb implements RowObjective {
  private static final double LN2 = StrictMath.log(2);
  private static final List<String> CURVES = List.of("vb", "x0-mse", "mse");

  private static final Parameter<String> VARIANCE =
      Parameter.choice(
          "variance",
          "fixed-small",
          "The model's variance; the learned kinds take the column in role variance-output.",
          List.of("fixed-small", "fixed-large", "learned", "learned-range"));
  private static final Parameter<String> CDF =
      Parameter.choice(
          "cdf",
          "approx-cdf",
          "The normal CDF of t = 0: OpenAI's tanh approximation, clamped at 1e-12, or exact.",
          List.of("approx-cdf", "erf"));
  private static final Parameter<Long> LEVELS =
      Parameter.integer("levels", "256", 2, 65536, "Number of values of a dimension.");

  private static final Parameter<String> HYBRID =
      Parameter.choice(
          "hybrid-scale",
          "timesteps",
          "What vb is multiplied by in hybrid: timesteps / 1000 (guided-diffusion's RESCALED_MSE), or"
              + " 1 (its MSE).",
          List.of("timesteps", "none"));

  @Override
  public Descriptor descriptor() {
    List<Parameter<?>> parameters =
        new ArrayList<>(List.of(VARIANCE, CDF, LEVELS, Levels.SCHEDULE, Levels.TIMESTEPS));
    parameters.add(HYBRID);
    StepOptions.WITH_PREVIOUS.stream()
        .filter(p -> !p.name().equals(StepOptions.EPS_FROM.name()))
        .forEach(parameters::add);
    return new Descriptor(
        "diffusion-vlb",
        List.of(),
        Family.DIFFUSION,
        "Variational bound of a diffusion model",
        "total = sum_t vb_t + prior; vb_t = KL(q(x_t-1 | x_t, x0) || p(x_t-1 | x_t)) / (D ln 2), vb_0 = -log2 p(x0 | x_1) / D",
        "Nichol and Dhariwal, Improved DDPM, arXiv:2102.09672, equations 4 to 7 and 15, 16",
        List.of(
            RowSet.rows(
                Role.vector("x0", "data", "Clean data in [-1, 1]."),
                Role.vector("xt", "data", "Noised data at t."),
                Role.vector("prediction", "data", "The prediction of the model."),
                Role.integer("t", "Timestep, 0 to timesteps - 1; gives the curves."),
                Role.vector(
                        "variance-output",
                        "data",
                        "What the model says of the variance: its logarithm (learned), or a number"
                            + " in [-1, 1] (learned-range).")
                    .optional()
                    .when("variance", "learned", "learned-range"),
                Role.scalar(
                        "importance-weight",
                        "1 / (T p(t)) where t was drawn with probability p(t).")
                    .in(Range.WEIGHT)
                    .optional())),
        parameters,
        List.of(
            Output.number("vb", "bits", "the bound's term at t, mean over elements"),
            Output.number("x0-mse", "1", "mean over elements of (x0 - predicted x0)^2"),
            Output.number("mse", "1", "mean over elements of (eps - predicted eps)^2"),
            Output.number("prior-bpd", "bits", "KL(q(x_T | x0) || N(0, I)) / (D ln 2)"),
            Output.number(
                    "hybrid", "1", "mean squared error of the prediction + vb T / 1000, or + vb")
                .onRequest(),
            Output.number("weighted-vb", "bits", "importance weight * vb").onRequest()));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    int steps = Levels.schedule(binding).steps();
    List<Statistic> statistics = new ArrayList<>();
    statistics.add(
        new Statistic(
            "total-bpd",
            "bits",
            Direction.LOWER,
            "%d * mean over rows of importance weight * vb, plus mean of prior-bpd"
                .formatted(steps),
            List.of("weighted-vb", "prior-bpd"),
            means -> means.mean("weighted-vb").times(steps).plus(means.mean("prior-bpd"))));
    statistics.add(mean("prior-bpd", "bits", "mean over rows"));
    statistics.add(mean("vb", "bits", "mean over elements, then mean over rows"));
    statistics.add(mean("x0-mse", "1", "mean over elements, then mean over rows"));
    statistics.add(mean("mse", "1", "mean over elements, then mean over rows; error of eps"));
    String scale = binding.get(HYBRID).equals("none") ? "" : " %d / 1000".formatted(steps);
    statistics.add(mean("hybrid", "1", "mean over rows of mean squared error + vb" + scale));
    return statistics;
  }

  private static Statistic mean(String name, String unit, String definition) {
    return Statistic.mean(name, unit, Direction.LOWER, definition, name);
  }

  @Override
  public String breakdownRole() {
    return "t";
  }

  @Override
  public Conclusion conclude(Binding binding, List<Measure> measures, List<Breakdown> breakdowns) {
    ColumnType t = binding.roles().getOrDefault(RowSet.ROWS, Map.of()).get("t");
    return breakdowns.stream()
        .filter(b -> t != null && b.by().equals(t.name()) && b.rule().equals("value"))
        .findFirst()
        .map(b -> curves(Levels.schedule(binding).steps(), measures, b))
        .orElse(Conclusion.NONE);
  }

  private static Conclusion curves(int steps, List<Measure> measures, Breakdown breakdown) {
    List<Breakdown.Group> groups =
        breakdown.groups().stream().filter(g -> g.rows().used() > 0).toList();
    List<ArrayMeasure> arrays = new ArrayList<>();
    arrays.add(
        new ArrayMeasure(
            "timestep",
            groups.stream().map(Breakdown.Group::lower).toList(),
            "1",
            "the timesteps of the curves, ascending"));
    for (String curve : CURVES) {
      List<Measure> points = groups.stream().map(g -> find(g.measures(), curve)).toList();
      String unit = curve.equals("vb") ? "bits" : "1";
      arrays.add(
          new ArrayMeasure(
              curve + "-by-t",
              points.stream().map(Measure::value).toList(),
              unit,
              "mean of " + curve + " over the rows of each timestep"));
      arrays.add(
          new ArrayMeasure(
              curve + "-by-t-standard-error",
              points.stream().map(Measure::standardError).toList(),
              unit,
              "standard error of each of these means; NaN for one row"));
    }
    if (groups.size() == steps) {
      arrays.add(total(groups, measures));
    }
    return new Conclusion(
        arrays,
        List.of(
            new Verdict(
                "every-timestep",
                groups.size() == steps ? Verdict.Status.PASS : Verdict.Status.WARN,
                "each of %d timesteps has rows".formatted(steps),
                "%d do".formatted(groups.size()))));
  }

  private static ArrayMeasure total(List<Breakdown.Group> groups, List<Measure> measures) {
    Measure prior = find(measures, "prior-bpd");
    double sum = prior.value();
    double square = prior.standardError() * prior.standardError();
    for (Breakdown.Group group : groups) {
      Measure vb = find(group.measures(), "vb");
      sum += vb.value();
      square += vb.standardError() * vb.standardError();
    }
    return new ArrayMeasure(
        "total-bpd-by-t",
        List.of(sum, Math.sqrt(square)),
        "bits",
        "sum over timesteps of vb-by-t, plus prior-bpd; then its standard error, rows taken as"
            + " independent");
  }

  private static Measure find(List<Measure> measures, String name) {
    return measures.stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean learned = binding.get(VARIANCE).startsWith("learned");
    if (learned != binding.has("variance-output")) {
      throw new IllegalArgumentException(
          "variance is '%s': found %s column for role 'variance-output', expected %s"
              .formatted(binding.get(VARIANCE), learned ? "no" : "a", learned ? "one" : "none"));
    }
    return new Function(binding, learned);
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Schedule schedule;
    private final double[] clipped;
    private final String variance;
    private final boolean learned;
    private final boolean exact;
    private final double half;
    private final boolean means;
    private final Prediction kind;
    private final boolean scaled;
    private final Threshold threshold;
    private final double[] x0;
    private final double[] xt;
    private final double[] output;
    private final double[] model;
    private final double[] predicted;

    /// The x0 that the mean of `p(x_t-1 | x_t)` is made of.
    private final double[] ofMean;

    Function(Binding binding, boolean learned) {
      this.learned = learned;
      schedule = Levels.schedule(binding);
      clipped = schedule.posteriorLogVarianceClipped();
      variance = binding.get(VARIANCE);
      exact = binding.get(CDF).equals("erf");
      half = 1.0 / (binding.get(LEVELS) - 1);
      String prediction = binding.get(StepOptions.PREDICTION_OR_PREVIOUS);
      means = prediction.equals(PreviousX.NAME);
      kind = means ? Prediction.X0 : Prediction.of(prediction);
      scaled = binding.get(HYBRID).equals("timesteps");
      threshold = StepOptions.threshold(binding);
      int width = binding.width("x0");
      x0 = new double[width];
      xt = new double[width];
      output = new double[width];
      model = new double[width];
      predicted = new double[width];
      ofMean = means ? new double[width] : predicted;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      DType type = in.type();
      double[] importance =
          in.vectors().containsKey("importance-weight")
              ? in.numbers("importance-weight", new double[in.count()])
              : new double[0];
      for (int i = 0; i < in.count(); i++) {
        int t = Levels.timestep(in.integer("t"), i, in.firstInFile(), 0, schedule.steps());
        RowElements.read(in.vector("x0"), type, i, x0);
        RowElements.read(in.vector("xt"), type, i, xt);
        RowElements.read(in.vector("prediction"), type, i, output);
        if (learned) {
          RowElements.read(in.vector("variance-output"), type, i, model);
        }
        double error = predict(t);
        double vb = t == 0 ? decoder() : divergence(t);
        double square = squaredError();
        out.number("vb")[i] = vb;
        out.number("x0-mse")[i] = square;
        // The errors of eps and x0 differ by the factor alpha / sigma.
        out.number("mse")[i] = schedule.snr(t) * square;
        out.number("prior-bpd")[i] = prior();
        if (out.wants("hybrid")) {
          out.number("hybrid")[i] = error + (scaled ? vb * schedule.steps() / 1000 : vb);
        }
        if (out.wants("weighted-vb")) {
          out.number("weighted-vb")[i] = importance.length == 0 ? vb : importance[i] * vb;
        }
      }
    }

    /// Finds the predicted x0.
    ///
    /// @return the mean squared error of what the model predicts
    private double predict(int t) {
      double alpha = Math.sqrt(schedule.alphaBar()[t]);
      double sigma = Math.sqrt(schedule.noise()[t]);
      Posterior posterior = schedule.posterior(t, t - 1);
      Prediction.Conversion data =
          means ? PreviousX.toData(posterior) : kind.to(Prediction.X0, alpha, sigma);
      double ofData = means ? PreviousX.data(posterior, alpha) : kind.data(alpha, sigma);
      double ofNoise = means ? PreviousX.noise(posterior, sigma) : kind.noise(alpha, sigma);
      double sum = 0;
      for (int j = 0; j < x0.length; j++) {
        double eps = (xt[j] - alpha * x0[j]) / sigma;
        double target = (ofData == 0 ? 0 : ofData * x0[j]) + (ofNoise == 0 ? 0 : ofNoise * eps);
        double difference = target - output[j];
        sum += difference * difference;
        predicted[j] =
            data.state() == 0 ? output[j] : data.state() * xt[j] + data.output() * output[j];
      }
      if (means) {
        System.arraycopy(predicted, 0, ofMean, 0, predicted.length);
      }
      threshold.apply(predicted);
      return sum / x0.length;
    }

    private double logVariance(int t, int j) {
      double large = t == 0 ? clipped[0] : StrictMath.log(schedule.beta()[t]);
      return switch (variance) {
        case "fixed-small" -> clipped[t];
        case "fixed-large" -> large;
        case "learned" -> model[j];
        default -> {
          double f = (model[j] + 1) / 2;
          yield f * StrictMath.log(schedule.beta()[t]) + (1 - f) * clipped[t];
        }
      };
    }

    /// The KL divergence of two Gaussians whose means differ by coefficient1 times the error of x0.
    private double divergence(int t) {
      double coefficient = schedule.posterior(t, t - 1).coefficient1();
      double sum = 0;
      for (int j = 0; j < x0.length; j++) {
        double log = logVariance(t, j);
        double difference = clipped[t] - log;
        double apart = coefficient * (x0[j] - ofMean[j]);
        sum +=
            0.5
                * (StrictMath.expm1(difference)
                    - difference
                    + apart * apart * StrictMath.exp(-log));
      }
      return sum / x0.length / LN2;
    }

    /// At t = 0 the posterior's mean is the predicted x0.
    private double decoder() {
      double sum = 0;
      for (int j = 0; j < x0.length; j++) {
        double deviation = 0.5 * logVariance(0, j);
        sum +=
            exact
                ? DiscretizedNormal.exact(x0[j], ofMean[j], deviation, half)
                : DiscretizedNormal.approximate(x0[j], ofMean[j], deviation, half);
      }
      return -sum / x0.length / LN2;
    }

    private double squaredError() {
      double sum = 0;
      for (int j = 0; j < x0.length; j++) {
        double difference = x0[j] - predicted[j];
        sum += difference * difference;
      }
      return sum / x0.length;
    }

    private double prior() {
      int last = schedule.steps() - 1;
      double signal = schedule.alphaBar()[last];
      double log = StrictMath.log(schedule.noise()[last]);
      double sum = 0;
      for (double x : x0) {
        sum += 0.5 * (signal * x * x - signal - log);
      }
      return sum / x0.length / LN2;
    }
  }
}
