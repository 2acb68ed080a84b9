package io.lanewise.objective.score;

import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
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
import java.util.List;

/// One step of a stochastic differential equation `dx = drift dt + g(x) dw` whose volatility g may
/// depend on the state: it is a column, of one number a row or one for each element. The drift is a
/// column too, or that of Langevin dynamics with this volatility, which leaves the density of the
/// score invariant: `g^2 score / 2 + g g'`, g' being each g's derivative in its own element. In
/// float64, rounded once to the data's type.
public final class SdeStep implements Transform {
  private static final Parameter<String> METHOD =
      Parameter.choice(
          "method",
          "euler-maruyama",
          "milstein adds g g' (noise^2 - 1) dt / 2, and converges with order 1, not 1/2.",
          List.of("euler-maruyama", "milstein"));
  private static final Parameter<Double> DT =
      Parameter.number(
          "dt",
          "0",
          0,
          Double.POSITIVE_INFINITY,
          "1",
          "Length of the step, > 0, unless role dt has it; twice the eta of langevin.");
  private static final Parameter<Noise> NOISE =
      Parameter.noise("noise", "philox:0", "Source of noise; 'given' is the column in role noise.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "sde-step",
        List.of(),
        Family.SCORE,
        "Step of an SDE with state-dependent volatility",
        "x' = x + drift dt + g sqrt(dt) noise [+ g g' (noise^2 - 1) dt / 2]; drift = g^2 score / 2 + g g' if the score is given",
        "Kloeden and Platen, Numerical Solution of SDEs, 1992, 10.2 and 10.3; Xifara et al., Langevin diffusions and MALA, arXiv:1309.2983",
        List.of(
            RowSet.rows(
                    Role.vector("x", "data", "The state."),
                    Role.vector("drift", "data", "The drift at x.").optional(),
                    Role.vector(
                            "score",
                            "data",
                            "Gradient of the log-density at x, instead of the drift.")
                        .optional(),
                    Role.vector(
                        "volatility", "", "g at x: one number, or one for each element of x."),
                    Role.vector(
                            "volatility-gradient",
                            "data",
                            "Derivative of each g in its own element of x; without it g does not depend"
                                + " on x.")
                        .optional(),
                    Role.scalar("dt", "Length of the row's step, > 0.").optional(),
                    Role.vector("noise", "data", "The noise, if it is given.")
                        .optional()
                        .when("noise", "given"))
                .choosing(Choice.oneOf("drift", "score"))),
        List.of(METHOD, DT, NOISE),
        List.of(Output.vector("x-next", "x", "1", "the state after the step")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    boolean milstein = binding.get(METHOD).equals("milstein");
    if (milstein && !binding.has("volatility-gradient")) {
      throw new IllegalArgumentException(
          "method is 'milstein': found no column for role 'volatility-gradient', expected one");
    }
    if (binding.has("volatility-gradient") && !milstein && binding.has("drift")) {
      throw new IllegalArgumentException(
          "method is 'euler-maruyama' with role 'drift': found a column for role"
              + " 'volatility-gradient', expected none, since the drift has what follows from it");
    }
    if ((binding.get(DT) > 0) == binding.has("dt")) {
      throw new IllegalArgumentException(
          binding.has("dt")
              ? "found parameter 'dt' and a column for role 'dt', expected one of them"
              : "found neither parameter 'dt' nor a column for role 'dt', expected one of them");
    }
    int width = binding.width("x");
    int own = binding.width("volatility");
    if (own != width && own != 1) {
      throw new IllegalArgumentException(
          "role 'volatility': found %d elements, expected 1 or %d (elements of 'x')"
              .formatted(own, width));
    }
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "noise", "x");
    double dt = binding.get(DT);
    return (in, out) -> step(in, out, noise.of(in, 0), dt, milstein);
  }

  private static void step(Rows in, RowOutputs out, MemorySegment z, double dt, boolean milstein) {
    int width = in.width("x");
    int own = in.width("volatility");
    boolean curved = in.vectors().containsKey("volatility-gradient");
    boolean scored = in.vectors().containsKey("score");
    MemorySegment drift = in.vector(scored ? "score" : "drift");
    MemorySegment gradient = curved ? in.vector("volatility-gradient") : MemorySegment.NULL;
    double[] spans = dt > 0 ? new double[0] : in.numbers("dt", new double[0]);
    for (int i = 0; i < in.count(); i++) {
      double span = dt > 0 ? dt : spans[i];
      if (!(span > 0) && !in.isNull(i)) {
        throw new IllegalArgumentException(
            "role 'dt' row %d: found %s, expected a number > 0"
                .formatted(in.firstInFile() + i, span));
      }
      double root = Math.sqrt(span);
      for (int j = 0; j < width; j++) {
        long at = (long) i * width + j;
        double g = in.element(in.vector("volatility"), own == 1 ? i : at);
        double noise = in.element(z, at);
        double bend = curved ? g * in.element(gradient, at) : 0;
        double rate = in.element(drift, at);
        double sum = scored ? 0.5 * g * g * rate + bend : rate;
        double next = Math.fma(span, sum, in.element(in.vector("x"), at)) + g * root * noise;
        if (milstein) {
          next += 0.5 * bend * span * (noise - 1) * (noise + 1);
        }
        in.put(out.vector("x-next"), at, next);
      }
    }
  }
}
