package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Lanes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The plain and the SIMD form of every kernel give the same bits: for every remainder of a row by
/// the vector width, at any alignment, for special values, in heap memory and in place.
class KernelBitsTest {
  private final Kernels scalar = Kernels.scalar();
  private final Kernels simd = Kernels.simd();

  static List<KernelCase> cases() {
    return KernelCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreeOnEveryRemainder(KernelCase c) {
    for (KernelInputs.Data data : KernelInputs.Data.values()) {
      for (int dim = 0; dim <= 3 * Lanes.COUNT + 1; dim++) {
        // Enough rows that the last ones, whose tails cannot be read in whole vectors, are not all
        // of them.
        compare(c, 4 + Lanes.COUNT / (dim + 1), dim, data, dim % 5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreeOnLongRowsAndOnManyRows(KernelCase c) {
    for (KernelInputs.Data data : KernelInputs.Data.values()) {
      compare(c, 3, 203, data, 0);
      compare(c, 301, 5, data, 4);
      if (!c.name().startsWith("crossProducts")) {
        compare(c, 2, 1024, data, 8);
        compare(c, 2, 1025, data, 8);
        compare(c, 2, 3331, data, 1);
        compare(c, 2500, 2, data, 0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreeOnFewRows(KernelCase c) {
    for (int rows = 0; rows < 4; rows++) {
      for (int dim : new int[] {0, 1, 3, 16, 21}) {
        compare(c, rows, dim, KernelInputs.Data.ORDINARY, 0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void productsOfMoreRowsAndColumnsThanArePackedAtATime(boolean same) {
    int rows = 251;
    int dim = PairwiseProducts.CHUNK + PairwiseProducts.BLOCK + 3;
    try (Arena arena = Arena.ofConfined()) {
      for (int width : new int[] {4, 8}) {
        KernelInputs in =
            KernelInputs.of(
                arena,
                width == 4 ? FloatType.FLOAT32 : FloatType.FLOAT64,
                rows,
                dim,
                KernelInputs.Data.ORDINARY,
                0,
                7);
        Matrix x = in.matrix(in.x());
        Matrix y = same ? x : in.matrix(in.y());
        double[] expected = new double[rows * rows];
        double[] found = new double[rows * rows];
        PairwiseProducts.Scratch scratch = new PairwiseProducts.Scratch();
        if (width == 4) {
          scalar.pairwiseProducts().narrow(x, y, expected, scratch);
          simd.pairwiseProducts().narrow(x, y, found, scratch);
          assertThat(Arrays.equals(found, expected)).as("rounded").isTrue();
        }
        scalar.pairwiseProducts().rows(x, y, expected, scratch);
        simd.pairwiseProducts().rows(x, y, found, scratch);
        assertThat(Arrays.equals(found, expected)).as("width %d", width).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void crossProductsOfMoreRowsThanArePackedAtATime(Precision precision) {
    int rows = 2 * CrossProducts.DEPTH + CrossProducts.CHAIN + 7;
    int dim = CrossProducts.TILE + 35;
    double[] shift = new double[dim];
    Arrays.setAll(shift, j -> 0.25 * j);
    try (Arena arena = Arena.ofConfined()) {
      for (FloatType type : List.of(FloatType.FLOAT32, FloatType.FLOAT64)) {
        KernelInputs in = KernelInputs.of(arena, type, rows, dim, KernelInputs.Data.ORDINARY, 0, 7);
        double[] expected = crossProducts(scalar.in(precision), in, type.bytes(), shift);
        double[] found = crossProducts(simd.in(precision), in, type.bytes(), shift);
        assertThat(Arrays.equals(found, expected)).as("%s", type).isTrue();
      }
    }
  }

  private static double[] crossProducts(Kernels k, KernelInputs in, int width, double[] shift) {
    CrossProducts kernel = k.crossProducts();
    int dim = shift.length;
    double[] c = new double[kernel.length(dim)];
    int tiles = CrossProducts.tiles(dim);
    KernelCase.addProducts(kernel, in.x(), width, in.rows(), dim, shift, c, 0, tiles);
    double[] matrix = new double[dim * dim];
    KernelCase.upperTriangle(kernel, c, dim, matrix);
    return matrix;
  }

  private void compare(KernelCase c, int rows, int dim, KernelInputs.Data data, int offset) {
    long seed = 31L * rows + dim;
    try (Arena arena = Arena.ofConfined()) {
      KernelInputs in = KernelInputs.of(arena, c.type(), rows, dim, data, offset, seed);
      long[] expected = run(c, scalar, in);
      long[] found = run(c, simd, in);
      // AssertJ compares arrays element by element, slowly: only to report.
      if (!Arrays.equals(found, expected)) {
        assertThat(found).as("%s, %d x %d, %s", c, rows, dim, data).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void heapMemoryGivesTheSameBits(KernelCase c) {
    try (Arena arena = Arena.ofConfined()) {
      KernelInputs offHeap =
          KernelInputs.of(arena, c.type(), 9, 37, KernelInputs.Data.ORDINARY, 0, 1);
      KernelInputs heap =
          KernelInputs.of(
              bytes -> MemorySegment.ofArray(new byte[(int) bytes]),
              c.type(),
              9,
              37,
              KernelInputs.Data.ORDINARY,
              3,
              1);
      long[] expected = run(c, scalar, offHeap);
      assertThat(run(c, scalar, heap)).isEqualTo(expected);
      assertThat(run(c, simd, heap)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputMayBeAnyInput(KernelCase c) {
    for (int target = 0; target < 3 && c.type() == c.type().widened(); target++) {
      try (Arena arena = Arena.ofConfined()) {
        KernelInputs apart = inputs(arena, c);
        long[] expected = run(c, scalar, apart);
        for (Kernels k : List.of(scalar, simd)) {
          KernelInputs in = inputs(arena, c);
          MemorySegment out = List.of(in.x(), in.y(), in.w()).get(target);
          KernelInputs same =
              new KernelInputs(
                  in.x(),
                  in.y(),
                  in.w(),
                  in.p(),
                  in.rows(),
                  in.dim(),
                  out,
                  in.a(),
                  in.b(),
                  in.targets(),
                  in.values(),
                  in.type());
          long[] found = run(c, k, same);
          if (writes(c)) {
            assertThat(found).as("%s in place of input %d", k.name(), target).isEqualTo(expected);
          }
        }
      }
    }
  }

  private static boolean writes(KernelCase c) {
    return c.name().startsWith("reparameterize")
        || c.name().startsWith("linearCombination")
        || c.name().startsWith("langevinStep")
        || c.name().startsWith("diffusionStep")
        || c.name().matches("affineFlow f..");
  }

  private static KernelInputs inputs(Arena arena, KernelCase c) {
    return KernelInputs.of(arena, c.type(), 9, 37, KernelInputs.Data.SPECIAL, 0, 1);
  }

  private static long[] run(KernelCase c, Kernels k, KernelInputs in) {
    Arrays.fill(in.values(), 0);
    c.body().run(k, in);
    return in.bits(c.width());
  }
}
