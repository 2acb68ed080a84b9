package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The denoising error: mean over a row's elements of `(target - prediction)^2`, where target is
/// eps, x0, v or whatever the model predicts. With a timestep it is broken down by it.
///
/// Besides the plain error (`mse`) it gives the training loss made of it (`loss`) if a weighting, a
/// reduction other than the mean, or importance weights are asked for: `importance * weight *
/// error`. With `snr = alpha^2 / sigma^2`, `s = sigma / alpha`:
///
/// | weighting | weight |
/// |---|---|
/// | `none` | 1 |
/// | `snr` | 1, snr, snr / (snr + 1) for predictions eps, x0, v: all the error of eps |
/// | `min-snr` | the same times `min(snr, gamma) / snr`; Hang et al., arXiv:2303.09556 |
/// | `soft-min-snr` | `(s sigmaData)^2 / (s^2 + sigmaData^2)^2`, of an error in EDM's preconditioned target; k-diffusion |
/// | `edm` | `(s^2 + sigmaData^2) / (s sigmaData)^2`, of an error in x0; Karras et al., arXiv:2206.00364 |
/// | `sigma-sqrt` | `sigma^-2`; diffusers |
/// | `cosmap` | `2 / (pi (1 - 2 sigma + 2 sigma^2))`; Esser et al., arXiv:2403.03206 |
/// | `given` | the column in role weight |
///
/// A level without signal or without noise can make a weight infinite or NaN; the policy on
/// non-finite results then applies.
public final class DenoisingMse implements RowObjective {
  private static final Parameter<String> WEIGHTING =
      Parameter.choice(
          "weighting",
          "none",
          "Weight of a row's error.",
          List.of(
              "none", "snr", "min-snr", "soft-min-snr", "edm", "sigma-sqrt", "cosmap", "given"));
  private static final Parameter<String> PREDICTION =
      Parameter.choice(
          "prediction-type",
          "eps",
          "What target and prediction are, for snr and min-snr.",
          List.of("eps", "x0", "v"));
  private static final Parameter<Double> GAMMA =
      Parameter.number(
          "gamma", "5", Double.MIN_VALUE, Double.POSITIVE_INFINITY, "1", "Bound of min-snr.");
  private static final Parameter<Double> SIGMA_DATA =
      Parameter.number(
          "sigma-data",
          "0.5",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "Standard deviation of the data, for edm and soft-min-snr; k-diffusion's default is 1.");
  private static final Parameter<String> REDUCTION =
      Parameter.choice(
          "reduction",
          "mean",
          "Over a row's elements: mean, or sum-half = sum / 2 (score_sde).",
          List.of("mean", "sum-half"));

