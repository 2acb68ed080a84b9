package io.lanewise.objective.variational;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Length;
import io.lanewise.objective.Range;
import io.lanewise.objective.Rows;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The reconstruction log-likelihood `ln p(x|z)` of a decoder. Used by one worker.
sealed interface Reconstruction {
  /// The likelihoods that need the data.
  List<String> OF_DATA = List.of("gaussian", "bernoulli-logits", "bernoulli-probabilities");

  /// The term of each row, nats, summed over dimensions.
  void evaluate(Rows in, double[] out);

  /// The one that parameter `likelihood` names.
  ///
  /// @throws IllegalArgumentException if the roles it needs are not bound, or others are
  static Reconstruction of(Binding binding, String likelihood, double sigma) {
    boolean given = likelihood.equals("given");
    boolean pair = binding.has("x") && binding.has("reconstruction");
    if (given ? !binding.has("recon") : !pair) {
      throw new IllegalArgumentException(
          "likelihood is '%s': expected %s"
              .formatted(
                  likelihood,
                  given
                      ? "a column for role 'recon'"
                      : "columns for roles 'x' and 'reconstruction'"));
    }
    if (given ? binding.has("x") || binding.has("reconstruction") : binding.has("recon")) {
      throw new IllegalArgumentException(
          "likelihood is '%s': found a column for role %s, expected none"
              .formatted(likelihood, given ? "'x' or 'reconstruction'" : "'recon'"));
    }
    return switch (likelihood) {
      case "given" -> new Given();
      case "gaussian" -> new Gaussian(binding.kernels(), sigma);
      case "bernoulli-logits" -> new BernoulliLogits(binding.kernels());
      case "bernoulli-probabilities" -> new BernoulliProbabilities(binding.kernels());
      default -> throw new IllegalStateException(likelihood);
    };
  }

  /// As its maker computed it.
  record Given() implements Reconstruction {
    @Override
    public void evaluate(Rows in, double[] out) {
      in.numbers("recon", out);
    }
  }

  /// `-|x - r|^2 / (2 sigma^2) - D/2 ln(2 pi sigma^2)`.
  record Gaussian(Kernels kernels, double sigma) implements Reconstruction {
    @Override
    public void evaluate(Rows in, double[] out) {
      int width = in.width("x");
      kernels.squaredError().rows(in.matrix("x"), in.matrix("reconstruction"), out);
      double constant = width * (0.5 * Gaussians.LOG_2PI + StrictMath.log(sigma));
      MemorySegment x = in.vector("x");
      MemorySegment mean = in.vector("reconstruction");
      for (int i = 0; i < in.count(); i++) {
        long from = (long) i * width;
        double square = out[i] / sigma / sigma;
        if (!Length.isExact(out[i])) {
          // What it is divided by may bring it back into the range of float64.
          double length =
              Length.of(width, j -> in.element(x, from + j) - in.element(mean, from + j)) / sigma;
          square = length * length;
        }
        out[i] = -0.5 * square - constant;
      }
    }
  }

  /// `sum_j x_j r_j - softplus(r_j)`.
  final class BernoulliLogits implements Reconstruction {
    private final Kernels kernels;
    private double[] softplus = new double[0];

    BernoulliLogits(Kernels kernels) {
      this.kernels = kernels;
    }

    @Override
    public void evaluate(Rows in, double[] out) {
      int width = in.width("x");
      int elements = Math.multiplyExact(in.count(), width);
      if (softplus.length < elements) {
        softplus = new double[elements];
      }
      var logits = in.vector("reconstruction");
      kernels
          .softplus()
          .each(Matrix.values(in.type().floatType(), logits, elements), false, softplus);
      for (int i = 0; i < in.count(); i++) {
        double sum = 0;
        for (int j = i * width; j < (i + 1) * width; j++) {
          sum += in.element(in.vector("x"), j) * in.element(logits, j) - softplus[j];
        }
        out[i] = sum;
      }
    }
  }

  /// `sum_j x_j ln r_j + (1 - x_j) ln(1 - r_j)`.
  final class BernoulliProbabilities implements Reconstruction {
    private final Kernels kernels;
    private double[] ofOne = new double[0];
    private double[] ofZero = new double[0];

    BernoulliProbabilities(Kernels kernels) {
      this.kernels = kernels;
    }

    @Override
    public void evaluate(Rows in, double[] out) {
      int width = in.width("x");
      int elements = Math.multiplyExact(in.count(), width);
      if (ofOne.length < elements) {
        ofOne = new double[elements];
        ofZero = new double[elements];
      }
      var data = in.vector("x");
      var probabilities = in.vector("reconstruction");
      refuseOutside(in, probabilities, elements, width);
      kernels
          .negativeLog()
          .each(Matrix.values(in.type().floatType(), probabilities, elements), false, ofOne);
      kernels
          .negativeLog()
          .each(Matrix.values(in.type().floatType(), probabilities, elements), true, ofZero);
      for (int i = 0; i < in.count(); i++) {
        double sum = 0;
        for (int j = i * width; j < (i + 1) * width; j++) {
          double x = in.element(data, j);
          sum -= weighted(x, ofOne[j]) + weighted(1 - x, ofZero[j]);
        }
        out[i] = sum;
      }
    }

    private static void refuseOutside(Rows in, MemorySegment p, int elements, int width) {
      for (long from = 0; from < elements; ) {
        long next = Range.PROBABILITY.firstOutside(in.type(), p, from, elements - from);
        long at = from + next;
        if (next >= 0 && !in.isNull((int) (at / width))) {
          throw Range.PROBABILITY.outside(
              "reconstruction", in.firstInFile() + at / width, at % width, in.element(p, at));
        }
        from = next < 0 ? elements : at + 1;
      }
    }

    /// 0 ln 0 = 0.
    private static double weighted(double weight, double logarithm) {
      return weight == 0 && !Double.isNaN(logarithm) ? 0 : weight * logarithm;
    }
  }
}
