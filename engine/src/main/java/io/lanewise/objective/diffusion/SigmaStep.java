package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Transform;
import java.util.ArrayList;
import java.util.List;

/// One step of Euler's or Heun's method on dx/dsigma from a model's output in a column: from
/// `sigma` to `sigma-next`. The path is `exploding` (x = x0 + sigma eps: EDM, k-diffusion, the
/// probability-flow ODE) or `straight` (x = (1 - sigma) x0 + sigma eps: flow matching, from sigma =
/// 1, noise, to 0, data). Heun needs the model's output at the Euler step's end too (role
/// `prediction-next`); where `sigma-next` is 0 it is Euler's step. In float64, rounded once to the
/// data's type.
public final class SigmaStep implements Transform {
  private static final Parameter<String> METHOD =
      Parameter.choice("method", "euler", "euler or heun.", List.of("euler", "heun"));
  private static final Parameter<String> PATH =
      Parameter.choice(
          "path",
          "exploding",
          "exploding: alpha is 1; straight: alpha is 1 - sigma.",
          List.of("exploding", "straight"));

  @Override
  public Descriptor descriptor() {
    List<Parameter<?>> parameters = new ArrayList<>(List.of(METHOD, PATH));
    parameters.addAll(StepOptions.ALL);
    return new Descriptor(
        "sigma-step",
        List.of(),
        Family.DIFFUSION,
        "ODE step on sigma",
        "x' = x + (sigma' - sigma) d (euler), x + (sigma' - sigma) (d + d') / 2 (heun); d = dx/dsigma",
        "Karras et al., Elucidating the Design Space, arXiv:2206.00364, algorithm 1",
        List.of(
            RowSet.rows(
                Role.vector("xt", "data", "The state at sigma."),
                Role.vector("prediction", "data", "What the model predicted there."),
                Role.scalar("sigma", "Noise level, >= 0; 0 only where the slope is known there."),
                Role.scalar("sigma-next", "Noise level to go to, >= 0."),
                Role.vector(
                        "prediction-next",
                        "data",
                        "What the model predicted for the result of Euler's step at sigma-next.")
                    .optional())),
        parameters,
        List.of(Output.vector("x-next", "xt", "1", "the state at sigma-next")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean heun = binding.get(METHOD).equals("heun");
    if (heun != binding.has("prediction-next")) {
      throw new IllegalArgumentException(
          heun
              ? "method is 'heun': found no column for role 'prediction-next', expected one"
              : "method is 'euler': found a column for role 'prediction-next', expected none");
    }
    boolean straight = binding.get(PATH).equals("straight");
    ReverseStep step = StepOptions.step(binding);
    int width = binding.width("xt");
    double[] x = new double[width];
    double[] output = new double[width];
    double[] first = new double[width];
    double[] second = new double[width];
    double[] next = new double[width];
    return (in, out) -> {
      DType type = in.type();
      double[] sigma = in.numbers("sigma", new double[in.count()]);
      double[] sigmaNext = in.numbers("sigma-next", new double[in.count()]);
      for (int i = 0; i < in.count(); i++) {
        if (sigma[i] < 0 || sigmaNext[i] < 0) {
          throw new IllegalArgumentException(
              "roles 'sigma' and 'sigma-next' row %d: found %s and %s, expected numbers >= 0"
                  .formatted(in.first() + i, sigma[i], sigmaNext[i]));
        }
        RowElements.read(in.vector("xt"), type, i, x);
        RowElements.read(in.vector("prediction"), type, i, output);
        step.slope(straight, sigma[i], x, output, first);
        double span = sigmaNext[i] - sigma[i];
        for (int j = 0; j < width; j++) {
          next[j] = x[j] + span * first[j];
        }
        if (heun && sigmaNext[i] != 0) {
          RowElements.read(in.vector("prediction-next"), type, i, output);
          step.slope(straight, sigmaNext[i], next, output, second);
          for (int j = 0; j < width; j++) {
            next[j] = x[j] + span * 0.5 * (first[j] + second[j]);
          }
        }
        RowElements.write(next, type, i, out.vector("x-next"));
      }
    };
  }
}
