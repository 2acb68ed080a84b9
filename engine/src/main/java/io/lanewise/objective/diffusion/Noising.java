package io.lanewise.objective.diffusion;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
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
import io.lanewise.objective.support.Patch;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Forward diffusion in closed form: `x_t = alpha x0 + sigma eps`, for the usual schedules with
/// alpha = sqrt(alphaBar) and sigma = sqrt(1 - alphaBar). The level comes from a schedule at the
/// row's timestep, from a process at its time, from a column `alpha-bar` or `sigma`, or is one
/// number for all rows; or the timestep or time is drawn here (parameter `draw`), a function of the
/// seed and the row's index, and an output. Coefficients are float64 and rounded once to the data's
/// type; sigma keeps its digits near t = 0.
///
/// Everything a trainer wants of a row comes in one pass: eps, every kind of prediction, `target`
/// (the kind that the model predicts), t and the importance weight.
public final class Noising implements Transform {
  private static final Parameter<Noise> NOISE =
      Parameter.noise("noise", "philox:0", "Source of eps; 'given' is the column in role eps.");

  private static final Parameter<String> TARGET =
      Parameter.choice(
          "prediction-type",
          "eps",
          "The kind of output 'target'.",
          Stream.concat(Weighting.PREDICTIONS.stream(), Stream.of(PreviousX.NAME)).toList());

  @Override
  public Descriptor descriptor() {
    List<Role> roles = new ArrayList<>();
    roles.add(Role.vector("x0", "data", "Clean data."));
    Levels.ROLES.stream().map(role -> role.when("draw", "given")).forEach(roles::add);
    roles.add(
        Role.vector("eps", "data", "The noise, if it is given.").optional().when("noise", "given"));
    List<Parameter<?>> parameters = new ArrayList<>();
    parameters.add(NOISE);
    parameters.addAll(Levels.PARAMETERS);
    parameters.addAll(TimeDraw.PARAMETERS);
    parameters.addAll(List.of(TARGET, Preconditioning.SIGMA_DATA));
    return new Descriptor(
        "noising",
        List.of(),
        Family.DIFFUSION,
        "Diffusion noising",
        "x_t = alpha x0 + sigma eps, eps ~ N(0, I); alpha = sqrt(alphaBar), sigma = sqrt(1 - alphaBar)",
        "Ho et al., Denoising Diffusion Probabilistic Models, arXiv:2006.11239, equation 4",
        List.of(RowSet.rows(roles.toArray(Role[]::new)).choosing(Levels.CHOICE)),
        parameters,
        List.of(
            Output.vector("xt", "x0", "1", "alpha x0 + sigma eps"),
            Output.vector("eps", "x0", "1", "the noise that was used").onRequest(),
            Output.vector("v", "x0", "1", "alpha eps - sigma x0").onRequest(),
            Output.vector("velocity", "x0", "1", "eps - x0, from data to noise").onRequest(),
            Output.vector("velocity-to-data", "x0", "1", "x0 - eps, from noise to data")
                .onRequest(),
            Output.vector("score", "x0", "1", "-eps / sigma").onRequest(),
            Output.vector("target", "x0", "1", "what parameter 'prediction-type' says").onRequest(),
            Output.integer("t", "timestep, as given or drawn").onRequest(),
            Output.number("time", "1", "time of the process, as given or drawn").onRequest(),
            Output.number(
                    "importance-weight",
                    "1",
                    "1 / (K p), p the probability of the row's t among K; 1 where all are equal")
                .onRequest()));
  }

  @Override
  public boolean dependsOnRowIndex(Binding binding) {
    return !binding.get(TimeDraw.DRAW).equals("given");
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    List<TimeDraw> draw =
        binding.get(TimeDraw.DRAW).equals("given") ? List.of() : List.of(new TimeDraw(binding));
    Levels levels =
        draw.isEmpty() ? new Levels(binding, false) : new Levels(binding, draw.getFirst());
    if (draw.isEmpty() && !binding.get(TimeDraw.PROBABILITIES).isEmpty()) {
      throw new IllegalArgumentException(
          "draw is 'given': found parameter 'probabilities', expected none");
    }
    refuse(binding, "t", levels.isDiscrete());
    refuse(binding, "time", levels.isContinuous());
    if (binding.wants("target") && binding.get(TARGET).equals(PreviousX.NAME)) {
      levels.checkDiscrete("prediction-type");
    }
    return new Function(binding, levels, draw);
  }

