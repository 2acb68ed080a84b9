package io.lanewise.objective.likelihood;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import java.util.List;

/// Log-likelihood of images under a discretized mixture of logistics, as in PixelCNN++, in nats,
/// summed over pixels.
///
/// `x` holds P pixels of C channels, channels last, scaled to [-1, 1]: D = P C numbers. With K
/// components, `logit-weights` holds P x K, `means` and `log-scales` P x C x K, and `coeffs` (three
/// channels only) P x 3 x K numbers, row-major; coeffs go through tanh, and shift the means of the
/// second channel by red, of the third by red and green. Log-scales below -7 count as -7, which is
/// PixelCNN++'s rule.
///
/// The first and the last of the levels (x below -0.999, above 0.999) take the open tails. Where a
/// bin's probability is at most 1e-5, `edge-mode` decides: `pixel-cnn` takes the density at the
/// middle times the bin's width, `clamp` the logarithm of at least 1e-12, as improved-diffusion
/// does for Gaussians.
public final class DiscretizedLogisticMixture implements RowObjective {
  private static final Parameter<Long> CHANNELS =
      Parameter.integer("channels", "1", 1, 1024, "Channels of a pixel, which share a component.");
  private static final Parameter<Long> LEVELS =
      Parameter.integer("levels", "256", 2, 65536, "Number of values of a channel.");
  private static final Parameter<String> EDGE_MODE =
      Parameter.choice(
          "edge-mode",
          "pixel-cnn",
          "For a bin of probability 1e-5 or less: the density at its middle, or a clamp at 1e-12.",
          List.of("pixel-cnn", "clamp"));

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "discretized-logistic-mixture",
        List.of("dmol"),
        Family.LIKELIHOOD,
        "Discretized mixture of logistics",
        "log p(x) = sum_pixels ln sum_k pi_k prod_c (F((x + h - mu_ck)/s_ck) - F((x - h - mu_ck)/s_ck)),"
            + " h = 1/(levels - 1), F the logistic CDF",
        "Salimans et al., PixelCNN++, arXiv:1701.05517, 2.1; openai/pixel-cnn, nn.py",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "P pixels of C channels in [-1, 1]."),
                Role.vector("logit-weights", "weights", "P x K logits of the components."),
                Role.vector("means", "component", "P x C x K means."),
                Role.vector("log-scales", "component", "P x C x K logarithms of scales."),
                Role.vector("coeffs", "coeffs", "P x 3 x K, before tanh; three channels only.")
                    .optional())),
        List.of(CHANNELS, LEVELS, EDGE_MODE),
        Discretized.OUTPUTS);
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    int width = binding.width("x");
    int channels = Math.toIntExact(binding.get(CHANNELS));
    if (width % channels != 0) {
      throw new IllegalArgumentException(
          "role 'x': found width %d, expected a multiple of %d channels"
              .formatted(width, channels));
    }
    int pixels = width / channels;
    int components = binding.width("logit-weights") / Math.max(pixels, 1);
    expect(binding, "logit-weights", (long) pixels * Math.max(components, 1));
    expect(binding, "means", (long) width * components);
    if (binding.has("coeffs")) {
      if (channels != 3) {
        throw new IllegalArgumentException(
            "role 'coeffs': found %d channels, expected 3".formatted(channels));
      }
      expect(binding, "coeffs", (long) width * components);
    }
    Logistic logistic =
        new Logistic(binding.get(LEVELS), binding.get(EDGE_MODE).equals("pixel-cnn"));
    return new Function(logistic, pixels, channels, components, binding.has("coeffs"));
  }

  private static void expect(Binding binding, String role, long width) {
    if (binding.width(role) != width) {
      throw new IllegalArgumentException(
          "role '%s': found width %d, expected %d".formatted(role, binding.width(role), width));
    }
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return Discretized.statistics(binding.width("x"));
  }

  /// The discretized logistic distribution.
  private static final class Logistic {
    private final double half;
    private final double logWidth;
    private final boolean middle;

    Logistic(long levels, boolean middle) {
      half = 1.0 / (levels - 1);
      logWidth = StrictMath.log((levels - 1) / 2.0);
      this.middle = middle;
    }

    double logProbability(double x, double mean, double logScale) {
      double logS = Math.max(logScale, -7);
      double inverse = StrictMath.exp(-logS);
      double centered = x - mean;
      double plus = inverse * (centered + half);
      double minus = inverse * (centered - half);
      if (x < -0.999) {
        return plus - softplus(plus);
      }
      if (x > 0.999) {
        return -softplus(minus);
      }
      double delta = sigmoid(plus) - sigmoid(minus);
      if (delta > 1e-5 || !middle) {
        return StrictMath.log(Math.max(delta, 1e-12));
      }
      double mid = inverse * centered;
      return mid - logS - 2 * softplus(mid) - logWidth;
    }

    private static double softplus(double x) {
      return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }

    private static double sigmoid(double x) {
      double e = StrictMath.exp(-Math.abs(x));
      return x >= 0 ? 1 / (1 + e) : e / (1 + e);
    }
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Logistic logistic;
    private final int pixels;
    private final int channels;
    private final int components;
    private final boolean coupled;
    private final double[] terms;
    private double[] x = new double[0];
    private double[] weights = new double[0];
    private double[] means = new double[0];
    private double[] scales = new double[0];
    private double[] coeffs = new double[0];

    Function(Logistic logistic, int pixels, int channels, int components, boolean coupled) {
      this.logistic = logistic;
      this.pixels = pixels;
      this.channels = channels;
      this.components = components;
      this.coupled = coupled;
      terms = new double[components];
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      x = in.numbers("x", x);
      weights = in.numbers("logit-weights", weights);
      means = in.numbers("means", means);
      scales = in.numbers("log-scales", scales);
      if (coupled) {
        coeffs = in.numbers("coeffs", coeffs);
      }
      double[] result = out.number("log-likelihood");
      for (int i = 0; i < in.count(); i++) {
        double sum = 0;
        for (int p = 0; p < pixels; p++) {
          sum += pixel(i * pixels + p);
        }
        result[i] = sum;
      }
      Discretized.finish(in.count(), pixels * channels, out);
    }

    private double pixel(int p) {
      double normalizer = LogSumExpOf.of(weights, p * components, components);
      for (int k = 0; k < components; k++) {
        double sum = weights[p * components + k] - normalizer;
        for (int c = 0; c < channels; c++) {
          int at = (p * channels + c) * components + k;
          sum += logistic.logProbability(x[p * channels + c], mean(p, c, k), scales[at]);
        }
        terms[k] = sum;
      }
      return LogSumExpOf.of(terms, 0, components);
    }

    private double mean(int p, int c, int k) {
      double mean = means[(p * channels + c) * components + k];
      if (!coupled || c == 0) {
        return mean;
      }
      int first = p * 3 * components + k;
      double red = x[p * 3];
      if (c == 1) {
        return mean + StrictMath.tanh(coeffs[first]) * red;
      }
      return mean
          + StrictMath.tanh(coeffs[first + components]) * red
          + StrictMath.tanh(coeffs[first + 2 * components]) * x[p * 3 + 1];
    }
  }
}
