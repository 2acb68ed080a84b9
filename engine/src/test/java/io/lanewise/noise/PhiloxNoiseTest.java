package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhiloxNoiseTest {
  private static final byte GUARD = 0x5A;

  @Test
  void float32NormalsAreThoseOfTheDocumentedFormula() {
    for (String[] line : GoldenNoise.lines("philox.txt", "normalsF32")) {
      double[] exact = GoldenNoise.doubles(line, 3);
      MemorySegment out = MemorySegment.ofArray(new float[exact.length]);
      noise(line).normalsF32(Long.parseLong(line[1]), exact.length, step(line), out);
      for (int i = 0; i < exact.length; i++) {
        float found = out.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        assertThat(Math.abs(found - exact[i]) / Math.ulp((float) exact[i])).isLessThan(5);
      }
    }
  }

  @Test
  void float64NormalsAreThoseOfTheDocumentedFormula() {
    for (String[] line : GoldenNoise.lines("philox.txt", "normalsF64")) {
      double[] exact = GoldenNoise.doubles(line, 3);
      MemorySegment out = MemorySegment.ofArray(new double[exact.length]);
      noise(line).normalsF64(Long.parseLong(line[1]), exact.length, step(line), out);
      for (int i = 0; i < exact.length; i++) {
        double found = out.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
        assertThat(Math.abs(found - exact[i]) / Math.ulp(exact[i])).isLessThan(4.5);
      }
    }
  }

  @Test
  void uniformsAreThoseOfTheDocumentedFormula() {
    for (String[] line : GoldenNoise.lines("philox.txt", "uniformsF64")) {
      double[] exact = GoldenNoise.doubles(line, 3);
      double[] found = new double[exact.length];
      noise(line)
          .uniformsF64(
              Long.parseLong(line[1]), exact.length, step(line), MemorySegment.ofArray(found));
      assertThat(found).isEqualTo(exact);
    }
  }

  private static PhiloxNoise noise(String[] line) {
    return new PhiloxNoise(Long.parseUnsignedLong(line[0]));
  }

  private static int step(String[] line) {
    return Integer.parseInt(line[2]);
  }

  @Test
  void everyRangeGivesTheSameElements() {
    PhiloxNoise noise = new PhiloxNoise(99);
    int total = 10_000;
    SplittableRandom random = new SplittableRandom(2);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment f32 = arena.allocate(4L * total);
      MemorySegment f64 = arena.allocate(8L * total);
      MemorySegment uniforms = arena.allocate(8L * total);
      noise.normalsF32(0, total, 5, f32);
      noise.normalsF64(0, total, 5, f64);
      noise.uniformsF64(0, total, 5, uniforms);
      for (int i = 0; i < 600; i++) {
        int first = random.nextInt(total);
        int count = Math.min(total - first, random.nextInt(i % 3 == 0 ? 5000 : 200));
        // Native and heap memory, at odd addresses, with guards on both sides.
        int before = random.nextInt(9);
        long bytes = before + 8L * count + 8;
        MemorySegment all =
            i % 2 == 0 ? arena.allocate(bytes) : MemorySegment.ofArray(new byte[(int) bytes]);
        int kind = random.nextInt(3);
        int size = kind == 0 ? 4 : 8;
        all.fill(GUARD);
        MemorySegment out = all.asSlice(before, (long) size * count);
        switch (kind) {
          case 0 -> noise.normalsF32(first, count, 5, out);
          case 1 -> noise.normalsF64(first, count, 5, out);
          default -> noise.uniformsF64(first, count, 5, out);
        }
        MemorySegment whole = kind == 0 ? f32 : kind == 1 ? f64 : uniforms;
        assertThat(out.mismatch(whole.asSlice((long) size * first, (long) size * count)))
            .isEqualTo(-1);
        for (long b = 0; b < bytes; b++) {
          if (b < before || b >= before + (long) size * count) {
            assertThat(all.get(ValueLayout.JAVA_BYTE, b)).isEqualTo(GUARD);
          }
        }
      }
    }
  }

  @Test
  void threadsGetTheSameElements() {
    PhiloxNoise noise = new PhiloxNoise(-3);
    int total = 1 << 18;
    float[] alone = new float[total];
    float[] together = new float[total];
    noise.normalsF32(0, total, 0, MemorySegment.ofArray(alone));
    MemorySegment out = MemorySegment.ofArray(together);
    IntStream.range(0, 256)
        .parallel()
        .forEach(i -> noise.normalsF32(1024L * i, 1024, 0, out.asSlice(4096L * i)));
    assertThat(together).isEqualTo(alone);
  }

  @Test
  void theFarEndOfTheStreamIsReached() {
    double[] last = new double[3];
    new PhiloxNoise(1)
        .normalsF64(Long.MAX_VALUE - 3, 3, Integer.MAX_VALUE, MemorySegment.ofArray(last));
    assertThat(last).doesNotContain(0);
  }

  @Test
  void extremesOfTheWordsGiveTheDocumentedExtremes() {
    long[] tile = new long[PhiloxKernel.TILE_LONGS];
    tile[8] = -1;
    PhiloxKernel.active().normalsF32(tile, 1);
    float f32 = Math.abs(Float.intBitsToFloat((int) tile[8]));
    java.util.Arrays.fill(tile, 0);
    tile[8] = -1;
    PhiloxKernel.active().normalsF64(tile, 1);
    double f64 = -Double.longBitsToDouble(tile[8]);
    System.out.printf("largest philox normal: float32 %.4f, float64 %.4f%n", f32, f64);
    assertThat(f32).isCloseTo((float) Math.sqrt(64 * Math.log(2)), within(1e-6f));
    assertThat(f64).isCloseTo(Math.sqrt(106 * Math.log(2)), within(1e-14));
  }

  @Test
  void badArgumentsAreNamed() {
    PhiloxNoise noise = new PhiloxNoise(1);
    MemorySegment out = MemorySegment.ofArray(new float[4]);
    assertThatThrownBy(() -> noise.normalsF32(0, 5, 0, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("noise: found room for 4 elements of 4 bytes, expected at least 5");
    assertThatThrownBy(() -> noise.normalsF32(-1, 1, 0, out))
        .hasMessageContaining("found elements from -1");
    assertThatThrownBy(() -> noise.normalsF32(Long.MAX_VALUE, 1, 0, out))
        .hasMessageContaining("expected a range within 0 and 2^63 - 1");
    assertThatThrownBy(() -> noise.normalsF32(0, 1, -1, out))
        .hasMessage("noise: found step -1, expected 0 or more");
    noise.normalsF32(7, 0, 0, out.asSlice(0, 0));
  }
}
