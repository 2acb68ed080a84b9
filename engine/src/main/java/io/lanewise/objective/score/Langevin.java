package io.lanewise.objective.score;

import io.lanewise.batch.DType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LangevinStep;
import io.lanewise.kernel.SquaredNorm;
import io.lanewise.noise.CounterNoise;
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
import io.lanewise.objective.support.Patch;
import io.lanewise.result.Direction;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Langevin updates `x' = x + eta * score(x) + sqrt(2 eta) * noise` of every row, each a chain of
/// its own. The score is a column (one step), or that of the standard normal, a normal distribution
/// with full covariance or a mixture of them (any number of steps). With `correction` `metropolis`
/// each update is accepted or rejected so that the target is kept exactly (MALA).
///
/// Without a correction the state is rounded to the rows' type after each step of `given` and
/// `standard-normal`; otherwise it is float64 throughout and rounded once at the end.
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
  private static final Parameter<String> CORRECTION =
      Parameter.choice(
          "correction",
          "none",
          "none: every proposal is taken; metropolis: MALA, with uniforms of the same seed.",
          List.of("none", "metropolis"));
  private static final Parameter<Noise> NOISE =
      Parameter.noise("noise", "philox:0", "Source of noise; 'given' is the column in role noise.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "langevin",
        List.of(),
        Family.SCORE,
        "Langevin update",
        "x' = x + eta * score(x) + sqrt(2 eta) * noise, noise ~ N(0, I)",
        "Song and Ermon, arXiv:1907.05600, equation 4 (their epsilon / 2 is eta);"
            + " Roberts and Tweedie, Bernoulli 2(4), 1996 (metropolis)",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "The state."),
                Role.vector("score", "data", "Gradient of the log-density at x.")
                    .optional()
                    .when("score-function", "given"),
                Role.vector("noise", "data", "The noise, if it is given.")
                    .optional()
                    .when("noise", "given"))),
        List.of(ETA, STEPS, RowScore.SCORE, RowScore.TARGET, CORRECTION, NOISE),
        List.of(
            Output.vector("x-next", "x", "1", "the state after the last update"),
            Output.number("acceptance", "1", "share of the row's proposals that were accepted")
                .onRequest(),
            Output.number("score-norm", "1", "mean over steps of norm(score) before the update")
                .onRequest(),
            Output.number("score-evaluations", "1", "how often the score was evaluated")
                .onRequest()));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics = new ArrayList<>();
    if (binding.get(CORRECTION).equals("metropolis")) {
      statistics.add(
          Statistic.mean(
              "acceptance",
              "1",
              Direction.NEITHER,
              "mean over rows of the share accepted",
              "acceptance"));
    }
    if (!binding.get(RowScore.SCORE).equals("given") && !plain(binding)) {
      statistics.add(
          Statistic.mean(
              "score-norm",
              "1",
              Direction.NEITHER,
              "mean over rows and steps of norm(score) before the update",
              "score-norm"));
    }
    if (!binding.get(RowScore.SCORE).equals("given")) {
      statistics.add(
          new Statistic(
              "score-evaluations",
              "1",
              Direction.NEITHER,
              "sum over rows; a step takes one, a chain with correction one more",
              List.of("score-evaluations"),
              means -> means.total("score-evaluations")));
    }
    return statistics;
  }

  /// Whether updates are the kernel's, at the speed of memory: norms are then only for who asks.
  private static boolean plain(Binding binding) {
    return binding.get(RowScore.SCORE).equals("standard-normal")
        && binding.get(CORRECTION).equals("none");
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    ScoreFunction target = RowScore.of(binding);
    int steps = Math.toIntExact(binding.get(STEPS));
    RowScore.oneStep(binding, steps);
    boolean metropolis = binding.get(CORRECTION).equals("metropolis");
    CounterNoise uniforms = binding.get(NOISE) instanceof CounterNoise counter ? counter : null;
    if (metropolis && (target == null || uniforms == null)) {
      throw new IllegalArgumentException(
          "correction is 'metropolis': found score-function '%s' and noise '%s', expected a density and noise philox or threefry"
              .formatted(binding.get(RowScore.SCORE), binding.get(NOISE)));
    }
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "noise", "x");
    double eta = binding.get(ETA);
    Kernels kernels = binding.kernels();
    boolean plain = plain(binding);
    return (in, out) -> {
      if (target == null || plain) {
        double[] norms = new double[in.count()];
        boolean wantsNorms = out.wants("score-norm");
        int width = in.width("x");
        // All steps of a part before the next: its state and noise stay in the cache.
        for (Patch patch :
            wantsNorms
                ? Patch.wholeRows(in.count(), width, in.type())
                : Patch.of(in.count(), width, in.type())) {
          MemorySegment next = patch.of(out.vector("x-next"), width, in.type());
          for (int step = 0; step < steps; step++) {
            MemorySegment x = step == 0 ? patch.of(in.vector("x"), width, in.type()) : next;
            MemorySegment score =
                target == null ? patch.of(in.vector("score"), width, in.type()) : null;
            if (wantsNorms) {
              addNorms(
                  kernels.squaredNorm(), in.type(), patch, score == null ? x : score, norms, steps);
            }
            update(
                kernels.langevinStep(), in.type(), x, score, noise.of(in, patch, step), eta, next);
          }
        }
        report(out, in.count(), norms, null, target == null ? 0 : steps);
      } else {
        chains(in, out, noise, target, eta, steps, metropolis ? uniforms : null);
      }
    };
  }

  private static void addNorms(
      SquaredNorm kernel, DType type, Patch patch, MemorySegment score, double[] norms, int steps) {
    double[] squares = new double[patch.rows()];
    kernel.rows(Matrix.of(type, score, patch.rows(), patch.columns()), squares);
    for (int i = 0; i < squares.length; i++) {
      norms[patch.row() + i] += Math.sqrt(squares[i]) / steps;
    }
  }

  /// @param score null for that of the standard normal
  private static void update(
      LangevinStep kernel,
      DType type,
      MemorySegment x,
      @Nullable MemorySegment score,
      MemorySegment noise,
      double eta,
      MemorySegment next) {
    long n = next.byteSize() / type.bytes();
    Matrix from = values(type, x, n);
    Matrix drawn = values(type, noise, n);
    if (score == null) {
      kernel.standardNormal(from, drawn, eta, values(type, next, n));
    } else {
      kernel.each(from, values(type, score, n), drawn, eta, values(type, next, n));
    }
  }

  private static Matrix values(DType type, MemorySegment data, long n) {
    return Matrix.values(type.floatType(), data, n);
  }

  /// A chain a row, all of them a step at a time, since a step's noise is one range.
  ///
  /// @param uniforms decides on proposals; null to take them all
  private static void chains(
      Rows in,
      RowOutputs out,
      NoiseInput noise,
      ScoreFunction target,
      double eta,
      int steps,
      @Nullable CounterNoise uniforms) {
    int count = in.count();
    int width = in.width("x");
    double[][] x = new double[count][width];
    double[][] score = new double[count][width];
    double[] logDensity = new double[count];
    double[] norms = new double[count];
    double[] accepted = new double[count];
    double[] proposal = new double[width];
    double[] proposed = new double[width];
    double[] uniform = new double[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < width; j++) {
        x[i][j] = in.element(in.vector("x"), (long) i * width + j);
      }
      logDensity[i] = uniforms == null ? 0 : target.evaluate(x[i], score[i]);
    }
    for (int step = 0; step < steps; step++) {
      MemorySegment drawn = noise.of(in, step);
      if (uniforms != null) {
        uniforms.uniformsF64(in.first(), count, step, MemorySegment.ofArray(uniform));
      }
      for (int i = 0; i < count; i++) {
        if (uniforms == null) {
          target.evaluate(x[i], score[i]);
        }
        norms[i] += RowScore.norm(score[i]) / steps;
        for (int j = 0; j < width; j++) {
          double z = in.element(drawn, (long) i * width + j);
          proposal[j] = (x[i][j] + eta * score[i][j]) + Math.sqrt(2 * eta) * z;
        }
        double logProposed = uniforms == null ? 0 : target.evaluate(proposal, proposed);
        if (uniforms == null
            || StrictMath.log(uniform[i])
                < Mala.logAcceptance(
                    x[i], proposal, score[i], proposed, logDensity[i], logProposed, eta)) {
          System.arraycopy(proposal, 0, x[i], 0, width);
          System.arraycopy(proposed, 0, score[i], 0, width);
          logDensity[i] = logProposed;
          accepted[i]++;
        }
      }
    }
    MemorySegment next = out.vector("x-next");
    for (int i = 0; i < count; i++) {
      accepted[i] /= steps;
      for (int j = 0; j < width; j++) {
        in.put(next, (long) i * width + j, x[i][j]);
      }
    }
    report(out, count, norms, accepted, uniforms == null ? steps : steps + 1L);
  }

  /// @param accepted null where every proposal is taken
  private static void report(
      RowOutputs out, int count, double[] norms, double @Nullable [] accepted, long evaluations) {
    for (int i = 0; i < count; i++) {
      if (out.wants("acceptance")) {
        out.number("acceptance")[i] = accepted == null ? 1 : accepted[i];
      }
      if (out.wants("score-norm")) {
        out.number("score-norm")[i] = norms[i];
      }
      if (out.wants("score-evaluations")) {
        out.number("score-evaluations")[i] = evaluations;
      }
    }
  }
}
