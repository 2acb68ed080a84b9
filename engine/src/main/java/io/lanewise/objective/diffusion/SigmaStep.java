package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Transform;
import io.lanewise.objective.support.NoiseInput;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// One step of Euler's or Heun's method on dx/dsigma from a model's output in a column: from
/// `sigma` to `sigma-next`. The path is `exploding` (x = x0 + sigma eps: EDM, k-diffusion, the
/// probability-flow ODE) or `straight` (x = (1 - sigma) x0 + sigma eps: flow matching, from sigma =
/// 1, noise, to 0, data). Heun needs the model's output at the Euler step's end too (role
/// `prediction-next`); where `sigma-next` is 0 it is Euler's step. The ancestral step, on the
/// exploding path, goes down to `sqrt(sigma'^2 - up^2)` and adds noise of deviation `up =
/// min(sigma', eta sigma' sqrt(1 - sigma'^2 / sigma^2))`. In float64, rounded once to the data's
/// type.
public final class SigmaStep implements Transform {
  private static final Parameter<String> METHOD =
      Parameter.choice(
          "method",
          "euler",
          "euler, heun, or euler with noise added (k-diffusion's Euler ancestral).",
          List.of("euler", "heun", "euler-ancestral"));
  private static final Parameter<Double> ETA =
      Parameter.number(
          "eta",
          "1",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "Share of the noise of an ancestral step; 0 means none.");
  private static final Parameter<Noise> NOISE =
      Parameter.noise(
          "noise",
          "philox:0",
          "Source of the noise of an ancestral step; 'given' is the column in role noise.");
  private static final Parameter<String> PATH =
      Parameter.choice(
          "path",
          "exploding",
          "exploding: alpha is 1; straight: alpha is 1 - sigma.",
          List.of("exploding", "straight"));

  @Override
  public Descriptor descriptor() {
    List<Parameter<?>> parameters = new ArrayList<>(List.of(METHOD, PATH, ETA, NOISE));
    parameters.addAll(StepOptions.ALL);
    return new Descriptor(
        "sigma-step",
        List.of(),
        Family.DIFFUSION,
        "ODE step on sigma",
        "x' = x + (sigma' - sigma) d (euler), x + (sigma' - sigma) (d + d') / 2 (heun), x + (down - sigma) d + up noise (euler-ancestral); d = dx/dsigma",
        "Karras et al., Elucidating the Design Space, arXiv:2206.00364, algorithm 1",
        List.of(
            RowSet.rows(
                Role.vector("xt", "data", "The state at sigma."),
                Role.vector("prediction", "data", "The prediction of the model there."),
                Role.scalar("sigma", "Noise level, >= 0; 0 only if the slope is known there."),
                Role.scalar("sigma-next", "Noise level after the step, >= 0."),
                Role.vector(
                        "prediction-next",
                        "data",
                        "The prediction of the model for the result of the Euler step at sigma-next.")
                    .optional()
                    .when("method", "heun"),
                Role.vector("noise", "data", "The noise, if it is given.")
                    .optional()
                    .when("noise", "given"))),
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
              : "method is '%s': found a column for role 'prediction-next', expected none"
                  .formatted(binding.get(METHOD)));
    }
    boolean ancestral = binding.get(METHOD).equals("euler-ancestral");
    boolean straight = binding.get(PATH).equals("straight");
    if (ancestral && straight) {
      throw new IllegalArgumentException(
          "method is 'euler-ancestral': found path 'straight', expected 'exploding'");
    }
    double eta = binding.get(ETA);
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "noise", "xt");
    DiffusionProcess way = straight ? new DiffusionProcess.Flow(true) : new DiffusionProcess.Edm();
    ReverseStep step = StepOptions.step(binding);
    step.checkSlopes();
    if (heun) {
      return new Heun(step, way, binding.width("xt"));
    }
    return (in, out) -> {
      double[] sigma = levels(in, "sigma");
      double[] sigmaNext = levels(in, "sigma-next");
      MemorySegment normals = ancestral ? noise.of(in, 0) : MemorySegment.NULL;
      step.reserve(in.count());
      for (int i = 0; i < in.count(); i++) {
        step.set(
            i,
            ancestral
                ? ancestral(in, i, sigma[i], sigmaNext[i], eta)
                : Step.euler(way, sigma[i], sigmaNext[i]));
      }
      step.apply(
          in.type(),
          in.vector("xt"),
          in.vector("prediction"),
          normals,
          in.count(),
          in.width("xt"),
          out.vector("x-next"));
    };
  }

  private static double[] levels(Rows in, String role) {
    double[] levels = in.numbers(role, new double[in.count()]);
    for (int i = 0; i < in.count(); i++) {
      if (levels[i] < 0) {
        throw new IllegalArgumentException(
            "role '%s' row %d: found %s, expected a number >= 0"
                .formatted(role, in.firstInFile() + i, levels[i]));
      }
    }
    return levels;
  }

  /// Heun's method, a row at a time: the state between the two steps is float64.
  private static final class Heun implements RowFunction {
    private final ReverseStep step;
    private final DiffusionProcess way;
    private final MemorySegment x;
    private final MemorySegment output;
    private final MemorySegment next;

    Heun(ReverseStep step, DiffusionProcess way, int width) {
      this.step = step;
      this.way = way;
      x = RowElements.wide(width);
      output = RowElements.wide(width);
      next = RowElements.wide(width);
      step.reserve(1);
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      double[] sigma = levels(in, "sigma");
      double[] sigmaNext = levels(in, "sigma-next");
      int width = in.width("xt");
      for (int i = 0; i < in.count(); i++) {
        RowElements.widen(in.vector("xt"), in.type(), i, x);
        RowElements.widen(in.vector("prediction"), in.type(), i, output);
        step.set(0, Step.euler(way, sigma[i], sigmaNext[i]));
        step.apply(DType.FLOAT64, x, output, MemorySegment.NULL, 1, width, next);
        if (sigmaNext[i] != 0) {
          RowElements.widen(in.vector("prediction-next"), in.type(), i, output);
          step.set(0, Step.heun(way, sigma[i], sigmaNext[i]));
          step.apply(DType.FLOAT64, next, output, x, 1, width, next);
        }
        RowElements.narrow(next, in.type(), i, out.vector("x-next"));
      }
    }
  }

  private static Step ancestral(Rows in, int i, double sigma, double sigmaNext, double eta) {
    // A null row's levels are arbitrary; its result is ignored.
    if (sigmaNext > sigma && !in.isNull(i)) {
      throw new IllegalArgumentException(
          "role 'sigma-next' row %d: found %s from %s with noise, expected not more"
              .formatted(in.firstInFile() + i, sigmaNext, sigma));
    }
    return Step.ancestral(sigma, sigmaNext, eta);
  }
}
