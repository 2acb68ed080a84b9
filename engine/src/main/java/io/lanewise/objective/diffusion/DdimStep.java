package io.lanewise.objective.diffusion;

import io.lanewise.batch.ScalarColumn;
import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Transform;
import io.lanewise.objective.support.NoiseInput;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// One step of DDIM from a model's output in a column: from timestep t to `t-next`, which is -1 for
/// clean data and may be above t for inverse DDIM (with eta 0). In float64, rounded once to the
/// data's type.
public final class DdimStep implements Transform {
  private static final Parameter<Double> ETA =
      Parameter.number(
          "eta", "0", 0, Double.POSITIVE_INFINITY, "1", "0 for no noise, 1 for that of DDPM.");
  private static final Parameter<Noise> NOISE =
      Parameter.noise("noise", "philox:0", "Source of noise; 'given' is the column in role noise.");

  @Override
  public Descriptor descriptor() {
    List<Parameter<?>> parameters =
        new ArrayList<>(List.of(ETA, NOISE, Levels.SCHEDULE, Levels.TIMESTEPS));
    parameters.addAll(StepOptions.ALL);
    return new Descriptor(
        "ddim-step",
        List.of(),
        Family.DIFFUSION,
        "DDIM step",
        "x_s = sqrt(alphaBar_s) x0 + sqrt(1 - alphaBar_s - s^2) eps + s noise, s = eta sqrt(posterior variance)",
        "Song et al., Denoising Diffusion Implicit Models, arXiv:2010.02502, equation 12",
        List.of(
            RowSet.rows(
                Role.vector("xt", "data", "Noised data at t."),
                Role.vector("prediction", "data", "The prediction of the model."),
                Role.integer("t", "Timestep, 0 to timesteps - 1."),
                Role.integer("t-next", "Timestep after the step; -1 for clean data."),
                Role.vector("noise", "data", "The noise, if it is given.")
                    .optional()
                    .when("noise", "given"))),
        parameters,
        List.of(Output.vector("x-next", "xt", "1", "the state at t-next")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    Schedule schedule = Levels.schedule(binding);
    double eta = binding.get(ETA);
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "noise", "xt");
    ReverseStep step = StepOptions.step(binding);
    return (in, out) -> {
      MemorySegment normals = eta == 0 ? MemorySegment.NULL : noise.of(in, 0);
      step.reserve(in.count());
      ScalarColumn from = in.integer("t");
      ScalarColumn to = in.integer("t-next");
      for (int i = 0; i < in.count(); i++) {
        int t = Levels.timestep(from, i, in.firstInFile(), 0, schedule.steps());
        // A null row's timesteps are arbitrary; its result is ignored.
        boolean valid = from.validity().isValid(i) && to.validity().isValid(i);
        int s = valid ? Levels.timestep(to, i, in.firstInFile(), -1, schedule.steps()) : -1;
        if (eta != 0 && s >= t) {
          throw ascending(in, i, t, s);
        }
        step.set(i, Step.ddim(schedule, t, s, eta));
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

  private static IllegalArgumentException ascending(Rows in, int i, int t, int next) {
    return new IllegalArgumentException(
        "role 't-next' row %d: found %d from t %d with eta above 0, expected less than t"
            .formatted(in.firstInFile() + i, next, t));
  }
}
