package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.kernel.noise.CounterStream;
import io.lanewise.kernel.noise.Deviates;
import io.lanewise.kernel.noise.ThreefryStream;
import io.lanewise.kernel.noise.Tile;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseKernelsTest {
  /// Random123 1.14.0, `tests/kat_vectors`, lines `philox4x32 10`: counter, key, result.
  private static final int[][] PHILOX = {
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

  /// The same file, lines `threefry4x32 13`.
  private static final int[][] THREEFRY = {
    {0, 0, 0, 0, 0, 0, 0, 0, 0x531c7e4f, 0x39491ee5, 0x2c855a92, 0x3d6abf9a},
    {-1, -1, -1, -1, -1, -1, -1, -1, 0xc4189358, 0x1c9cc83a, 0xd5881c67, 0x6a0a89e0},
    {
      0x243f6a88,
      0x85a308d3,
      0x13198a2e,
      0x03707344,
      0xa4093822,
      0x299f31d0,
      0x082efa98,
      0xec4e6c89,
      0x4aa71d8f,
      0x734738c2,
      0x431fc6a8,
      0xae6debf1
    },
  };

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "simd"})
  void philoxReproducesTheKnownAnswersOfRandom123(String form) {
    CounterStream philox = NoiseLoops.of(form).philox();
    for (int[] known : PHILOX) {
      check(
          known, at -> philox.words(two(known, 4), two(known, 0) >>> 4, known[2], known[3], at, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "simd"})
  void threefryReproducesTheKnownAnswersOfRandom123(String form) {
    ThreefryStream threefry = NoiseLoops.of(form).threefry();
    for (int[] known : THREEFRY) {
      check(
          known,
          at ->
              threefry.words(
                  two(known, 4), two(known, 6), two(known, 0) >>> 4, known[2], known[3], at, 1));
    }
  }

  /// The block of the known counter is lane `counter % 16` of its tile; the answer is what comes
  /// last.
  private static void check(int[] known, LongConsumer words) {
    long[] tile = TileMemory.after(new long[Tile.LONGS], words);
    for (int w = 0; w < 4; w++) {
      int position = 16 * w + (known[0] & 15);
      int found = (int) (tile[position / 2] >>> 32 * (position % 2));
      assertThat(found).as("word %d", w).isEqualTo(known[known.length - 4 + w]);
    }
  }

  private static long two(int[] words, int at) {
    return words[at] & 0xFFFFFFFFL | (long) words[at + 1] << 32;
  }

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void formsGiveTheSameWords(String name) {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200; i++) {
      int tiles = random.nextInt(0, 9);
      long seed = random.nextLong();
      // Some ranges cross the end of the low counter word.
      long tile = i % 2 == 0 ? random.nextLong() >>> 4 : (1L << 28) - random.nextInt(5);
      int step = random.nextInt();
      int tag = random.nextInt();
      long[][] words = new long[2][];
      for (int form = 0; form < 2; form++) {
        NoiseLoops kernels = NoiseLoops.of(form == 0 ? "scalar" : "simd");
        CounterStream stream = kernels.stream(name);
        words[form] =
            TileMemory.after(
                new long[10 * Tile.LONGS], at -> stream.words(seed, tile, step, tag, at, tiles));
      }
      assertThat(words[1]).isEqualTo(words[0]);
    }
  }

  @Test
  void formsGiveTheSameNormalsAndUniforms() {
    Deviates scalar = NoiseLoops.of("scalar").deviates();
    Deviates simd = NoiseLoops.of("simd").deviates();
    for (int i = 0; i < 400; i++) {
      long[] words = ExtremeWords.tiles(i, 8);
      assertThat(TileMemory.after(words, at -> simd.normalsF32(at, 8)))
          .isEqualTo(TileMemory.after(words, at -> scalar.normalsF32(at, 8)));
      assertThat(TileMemory.after(words, at -> simd.normalsF64(at, 8)))
          .isEqualTo(TileMemory.after(words, at -> scalar.normalsF64(at, 8)));
      assertThat(TileMemory.after(words, at -> simd.uniformsF64(at, 8)))
          .isEqualTo(TileMemory.after(words, at -> scalar.uniformsF64(at, 8)));
    }
  }
}
