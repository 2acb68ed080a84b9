package io.lanewise.run.group;

import io.lanewise.objective.NoiseLevels;
import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import java.util.function.DoubleUnaryOperator;

/// What an [Axis] makes of a value.
final class AxisFunction {
  private AxisFunction() {}

  /// The function; it throws IllegalArgumentException, saying what was found and expected, for a
  /// value outside its domain. NaN gives NaN.
  ///
  /// @throws IllegalArgumentException if nobody knows the schedule
  static DoubleUnaryOperator of(Axis axis) {
    return switch (axis.kind()) {
      // -0 and 0 are one value.
      case VALUE -> value -> value + 0.0;
      case LN -> AxisFunction::ln;
      case SIGMA -> levels(axis).sigma();
      case LN_SIGMA -> levels(axis).lnSigma();
      case LOG_SNR -> levels(axis).logSnr();
    };
  }

  /// What the values of a column become, in words.
  static String describe(Bins bins) {
    return bins.axis().kind().isScheduled()
        ? "%s of %s".formatted(bins.by(), levels(bins.axis()).describe())
        : bins.by();
  }

  private static NoiseLevels levels(Axis axis) {
    return NoiseLevels.of(axis.schedule(), axis.timesteps());
  }

  private static double ln(double value) {
    if (value <= 0) {
      throw new IllegalArgumentException("found %s, expected a number > 0".formatted(value));
    }
    return StrictMath.log(value);
  }
}
