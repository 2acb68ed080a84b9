package io.lanewise.objective.sample;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.SampleMetric;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.List;

/// Squared maximum mean discrepancy over all rows of two sets, with a polynomial or a Gaussian
/// kernel.
///
/// `preset=cmmd` is CMMD (Jayasumana et al.): Gaussian kernel of sigma 10, all pairs (biased),
/// times 1000. The standard error is by jackknife: 20 blocks of consecutive rows of each set are
/// left out in turn; rows should not be sorted by what they show.
public final class MaximumMeanDiscrepancy implements SampleMetric {
  private static final Parameter<String> PRESET =
      Parameter.choice(
          "preset",
          "none",
          "cmmd: kernel rbf, sigma 10, estimator biased, scale 1000.",
          List.of("none", "cmmd"));
  private static final Parameter<Double> SCALE =
      Parameter.number(
          "scale", "1", Double.MIN_VALUE, Double.POSITIVE_INFINITY, "1", "Factor of the result.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "maximum-mean-discrepancy",
        List.of("mmd"),
        Family.SAMPLE,
        "Maximum mean discrepancy",
        "scale (mean k(x, x') + mean k(y, y') - 2 mean k(x, y))",
        "Gretton et al., A Kernel Two-Sample Test, JMLR 13, 2012; CMMD: Jayasumana et al., arXiv:2401.09603",
        HeldPair.sets("Features of real data."),
        List.of(
            PRESET,
            MmdKernel.KERNEL,
            MmdKernel.DEGREE,
            MmdKernel.GAMMA,
            MmdKernel.COEF0,
            MmdKernel.SIGMA,
            MmdKernel.ESTIMATOR,
            SCALE,
            MmdKernel.PRODUCTS),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    boolean cmmd = binding.get(PRESET).equals("cmmd");
    if (cmmd) {
      List<Parameter<?>> set =
          List.of(MmdKernel.KERNEL, MmdKernel.SIGMA, MmdKernel.ESTIMATOR, SCALE);
      for (Parameter<?> parameter : set) {
        String found = binding.parameters().asText().get(parameter.name());
        if (!String.valueOf(found).equals(parameter.defaultText())) {
          throw new IllegalArgumentException(
              "preset 'cmmd': found %s = %s, expected the preset to set it"
                  .formatted(parameter.name(), found));
        }
      }
    }
    MemoryClaim claim = new MemoryClaim(binding.workers());
    HeldPair held =
        HeldPair.of(
            binding,
            claim,
            (real, generated) -> {
              double sigma = cmmd ? 10 : binding.get(MmdKernel.SIGMA);
              MmdKernel kernel =
                  cmmd ? MmdKernel.gaussian(binding, sigma) : MmdKernel.of(binding, real.dim());
              List<HeldRows> sets = kernel.rows(real, generated);
              return new Sets(
                      binding,
                      kernel,
                      kernel.forRows(binding, sigma, sets.getFirst()),
                      cmmd
                          ? MmdEstimator.BIASED
                          : MmdEstimator.of(binding.get(MmdKernel.ESTIMATOR)),
                      cmmd ? 1000 : binding.get(SCALE),
                      sets.getFirst(),
                      sets.getLast())
                  .finish();
            });
    claim.announce(AllPairs.bytes(binding.workers()));
    return held;
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("mmd-squared");
  }

  private record Sets(
      Binding binding,
      MmdKernel kernel,
      MmdKernel ofRows,
      MmdEstimator estimator,
      double scale,
      HeldRows real,
      HeldRows generated) {
    Finished finish() {
      AllPairs pairs =
          AllPairs.of(binding, binding.workers(), kernel.narrow(binding), real, generated);
      Discrepancy found =
          Discrepancy.of(pairs, ofRows, estimator, real, generated, Discrepancy.BLOCKS);
      double error = scale * found.standardError();
      return new Finished(
          List.of(
              new Measure(
                  "mmd-squared",
                  kernel.inRange(scale * found.value(), real, generated),
                  error,
                  Double.isNaN(error) ? "none" : "jackknife",
                  (long) real.count() + generated.count(),
                  "1",
                  Direction.LOWER,
                  "%s times the %s MMD^2 over all rows, %s%s"
                      .formatted(scale, estimator, kernel.formula(), Jackknife.missing(error)))),
          List.of(),
          List.of());
    }
  }
}
