package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
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
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
import io.lanewise.result.Direction;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/// EDM's preconditioning around a network F: what it is fed, what it should give, and the denoised
/// data that its output means. With `s = sigma / alpha` and `y = x_t / alpha`, which are sigma and
/// x_t themselves where alpha is 1. With x0 and F's output it is also EDM's training loss: the
/// error of F in its own target, which is the error of the denoised data times `1 / out^2`. In
/// float64, rounded once to the data's type. Without noise `out` is 0 and there is no target: such
/// elements are not finite, which the policy then meets.
public final class EdmPreconditioning implements Transform {
  private static final Parameter<String> DENOISER =
      Parameter.choice(
          "denoiser",
          "edm",
          "The form: EDM's, or k-diffusion's around a network that predicts v or eps, the discrete"
              + " ones asked with a timestep of the schedule.",
          List.of("edm", "v", "v-discrete", "eps-discrete"));
  private static final Parameter<String> TIMESTEP =
      Parameter.choice(
          "timestep",
          "between",
          "The timestep of a sigma for the discrete forms: between two, or the nearest (k-diffusion's"
              + " quantize).",
          List.of("between", "nearest"));

  @Override
  public Descriptor descriptor() {
    List<Role> roles = new ArrayList<>();
    roles.add(Role.vector("xt", "data", "Noised data."));
    roles.add(
        Role.vector("prediction", "data", "The output of the network F.")
            .optional()
            .alsoCalled("predictions", "pred", "model_output"));
    roles.add(Role.vector("x0", "data", "Clean data.").optional());
    roles.addAll(Levels.ROLES);
    List<Parameter<?>> parameters =
        new ArrayList<>(List.of(Preconditioning.SIGMA_DATA, DENOISER, TIMESTEP));
    parameters.addAll(Levels.PARAMETERS);
    return new Descriptor(
        "edm-preconditioning",
        List.of(),
        Family.DIFFUSION,
        "EDM preconditioning",
        "D(y; s) = skip y + out F(in y; ln(s) / 4); target of F = (x0 - skip y) / out; y = x_t / alpha, s = sigma / alpha",
        "Karras et al., Elucidating the Design Space, arXiv:2206.00364, table 1 and equation 8",
        List.of(RowSet.rows(roles.toArray(Role[]::new)).choosing(Levels.CHOICE)),
        parameters,
        List.of(
            Output.vector("model-input", "xt", "1", "in y: what F is fed"),
            Output.vector("target", "xt", "1", "(x0 - skip y) / out: what F should give")
                .onRequest(),
            Output.vector("denoised", "xt", "1", "skip y + out F").onRequest(),
            Output.number("c-skip", "1", "sigmaData^2 / (s^2 + sigmaData^2); 1 around eps")
                .onRequest(),
            Output.number(
                    "c-out",
                    "1",
                    "s sigmaData / sqrt(s^2 + sigmaData^2), negative around v; -s around eps")
                .onRequest(),
            Output.number("c-in", "1", "1 / sqrt(s^2 + sigmaData^2)").onRequest(),
            Output.number("c-noise", "1", "ln(s) / 4; 2 atan(s) / pi for v; a timestep")
                .onRequest(),
            Output.number("mse", "1", "mean over elements of (target - F)^2").onRequest()));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return binding.has("x0") && binding.has("prediction")
        ? List.of(
            Statistic.mean(
                "mse",
                "1",
                Direction.LOWER,
                "mean over elements of (preconditioned target - F)^2, then mean over rows",
                "mse"))
        : List.of();
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    need(binding, "target", "x0");
    need(binding, "denoised", "prediction");
    need(binding, "mse", "x0");
    need(binding, "mse", "prediction");
    return new Function(binding);
  }

  private static void need(Binding binding, String output, String role) {
    if (binding.wants(output) && !binding.has(role)) {
      throw new IllegalArgumentException(
          "output '%s': found no column for role '%s', expected one".formatted(output, role));
    }
  }

  private static DoubleFunction<Preconditioning> form(Binding binding) {
    String denoiser = binding.get(DENOISER);
    double sigmaData = binding.get(Preconditioning.SIGMA_DATA);
    if (denoiser.equals("edm")) {
      return sigma -> Preconditioning.of(sigma, sigmaData);
    }
    if (sigmaData != 1 && sigmaData != 0.5) {
      throw new IllegalArgumentException(
          "denoiser is '%s': found sigma-data %s, expected none, since it is 1 there"
              .formatted(denoiser, sigmaData));
    }
    if (denoiser.equals("v")) {
      return sigma -> Preconditioning.ofV(sigma, Preconditioning.angle(sigma));
    }
    Schedule schedule = Levels.schedule(binding);
    boolean nearest = binding.get(TIMESTEP).equals("nearest");
    DoubleUnaryOperator timestep =
        sigma ->
            nearest ? Sigmas.nearestTimestep(schedule, sigma) : Sigmas.timestep(schedule, sigma);
    return denoiser.equals("v-discrete")
        ? sigma -> Preconditioning.ofV(sigma, timestep.applyAsDouble(sigma))
        : sigma -> Preconditioning.ofEps(sigma, timestep.applyAsDouble(sigma));
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Kernels kernels;
    private final Levels levels;
    private final DoubleFunction<Preconditioning> form;
    private final double[] y;
    private final double[] other;
    private final double[] target;
    private final double[] result;
    private final double[] sum = new double[1];

    Function(Binding binding) {
      kernels = binding.kernels();
      levels = new Levels(binding, false);
      form = form(binding);
      int width = binding.width("xt");
      y = new double[width];
      other = new double[width];
      target = new double[width];
      result = new double[width];
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      levels.read(in);
      DType type = in.type();
      for (int i = 0; i < in.count(); i++) {
        double alpha = levels.alpha()[i];
        Preconditioning c = form.apply(levels.sigma()[i] / alpha);
        RowElements.read(in.vector("xt"), type, i, y);
        for (int j = 0; j < y.length; j++) {
          y[j] /= alpha;
          result[j] = c.in() * y[j];
        }
        RowElements.write(result, type, i, out.vector("model-input"));
        put(out, "c-skip", i, c.skip());
        put(out, "c-out", i, c.out());
        put(out, "c-in", i, c.in());
        put(out, "c-noise", i, c.noise());
        if (out.wants("target") || out.wants("mse")) {
          RowElements.read(in.vector("x0"), type, i, other);
          for (int j = 0; j < y.length; j++) {
            target[j] = (other[j] - c.skip() * y[j]) / c.out();
          }
        }
        if (out.wants("target")) {
          RowElements.write(target, type, i, out.vector("target"));
        }
        if (out.wants("denoised") || out.wants("mse")) {
          RowElements.read(in.vector("prediction"), type, i, other);
        }
        if (out.wants("denoised")) {
          for (int j = 0; j < y.length; j++) {
            result[j] = c.skip() * y[j] + c.out() * other[j];
          }
          RowElements.write(result, type, i, out.vector("denoised"));
        }
        if (out.wants("mse")) {
          kernels
              .squaredError()
              .rows(
                  new Matrix(FloatType.FLOAT64, MemorySegment.ofArray(target), 1, target.length),
                  new Matrix(FloatType.FLOAT64, MemorySegment.ofArray(other), 1, target.length),
                  sum);
          out.number("mse")[i] = sum[0] / target.length;
        }
      }
    }

    private static void put(RowOutputs out, String name, int i, double value) {
      if (out.wants(name)) {
        out.number(name)[i] = value;
      }
    }
  }
}
