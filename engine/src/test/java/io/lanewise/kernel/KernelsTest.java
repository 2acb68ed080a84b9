package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelsTest {
  @Test
  void theKernelsUnderTestAreThoseAskedFor() {
    String asked = System.getProperty(Kernels.PROPERTY, "auto");
    String bits = System.getProperty(KernelChoice.BITS_PROPERTY);
    switch (asked) {
      case "scalar" -> assertThat(Kernels.active().name()).isEqualTo("scalar");
      case "simd" -> assertThat(Kernels.active().name()).startsWith("simd-");
      default -> assertThat(asked).isEqualTo("auto");
    }
    if (bits != null) {
      assertThat(Kernels.simd().name()).isEqualTo("simd-" + bits);
    }
    assertThat(Kernels.simd().gaussianKl()).isInstanceOf(GaussianKl.Simd.class);
    assertThat(Kernels.active()).isSameAs(Kernels.active());
  }

  @Test
  void operandsAreCheckedBeforeAnythingRuns() {
    Kernels k = Kernels.active();
    MemorySegment small = MemorySegment.ofArray(new float[7]);
    assertThatThrownBy(
            () -> k.rowSum().rows(new Matrix(FloatType.FLOAT32, small, 2, 4), new double[2]))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("operand 'x': found 28 bytes, expected at least 32 for 2 x 4");
    assertThatThrownBy(
            () -> k.rowSum().rows(new Matrix(FloatType.FLOAT32, small, 2, 3), new double[1]))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("operand 'out': found 1 entries, expected at least one for each of 2 rows");
    assertThatThrownBy(() -> k.rowSum().run(FloatType.FLOAT32, small, 6, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> k.rowSum().run(FloatType.FLOAT32, small, -1, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(
            () -> k.rowSum().rows(new Matrix(FloatType.FLOAT32, small, -1, 4), new double[1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            k.logSumExp()
                .rows(new Matrix(FloatType.FLOAT32, small, 2, 3), new int[] {0, 3}, new double[2]))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("operand 'targets' row 1: found 3, expected 0 to 2");
    assertThatThrownBy(() ->
            k.langevinStep()
                .each(
                    Matrix.values(FloatType.FLOAT32, small, 7),
                    Matrix.values(FloatType.FLOAT32, small, 7),
                    Matrix.values(FloatType.FLOAT32, small, 7),
                    0.1,
                    Matrix.values(FloatType.FLOAT32, small.asReadOnly(), 7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("operand 'out': found a read-only segment, expected a writable one");
    Arena closed = Arena.ofConfined();
    MemorySegment dead = closed.allocate(64);
    closed.close();
    assertThatThrownBy(
            () -> k.rowSum().rows(new Matrix(FloatType.FLOAT32, dead, 2, 4), new double[2]))
        .isInstanceOf(IllegalStateException.class);
  }

  /// Names of cases begin with the name of the kernel.
  @Test
  void everyKernelHasACase() {
    List<String> kernels =
        Arrays.stream(Kernels.class.getDeclaredMethods())
            .filter(m -> m.getParameterCount() == 0 && m.getReturnType().isSealed())
            .filter(m -> !Modifier.isStatic(m.getModifiers()))
            .map(Method::getName)
            .toList();
    assertThat(kernels).contains("rowSum", "exactBlock").hasSizeGreaterThan(18);
    assertThat(kernels)
        .allSatisfy(
            name -> assertThat(KernelCase.all()).anyMatch(c -> c.name().matches(name + "[. ].*")));
  }
}
