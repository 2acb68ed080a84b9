package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
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
import java.util.List;

/// Forward diffusion in closed form: `x_t = sqrt(alphaBar) x0 + sqrt(1 - alphaBar) eps`. The signal
/// left, alphaBar, comes from a schedule at the row's timestep, from a column, or is one number for
/// all rows. Coefficients are float64 and rounded once to the data's type.
public final class Noising implements Transform {
  private static final Parameter<Noise> NOISE =
      Parameter.noise(
          "noise", "philox:0", "Where eps comes from; 'given' is the column in role eps.");
  private static final Parameter<String> SCHEDULE =
      Parameter.choice("schedule", "linear", "Schedule for role t.", Schedule.NAMES);
  private static final Parameter<Long> TIMESTEPS =
      Parameter.integer("timesteps", "1000", 1, 1_000_000, "Number of steps of the schedule.");
  private static final Parameter<Double> ALPHA_BAR =
      Parameter.number("alpha-bar", "-1", -1, 1, "1", "alphaBar of every row; -1 for none.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "noising",
        List.of(),
        Family.DIFFUSION,
        "Diffusion noising",
        "x_t = sqrt(alphaBar_t) x0 + sqrt(1 - alphaBar_t) eps, eps ~ N(0, I)",
        "Ho et al., Denoising Diffusion Probabilistic Models, arXiv:2006.11239, equation 4",
        List.of(
            RowSet.rows(
                Role.vector("x0", "data", "Clean data."),
                Role.integer("t", "Timestep, 0 to timesteps - 1.").optional(),
                Role.scalar("alpha-bar", "Signal power left, in [0, 1].").optional(),
                Role.vector("eps", "data", "The noise, if it is given.").optional())),
        List.of(NOISE, SCHEDULE, TIMESTEPS, ALPHA_BAR),
        List.of(
            Output.vector("xt", "x0", "1", "sqrt(alphaBar_t) x0 + sqrt(1 - alphaBar_t) eps"),
            Output.vector("eps", "x0", "1", "the noise that was used").onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    double constant = binding.get(ALPHA_BAR);
    boolean fixed = constant != -1;
    if (fixed && constant < 0) {
      throw new IllegalArgumentException(
          "parameter 'alpha-bar': found %s, expected a number in [0, 1]".formatted(constant));
    }
    int ways = (fixed ? 1 : 0) + (binding.has("t") ? 1 : 0) + (binding.has("alpha-bar") ? 1 : 0);
    if (ways != 1) {
      throw new IllegalArgumentException(
          "found %d of role 't', role 'alpha-bar' and parameter 'alpha-bar', expected exactly one"
              .formatted(ways));
    }
    double[] table =
        Schedule.of(binding.get(SCHEDULE), Math.toIntExact(binding.get(TIMESTEPS))).alphaBar();
    return new Function(
        binding.kernels(),
        new NoiseInput(binding, binding.get(NOISE), "eps", "x0"),
        table,
        fixed ? constant : Double.NaN);
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Kernels kernels;
    private final NoiseInput noise;
    private final double[] table;
    private final double constant;
    private double[] signal = new double[0];
    private double[] spread = new double[0];

    Function(Kernels kernels, NoiseInput noise, double[] table, double constant) {
      this.kernels = kernels;
      this.noise = noise;
      this.table = table;
      this.constant = constant;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      if (signal.length < in.count()) {
        signal = new double[in.count()];
        spread = new double[in.count()];
      }
      alphaBars(in);
      for (int i = 0; i < in.count(); i++) {
        spread[i] = Math.sqrt(1 - signal[i]);
        signal[i] = Math.sqrt(signal[i]);
      }
      MemorySegment eps = noise.of(in, 0);
      MemorySegment x0 = in.vector("x0");
      MemorySegment xt = out.vector("xt");
      int width = in.width("x0");
      if (in.type() == DType.FLOAT32) {
        kernels.linearCombination().f32(x0, eps, signal, spread, in.count(), width, xt);
      } else {
        kernels.linearCombination().f64(x0, eps, signal, spread, in.count(), width, xt);
      }
      if (out.wants("eps")) {
        out.vector("eps").copyFrom(eps);
      }
    }

    private void alphaBars(Rows in) {
      if (!Double.isNaN(constant)) {
        java.util.Arrays.fill(signal, 0, in.count(), constant);
      } else if (in.integers().containsKey("t")) {
        ScalarColumn t = in.integer("t");
        for (int i = 0; i < in.count(); i++) {
          long step = t.validity().isValid(i) ? t.getLong(i) : 0;
          if (step < 0 || step >= table.length) {
            throw new IllegalArgumentException(
                "column '%s' row %d: found timestep %d, expected 0 to %d"
                    .formatted(t.name(), in.first() + i, step, table.length - 1));
          }
          signal[i] = table[(int) step];
        }
      } else {
        in.numbers("alpha-bar", signal);
        for (int i = 0; i < in.count(); i++) {
          if (signal[i] < 0 || signal[i] > 1) {
            throw new IllegalArgumentException(
                "role 'alpha-bar' row %d: found %s, expected a number in [0, 1]"
                    .formatted(in.first() + i, signal[i]));
          }
        }
      }
    }
  }
}
