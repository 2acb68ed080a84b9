package io.lanewise.objective.diffusion;

import io.lanewise.kernel.Kernel;
import io.lanewise.kernel.KernelUse;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
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
import io.lanewise.result.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The denoising error: mean over a row's elements of `(target - prediction)^2`, where target is
/// eps, x0, v or whatever the model predicts. With a timestep it is broken down by it.
///
/// Besides the plain error (`mse`) it gives the training loss made of it (`loss`) if a weighting, a
/// reduction other than the mean, a learned variance or importance weights are asked for:
/// `importance * weight * error`. With `snr = alpha^2 / sigma^2`, `s = sigma / alpha`:
///
/// | weighting | weight | of an error in |
/// |---|---|---|
/// | `none` | 1 | |
/// | `snr` | 1: all the error of eps | eps |
/// | `min-snr` | `min(snr, gamma) / snr`; Hang et al., arXiv:2303.09556 | eps |
/// | `soft-min-snr` | `(s sigmaData)^2 / (s^2 + sigmaData^2)^2`; k-diffusion | EDM's preconditioned target |
/// | `truncated-snr` | `max(snr, 1)`; Salimans and Ho, arXiv:2202.00512 | x0 |
/// | `snr-plus-one` | `snr + 1`; the same | x0 |
/// | `edm` | `(s^2 + sigmaData^2) / (s sigmaData)^2`; Karras et al., arXiv:2206.00364 | x0 |
/// | `likelihood` | `g^2` of the forward SDE; Song et al., arXiv:2101.09258 | score |
/// | `sigma-sqrt` | `sigma^-2`; diffusers | any |
/// | `cosmap` | `2 / (pi (1 - 2 sigma + 2 sigma^2))`; Esser et al., arXiv:2403.03206 | any |
/// | `given` | the column in role weight | any |
///
/// With another `prediction-type` the weight is the one that gives the same loss from that error;
/// `snr` of x0 is snr, of v `snr / (snr + 1)`. g^2 is that of the process at role `time`, `2 sigma`
/// at role `sigma`, and beta at a timestep.
///
/// With a learned `log-variance` l of the row, error becomes `(error exp(-l) + l) / 2`
/// (k-diffusion).
///
/// A level without signal or without noise can make a weight infinite or NaN; the policy on
/// non-finite results then applies.
public final class DenoisingMse implements RowObjective {
  private static final Parameter<String> REDUCTION =
      Parameter.choice(
          "reduction",
          "mean",
          "Reduction over the elements of a row: mean, sum, or sum-half = sum / 2 (score_sde).",
          List.of("mean", "sum", "sum-half"));

  @Override
  public Descriptor descriptor() {
    List<Role> roles = new ArrayList<>();
    roles.add(Role.vector("target", "data", "The correct prediction, such as eps."));
    roles.add(Role.vector("prediction", "data", "The prediction of the model."));
    roles.add(Role.integer("t", "Timestep; gives the loss by timestep.").optional());
    Levels.ROLES.stream().filter(r -> !r.name().equals("t")).forEach(roles::add);
    roles.add(
        Role.scalar("weight", "Weight of the row's error, for weighting given.")
            .in(Range.WEIGHT)
            .optional());
    roles.add(
        Role.scalar(
                "importance-weight",
                "1 / (T p(t)) where t was drawn with probability p(t); makes the mean unbiased.")
            .in(Range.WEIGHT)
            .optional());
    roles.add(
        Role.scalar(
                "log-variance", "Logarithm of the variance of the error, as the model predicts it.")
            .optional());
    List<Parameter<?>> parameters =
        new ArrayList<>(
            List.of(
                Weighting.WEIGHTING,
                Weighting.PREDICTION,
                Weighting.GAMMA,
                Preconditioning.SIGMA_DATA,
                REDUCTION));
    parameters.addAll(Levels.PARAMETERS);
    return new Descriptor(
        "denoising-mse",
        List.of("mse"),
        Family.DIFFUSION,
        "Denoising mean squared error",
        "mse = 1/D sum_j (target_j - prediction_j)^2; loss = importance weight * weight * error",
        "Ho et al., Denoising Diffusion Probabilistic Models, arXiv:2006.11239, equation 14",
        List.of(RowSet.rows(roles.toArray(Role[]::new)).choosing(Levels.BESIDES_T)),
        parameters,
        List.of(
            Output.number("mse", "1", "mean over elements of (target - prediction)^2"),
            Output.number("weight", "1", "weight of the row's error").onRequest(),
            Output.number("loss", "1", "importance weight * weight * reduced error").onRequest()));
  }

