package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// float16 and bfloat16 in kernels: each value is what NumPy and PyTorch say it is, and a kernel
/// gives the digits that it gives for the same values as float32.
class SixteenBitsTest {
  private static final int ALL = 1 << 16;

  private final List<Kernels> forms = List.of(Kernels.scalar(), Kernels.simd());

  /// CRC-32 of all 65536 values as little-endian float32, each NaN as 0x7fc00000, by NumPy 1.24:
  ///
  ///     v = numpy.arange(65536, dtype="<u2").view("<f2").astype("<f4")    # float16
  ///     v = (numpy.arange(65536, dtype="<u4") << 16).view("<f4")          # bfloat16
  ///     v[numpy.isnan(v)] = numpy.float32("nan"); zlib.crc32((v + 0).tobytes())
  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void everyValueIsThatOfNumpy(FloatType type) {
    long expected = type == FloatType.FLOAT16 ? 0xAFCCC58DL : 0xB729EF1EL;
    for (Kernels k : forms) {
      // One value a row, at changing places among zeros, so that vectors and their rest see it.
      for (int dim : new int[] {1, 16, 37}) {
        double[] sums = new double[ALL];
        double[] distances = new double[ALL];
        double[] norms = new double[ALL];
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment x = arena.allocate(2L * ALL * dim, 64);
          MemorySegment zeros = arena.allocate(2L * ALL * dim, 64);
          for (int r = 0; r < ALL; r++) {
            x.setAtIndex(ValueLayout.JAVA_SHORT, (long) r * dim + r % dim, (short) r);
          }
          Matrix values = new Matrix(type, x, ALL, dim);
          k.rowSum().rows(values, sums);
          k.squaredNorm().rows(values, norms);
          k.squaredError().rows(new Matrix(type, zeros, ALL, dim), values, distances);
        }
        assertThat(crc(sums)).as("%s, rows of %d", k.name(), dim).isEqualTo(expected);
        double[] squares = Arrays.stream(sums).map(v -> v * v).toArray();
        assertThat(norms).as("%s, norms of rows of %d", k.name(), dim).isEqualTo(squares);
        assertThat(distances).as("%s, distances, rows of %d", k.name(), dim).isEqualTo(squares);
      }
    }
  }

  private static long crc(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double v : values) {
      // A sum never is -0, so that both are the same zero.
      bytes.putInt(Double.isNaN(v) ? 0x7FC00000 : Float.floatToIntBits((float) v));
    }
    CRC32 crc = new CRC32();
    crc.update(bytes.array());
    return crc.getValue();
  }

  /// Sums of squared differences of 100 values each, by `math.fsum` over NumPy's float64 of `x_i =
  /// (1103 i mod 31744)` and `y_i = (2749 i + 5 mod 31744)` as bits.
  @Test
  void squaredErrorsAreThoseOfNumpy() {
    assertSquaredError(FloatType.FLOAT16, 16664227110.998627);
    assertSquaredError(FloatType.BFLOAT16, 156.13343253962051);
  }

  private void assertSquaredError(FloatType type, double expected) {
    short[] x = new short[100];
    short[] y = new short[100];
    for (int i = 0; i < 100; i++) {
      x[i] = (short) (1103 * i % modulus(type));
      y[i] = (short) ((2749 * i + 5) % modulus(type));
    }
    for (Kernels k : forms) {
      double[] out = new double[1];
      k.squaredError()
          .rows(
              new Matrix(type, MemorySegment.ofArray(x), 1, 100),
              new Matrix(type, MemorySegment.ofArray(y), 1, 100),
              out);
      assertThat(out[0]).as("%s of %s", k.name(), type).isCloseTo(expected, within(expected));
    }
  }

  private static int modulus(FloatType type) {
    return type == FloatType.FLOAT16 ? 31744 : 16500;
  }

  private static org.assertj.core.data.Offset<Double> within(double expected) {
    return org.assertj.core.data.Offset.offset(4 * Math.ulp(expected));
  }

  static List<KernelCase> cases() {
    return KernelCase.all().stream().filter(c -> c.type().bytes() == 2).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aKernelGivesTheDigitsOfFloat32(KernelCase c) {
    for (KernelInputs.Data data : KernelInputs.Data.values()) {
      for (int dim : new int[] {0, 1, 7, 16, 33, 64, 600}) {
        try (Arena arena = Arena.ofConfined()) {
          KernelInputs in = KernelInputs.of(arena, c.type(), 9, dim, data, dim % 2, dim);
          KernelInputs wide = in.widened(arena);
          for (Kernels form : forms) {
            for (Precision precision : Precision.values()) {
              long[] expected = run(c, form.in(precision), wide);
              long[] found = run(c, form.in(precision), in);
              assertThat(Arrays.equals(found, expected))
                  .as("%s, %s, rows of %d, %s", form.name(), precision, dim, data)
                  .isTrue();
            }
          }
        }
      }
    }
  }

  private static long[] run(KernelCase c, Kernels k, KernelInputs in) {
    Arrays.fill(in.values(), 0);
    in.out().fill((byte) 0);
    c.body().run(k, in);
    return in.bits(c.width());
  }
}
