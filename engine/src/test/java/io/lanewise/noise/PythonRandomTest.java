package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PythonRandomTest {
  @Test
  void drawsAsPython() {
    // Python 3.11.2: r = random.Random(SEED); [r.random() for _ in range(3)]
    draws(0L, 0.8444218515250481, 0.7579544029403025, 0.420571580830845);
    draws(7L, 0.32383276483316237, 0.15084917392450192, 0.6509344730398537);
    draws(4294967295L, 0.6353574441341173, 0.20319993954407756, 0.6073666030347188);
    draws(4294967301L, 0.15727238718789782, 0.2824866316461999, 0.6044540318498407);
    draws(4611686018427400249L, 0.4898862820590555, 0.9292118718366098, 0.6898248950550265);
    // random.Random(3).choices(range(10), k=8)
    PythonRandom random = new PythonRandom(3);
    for (int expected : new int[] {2, 5, 3, 6, 6, 0, 0, 8}) {
      assertThat(random.choice(10)).isEqualTo(expected);
    }
    assertThatThrownBy(() -> new PythonRandom(-1)).hasMessageContaining("found seed -1");
  }

  private static void draws(long seed, double... expected) {
    PythonRandom random = new PythonRandom(seed);
    for (double value : expected) {
      assertThat(random.random()).as("seed %d", seed).isEqualTo(value);
    }
  }
}
