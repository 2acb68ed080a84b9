package io.lanewise.objective.score;

import io.lanewise.batch.DType;
import io.lanewise.kernel.LangevinStep;
import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.NoiseInput;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Transform;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Unadjusted Langevin updates `x' = x + eta * score(x) + sqrt(2 eta) * noise`, with the score from
/// a column (one step) or that of the standard normal, `-x` (any number of steps).
public final class Langevin implements Transform {
  private static final Parameter<Double> ETA =
      Parameter.number(
          "eta",
          null,
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "Step size in x + eta * score + sqrt(2 eta) * noise; half of the h of MALA in TFP.");
  private static final Parameter<Long> STEPS =
      Parameter.integer("steps", "1", 1, Integer.MAX_VALUE, "Number of updates.");
  private static final Parameter<String> SCORE =
      Parameter.choice(
          "score-function",
          "given",
          "given: the column in role score; standard-normal: -x.",
          List.of("given", "standard-normal"));
  private static final Parameter<Noise> NOISE =
      Parameter.noise(
          "noise", "philox:0", "Where noise comes from; 'given' is the column in role noise.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "langevin",
        List.of(),
        Family.SCORE,
        "Langevin update",
        "x' = x + eta * score(x) + sqrt(2 eta) * noise, noise ~ N(0, I)",
        "Song and Ermon, arXiv:1907.05600, equation 4 (their epsilon / 2 is eta)",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "The state."),
                Role.vector("score", "data", "Gradient of the log-density at x.").optional(),
                Role.vector("noise", "data", "The noise, if it is given.").optional())),
        List.of(ETA, STEPS, SCORE, NOISE),
        List.of(Output.vector("x-next", "x", "1", "the state after the last update")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean given = binding.get(SCORE).equals("given");
    int steps = Math.toIntExact(binding.get(STEPS));
    if (given != binding.has("score")) {
      throw new IllegalArgumentException(
          given
              ? "score-function is 'given': found no column for role 'score', expected one"
              : "score-function is 'standard-normal': found a column for role 'score', expected none");
    }
    boolean noiseGiven = binding.has("noise");
    if ((given || noiseGiven) && steps > 1) {
      throw new IllegalArgumentException(
          "parameter 'steps': found %d, expected 1 where score or noise is a column"
              .formatted(steps));
    }
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "noise", "x");
    LangevinStep kernel = binding.kernels().langevinStep();
    double eta = binding.get(ETA);
    return (in, out) -> {
      MemorySegment x = in.vector("x");
      MemorySegment next = out.vector("x-next");
      for (int step = 0; step < steps; step++) {
        update(kernel, in, step == 0 ? x : next, noise.of(in, step), eta, given, next);
      }
    };
  }

  private static void update(
      LangevinStep kernel,
      Rows in,
      MemorySegment x,
      MemorySegment noise,
      double eta,
      boolean given,
      MemorySegment next) {
    long n = (long) in.count() * in.width("x");
    if (in.type() == DType.FLOAT32) {
      if (given) {
        kernel.f32(x, in.vector("score"), noise, eta, next, n);
      } else {
        kernel.standardNormalF32(x, noise, eta, next, n);
      }
    } else if (given) {
      kernel.f64(x, in.vector("score"), noise, eta, next, n);
    } else {
      kernel.standardNormalF64(x, noise, eta, next, n);
    }
  }
}
