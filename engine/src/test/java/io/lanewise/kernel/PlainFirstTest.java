package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlainFirstTest {
  private static final long MUCH = 1L << 40;

  /// Kernels whose work is on arrays of float64, or whose forms have an order of their own.
  private static final Set<Kernel> OTHERS =
      EnumSet.of(Kernel.CROSS_PRODUCTS, Kernel.EXACT_BLOCK, Kernel.KERNEL_SUMS);

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aKernelBecomesAVectorKernelInTheMiddleOfARunWithTheSameBits(Precision precision) {
    Kernels kernels = Kernels.plainFirst().in(precision);
    List<KernelUse> uses = List.of(Kernel.GAUSSIAN_KL.ofData());
    Kernels narrow = kernels.using(uses, FloatType.FLOAT32);
    try (Arena arena = Arena.ofConfined()) {
      KernelInputs in =
          KernelInputs.of(arena, FloatType.FLOAT32, 9, 77, KernelInputs.Data.ORDINARY, 0, 1);
      Matrix x = new Matrix(FloatType.FLOAT32, in.x(), 9, 77);
      Matrix y = new Matrix(FloatType.FLOAT32, in.y(), 9, 77);
      double[] expected = new double[9];
      Kernels.scalar().in(precision).gaussianKl().rows(x, y, expected);
      narrow.expect(uses, FloatType.FLOAT32, MUCH);
      double[] found = new double[9];
      long deadline = System.nanoTime() + 100_000_000_000L;
      while (!isVector(narrow.gaussianKl()) && System.nanoTime() < deadline) {
        narrow.gaussianKl().rows(x, y, found);
        assertThat(found).isEqualTo(expected);
      }
      assertThat(isVector(narrow.gaussianKl())).isTrue();
      narrow.gaussianKl().rows(x, y, found);
      assertThat(found).isEqualTo(expected);
      assertThat(narrow.name()).startsWith("scalar, then simd-");
    }
  }

  private static boolean isVector(GaussianKl kernel) {
    return kernel instanceof GaussianKl.Simd || kernel instanceof GaussianKl.SingleSimd;
  }

  /// A kernel that is ready for float32 alone would run boxed vectors on float64.
  @Test
  void whoMayMeetBothTypesWaitsForBoth() {
    Kernels kernels = Kernels.plainFirst();
    List<KernelUse> uses = List.of(Kernel.SQUARED_NORM.ofData());
    Kernels narrow = kernels.using(uses, FloatType.FLOAT32);
    narrow.expect(uses, FloatType.FLOAT32, MUCH);
    long deadline = System.nanoTime() + 100_000_000_000L;
    while (narrow.squaredNorm() instanceof SquaredNorm.Scalar && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(narrow.squaredNorm()).isInstanceOf(SquaredNorm.Simd.class);
    assertThat(kernels.using(uses, FloatType.FLOAT64).squaredNorm())
        .isInstanceOf(SquaredNorm.Scalar.class);
    assertThat(kernels.squaredNorm()).isInstanceOf(SquaredNorm.Scalar.class);
  }

  @Test
  void littleWorkWarmsNothing() {
    Kernels kernels = Kernels.plainFirst();
    kernels.expect(List.of(Kernel.NEGATIVE_LOG.ofData()), FloatType.FLOAT32, 100_000);
    assertThat(kernels.negativeLog()).isInstanceOf(NegativeLog.Scalar.class);
    assertThat(PlainFirst.isRequested(Kernel.NEGATIVE_LOG, FloatType.FLOAT32)).isFalse();
    kernels.expect(List.of(Kernel.NEGATIVE_LOG.ofData()), FloatType.FLOAT32, MUCH);
    assertThat(PlainFirst.isRequested(Kernel.NEGATIVE_LOG, FloatType.FLOAT32)).isTrue();
    assertThat(PlainFirst.isRequested(Kernel.NEGATIVE_LOG, FloatType.FLOAT64)).isFalse();
  }

  /// A trial of a kernel runs that kernel: its results are those of both forms.
  @ParameterizedTest
  @EnumSource(Kernel.class)
  void trialsRunInBothFormsAndBothTypes(Kernel kernel) {
    for (Precision precision : Precision.values()) {
      for (FloatType type : FloatType.values()) {
        for (TrialData data : TrialData.usual(kernel, type)) {
          Trial.run(kernel, KernelSet.plain(precision), data);
          double[] plain = data.values().clone();
          Trial.run(kernel, KernelSet.vector(precision), data);
          if (!OTHERS.contains(kernel)) {
            assertThat(data.values()).isEqualTo(plain);
          }
        }
      }
    }
  }
}
