package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NumpyNoiseTest {
  @Test
  void firstNormalsOfManySeedsAreThoseOfNumpy() {
    for (String[] line : GoldenNoise.lines("numpy.txt", "normals")) {
      double[] expected = GoldenNoise.doubles(line, 1);
      assertThat(draw(Noise.parse("numpy:" + line[0]), 0, expected.length, 0)).isEqualTo(expected);
    }
  }

  @Test
  void aMillionNormalsAreThoseOfNumpyToTheBit() throws Exception {
    for (String[] line : GoldenNoise.lines("numpy.txt", "sha256")) {
      int count = Integer.parseInt(line[1]);
      double[] found = draw(Noise.parse("numpy:" + line[0]), 0, count, 0);
      MemorySegment bytes = MemorySegment.ofArray(new byte[8 * count]);
      MemorySegment.copy(
          found,
          0,
          bytes,
          ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
          0,
          count);
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(bytes.toArray(ValueLayout.JAVA_BYTE));
      long tail = Arrays.stream(found).filter(x -> Math.abs(x) > 3.6541528853610088).count();
      assertThat(tail).isEqualTo(Long.parseLong(line[3])).isGreaterThan(200);
      assertThat(HexFormat.of().formatHex(digest)).isEqualTo(line[2]);
    }
  }

  /// `reference/notebook.json`: default_rng(0) is drawn for the VAE, for noising, for the Langevin
  /// step and for the diversity check, in this order.
  @Test
  void notebookDrawsAreReproduced() {
    assertThat(draw(Noise.parse("numpy:0"), 0, 2, 0))
        .containsExactly(0.1257302210933933, -0.1321048632913019);
    assertThat(draw(Noise.parse("numpy:0@2"), 0, 3, 0))
        .containsExactly(0.6404226504432821, 0.10490011715303971, -0.535669373161111);
    assertThat(draw(Noise.parse("numpy:0@5"), 0, 2, 0))
        .containsExactly(0.36159505490948474, 1.3040000451301372);
    assertThat(draw(Noise.parse("numpy:0@7"), 0, 2, 0))
        .containsExactly(0.9470809631292422, -0.7037352358069926);
  }

  @Test
  void anyRangeInAnyOrderGivesTheSameElements() {
    int total = 200_000;
    double[] all = draw(Noise.parse("numpy:5"), 0, total, 0);
    Noise noise = Noise.parse("numpy:5");
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 300; i++) {
      int first = random.nextInt(total);
      int count = Math.min(total - first, random.nextInt(i % 3 == 0 ? 20_000 : 100));
      assertThat(draw(noise, first, count, 0))
          .isEqualTo(Arrays.copyOfRange(all, first, first + count));
    }
  }

  @Test
  void threadsGetTheSameElements() {
    int total = 1 << 18;
    double[] alone = draw(Noise.parse("numpy:6"), 0, total, 0);
    double[] together = new double[total];
    MemorySegment out = MemorySegment.ofArray(together);
    Noise noise = Noise.parse("numpy:6");
    IntStream.range(0, 400)
        .parallel()
        .forEach(i -> {
          int first = Math.min(total, 700 * i);
          int count = Math.min(total - first, 700);
          noise.normalsF64(first, count, 0, out.asSlice(8L * first));
        });
    assertThat(together).isEqualTo(alone);
  }

  @Test
  void marksThatAreThinnedStillLeadToTheSameElements() {
    // More draws than the first set of marks covers.
    long far = 1024L * (1 << 16) + 5000;
    Noise noise = Noise.parse("numpy:7");
    double[] there = draw(noise, far, 10, 0);
    double[] middle = draw(noise, 33_000_007, 10, 0);
    assertThat(draw(noise, far - 100_000, 100_010, 0)).endsWith(there);
    assertThat(draw(noise, 33_000_000, 17, 0)).endsWith(middle);
  }

  @Test
  void stepsFollowOneAnother() {
    NumpyNoise noise = new NumpyNoise(BigInteger.TWO, 3).withElements(10);
    double[] all = draw(Noise.parse("numpy:2"), 0, 43, 0);
    for (int step = 0; step < 4; step++) {
      int start = 3 + 10 * step;
      assertThat(draw(noise, 0, 10, step)).isEqualTo(Arrays.copyOfRange(all, start, start + 10));
      assertThat(draw(noise, 4, 5, step)).isEqualTo(Arrays.copyOfRange(all, start + 4, start + 9));
    }
  }

  @Test
  void float32IsTheRoundedDraw() {
    double[] f64 = draw(Noise.parse("numpy:8"), 100, 5000, 0);
    float[] f32 = new float[5000];
    Noise.parse("numpy:8").normalsF32(100, 5000, 0, MemorySegment.ofArray(f32));
    for (int i = 0; i < f32.length; i++) {
      assertThat(f32[i]).isEqualTo((float) f64[i]);
    }
  }

  @Test
  void badArgumentsAreNamed() {
    NumpyNoise noise = new NumpyNoise(BigInteger.ONE, 0);
    MemorySegment out = MemorySegment.ofArray(new double[20]);
    assertThatThrownBy(() -> noise.normalsF64(0, 1, 1, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "noise 'numpy:1': found step 1 of an input of unknown size, expected"
                + " withElements(total) before: NumPy draws whole arrays, one after the other");
    assertThatThrownBy(() -> noise.withElements(10).normalsF64(5, 6, 0, out))
        .hasMessage(
            "noise 'numpy:1': found elements up to 11, expected at most the 10 of the whole input");
    assertThatThrownBy(() -> noise.withElements(Long.MAX_VALUE).normalsF64(5, 6, 2, out))
        .hasMessageContaining("behind position 2^63 - 1");
    assertThatThrownBy(() -> noise.withElements(-1)).hasMessageContaining("found -1 elements");
    assertThatThrownBy(() -> new NumpyNoise(BigInteger.ONE.negate(), 0))
        .hasMessage("noise 'numpy': found seed -1, expected 0 or more");
    assertThatThrownBy(() -> new NumpyNoise(BigInteger.ONE, -1))
        .hasMessage("noise 'numpy': found skip -1, expected 0 or more");
  }

  private static double[] draw(Noise noise, long first, int count, int step) {
    double[] out = new double[count];
    noise.normalsF64(first, count, step, MemorySegment.ofArray(out));
    return out;
  }
}
