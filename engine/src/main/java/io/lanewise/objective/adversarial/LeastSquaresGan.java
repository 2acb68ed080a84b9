package io.lanewise.objective.adversarial;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.Statistic;
import java.util.List;

/// Least-squares GAN: `D: c mean (r - a)^2 + c mean (f - b)^2`, `G: c mean (f - a)^2`, with labels
/// a = 1 of real and b = 0 of generated rows and c = 1/2, or 1 with `half` = `false`. One critic
/// output a row, float32 or float64; a pure number. NaN and infinities flow into the row's loss.
public final class LeastSquaresGan implements RowObjective {
  private static final Parameter<String> HALF =
      Parameter.choice(
          "half", "true", "Whether squares are halved, as in TF-GAN.", List.of("true", "false"));
  private static final Parameter<Double> REAL_LABEL = label("real-label", "1", "real");
  private static final Parameter<Double> FAKE_LABEL = label("fake-label", "0", "generated");

  private static Parameter<Double> label(String name, String value, String of) {
    return Parameter.number(
        name,
        value,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        "1",
        "The label of " + of + " rows.");
  }

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "least-squares-gan",
        List.of("lsgan"),
        Family.ADVERSARIAL,
        "Least-squares GAN losses",
        "D: 1/2 mean (r - 1)^2 + 1/2 mean f^2; G: 1/2 mean (f - 1)^2",
        "Mao et al., Least Squares Generative Adversarial Networks, arXiv:1611.04076, equation 2",
        CriticLoss.sets(),
        List.of(HALF, REAL_LABEL, FAKE_LABEL),
        CriticLoss.outputs(
            "w c (r - real-label)^2", "w c (f - fake-label)^2", "w c (f - real-label)^2"));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    double c = binding.get(HALF).equals("true") ? 0.5 : 1;
    double real = binding.get(REAL_LABEL);
    double fake = binding.get(FAKE_LABEL);
    return new CriticLoss(
            r -> c * (r - real) * (r - real),
            f -> c * (f - fake) * (f - fake),
            f -> c * (f - real) * (f - real))
        .bind(binding, set);
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    String c = binding.get(HALF).equals("true") ? "1/2 " : "";
    return CriticLoss.statistics(
        binding,
        "%smean (r - %s)^2 + %smean (f - %s)^2"
            .formatted(c, binding.get(REAL_LABEL), c, binding.get(FAKE_LABEL)),
        "%smean (f - %s)^2".formatted(c, binding.get(REAL_LABEL)));
  }
}
