package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
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

/// One step of DDPM from a model's output in a column: a draw of the posterior q(x_s | x_t, x0) at
/// the predicted x0, from timestep t to `t-next` (t - 1 unless given, -1 for clean data, to which
/// no noise is added). In float64, rounded once to the data's type.
public final class DdpmStep implements Transform {
  private static final Parameter<String> VARIANCE =
      Parameter.choice(
          "variance",
          "fixed-small",
          "Variance of the step; the learned kinds take the column in role variance-output.",
          Posterior.VARIANCES);
  private static final Parameter<Noise> NOISE =
      Parameter.noise("noise", "philox:0", "Source of noise; 'given' is the column in role noise.");

  @Override
  public Descriptor descriptor() {
    List<Parameter<?>> parameters =
        new ArrayList<>(List.of(VARIANCE, NOISE, Levels.SCHEDULE, Levels.TIMESTEPS));
    parameters.addAll(StepOptions.WITH_PREVIOUS);
    return new Descriptor(
        "ddpm-step",
        List.of(),
        Family.DIFFUSION,
        "DDPM step",
        "x_s = coefficient1 x0 + coefficient2 x_t + sqrt(variance) noise",
        "Ho et al., Denoising Diffusion Probabilistic Models, arXiv:2006.11239, equation 7",
        List.of(
            RowSet.rows(
                Role.vector("xt", "data", "Noised data at t."),
                Role.vector("prediction", "data", "The prediction of the model."),
                Role.integer("t", "Timestep, 0 to timesteps - 1."),
                Role.integer("t-next", "Timestep after the step, below t; -1 for clean data.")
                    .optional(),
                Role.vector(
                        "variance-output",
                        "data",
                        "What the model says of the variance: its logarithm (learned), or a number"
                            + " in [-1, 1] (learned-range).")
                    .optional()
                    .when("variance", "learned", "learned-range"),
                Role.vector("noise", "data", "The noise, if it is given.")
                    .optional()
                    .when("noise", "given"))),
        parameters,
        List.of(Output.vector("x-next", "xt", "1", "the state at t-next")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    Schedule schedule = Levels.schedule(binding);
    String variance = binding.get(VARIANCE);
    boolean learned = variance.startsWith("learned");
    if (learned && !binding.has("variance-output")) {
      throw new IllegalArgumentException(
          "variance is '%s': found no column for role 'variance-output', expected one"
              .formatted(variance));
    }
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "noise", "xt");
    String prediction = binding.get(StepOptions.PREDICTION_OR_PREVIOUS);
    boolean mean = prediction.equals(PreviousX.NAME);
    if (mean && !binding.get(StepOptions.THRESHOLD).equals("none")) {
      throw new IllegalArgumentException(
          "threshold is '%s': found prediction-type 'previous-x', of which no x0 is used, expected"
                  .formatted(binding.get(StepOptions.THRESHOLD))
              + " another or none");
    }
    ReverseStep step = StepOptions.step(binding, mean ? Prediction.X0 : Prediction.of(prediction));
    if (learned) {
      return new Learned(schedule, variance, noise, step, mean, binding.width("xt"));
    }
    return (in, out) -> {
      step.reserve(in.count());
      for (int i = 0; i < in.count(); i++) {
        int t = Levels.timestep(in.integer("t"), i, in.firstInFile(), 0, schedule.steps());
        int s = next(in, i, t, schedule.steps());
        Posterior posterior = schedule.posterior(t, s);
        double deviation = Math.sqrt(posterior.variance(variance, 0));
        step.set(
            i, mean ? Step.toMean(s, deviation) : Step.ddpm(schedule, t, s, posterior, deviation));
      }
      step.apply(
          in.type(),
          in.vector("xt"),
          in.vector("prediction"),
          variance.equals("none") ? MemorySegment.NULL : noise.of(in, 0),
          in.count(),
          in.width("xt"),
          out.vector("x-next"));
    };
  }

  /// With a variance for every element, a row at a time: noise with its deviation is float64.
  private static final class Learned implements RowFunction {
    private final Schedule schedule;
    private final String variance;
    private final NoiseInput noise;
    private final ReverseStep step;
    private final boolean mean;
    private final MemorySegment x;
    private final MemorySegment output;
    private final MemorySegment drawn;
    private final double[] model;

    Learned(
        Schedule schedule,
        String variance,
        NoiseInput noise,
        ReverseStep step,
        boolean mean,
        int width) {
      this.mean = mean;
      this.schedule = schedule;
      this.variance = variance;
      this.noise = noise;
      this.step = step;
      x = RowElements.wide(width);
      output = RowElements.wide(width);
      drawn = RowElements.wide(width);
      model = new double[width];
      step.reserve(1);
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      MemorySegment normals = noise.of(in, 0);
      DType type = in.type();
      for (int i = 0; i < in.count(); i++) {
        int t = Levels.timestep(in.integer("t"), i, in.firstInFile(), 0, schedule.steps());
        int s = next(in, i, t, schedule.steps());
        Posterior posterior = schedule.posterior(t, s);
        RowElements.widen(in.vector("xt"), type, i, x);
        RowElements.widen(in.vector("prediction"), type, i, output);
        if (s >= 0) {
          RowElements.widen(normals, type, i, drawn);
          RowElements.read(in.vector("variance-output"), type, i, model);
          posterior.spread(variance, model, 0, drawn);
        }
        step.set(0, mean ? Step.toMean(s, 1) : Step.ddpm(schedule, t, s, posterior, 1));
        step.apply(DType.FLOAT64, x, output, drawn, 1, model.length, x);
        RowElements.narrow(x, type, i, out.vector("x-next"));
      }
    }
  }

  private static int next(Rows in, int i, int t, int steps) {
    if (!in.integers().containsKey("t-next")) {
      return t - 1;
    }
    ScalarColumn column = in.integer("t-next");
    if (!column.validity().isValid(i) || !in.integer("t").validity().isValid(i)) {
      return -1;
    }
    int next = Levels.timestep(column, i, in.firstInFile(), -1, steps);
    if (next >= t) {
      throw new IllegalArgumentException(
          "role 't-next' row %d: found %d, expected less than t = %d"
              .formatted(in.firstInFile() + i, next, t));
    }
    return next;
  }
}
