package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.NoiseInput;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Transform;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Forward diffusion in closed form: `x_t = alpha x0 + sigma eps`, for the usual schedules with
/// alpha = sqrt(alphaBar) and sigma = sqrt(1 - alphaBar). The level comes from a schedule at the
/// row's timestep, from a process at its time, from a column `alpha-bar` or `sigma`, or is one
/// number for all rows. Coefficients are float64 and rounded once to the data's type; sigma keeps
/// its digits near t = 0.
public final class Noising implements Transform {
  private static final Parameter<Noise> NOISE =
      Parameter.noise(
          "noise", "philox:0", "Where eps comes from; 'given' is the column in role eps.");

  @Override
  public Descriptor descriptor() {
    List<Role> roles = new ArrayList<>();
    roles.add(Role.vector("x0", "data", "Clean data."));
    roles.addAll(Levels.ROLES);
    roles.add(Role.vector("eps", "data", "The noise, if it is given.").optional());
    List<Parameter<?>> parameters = new ArrayList<>();
    parameters.add(NOISE);
    parameters.addAll(Levels.PARAMETERS);
    return new Descriptor(
        "noising",
        List.of(),
        Family.DIFFUSION,
        "Diffusion noising",
        "x_t = alpha x0 + sigma eps, eps ~ N(0, I); alpha = sqrt(alphaBar), sigma = sqrt(1 - alphaBar)",
        "Ho et al., Denoising Diffusion Probabilistic Models, arXiv:2006.11239, equation 4",
        List.of(RowSet.rows(roles.toArray(Role[]::new))),
        parameters,
        List.of(
            Output.vector("xt", "x0", "1", "alpha x0 + sigma eps"),
            Output.vector("eps", "x0", "1", "the noise that was used").onRequest(),
            Output.vector("v", "x0", "1", "alpha eps - sigma x0").onRequest(),
            Output.vector("velocity", "x0", "1", "eps - x0, from data to noise").onRequest(),
            Output.vector("velocity-to-data", "x0", "1", "x0 - eps, from noise to data")
                .onRequest(),
            Output.vector("score", "x0", "1", "-eps / sigma").onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new Function(
        binding.kernels(),
        new NoiseInput(binding, binding.get(NOISE), "eps", "x0"),
        new Levels(binding, false));
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Kernels kernels;
    private final NoiseInput noise;
    private final Levels levels;

    Function(Kernels kernels, NoiseInput noise, Levels levels) {
      this.kernels = kernels;
      this.noise = noise;
      this.levels = levels;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      levels.read(in);
      MemorySegment eps = noise.of(in, 0);
      combine(in, eps, levels.alpha(), levels.sigma(), out.vector("xt"));
      if (out.wants("eps")) {
        out.vector("eps").copyFrom(eps);
      }
      for (Prediction target :
          List.of(
              Prediction.V, Prediction.VELOCITY, Prediction.VELOCITY_TO_DATA, Prediction.SCORE)) {
        if (out.wants(target.toString())) {
          double[] data = new double[in.count()];
          double[] spread = new double[in.count()];
          for (int i = 0; i < in.count(); i++) {
            data[i] = target.data(levels.alpha()[i], levels.sigma()[i]);
            spread[i] = target.noise(levels.alpha()[i], levels.sigma()[i]);
          }
          combine(in, eps, data, spread, out.vector(target.toString()));
        }
      }
    }

    private void combine(
        Rows in, MemorySegment eps, double[] data, double[] spread, MemorySegment into) {
      MemorySegment x0 = in.vector("x0");
      int width = in.width("x0");
      if (in.type() == DType.FLOAT32) {
        kernels.linearCombination().f32(x0, eps, data, spread, in.count(), width, into);
      } else {
        kernels.linearCombination().f64(x0, eps, data, spread, in.count(), width, into);
      }
    }
  }
}
