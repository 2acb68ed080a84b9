package io.lanewise.cli.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1000, 10, 0 100 200 300 400 500 600 700 800 900 1000",
    "0, 3.1, 5, 0 1 2 3 4",
    "0, 0.15, 5, 0.00 0.05 0.10 0.15",
    "0.0001, 0.00031, 4, 0.0001 0.0002 0.0003 0.0004",
    "-1, 1, 4, -1.0 -0.5 0.0 0.5 1.0",
    "5, 5, 5, 4.4 4.6 4.8 5.0 5.2 5.4 5.6",
    "0, 0, 2, -1 0 1",
    "3e9, 5e9, 2, 3e9 4e9 5e9",
  })
  void ticksAreRoundAndCoverTheRange(double low, double high, int count, String labels) {
    Axis axis = Axis.linear(low, high, 0, 1, count, true);
    assertThat(labels(axis)).isEqualTo(labels);
    assertThat(axis.ticks().getFirst().value()).isLessThanOrEqualTo(low);
    assertThat(axis.ticks().getLast().value()).isGreaterThanOrEqualTo(high);
  }

  @Test
  void ticksAreAtOneTwoOrFiveAndNeverTooMany() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      double low = random.nextGaussian() * Math.pow(10, random.nextInt(-200, 200));
      double high = low + Math.abs(low) * Math.pow(10, random.nextInt(-6, 6)) * random.nextDouble();
      List<Axis.Tick> ticks = Axis.linear(low, high, 0, 1, 5, false).ticks();
      assertThat(ticks).as("[%s, %s]", low, high).hasSizeBetween(2, 6);
    }
  }

  @Test
  void survivesTheLargestRange() {
    Axis axis = Axis.linear(-Double.MAX_VALUE, Double.MAX_VALUE, 0, 100, 5, true);
    assertThat(axis.ticks()).hasSizeBetween(2, 7);
    assertThat(axis.at(0)).isEqualTo(50, within(1e-6));
    assertThat(axis.at(Double.MAX_VALUE)).isEqualTo(100);
  }

  @Test
  void logarithmicTicksArePowersOfTen() {
    assertThat(labels(Axis.log(0.0002, 1.3, 0, 1))).isEqualTo("0.001 0.01 0.1 1");
    assertThat(labels(Axis.log(2e-6, 1, 0, 1))).isEqualTo("10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰");
    assertThat(Axis.log(1e-300, 1e300, 0, 1).ticks()).hasSizeBetween(2, 9);
    Axis axis = Axis.log(0.01, 100, 0, 100);
    assertThat(axis.at(1)).isEqualTo(50, within(1e-9));
    assertThat(axis.at(0)).isZero();
    assertThat(axis.at(-5)).isZero();
  }

  private static String labels(Axis axis) {
    return axis.ticks().stream().map(Axis.Tick::label).collect(Collectors.joining(" "));
  }
}
