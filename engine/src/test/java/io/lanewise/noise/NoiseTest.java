package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseTest {
  @ParameterizedTest
  @CsvSource({
    "zero, zero",
    "given, given",
    "philox:0, philox:0",
    "philox:007, philox:7",
    "philox:18446744073709551615, philox:18446744073709551615",
    "threefry:7, threefry:7",
    "threefry:18446744073709551615, threefry:18446744073709551615",
    "numpy:42, numpy:42",
    "numpy:42@0, numpy:42",
    "numpy:1267650600228229401496703205376@12, numpy:1267650600228229401496703205376@12",
  })
  void specsAreReadAndPrinted(String spec, String canonical) {
    Noise noise = Noise.parse(spec);
    assertThat(noise).hasToString(canonical).isEqualTo(Noise.parse(canonical));
    assertThat(noise).hasSameHashCodeAs(Noise.parse(canonical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Zero",
        "philox",
        "philox:",
        "philox:-1",
        "philox:+1",
        "philox: 1",
        "philox:0x10",
        "philox:18446744073709551616",
        "philox:1@2",
        "numpy:",
        "numpy:1@",
        "numpy:@1",
        "numpy:1@2@3",
        "numpy:1@9223372036854775808",
        "numpy:\u0661",
        "threefry:",
        "threefry:18446744073709551616",
        "threefry4x32:1"
      })
  void otherSpecsAreRefused(String spec) {
    assertThatThrownBy(() -> Noise.parse(spec))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "noise: found '"
                + spec
                + "', expected one of zero, given, philox:SEED or threefry:SEED (0 <= SEED < 2^64),"
                + " numpy:SEED or numpy:SEED@SKIP (SEED >= 0, 0 <= SKIP < 2^63), in decimal digits");
  }

  @Test
  void zeroIsZero() {
    float[] f32 = {1, 2, 3};
    double[] f64 = {1, 2, 3};
    new ZeroNoise().normalsF32(5, 2, 1, MemorySegment.ofArray(f32));
    new ZeroNoise().normalsF64(5, 2, 1, MemorySegment.ofArray(f64));
    assertThat(f32).containsExactly(0, 0, 3);
    assertThat(f64).containsExactly(0, 0, 3);
  }

  @Test
  void givenRefusesToDraw() {
    MemorySegment out = MemorySegment.ofArray(new double[1]);
    assertThatThrownBy(() -> new GivenNoise().normalsF64(0, 1, 0, out))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "noise 'given': found a request to draw, expected a column that supplies the noise");
  }
}
