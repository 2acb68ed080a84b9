package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/// The table against what it stands for; a digit out of place would show here.
class ZigguratTableTest {
  private static final double AREA = 0.00492867323397465;

  @Test
  void layersHaveEqualAreasUnderTheDensity() {
    for (int i = 1; i < 256; i++) {
      double x = ZigguratTable.WIDTH[i] * 0x1p52;
      double below = ZigguratTable.DENSITY[i];
      double above = ZigguratTable.DENSITY[i - 1];
      assertThat(below).isCloseTo(StrictMath.exp(-0.5 * x * x), within(4e-16));
      assertThat(x * (above - below)).isCloseTo(AREA, within(4e-15));
      double inner = i == 1 ? 0 : ZigguratTable.WIDTH[i - 1] / ZigguratTable.WIDTH[i];
      assertThat(ZigguratTable.ACCEPT[i] * 0x1p-52).isCloseTo(inner, within(1e-15));
    }
    double start = ZigguratTable.WIDTH[255] * 0x1p52;
    assertThat(ZigguratTable.WIDTH[0] * 0x1p52 * ZigguratTable.DENSITY[255])
        .isCloseTo(AREA, within(1e-16));
    assertThat(ZigguratTable.ACCEPT[0] * ZigguratTable.WIDTH[0]).isCloseTo(start, within(1e-14));
  }
}