  @Override
  public List<KernelUse> kernels() {
    return List.of(Kernel.SQUARED_ERROR.ofData());
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean given = binding.get(Weighting.WEIGHTING).equals("given");
    if (given && !binding.has("weight")) {
      throw new IllegalArgumentException(
          "weighting is 'given': found no column for role 'weight', expected one");
    }
    Weighting weighting = new Weighting(binding);
    return new Function(
        binding, weighting, weighting.isLeveled() ? List.of(new Levels(binding, true)) : List.of());
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics = new ArrayList<>();
    statistics.add(
        Statistic.mean(
            "mse", "1", Direction.LOWER, "mean over elements, then mean over rows", "mse"));
    String weighting = binding.get(Weighting.WEIGHTING);
    boolean weighted = !weighting.equals("none");
    String reduction = binding.get(REDUCTION);
    boolean importance = binding.has("importance-weight");
    boolean learned = binding.has("log-variance");
    if (weighted || !reduction.equals("mean") || importance || learned) {
      statistics.add(
          Statistic.mean(
              "loss",
              "1",
              Direction.LOWER,
              "%s%s%s over elements%s, then mean over rows"
                  .formatted(
                      importance ? "importance weight * " : "",
                      weighted ? "weight '" + weighting + "' * " : "",
                      reduction.equals("sum-half") ? "half the sum" : reduction,
                      learned ? " as (error exp(-l) + l) / 2, l the log-variance" : ""),
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
    private final Weighting weighting;
    private final boolean given;
    private final String reduction;
    private final boolean importance;
    private final boolean learned;
    private double[] weight = new double[0];
    private double[] column = new double[0];

    /// @param levels one, or none if the weighting needs none
    Function(Binding binding, Weighting weighting, List<Levels> levels) {
      kernels = binding.kernels();
      this.levels = levels;
      this.weighting = weighting;
      given = binding.get(Weighting.WEIGHTING).equals("given");
      reduction = binding.get(REDUCTION);
      importance = binding.has("importance-weight");
      learned = binding.has("log-variance");
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      int width = in.width("target");
      double[] mse = out.number("mse");
      kernels.squaredError().rows(in.matrix("target"), in.matrix("prediction"), mse);
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
      double divisor =
          switch (reduction) {
            case "sum" -> 1;
            case "sum-half" -> 2;
            default -> in.width("target");
          };
      for (int i = 0; i < in.count(); i++) {
        loss[i] = sum[i] / divisor;
      }
      if (learned) {
        column = in.numbers("log-variance", column);
        for (int i = 0; i < in.count(); i++) {
          loss[i] = 0.5 * (loss[i] * StrictMath.exp(-column[i]) + column[i]);
        }
      }
      for (int i = 0; i < in.count(); i++) {
        loss[i] *= weight[i];
      }
      if (importance) {
        column = in.numbers("importance-weight", column);
        for (int i = 0; i < in.count(); i++) {
          loss[i] *= column[i];
        }
      }
    }

    private void weights(Rows in) {
      if (weight.length < in.count()) {
        weight = new double[in.count()];
      }
      if (levels.isEmpty()) {
        if (given) {
          in.numbers("weight", weight);
        } else {
          Arrays.fill(weight, 0, in.count(), 1);
        }
        return;
      }
      Levels level = levels.getFirst();
      level.read(in);
      double[] diffusion = weighting.needsDiffusion() ? level.squaredDiffusion(in) : new double[0];
      for (int i = 0; i < in.count(); i++) {
        weight[i] =
            weighting.of(
                level.alpha()[i],
                level.sigma()[i],
                diffusion.length == 0 ? Double.NaN : diffusion[i]);
      }
    }
  }
}
