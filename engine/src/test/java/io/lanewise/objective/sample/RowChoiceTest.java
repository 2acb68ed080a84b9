package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowChoiceTest {
  @Test
  void drawsGoOnInTheOrderOfTheTool() {
    // NumPy 1.24: r = RandomState(2020); r.choice(1000, 5, replace=False), three times
    RowChoice numpy = RowChoice.of("numpy", 2020);
    int[][] first = numpy.draw(1000, 5, 1000, 5);
    assertThat(first[0]).containsExactly(725, 986, 815, 656, 469);
    assertThat(first[1]).containsExactly(843, 831, 244, 316, 893);
    assertThat(numpy.draw(1000, 5, 1000, 5)[0]).containsExactly(141, 736, 480, 334, 433);
    int[][] realFirst = RowChoice.of("numpy-real-first", 2020).draw(1000, 5, 1000, 5);
    assertThat(realFirst[1]).containsExactly(725, 986, 815, 656, 469);
    assertThat(realFirst[0]).containsExactly(843, 831, 244, 316, 893);
    assertThat(RowChoice.of("none", 2020).draw(3, 3, 4, 4)[0]).containsExactly(0, 1, 2);
  }
}
