package io.lanewise.objective.score;

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
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
import io.lanewise.objective.support.NoiseInput;
import io.lanewise.result.Direction;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Underdamped (kinetic) Langevin updates of positions and velocities, unit mass, by the splitting
/// BAOA: a kick of a whole step, half a drift, friction and noise solved exactly, half a drift. Its
/// positions are those of BAOAB, whose two half kicks are here one, so that a step takes one
/// evaluation of the score and the score may be a column. float64 throughout, rounded once.
public final class UnderdampedLangevin implements Transform {
  private static final Parameter<Double> STEP =
      Parameter.number("step", null, Double.MIN_VALUE, Double.POSITIVE_INFINITY, "1", "Step h.");
  private static final Parameter<Double> FRICTION =
      Parameter.number(
          "friction", "1", 0, Double.POSITIVE_INFINITY, "1", "Friction gamma; 0 means none.");
  private static final Parameter<Long> STEPS =
      Parameter.integer("steps", "1", 1, Integer.MAX_VALUE, "Number of updates.");
  private static final Parameter<Noise> NOISE =
      Parameter.noise("noise", "philox:0", "Source of noise; 'given' is the column in role noise.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "underdamped-langevin",
        List.of(),
        Family.SCORE,
        "Underdamped Langevin update",
        "u = v + h score(x); y = x + h u / 2; v' = c u + sqrt(1 - c^2) noise, c = exp(-gamma h);"
            + " x' = y + h v' / 2",
        "Leimkuhler and Matthews, Appl. Math. Res. Express 2013(1), 34 (BAOAB);"
            + " Zhang et al., J. Phys. Chem. A 123, 6056, 2019 (one kick: LF-middle)",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "The position."),
                Role.vector("v", "data", "The velocity, half a kick before the position."),
                Role.vector("score", "data", "Gradient of the log-density at x.")
                    .optional()
                    .when("score-function", "given"),
                Role.vector("noise", "data", "The noise, if it is given.")
                    .optional()
                    .when("noise", "given"))),
        List.of(STEP, FRICTION, STEPS, RowScore.SCORE, RowScore.TARGET, NOISE),
        List.of(
            Output.vector("x-next", "x", "1", "the position after the last update"),
            Output.vector("v-next", "v", "1", "the velocity after the last update"),
            Output.number("score-norm", "1", "mean over steps of norm(score)").onRequest(),
            Output.number("score-evaluations", "1", "how often the score was evaluated")
                .onRequest()));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    if (binding.get(RowScore.SCORE).equals("given")) {
      return List.of();
    }
    return List.of(
        Statistic.mean(
            "score-norm",
            "1",
            Direction.NEITHER,
            "mean over rows and steps of norm(score)",
            "score-norm"),
        new Statistic(
            "score-evaluations",
            "1",
            Direction.NEITHER,
            "sum over rows; a step takes one",
            List.of("score-evaluations"),
            means -> means.total("score-evaluations")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    ScoreFunction target = RowScore.of(binding);
    int steps = Math.toIntExact(binding.get(STEPS));
    RowScore.oneStep(binding, steps);
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "noise", "x");
    Splitting splitting = new Splitting(binding.get(STEP), binding.get(FRICTION));
    return (in, out) -> rows(in, out, noise, target, splitting, steps);
  }

  private static void rows(
      Rows in,
      RowOutputs out,
      NoiseInput noise,
      @Nullable ScoreFunction target,
      Splitting splitting,
      int steps) {
    int width = in.width("x");
    double[][] x = new double[in.count()][width];
    double[][] v = new double[in.count()][width];
    double[] norms = new double[in.count()];
    double[] score = new double[width];
    double[] drawn = new double[width];
    for (int i = 0; i < in.count(); i++) {
      read(in, in.vector("x"), i, x[i]);
      read(in, in.vector("v"), i, v[i]);
    }
    for (int step = 0; step < steps; step++) {
      MemorySegment z = noise.of(in, step);
      for (int i = 0; i < in.count(); i++) {
        if (target == null) {
          read(in, in.vector("score"), i, score);
        } else {
          target.evaluate(x[i], score);
        }
        norms[i] += RowScore.norm(score) / steps;
        read(in, z, i, drawn);
        splitting.update(x[i], v[i], score, drawn);
      }
    }
    for (int i = 0; i < in.count(); i++) {
      for (int j = 0; j < width; j++) {
        in.put(out.vector("x-next"), (long) i * width + j, x[i][j]);
        in.put(out.vector("v-next"), (long) i * width + j, v[i][j]);
      }
      if (out.wants("score-norm")) {
        out.number("score-norm")[i] = norms[i];
      }
      if (out.wants("score-evaluations")) {
        out.number("score-evaluations")[i] = target == null ? 0 : steps;
      }
    }
  }

  private static void read(Rows in, MemorySegment from, int row, double[] into) {
    for (int j = 0; j < into.length; j++) {
      into[j] = in.element(from, (long) row * into.length + j);
    }
  }
}
