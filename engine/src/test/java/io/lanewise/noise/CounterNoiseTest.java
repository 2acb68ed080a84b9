package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.kernel.noise.Deviates;
import io.lanewise.kernel.noise.Tile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CounterNoiseTest {
  private static final byte GUARD = 0x5A;

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void float32NormalsAreThoseOfTheDocumentedFormula(String stream) {
    for (String[] line : GoldenNoise.lines(stream + ".txt", "normalsF32")) {
      double[] exact = GoldenNoise.doubles(line, 3);
      MemorySegment out = MemorySegment.ofArray(new float[exact.length]);
      noise(stream, line[0]).normalsF32(Long.parseLong(line[1]), exact.length, step(line), out);
      for (int i = 0; i < exact.length; i++) {
        float found = out.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        assertThat(Math.abs(found - exact[i]) / Math.ulp((float) exact[i])).isLessThan(5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void float64NormalsAreThoseOfTheDocumentedFormula(String stream) {
    for (String[] line : GoldenNoise.lines(stream + ".txt", "normalsF64")) {
      double[] exact = GoldenNoise.doubles(line, 3);
      MemorySegment out = MemorySegment.ofArray(new double[exact.length]);
      noise(stream, line[0]).normalsF64(Long.parseLong(line[1]), exact.length, step(line), out);
      for (int i = 0; i < exact.length; i++) {
        double found = out.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
        assertThat(Math.abs(found - exact[i]) / Math.ulp(exact[i])).isLessThan(4.5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void uniformsAreThoseOfTheDocumentedFormula(String stream) {
    for (String[] line : GoldenNoise.lines(stream + ".txt", "uniformsF64")) {
      double[] exact = GoldenNoise.doubles(line, 3);
      double[] found = new double[exact.length];
      noise(stream, line[0])
          .uniformsF64(
              Long.parseLong(line[1]), exact.length, step(line), MemorySegment.ofArray(found));
      assertThat(found).isEqualTo(exact);
    }
  }

  private static CounterNoise noise(String stream, String seed) {
    return (CounterNoise) Noise.parse(stream + ":" + seed);
  }

  private static int step(String[] line) {
    return Integer.parseInt(line[2]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void everyRangeGivesTheSameElements(String stream) {
    CounterNoise noise = noise(stream, "99");
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

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void threadsGetTheSameElements(String stream) {
    CounterNoise noise = noise(stream, "18446744073709551613");
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

  @ParameterizedTest
  @ValueSource(strings = {"philox", "threefry"})
  void theFarEndOfTheStreamIsReached(String stream) {
    double[] last = new double[3];
    noise(stream, "1")
        .normalsF64(Long.MAX_VALUE - 3, 3, Integer.MAX_VALUE, MemorySegment.ofArray(last));
    assertThat(last).doesNotContain(0);
  }

  @Test
  void extremesOfTheWordsGiveTheDocumentedExtremes() {
    long[] tile = new long[Tile.LONGS];
    tile[8] = -1;
    Deviates deviates = NoiseLoops.active().deviates();
    long normals = TileMemory.after(tile, at -> deviates.normalsF32(at, 1))[8];
    float f32 = Math.abs(Float.intBitsToFloat((int) normals));
    double f64 =
        -Double.longBitsToDouble(TileMemory.after(tile, at -> deviates.normalsF64(at, 1))[8]);
    System.out.printf("largest normal: float32 %.4f, float64 %.4f%n", f32, f64);
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
    assertThatThrownBy(() -> noise.normalsF32(0, 4, 0, out.asReadOnly()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("noise: found a read-only segment, expected a writable one");
  }

  @Test
  void closedMemoryIsRefusedNotWritten() {
    Arena arena = Arena.ofConfined();
    MemorySegment closed = arena.allocate(4096);
    arena.close();
    assertThatThrownBy(() -> new ThreefryNoise(1).normalsF32(0, 1024, 0, closed))
        .isInstanceOf(IllegalStateException.class);
  }
}
