package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhiloxKernelTest {
  /// Random123 1.14.0, `tests/kat_vectors`, lines `philox4x32 10`: counter, key, result.
  private static final int[][] KNOWN_ANSWERS = {
    {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
    {-1, -1, -1, -1, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
    {
      0x243f6a88,
      0x85a308d3,
      0x13198a2e,
      0x03707344,
      0xa4093822,
      0x299f31d0,
      0xd16cfe09,
      0x94fdcceb,
      0x5001e420,
      0x24126ea1
    },
  };

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "simd"})
  void reproducesTheKnownAnswersOfRandom123(String kernels) {
    PhiloxKernel kernel = PhiloxKernel.choose(kernels);
    for (int[] known : KNOWN_ANSWERS) {
      long block = known[0] & 0xFFFFFFFFL | (long) known[1] << 32;
      long seed = known[4] & 0xFFFFFFFFL | (long) known[5] << 32;
      long[] tile = new long[PhiloxKernel.TILE_LONGS];
      kernel.words(seed, block >>> 4, known[2], known[3], tile, 1);
      int lane = (int) block & 15;
      for (int w = 0; w < 4; w++) {
        assertThat(word(tile, 16 * w + lane)).as("word %d", w).isEqualTo(known[6 + w]);
      }
    }
  }

  @Test
  void formsGiveTheSameWords() {
    SplittableRandom random = new SplittableRandom(1);
    PhiloxKernel scalar = PhiloxKernel.choose("scalar");
    PhiloxKernel simd = PhiloxKernel.choose("simd");
    assertThat(simd.id()).startsWith("simd-");
    for (int i = 0; i < 200; i++) {
      int tiles = random.nextInt(0, 9);
      long seed = random.nextLong();
      // Some ranges cross the end of the low counter word.
      long tile = i % 2 == 0 ? random.nextLong() >>> 4 : (1L << 28) - random.nextInt(5);
      int step = random.nextInt();
      int tag = random.nextInt();
      long[] a = new long[10 * PhiloxKernel.TILE_LONGS];
      long[] b = a.clone();
      scalar.words(seed, tile, step, tag, a, tiles);
      simd.words(seed, tile, step, tag, b, tiles);
      assertThat(b).isEqualTo(a);
    }
  }

  @Test
  void formsGiveTheSameNormalsAndUniforms() {
    PhiloxKernel scalar = PhiloxKernel.choose("scalar");
    PhiloxKernel simd = PhiloxKernel.choose("simd");
    for (int i = 0; i < 400; i++) {
      long[] words = ExtremeWords.tiles(i, 8);
      long[] a = words.clone();
      long[] b = words.clone();
      scalar.normalsF32(a, 8);
      simd.normalsF32(b, 8);
      assertThat(b).isEqualTo(a);
      a = words.clone();
      b = words.clone();
      scalar.normalsF64(a, 8);
      simd.normalsF64(b, 8);
      assertThat(b).isEqualTo(a);
      a = words.clone();
      b = words.clone();
      scalar.uniformsF64(a, 8);
      simd.uniformsF64(b, 8);
      assertThat(b).isEqualTo(a);
    }
  }

  @Test
  void chunksThatDoNotFitAreRefused() {
    for (String kernels : new String[] {"scalar", "simd"}) {
      PhiloxKernel kernel = PhiloxKernel.choose(kernels);
      assertThatThrownBy(() -> kernel.words(0, 0, 0, 0, new long[63], 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernel.normalsF32(new long[31], 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void unknownKernelsAreRefused() {
    assertThatThrownBy(() -> PhiloxKernel.choose("fast"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lanewise.kernels: found fast, expected auto, scalar or simd");
  }

  private static int word(long[] tile, int position) {
    return (int) (tile[position / 2] >>> 32 * (position % 2));
  }
}