  private static void refuse(Binding binding, String output, boolean known) {
    if (binding.wants(output) && !known) {
      throw new IllegalArgumentException(
          "output '%s': found levels that are not given or drawn by it, expected such"
              .formatted(output));
    }
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Kernels kernels;
    private final NoiseInput noise;
    private final Levels levels;
    private final List<TimeDraw> draws;
    private final String target;
    private final double sigmaData;
    private double[] data = new double[0];
    private double[] spread = new double[0];

    /// @param draws one, or none where levels are given
    Function(Binding binding, Levels levels, List<TimeDraw> draws) {
      kernels = binding.kernels();
      noise = new NoiseInput(binding, binding.get(NOISE), "eps", "x0");
      this.levels = levels;
      this.draws = draws;
      target = binding.get(TARGET);
      sigmaData = binding.get(Preconditioning.SIGMA_DATA);
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      if (draws.isEmpty()) {
        levels.read(in);
      } else {
        draws.getFirst().draw(in.first(), in.count());
        levels.read(draws.getFirst().drawn(), in.count(), in.firstInFile());
      }
      times(in, out);
      if (data.length < in.count()) {
        data = new double[in.count()];
        spread = new double[in.count()];
      }
      int width = in.width("x0");
      for (Patch patch : Patch.of(in.count(), width, in.type())) {
        // eps stays in the cache unless it is an output.
        MemorySegment eps =
            out.wants("eps")
                ? noise.into(in, patch, 0, patch.of(out.vector("eps"), width, in.type()))
                : noise.of(in, patch, 0);
        for (int i = 0; i < patch.rows(); i++) {
          data[i] = levels.alpha()[patch.row() + i];
          spread[i] = levels.sigma()[patch.row() + i];
        }
        combine(in, patch, eps, out.vector("xt"));
        for (Prediction kind :
            List.of(
                Prediction.V, Prediction.VELOCITY, Prediction.VELOCITY_TO_DATA, Prediction.SCORE)) {
          if (out.wants(kind.toString())) {
            predict(in, patch, eps, kind.toString(), out.vector(kind.toString()));
          }
        }
        if (out.wants("target")) {
          predict(in, patch, eps, target, out.vector("target"));
        }
      }
    }

    private void times(Rows in, RowOutputs out) {
      for (String name : List.of("t", "time")) {
        if (out.wants(name)) {
          double[] into = out.number(name);
          if (!draws.isEmpty()) {
            System.arraycopy(draws.getFirst().drawn(), 0, into, 0, in.count());
          } else if (name.equals("time")) {
            in.numbers("time", into);
          } else {
            for (int i = 0; i < in.count(); i++) {
              into[i] = in.integer("t").validity().isValid(i) ? in.integer("t").getLong(i) : 0;
            }
          }
        }
      }
      if (out.wants("importance-weight")) {
        double[] weight = out.number("importance-weight");
        if (draws.isEmpty()) {
          Arrays.fill(weight, 0, in.count(), 1);
        } else {
          System.arraycopy(draws.getFirst().weight(), 0, weight, 0, in.count());
        }
      }
    }

    /// The kind of prediction that a perfect model would make.
    private void predict(Rows in, Patch patch, MemorySegment eps, String kind, MemorySegment into) {
      for (int i = 0; i < patch.rows(); i++) {
        double alpha = levels.alpha()[patch.row() + i];
        double sigma = levels.sigma()[patch.row() + i];
        if (kind.equals(Weighting.PRECONDITIONED)) {
          Preconditioning.Target factors = Preconditioning.target(sigma / alpha, sigmaData);
          data[i] = factors.data();
          spread[i] = factors.noise();
        } else if (kind.equals(PreviousX.NAME)) {
          Posterior posterior = levels.posterior(patch.row() + i);
          data[i] = PreviousX.data(posterior, alpha);
          spread[i] = PreviousX.noise(posterior, sigma);
        } else {
          data[i] = Prediction.of(kind).data(alpha, sigma);
          spread[i] = Prediction.of(kind).noise(alpha, sigma);
        }
      }
      combine(in, patch, eps, into);
    }

    /// `data x0 + spread eps` of a part of the rows.
    private void combine(Rows in, Patch patch, MemorySegment eps, MemorySegment into) {
      int width = in.width("x0");
      MemorySegment x0 = patch.of(in.vector("x0"), width, in.type());
      MemorySegment to = patch.of(into, width, in.type());
      kernels
          .linearCombination()
          .rows(
              Matrix.of(in.type(), x0, patch.rows(), patch.columns()),
              Matrix.of(in.type(), eps, patch.rows(), patch.columns()),
              data,
              spread,
              Matrix.of(in.type(), to, patch.rows(), patch.columns()));
    }
  }
}
