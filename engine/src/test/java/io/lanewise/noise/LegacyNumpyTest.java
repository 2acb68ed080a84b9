package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class LegacyNumpyTest {
  /// Probes of docs/conventions.md, section 3 (numpy 2.4.6).
  @Test
  void probesAreReproduced() {
    LegacyNumpy state = new LegacyNumpy(0);
    double[] normals = new double[5];
    Arrays.setAll(normals, i -> state.randn());
    assertThat(normals)
        .containsExactly(
            1.764052345967664,
            0.4001572083672233,
            0.9787379841057392,
            2.240893199201458,
            1.8675579901499675);
    assertThat(new LegacyNumpy(2020).permutation(10)).containsExactly(2, 4, 9, 1, 5, 7, 6, 3, 8, 0);
    LegacyNumpy choices = new LegacyNumpy(2020);
    assertThat(choices.choice(1000, 5)).containsExactly(725, 986, 815, 656, 469);
    assertThat(choices.choice(1000, 5)).containsExactly(843, 831, 244, 316, 893);
    assertThat(choices.choice(1000, 5)).containsExactly(141, 736, 480, 334, 433);
  }

  @Test
  void samplesAndNormalsAreThoseOfNumpy() {
    for (String[] line : GoldenNoise.lines("numpy.txt", "legacy_random_sample")) {
      LegacyNumpy state = new LegacyNumpy(Long.parseLong(line[0]));
      for (double expected : GoldenNoise.doubles(line, 1)) {
        assertThat(state.randomSample()).isEqualTo(expected);
      }
    }
    for (String[] line : GoldenNoise.lines("numpy.txt", "legacy_randn")) {
      LegacyNumpy state = new LegacyNumpy(Long.parseLong(line[0]));
      for (double expected : GoldenNoise.doubles(line, 1)) {
        assertThat(state.randn()).isEqualTo(expected);
      }
    }
  }

  /// NumPy's logarithm is its C library's, ours is rounded correctly: a rare last bit may differ.
  @Test
  void manyNormalsDifferFromNumpyRarelyAndByOneUlp() {
    String[] line = GoldenNoise.lines("numpy.txt", "legacy_randn_many").getFirst();
    LegacyNumpy state = new LegacyNumpy(Long.parseLong(line[0]));
    int different = 0;
    double[] many = GoldenNoise.doubles(line, 1);
    for (double expected : many) {
      double found = state.randn();
      assertThat(Math.abs(found - expected)).isLessThanOrEqualTo(Math.ulp(expected));
      different += found == expected ? 0 : 1;
    }
    System.out.printf("legacy randn: %d of %d differ by one ulp%n", different, many.length);
    assertThat(different).isLessThanOrEqualTo(4);
  }

  @Test
  void permutationsAndChoicesAreThoseOfNumpy() throws Exception {
    for (String[] line : GoldenNoise.lines("numpy.txt", "legacy_permutation")) {
      int[] expected = Arrays.stream(line).skip(1).mapToInt(Integer::parseInt).toArray();
      assertThat(new LegacyNumpy(Long.parseLong(line[0])).permutation(expected.length))
          .isEqualTo(expected);
    }
    List<String[]> choices = GoldenNoise.lines("numpy.txt", "legacy_choice");
    for (int i = 0; i < choices.size(); i += 3) {
      LegacyNumpy state = new LegacyNumpy(Long.parseLong(choices.get(i)[0]));
      for (String[] line : choices.subList(i, i + 3)) {
        assertThat(state.choice(1000, 5))
            .isEqualTo(Arrays.stream(line).skip(1).mapToInt(Integer::parseInt).toArray());
      }
    }
    String[] line = GoldenNoise.lines("numpy.txt", "legacy_permutation_sha256").getFirst();
    int n = Integer.parseInt(line[1]);
    int[] found = new LegacyNumpy(Long.parseLong(line[0])).permutation(n);
    MemorySegment bytes = MemorySegment.ofArray(new byte[4 * n]);
    MemorySegment.copy(
        found, 0, bytes, ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, n);
    assertThat(
            HexFormat.of()
                .formatHex(
                    MessageDigest.getInstance("SHA-256")
                        .digest(bytes.toArray(ValueLayout.JAVA_BYTE))))
        .isEqualTo(line[2]);
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> new LegacyNumpy(1L << 32))
        .hasMessage("RandomState: found seed 4294967296, expected 0 to 2^32 - 1");
    assertThatThrownBy(() -> new LegacyNumpy(0).permutation(-1))
        .hasMessage("RandomState.permutation: found n -1, expected 0 or more");
    assertThatThrownBy(() -> new LegacyNumpy(0).choice(3, 4))
        .hasMessage("RandomState.choice: found 4 of 3 without replacement, expected 0 to n");
  }
}
