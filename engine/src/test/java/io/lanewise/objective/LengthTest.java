package io.lanewise.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lengths whose squares leave the range of float64; 3, 4, 12 have the length 13.
class LengthTest {
  @ParameterizedTest
  @ValueSource(doubles = {1e200, 1e-200, 1e307, 1e-310, 1})
  void lengthsScale(double unit) {
    double[] x = {3 * unit, -4 * unit, 12 * unit};
    // 1e-310 has 44 bits.
    assertThat(Length.of(3, j -> x[j])).isCloseTo(13 * unit, withinPercentage(1e-10));
    Table rows = new Table().vectors("gradient", x);
    Task penalty = Task.of("gradient-penalty").parameter("epsilon", "0");
    double norm =
        Objects.requireNonNull(rows.evaluate(penalty, Policy.PROPAGATE).measure("mean-norm"))
            .value();
    assertThat(norm).isCloseTo(13 * unit, withinPercentage(1e-10));
  }

  @Test
  void whatIsNotFiniteStaysSo() {
    double[] x = {1, Double.POSITIVE_INFINITY};
    assertThat(Length.of(2, j -> x[j])).isInfinite();
    double[] y = {1, Double.NaN};
    assertThat(Length.of(2, j -> y[j])).isNaN();
    assertThat(Length.of(2, j -> 0)).isZero();
  }

  /// mpmath: -1/2 (25e400 / 1e400) - ln(2 pi 1e400).
  @Test
  void aGaussianOfTheSameUnitIsInRange() {
    Table rows =
        new Table()
            .vectors("x", new double[] {3e200, 4e200})
            .vectors("reconstruction", new double[2])
            .with("kl", 0.0);
    Task task = Task.of("elbo").parameter("likelihood", "gaussian").parameter("sigma", "1e200");
    double elbo = Objects.requireNonNull(rows.evaluate(task).measure("elbo")).value();
    assertThat(elbo).isCloseTo(-935.37191426402762, withinPercentage(1e-12));
  }
}
