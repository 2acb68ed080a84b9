package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import io.lanewise.noise.ZeroNoise;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Steps between any two levels of a schedule, those with hardly any noise and hardly any signal
/// included, against the papers' formulas in decimal arithmetic of 80 digits.
class ReverseStepTest {
  private static final MathContext DIGITS = new MathContext(80);

  /// What [ReverseStep] declares, in 2^-53 of the sum of magnitudes.
  private static final double BOUND = 8;

  /// `1 - alphaBar` of each is a float64 too, so that the schedule has no roundings of its own.
  private static final Schedule SCHEDULE =
      Schedule.ofAlphaBars(
          "dyadic",
          1 - 0x1p-50,
          1 - 0x1p-40,
          1 - 0x1p-20,
          1 - 0x1p-10,
          0.75,
          0.625,
          0.25,
          3 * 0x1p-9,
          0x1p-20,
          0x1p-36,
          0x1p-50);

  private static final int DIM = 21;

  private final SplittableRandom random = new SplittableRandom(7);

  /// A number as exact as needed, and the sum of the magnitudes that it was added up from.
  private record Sum(BigDecimal value, BigDecimal magnitude) {
    static Sum of(BigDecimal v) {
      return new Sum(v, v.abs());
    }

    Sum plus(Sum other) {
      return new Sum(value.add(other.value, DIGITS), magnitude.add(other.magnitude, DIGITS));
    }

    Sum times(BigDecimal factor) {
      return new Sum(value.multiply(factor, DIGITS), magnitude.multiply(factor.abs(), DIGITS));
    }

    Sum clamp(BigDecimal range) {
      return new Sum(value.min(range).max(range.negate()), magnitude);
    }
  }

  private static BigDecimal exact(double v) {
    return new BigDecimal(v);
  }

  private static BigDecimal root(BigDecimal v) {
    return v.signum() <= 0 ? BigDecimal.ZERO : v.sqrt(DIGITS);
  }

  private static BigDecimal quotient(BigDecimal a, BigDecimal b) {
    return a.divide(b, DIGITS);
  }

  /// The posterior variance from t to s over `noise_s`, or beta where s is clean data.
  private static BigDecimal beta(int t, int s) {
    BigDecimal before = s < 0 ? BigDecimal.ONE : exact(SCHEDULE.alphaBar()[s]);
    return BigDecimal.ONE.subtract(quotient(exact(SCHEDULE.alphaBar()[t]), before));
  }

  private static BigDecimal noise(int t) {
    return t < 0 ? BigDecimal.ZERO : BigDecimal.ONE.subtract(exact(SCHEDULE.alphaBar()[t]));
  }

  private static BigDecimal signal(int t) {
    return t < 0 ? BigDecimal.ONE : exact(SCHEDULE.alphaBar()[t]);
  }

  private static Sum data(Prediction kind, int t, Sum x, Sum output) {
    BigDecimal alpha = root(signal(t));
    BigDecimal sigma = root(noise(t));
    return switch (kind) {
      case EPS -> x.plus(output.times(sigma.negate())).times(quotient(BigDecimal.ONE, alpha));
      case V -> x.times(alpha).plus(output.times(sigma.negate()));
      default -> output;
    };
  }

  private static Sum eps(Prediction kind, int t, Sum x, Sum output) {
    BigDecimal alpha = root(signal(t));
    BigDecimal sigma = root(noise(t));
    return switch (kind) {
      case EPS -> output;
      case V -> x.times(sigma).plus(output.times(alpha));
      default -> x.plus(output.times(alpha.negate())).times(quotient(BigDecimal.ONE, sigma));
    };
  }

  private interface Truth {
    Sum of(Sum x, Sum output, Sum z);
  }

  private double worst;

