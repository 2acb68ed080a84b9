package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/// What kernels make of particular values: certainty, nonsense, infinities, NaN, and digits that
/// are known from elsewhere.
class KernelValuesTest {
  private final SplittableRandom random = new SplittableRandom(20);
  private final Kernels k = Kernels.active();

  private static MemorySegment numbers(int n, DoubleSupplier value) {
    double[] numbers = new double[n];
    Arrays.setAll(numbers, i -> value.getAsDouble());
    return MemorySegment.ofArray(numbers);
  }

  @Test
  void negativeLogOfCertaintyIsPositiveZero() {
    MemorySegment p = numbers(3, () -> 1);
    double[] out = new double[3];
    k.negativeLog().each(Matrix.values(FloatType.FLOAT64, p, 3), false, out);
    assertThat(Double.doubleToLongBits(out[0])).isZero();
    k.negativeLog().each(Matrix.values(FloatType.FLOAT64, p, 3), true, out);
    assertThat(out[0]).isEqualTo(Double.POSITIVE_INFINITY);
    k.negativeLog().each(Matrix.values(FloatType.FLOAT64, numbers(3, () -> 0), 3), true, out);
    assertThat(Double.doubleToLongBits(out[0])).isZero();
  }

  @Test
  void impossibleTokensAndNonsense() {
    double[] values = new double[40];
    Arrays.fill(values, 0.5);
    MemorySegment p = MemorySegment.ofArray(values);
    values[17] = 0;
    assertThat(k.logProbSum().run(FloatType.FLOAT64, p, 0, 40)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(k.logProbSum().run(FloatType.FLOAT64, p, 18, 22)).isFinite();
    values[3] = -0.1;
    assertThat(k.logProbSum().run(FloatType.FLOAT64, p, 0, 40)).isNaN();
    assertThat(k.logProbSum().run(FloatType.FLOAT64, p, 0, 0)).isZero();
  }

  @Test
  void langevinStepHasTheBitsOfNumPy() {
    double[] x = {0.3, -1.7, 2.5e-3, 1e10};
    double[] score = {-0.3, 1.1, 0.7, -1e-3};
    double[] noise = {0.123, -2.2, 1.9, 0.4};
    // NumPy 1.24.2: [v.hex() for v in x + 0.01 * s + np.sqrt(2 * 0.01) * z], and with -x for s
    double[] expected = {
      0x1.41f0b7acd87c1p-2, -0x1.00042937777bbp+1, 0x1.1ce09cad362b2p-2, 0x1.2a05f200073d5p+33
    };
    double[] normal = {
      0x1.41f0b7acd87c1p-2, -0x1.fe7f1b23284f7p+0, 0x1.15af0ce831a9bp-2, 0x1.270b0180073dap+33
    };
    double[] out = new double[4];
    k.langevinStep()
        .each(
            Matrix.values(FloatType.FLOAT64, MemorySegment.ofArray(x), 4),
            Matrix.values(FloatType.FLOAT64, MemorySegment.ofArray(score), 4),
            Matrix.values(FloatType.FLOAT64, MemorySegment.ofArray(noise), 4),
            0.01,
            Matrix.values(FloatType.FLOAT64, MemorySegment.ofArray(out), 4));
    assertThat(out).containsExactly(expected);
    k.langevinStep()
        .standardNormal(
            Matrix.values(FloatType.FLOAT64, MemorySegment.ofArray(x), 4),
            Matrix.values(FloatType.FLOAT64, MemorySegment.ofArray(noise), 4),
            0.01,
            Matrix.values(FloatType.FLOAT64, MemorySegment.ofArray(out), 4));
    assertThat(out).containsExactly(normal);
  }

  @Test
  void affineFlowGivesTheSameBitsForSharedAndRepeatedParameters() {
    int dim = 21;
    MemorySegment x = numbers(9 * dim, random::nextGaussian);
    MemorySegment shift = numbers(dim, random::nextGaussian);
    MemorySegment scale = numbers(dim, () -> random.nextDouble(0.5, 2));
    MemorySegment shifts = MemorySegment.ofArray(new double[9 * dim]);
    MemorySegment scales = MemorySegment.ofArray(new double[9 * dim]);
    for (int r = 0; r < 9; r++) {
      MemorySegment.copy(shift, 0, shifts, 8L * r * dim, 8L * dim);
      MemorySegment.copy(scale, 0, scales, 8L * r * dim, 8L * dim);
    }
    double[] shared = new double[9];
    double[] repeated = new double[9];
    k.affineFlow()
        .rows(
            new Matrix(FloatType.FLOAT64, x, 9, dim),
            new Matrix(FloatType.FLOAT64, shift, 1, dim),
            new Matrix(FloatType.FLOAT64, scale, 1, dim),
            shared);
    k.affineFlow()
        .rows(
            new Matrix(FloatType.FLOAT64, x, 9, dim),
            new Matrix(FloatType.FLOAT64, shifts, 9, dim),
            new Matrix(FloatType.FLOAT64, scales, 9, dim),
            repeated);
    assertThat(shared).containsExactly(repeated);
  }

  @Test
  void logSumExpOfSpecialRows() {
    double inf = Double.POSITIVE_INFINITY;
    double[] x = {
      -inf,
      -inf,
      -inf, //
      -inf,
      2,
      -inf,
      1,
      inf,
      2,
      1,
      Double.NaN,
      2,
      inf,
      Double.NaN,
      inf,
      1e4,
      -1e4,
      1e4,
      -inf,
      Double.NaN,
      -inf
    };
    double[] out = new double[7];
    k.logSumExp().rows(new Matrix(FloatType.FLOAT64, MemorySegment.ofArray(x), 7, 3), out);
    assertThat(out)
        .containsExactly(-inf, 2, inf, Double.NaN, Double.NaN, 1e4 + Math.log(2), Double.NaN);
    k.logSumExp()
        .rows(
            new Matrix(FloatType.FLOAT64, MemorySegment.ofArray(x), 7, 3),
            new int[] {0, 0, 0, 0, 0, 1, 0},
            out);
    assertThat(out)
        .containsExactly(
            Double.NaN, -inf, -inf, Double.NaN, Double.NaN, -2e4 - Math.log(2), Double.NaN);
  }

  @Test
  void finiteScanFindsTheFirst() {
    float[] x = new float[300];
    assertThat(k.finiteScan().firstNonFinite(FloatType.FLOAT32, MemorySegment.ofArray(x), 300))
        .isEqualTo(-1);
    for (int at = 299; at >= 0; at -= 23) {
      x[at] = at % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
      assertThat(k.finiteScan().firstNonFinite(FloatType.FLOAT32, MemorySegment.ofArray(x), 300))
          .isEqualTo(at);
    }
    double[] y = {1, Double.MAX_VALUE, -Double.MAX_VALUE, Double.POSITIVE_INFINITY};
    assertThat(k.finiteScan().firstNonFinite(FloatType.FLOAT64, MemorySegment.ofArray(y), 4))
        .isEqualTo(3);
    assertThat(k.finiteScan().firstNonFinite(FloatType.FLOAT64, MemorySegment.ofArray(y), 3))
        .isEqualTo(-1);
  }
}
