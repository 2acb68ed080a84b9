package io.lanewise.objective.diffusion;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LinearCombination;
import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Transform;
import io.lanewise.objective.support.NoiseInput;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The first half of a step of EDM's stochastic sampler: a little noise is added and sigma raised
/// to match. The model is then asked at the new state and sigma, and `sigma-step` goes down from
/// there. Coefficients are float64 and rounded once to the data's type.
public final class EdmChurn implements Transform {
  private static final Parameter<Double> CHURN =
      Parameter.number(
          "s-churn", "0", 0, Double.POSITIVE_INFINITY, "1", "Amount of noise; 0 means none.");
  private static final Parameter<Double> LEAST =
      Parameter.number(
          "s-tmin",
          "0",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "The smallest sigma to which noise is added.");
  private static final Parameter<Double> MOST =
      Parameter.number(
          "s-tmax",
          "1e300",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "The largest sigma to which noise is added.");
  private static final Parameter<Double> SPREAD =
      Parameter.number(
          "s-noise",
          "1",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "Standard deviation of the noise; EDM uses 1.003 to 1.007.");
  private static final Parameter<Long> STEPS =
      Parameter.integer("steps", null, 1, 1_000_000, "Number of steps of the whole sampler.");
  private static final Parameter<Noise> NOISE =
      Parameter.noise("noise", "philox:0", "Source of noise; 'given' is the column in role noise.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "edm-churn",
        List.of(),
        Family.DIFFUSION,
        "Noise of EDM's stochastic sampler",
        "x^ = x + sqrt(sigma^2 (1 + g)^2 - sigma^2) s-noise noise; g = min(s-churn / steps, sqrt(2) - 1) for sigma in [s-tmin, s-tmax], else 0",
        "Karras et al., Elucidating the Design Space, arXiv:2206.00364, algorithm 2",
        List.of(
            RowSet.rows(
                Role.vector("xt", "data", "The state at sigma."),
                Role.scalar("sigma", "Noise level, >= 0."),
                Role.vector("noise", "data", "The noise, if it is given.")
                    .optional()
                    .when("noise", "given"))),
        List.of(CHURN, LEAST, MOST, SPREAD, STEPS, NOISE),
        List.of(
            Output.vector("x-hat", "xt", "1", "the state with noise added"),
            Output.number("sigma-hat", "1", "its noise level")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    double churn = binding.get(CHURN);
    double least = binding.get(LEAST);
    double most = binding.get(MOST);
    double spread = binding.get(SPREAD);
    int steps = Math.toIntExact(binding.get(STEPS));
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "noise", "xt");
    Kernels kernels = binding.kernels();
    return (in, out) -> {
      LinearCombination kernel = kernels.linearCombination();
      double[] sigma = in.numbers("sigma", new double[in.count()]);
      double[] raised = out.number("sigma-hat");
      double[] one = new double[in.count()];
      double[] added = new double[in.count()];
      for (int i = 0; i < in.count(); i++) {
        if (sigma[i] < 0 && !in.isNull(i)) {
          throw new IllegalArgumentException(
              "role 'sigma' row %d: found %s, expected a number >= 0"
                  .formatted(in.firstInFile() + i, sigma[i]));
        }
        raised[i] = Step.churned(sigma[i], churn, steps, least, most);
        one[i] = 1;
        added[i] = spread * Math.sqrt((raised[i] - sigma[i]) * (raised[i] + sigma[i]));
      }
      MemorySegment normals = noise.of(in, 0);
      kernel.rows(
          in.matrix("xt"),
          in.matrix(normals, in.width("xt")),
          one,
          added,
          in.matrix(out.vector("x-hat"), in.width("xt")));
    };
  }
}
