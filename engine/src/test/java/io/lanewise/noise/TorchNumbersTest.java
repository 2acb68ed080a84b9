package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/// Against PyTorch 1.13 on the CPU, `g = torch.Generator().manual_seed(2020)`.
class TorchNumbersTest {
  /// `torch.randperm(10, generator=g)` and then `torch.randn(35, generator=g)`, whose last 16 are
  /// drawn anew.
  @Test
  void permutationsAndNormalsAreThoseOfTorch() {
    TorchNumbers random = new TorchNumbers(2020);
    assertThat(random.permutation(10)).containsExactly(0, 7, 5, 4, 2, 6, 1, 8, 9, 3);
    assertThat(random.normals(35))
        .containsExactly(
            new float[] {
              1.3795675039291382f,
              0.9345852136611938f,
              1.298636794090271f,
              1.583248496055603f,
              -1.1647506952285767f,
              0.8026867508888245f,
              -0.9628230333328247f,
              -1.5793367624282837f,
              0.29877158999443054f,
              0.8251547813415527f,
              -1.251098394393921f,
              0.710494339466095f,
              -0.1274462342262268f,
              -1.9360727071762085f,
              0.8374409079551697f,
              0.00814795307815075f,
              1.0036777257919312f,
              -0.04936625435948372f,
              1.1442816257476807f,
              0.032567448914051056f,
              0.20316056907176971f,
              0.1781502068042755f,
              2.3036868572235107f,
              1.5948243141174316f,
              -1.473126769065857f,
              1.5311585664749146f,
              -0.11465156078338623f,
              -1.7135200500488281f,
              0.4649862051010132f,
              -1.7060993909835815f,
              0.06252741068601608f,
              -1.1904056072235107f,
              0.1130213811993599f,
              -1.6608893871307373f,
              2.287083625793457f
            },
            within(1e-6f));
  }

  /// Where torch draws by other rules.
  @Test
  void whatTorchDrawsOtherwiseIsRefused() {
    assertThatThrownBy(() -> new TorchNumbers(1L << 32))
        .hasMessageContaining("found seed 4294967296, expected 0 to 2^32 - 1");
    assertThatThrownBy(() -> new TorchNumbers(1).permutation(214748364))
        .hasMessageContaining("expected 0 to 214748363");
  }

  /// `torch.manual_seed(2020)`, `torch.randperm(4)` and then `torch.randn(9)`, of torch 1.13.
  @Test
  void fewNormalsAreDrawnInPairs() {
    TorchNumbers random = new TorchNumbers(2020);
    assertThat(random.permutation(4)).containsExactly(0, 1, 3, 2);
    assertThat(random.normals(9))
        .containsExactly(
            0.6982651948928833f,
            -0.33389097452163696f,
            -0.30491873621940613f,
            0.030383042991161346f,
            -2.403934955596924f,
            1.2049857378005981f,
            -0.7657238245010376f,
            0.2175813615322113f,
            0.5405367016792297f);
    assertThat(new TorchNumbers(1).normals(0)).isEmpty();
  }
}