  /// Takes a step in float64 and in float32 and compares both.
  private void compare(String what, Sampler sampler, Step step, Truth truth) {
    for (DType type : new DType[] {DType.FLOAT64, DType.FLOAT32}) {
      boolean single = type == DType.FLOAT32;
      MemorySegment[] in = new MemorySegment[3];
      double[][] values = new double[3][DIM];
      for (int k = 0; k < 3; k++) {
        for (int j = 0; j < DIM; j++) {
          values[k][j] = single ? (float) random.nextGaussian() : random.nextGaussian();
        }
        in[k] = segment(values[k], single);
      }
      MemorySegment next = segment(new double[DIM], single);
      ReverseStep reverse =
          new ReverseStep(
              sampler.prediction(),
              sampler.threshold(),
              sampler.epsFromClipped(),
              Kernels.active());
      reverse.reserve(1);
      reverse.set(0, step);
      reverse.apply(
          type, in[0], in[1], step.noise() == 0 ? MemorySegment.NULL : in[2], 1, DIM, next);
      for (int j = 0; j < DIM; j++) {
        Sum exact =
            truth.of(
                Sum.of(exact(values[0][j])),
                Sum.of(exact(values[1][j])),
                Sum.of(exact(values[2][j])));
        double found =
            single
                ? next.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * j)
                : next.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * j);
        double error = exact(found).subtract(exact.value).abs().doubleValue();
        double rounding = single ? Math.ulp(exact.value.floatValue()) / 2 : 0;
        double relative = (error - rounding) / exact.magnitude.doubleValue() * 0x1p53;
        worst = Math.max(worst, relative);
        assertThat(relative).as("%s %s element %d", what, type, j).isLessThanOrEqualTo(BOUND);
      }
    }
  }

  private static MemorySegment segment(double[] values, boolean single) {
    if (!single) {
      return MemorySegment.ofArray(values.clone());
    }
    float[] floats = new float[values.length];
    for (int j = 0; j < floats.length; j++) {
      floats[j] = (float) values[j];
    }
    return MemorySegment.ofArray(floats);
  }

  private static Sampler sampler(Prediction kind, Threshold threshold, boolean epsFromClipped) {
    return new Sampler(kind, threshold, epsFromClipped, new ZeroNoise(), 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"EPS", "V", "X0"})
  void ddim(Prediction kind) {
    for (double eta : new double[] {0, 0.3, 1}) {
      for (int t = 0; t < SCHEDULE.steps(); t++) {
        for (int s = -1; s < (eta == 0 ? SCHEDULE.steps() : t); s++) {
          BigDecimal variance =
              quotient(beta(t, s).multiply(noise(s)), noise(t))
                  .multiply(exact(eta).multiply(exact(eta)));
          BigDecimal direction = root(noise(s).subtract(variance, DIGITS));
          int from = t;
          int to = s;
          compare(
              "%s from %d to %d, eta %s".formatted(kind, t, s, eta),
              sampler(kind, Threshold.NONE, false),
              Step.ddim(SCHEDULE, t, s, eta),
              (x, output, z) ->
                  data(kind, from, x, output)
                      .times(root(signal(to)))
                      .plus(eps(kind, from, x, output).times(direction))
                      .plus(z.times(root(variance))));
        }
      }
    }
    report("ddim " + kind);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clippedDdim(boolean epsFromClipped) {
    BigDecimal range = exact(0.875);
    for (int t = 0; t < SCHEDULE.steps(); t++) {
      for (int s = -1; s < SCHEDULE.steps(); s++) {
        BigDecimal direction = root(noise(s));
        int from = t;
        int to = s;
        compare(
            "clipped from %d to %d".formatted(t, s),
            sampler(Prediction.V, Threshold.clip(0.875), epsFromClipped),
            Step.ddim(SCHEDULE, t, s, 0),
            (x, output, z) -> {
              Sum clipped = data(Prediction.V, from, x, output).clamp(range);
              Sum eps =
                  epsFromClipped
                      ? eps(Prediction.X0, from, x, clipped)
                      : eps(Prediction.V, from, x, output);
              return clipped.times(root(signal(to))).plus(eps.times(direction));
            });
      }
    }
    report("clipped ddim");
  }

  @ParameterizedTest
  @EnumSource(names = {"EPS", "V", "X0"})
  void ddpm(Prediction kind) {
    for (int t = 0; t < SCHEDULE.steps(); t++) {
      for (int s = -1; s < t; s++) {
        BigDecimal beta = beta(t, s);
        BigDecimal ofData = quotient(beta.multiply(root(signal(s))), noise(t));
        BigDecimal ofState =
            quotient(noise(s).multiply(root(quotient(signal(t), signal(s)))), noise(t));
        BigDecimal variance = quotient(beta.multiply(noise(s)), noise(t));
        Posterior posterior = SCHEDULE.posterior(t, s);
        int from = t;
        compare(
            "%s from %d to %d".formatted(kind, t, s),
            sampler(kind, Threshold.NONE, false),
            Step.ddpm(SCHEDULE, t, s, posterior, Math.sqrt(posterior.variance())),
            (x, output, z) ->
                data(kind, from, x, output)
                    .times(ofData)
                    .plus(x.times(ofState))
                    .plus(z.times(root(variance))));
      }
    }
    report("ddpm " + kind);
  }

  private void report(String what) {
    System.out.printf("accuracy | %-20s | of sum |.| | max %.3f of 2^-53%n", what, worst);
    assertThat(worst).isPositive();
  }
}
