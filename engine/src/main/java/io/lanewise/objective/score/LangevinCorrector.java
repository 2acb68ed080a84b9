package io.lanewise.objective.score;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LangevinStep;
import io.lanewise.kernel.SquaredNorm;
import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.BlockMeans;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Length;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
import io.lanewise.objective.support.NoiseInput;
import io.lanewise.result.Direction;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One Langevin update whose step size is each row's own: by a signal-to-noise ratio (the corrector
/// of predictor-corrector sampling), or by the row's noise level (annealed Langevin dynamics).
///
/// | rule | eta |
/// |---|---|
/// | `snr` | `2 alpha (snr norm(noise) / norm(score))^2`, norms of the row |
/// | `ald` | `2 alpha (snr sigma)^2` |
/// | `ncsn` | `step-size (sigma / sigma-last)^2` |
///
/// Norms are by `norm`: `row`, the row's own; `batch`, their means over blocks of `batch-size`
/// consecutive rows, as score_sde takes them over a batch; `dataset`, their means over all rows.
/// The latter two read the data twice, and do not depend on how it is read. A zero score gives an
/// infinite step, which the policy on non-finite results meets.
public final class LangevinCorrector implements Transform {
  private static final String SCORE_NORM = "score-norm";
  private static final String NOISE_NORM = "noise-norm";

