package io.lanewise.objective.diffusion;

import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
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

/// One step of a sampler that uses several of the model's outputs, each in a column: those at the
/// levels before (`prediction-1`, `prediction-2`, `prediction-3`), or at levels within the step
/// (`prediction-mid`, `prediction-next`). Where what the method adds up (x0 or eps) follows from an
/// output only together with the state that the model was asked about, that state is a column too
/// (`state-1`, …). Levels are sigmas on a path, or timesteps of a schedule. In float64, rounded
/// once to the data's type.
public final class MultistepStep implements Transform {
  static final Parameter<String> METHOD =
      Parameter.choice(
          "method",
          "dpm-solver++",
          "The solver; plms, lms, dpm-solver++, dpm-solver and unipc use outputs of earlier steps.",
          SolverMethod.NAMES);
  static final Parameter<String> PATH =
      Parameter.choice(
          "path",
          "exploding",
          "alpha of a sigma: 1 (exploding), 1 / sqrt(1 + sigma^2) (preserving), 1 - sigma"
              + " (straight).",
          Level.PATHS);
  static final Parameter<String> FORM =
      Parameter.choice(
          "solver-type",
          "midpoint",
          "Form of dpm-solver++ and dpm-solver of order 2.",
          List.of("midpoint", "heun"));
  static final Parameter<Double> ETA =
      Parameter.number(
          "eta",
          "0",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "Share of the SDE's noise; 1 for k-diffusion's and diffusers' SDE samplers.");
  static final Parameter<String> THIRD =
      Parameter.choice(
          "sde-third-order",
          "k-diffusion",
          "Last term of dpm-solver++ of order 3 with noise; that of diffusers is wrong by x0's second"
              + " difference.",
          List.of("k-diffusion", "diffusers"));
  static final Parameter<String> UNIPC_OF =
      Parameter.choice(
          "unipc-of",
          "x0",
          "The prediction that UniPC integrates: data or noise.",
          List.of("x0", "eps"));
  static final Parameter<String> UNIPC_B =
      Parameter.choice("unipc-b", "bh2", "UniPC's B(h): exp(h) - 1 or h.", List.of("bh2", "bh1"));
  static final Parameter<String> PLMS_OF =
      Parameter.choice(
          "plms-of",
          "output",
          "What plms and prk average: the outputs as they are, converted at this level"
              + " (diffusers), or eps of each (latent diffusion).",
          List.of("output", "eps"));
  static final Parameter<Double> RATIO =
      Parameter.number(
          "mid-ratio",
          "0.5",
          Double.MIN_VALUE,
          1,
          "1",
          "r of the level sigma^(1 - r) sigma'^r at which dpm-solver++sde evaluates the model again.");
  static final Parameter<Noise> NOISE =
      Parameter.noise(
          "noise",
          "philox:0",
          "Source of noise if eta is above 0; 'given' is the column in role noise.");

  @Override
  public Descriptor descriptor() {
    List<Parameter<?>> parameters =
        new ArrayList<>(
            List.of(METHOD, PATH, FORM, ETA, THIRD, UNIPC_OF, UNIPC_B, PLMS_OF, RATIO, NOISE));
    parameters.addAll(List.of(Levels.SCHEDULE, Levels.TIMESTEPS));
    parameters.addAll(StepOptions.ALL);
    return new Descriptor(
        "multistep-step",
        List.of("solver-step"),
        Family.DIFFUSION,
        "Step of a multistep solver",
        "x' = a x + sum_j b_j m_j + c noise; m_j = x0 or eps predicted at this level (0), at levels"
            + " before (1, 2, 3) or within the step, a, b, c by the method",
        "Lu et al., DPM-Solver++, arXiv:2211.01095; Zhao et al., UniPC, arXiv:2302.04867; Liu et"
            + " al., PNDM, arXiv:2202.09778",
        List.of(
            RowSet.rows(roles().toArray(Role[]::new))
                .choosing(
                    Choice.oneOf(
                        Choice.Way.of("sigma").with("sigma-next", "sigma-1", "sigma-2", "sigma-3"),
                        Choice.Way.of("t").with("t-next", "t-1", "t-2", "t-3")))),
        parameters,
        List.of(Output.vector("x-next", "xt", "1", "the state at the next level")));
  }

  private static List<Role> roles() {
    List<Role> roles =
        new ArrayList<>(
            List.of(
                Role.vector("xt", "data", "The state before the step."),
                Role.vector("prediction", "data", "The prediction of the model at this level."),
                Role.vector(
                        "state",
                        "data",
                        "The state at which the model made the prediction, if that is not xt.")
                    .optional(),
                Role.scalar("sigma", "Noise level, >= 0.").optional(),
                Role.scalar("sigma-next", "Noise level after the step, >= 0.").optional(),
                Role.integer("t", "Timestep, 0 to timesteps - 1, in place of sigma.").optional(),
                Role.integer("t-next", "Timestep after the step; -1 for clean data.").optional()));
    for (int k = 1; k <= 3; k++) {
      String steps = k == 1 ? "one step" : k + " steps";
      roles.add(
          Role.vector("prediction-" + k, "data", "The prediction %s before.".formatted(steps))
              .optional());
      roles.add(
          Role.vector("state-" + k, "data", "The state at which the model made that prediction.")
              .optional());
      roles.add(Role.scalar("sigma-" + k, "The noise level at that step.").optional());
      roles.add(Role.integer("t-" + k, "The timestep then.").optional());
    }
    roles.add(
        Role.vector("prediction-mid", "data", "The prediction at a level within the step.")
            .optional());
    roles.add(
        Role.vector("state-mid", "data", "The state at which the model made that prediction.")
            .optional());
    roles.add(
        Role.vector("prediction-mid-2", "data", "The second prediction there, for prk.")
            .optional());
    roles.add(
        Role.vector("state-mid-2", "data", "The state at which the model made that prediction.")
            .optional());
    roles.add(
        Role.vector("prediction-next", "data", "The prediction at the next level.").optional());
    roles.add(
        Role.vector("state-next", "data", "The state at which the model made that prediction.")
            .optional());
    roles.add(
        Role.integer(
                "order",
                "How many outputs, this level's counted, the row's step uses; all that are bound"
                    + " unless given.")
            .optional());
    roles.add(
        Role.vector("noise", "data", "The noise, if it is given.")
            .optional()
            .when("noise", "given"));
    return roles;
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new MultistepRows(binding, SolverPoints.of(binding));
  }
}