  @Override
  public Descriptor descriptor() {
    List<Role> roles = new ArrayList<>();
    roles.add(Role.vector("target", "data", "What should have been predicted, such as eps."));
    roles.add(Role.vector("prediction", "data", "What the model predicted."));
    roles.add(Role.integer("t", "Timestep; gives the loss by timestep.").optional());
    Levels.ROLES.stream().filter(r -> !r.name().equals("t")).forEach(roles::add);
    roles.add(Role.scalar("weight", "Weight of the row's error, for weighting given.").optional());
    roles.add(
        Role.scalar(
                "importance-weight",
                "1 / (T p(t)) where t was drawn with probability p(t); makes the mean unbiased.")
            .optional());
    List<Parameter<?>> parameters =
        new ArrayList<>(List.of(WEIGHTING, PREDICTION, GAMMA, SIGMA_DATA, REDUCTION));
    parameters.addAll(Levels.PARAMETERS);
    return new Descriptor(
        "denoising-mse",
        List.of("mse"),
        Family.DIFFUSION,
        "Denoising mean squared error",
        "mse = 1/D sum_j (target_j - prediction_j)^2; loss = importance weight * weight * error",
        "Ho et al., Denoising Diffusion Probabilistic Models, arXiv:2006.11239, equation 14",
        List.of(RowSet.rows(roles.toArray(Role[]::new))),
        parameters,
        List.of(
            Output.number("mse", "1", "mean over elements of (target - prediction)^2"),
            Output.number("weight", "1", "weight of the row's error").onRequest(),
            Output.number("loss", "1", "importance weight * weight * reduced error").onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    String weighting = binding.get(WEIGHTING);
    boolean given = weighting.equals("given");
    if (given && !binding.has("weight")) {
      throw new IllegalArgumentException(
          "weighting is 'given': found no column for role 'weight', expected one");
    }
    boolean leveled = !given && !weighting.equals("none");
    return new Function(binding, leveled ? List.of(new Levels(binding, true)) : List.of());
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics = new ArrayList<>();
    statistics.add(
        Statistic.mean(
            "mse", "1", Direction.LOWER, "mean over elements, then mean over rows", "mse"));
    boolean weighted = !binding.get(WEIGHTING).equals("none");
    boolean summed = !binding.get(REDUCTION).equals("mean");
    boolean importance = binding.has("importance-weight");
    if (weighted || summed || importance) {
      statistics.add(
          Statistic.mean(
              "loss",
              "1",
              Direction.LOWER,
              "%s%s%s over elements, then mean over rows"
                  .formatted(
                      importance ? "importance weight * " : "",
                      weighted ? "weight '" + binding.get(WEIGHTING) + "' * " : "",
                      summed ? "half the sum" : "mean"),
              "loss"));
    }
    return statistics;
  }

  @Override
  public String breakdownRole() {
    return "t";
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Kernels kernels;
    private final List<Levels> levels;
    private final String weighting;
    private final Prediction prediction;
    private final double gamma;
    private final double sigmaData;
    private final boolean sumHalf;
    private final boolean importance;
    private double[] weight = new double[0];
    private double[] given = new double[0];

    /// @param levels one, or none if the weighting needs none
    Function(Binding binding, List<Levels> levels) {
      kernels = binding.kernels();
      this.levels = levels;
      weighting = binding.get(WEIGHTING);
      prediction = Prediction.of(binding.get(PREDICTION));
      gamma = binding.get(GAMMA);
      sigmaData = binding.get(SIGMA_DATA);
      sumHalf = binding.get(REDUCTION).equals("sum-half");
      importance = binding.has("importance-weight");
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      int width = in.width("target");
      double[] mse = out.number("mse");
      if (in.type() == DType.FLOAT32) {
        kernels
            .squaredError()
            .f32(in.vector("target"), in.vector("prediction"), in.count(), width, mse);
      } else {
        kernels
            .squaredError()
            .f64(in.vector("target"), in.vector("prediction"), in.count(), width, mse);
      }
      if (out.wants("weight") || out.wants("loss")) {
        weights(in);
      }
      if (out.wants("weight")) {
        System.arraycopy(weight, 0, out.number("weight"), 0, in.count());
      }
      if (out.wants("loss")) {
        loss(in, mse, out.number("loss"));
      }
      for (int i = 0; i < in.count(); i++) {
        mse[i] /= width;
      }
    }

    private void loss(Rows in, double[] sum, double[] loss) {
      double divisor = sumHalf ? 2 : in.width("target");
      for (int i = 0; i < in.count(); i++) {
        loss[i] = weight[i] * (sum[i] / divisor);
      }
      if (importance) {
        given = in.numbers("importance-weight", given);
        for (int i = 0; i < in.count(); i++) {
          loss[i] *= given[i];
        }
      }
    }

    private void weights(Rows in) {
      if (weight.length < in.count()) {
        weight = new double[in.count()];
      }
      if (levels.isEmpty()) {
        if (weighting.equals("given")) {
          in.numbers("weight", weight);
        } else {
          Arrays.fill(weight, 0, in.count(), 1);
        }
        return;
      }
      Levels level = levels.getFirst();
      level.read(in);
      for (int i = 0; i < in.count(); i++) {
        weight[i] = weight(level.alpha()[i], level.sigma()[i]);
      }
    }

    private double weight(double alpha, double sigma) {
      double s = sigma / alpha;
      return switch (weighting) {
        case "snr" -> ofNoise(1 / (s * s));
        case "min-snr" -> clipped(1 / (s * s));
        case "soft-min-snr" -> {
          double total = s * s + sigmaData * sigmaData;
          double ratio = s * sigmaData / total;
          yield ratio * ratio;
        }
        case "edm" -> Preconditioning.of(s, sigmaData).weight();
        case "sigma-sqrt" -> 1 / (sigma * sigma);
        case "cosmap" -> 2 / (Math.PI * (1 - 2 * sigma + 2 * sigma * sigma));
        default -> throw new IllegalStateException(weighting);
      };
    }

    /// The weight that makes any prediction's error that of eps.
    private double ofNoise(double snr) {
      return switch (prediction) {
        case X0 -> snr;
        case V -> snr / (snr + 1);
        default -> 1;
      };
    }

    /// As lucidrains: without signal the error of eps keeps weight 1, which min(snr, gamma) / snr
    /// is near 0.
    private double clipped(double snr) {
      double bound = Math.min(snr, gamma);
      return switch (prediction) {
        case X0 -> bound;
        case V -> bound / (snr + 1);
        default -> snr == 0 ? 1 : bound / snr;
      };
    }
  }
}