  private static final Parameter<String> RULE =
      Parameter.choice("rule", "snr", "Rule for the step size.", List.of("snr", "ald", "ncsn"));
  private static final Parameter<Double> SNR =
      Parameter.number(
          "snr",
          "0.16",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "Signal-to-noise ratio, for snr and ald.");
  private static final Parameter<Double> STEP_SIZE =
      Parameter.number(
          "step-size",
          "8e-6",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "eta at the last noise level, for ncsn.");
  private static final Parameter<Double> SIGMA_LAST =
      Parameter.number(
          "sigma-last",
          "0.01",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "The last noise level, for ncsn.");
  private static final Parameter<String> NORM =
      Parameter.choice(
          "norm",
          "row",
          "The norms that set the step for snr: those of the row, or means over a batch or over all rows.",
          List.of("row", "batch", "dataset"));
  private static final Parameter<Long> BATCH =
      Parameter.integer(
          "batch-size",
          "128",
          1,
          Integer.MAX_VALUE,
          "Consecutive rows whose norms are averaged, for norm batch.");
  private static final Parameter<Noise> NOISE =
      Parameter.noise("noise", "philox:0", "Source of noise; 'given' is the column in role noise.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "langevin-corrector",
        List.of(),
        Family.SCORE,
        "Langevin update with a step size by row",
        "x' = x + eta * score + sqrt(2 eta) * noise; eta = 2 alpha (snr |noise| / |score|)^2",
        "Song et al., arXiv:2011.13456, algorithms 4 and 5; Song and Ermon, arXiv:1907.05600, algorithm 1",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "The state."),
                Role.vector("score", "data", "Gradient of the log-density at x."),
                Role.vector("noise", "data", "The noise, if it is given.")
                    .optional()
                    .when("noise", "given"),
                Role.scalar("sigma", "Noise level, for ald and ncsn.")
                    .optional()
                    .when("rule", "ald", "ncsn"),
                Role.scalar("alpha", "1 - beta of a VP process; 1 unless given.").optional())),
        List.of(RULE, SNR, NORM, BATCH, STEP_SIZE, SIGMA_LAST, NOISE),
        List.of(
            Output.vector("x-next", "x", "1", "the state after the update"),
            Output.number("eta", "1", "the step size"),
            Output.number("score-norm", "1", "Euclidean norm of the score")));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Statistic.mean("eta", "1", Direction.NEITHER, "mean over rows of the step size", "eta"),
        Statistic.mean(
            "score-norm", "1", Direction.NEITHER, "mean over rows of norm(score)", "score-norm"));
  }

  @Override
  public BlockMeans.@Nullable Request blockMeans(Binding binding) {
    String norms = binding.get(NORM);
    if (norms.equals("row")) {
      return null;
    }
    NoiseInput input = new NoiseInput(binding, binding.get(NOISE), "noise", "x");
    Kernels kernels = binding.kernels();
    return new BlockMeans.Request(
        norms.equals("batch") ? binding.get(BATCH) : Long.MAX_VALUE,
        List.of(SCORE_NORM, NOISE_NORM),
        (in, out) -> {
          SquaredNorm norm = kernels.squaredNorm();
          norms(norm, in, in.vector("score"), out.number(SCORE_NORM));
          norms(norm, in, input.of(in, 0), out.number(NOISE_NORM));
        });
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    String rule = binding.get(RULE);
    if (!rule.equals("snr") && !binding.has("sigma")) {
      throw new IllegalArgumentException(
          "rule is '%s': found no column for role 'sigma', expected one".formatted(rule));
    }
    if (!rule.equals("snr") && !binding.get(NORM).equals("row")) {
      throw new IllegalArgumentException(
          "rule is '%s': found norm '%s', expected row, for only snr uses norms"
              .formatted(rule, binding.get(NORM)));
    }
    BlockMeans means = binding.blockMeans();
    double snr = binding.get(SNR);
    double stepSize = binding.get(STEP_SIZE);
    double last = binding.get(SIGMA_LAST);
    boolean scaled = binding.has("alpha");
    NoiseInput input = new NoiseInput(binding, binding.get(NOISE), "noise", "x");
    Kernels kernels = binding.kernels();
    return (in, out) -> {
      LangevinStep kernel = kernels.langevinStep();
      SquaredNorm norm = kernels.squaredNorm();
      int count = in.count();
      double[] eta = out.number("eta");
      double[] scoreNorm = out.number("score-norm");
      MemorySegment noise = input.of(in, 0);
      norms(norm, in, in.vector("score"), scoreNorm);
      double[] noiseNorm = new double[count];
      if (rule.equals("snr")) {
        norms(norm, in, noise, noiseNorm);
      }
      double[] sigma = rule.equals("snr") ? noiseNorm : in.numbers("sigma", new double[count]);
      double[] alpha = scaled ? in.numbers("alpha", new double[count]) : noiseNorm;
      long bytes = (long) in.width("x") * in.type().bytes();
      for (int i = 0; i < count; i++) {
        double factor = scaled ? alpha[i] : 1;
        double ratio =
            switch (rule) {
              case "snr" ->
                  means == null
                      ? snr * noiseNorm[i] / scoreNorm[i]
                      : snr
                          * means.of(NOISE_NORM, in.first() + i)
                          / means.of(SCORE_NORM, in.first() + i);
              case "ald" -> snr * sigma[i];
              default -> sigma[i] / last;
            };
        eta[i] = (rule.equals("ncsn") ? stepSize : 2 * factor) * ratio * ratio;
        row(kernel, in, noise, i * bytes, bytes, eta[i], out.vector("x-next"));
      }
    };
  }

  private static void norms(SquaredNorm kernel, Rows in, MemorySegment values, double[] norms) {
    kernel.rows(in.matrix(values, in.width("x")), norms);
    int width = in.width("x");
    for (int i = 0; i < in.count(); i++) {
      long from = (long) i * width;
      norms[i] =
          Length.isExact(norms[i])
              ? Math.sqrt(norms[i])
              : Length.of(width, j -> in.element(values, from + j));
    }
  }

  private static void row(
      LangevinStep kernel,
      Rows in,
      MemorySegment noise,
      long at,
      long bytes,
      double eta,
      MemorySegment next) {
    MemorySegment x = in.vector("x").asSlice(at, bytes);
    MemorySegment score = in.vector("score").asSlice(at, bytes);
    MemorySegment drawn = noise.asSlice(at, bytes);
    kernel.each(
        Matrix.values(in.type().floatType(), x, in.width("x")),
        Matrix.values(in.type().floatType(), score, in.width("x")),
        Matrix.values(in.type().floatType(), drawn, in.width("x")),
        eta,
        Matrix.values(in.type().floatType(), next.asSlice(at, bytes), in.width("x")));
  }
}
