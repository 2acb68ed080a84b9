package io.lanewise.plan;

import io.lanewise.batch.Names;
import io.lanewise.objective.diffusion.DiffusionProcess;
import io.lanewise.objective.diffusion.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// How the values of a column are transformed before they are cut into bins: not at all, to their
/// logarithm or, if they are timesteps or times, to the noise level that a schedule or process
/// gives them, with `x_t = alpha x0 + sigma eps`.
///
/// @param axis what the bins are over
/// @param schedule for `sigma`, `ln-sigma` and `log-snr` a discrete schedule or a process in
///   continuous time; otherwise empty
/// @param timesteps T of a discrete schedule; otherwise ignored
public record Axis(Kind axis, String schedule, int timesteps) {
  /// The values as they are.
  public static final Axis VALUE = new Axis(Kind.VALUE, "", 0);

  /// Their natural logarithms; values that are not above 0 are an error.
  public static final Axis LN = new Axis(Kind.LN, "", 0);

  /// The quantities that bins can be over.
  public enum Kind {
    /// The column's value.
    VALUE,
    /// Its natural logarithm.
    LN,
    /// The standard deviation of the noise.
    SIGMA,
    /// Its natural logarithm.
    LN_SIGMA,
    /// `ln(alpha^2 / sigma^2)`.
    LOG_SNR;

    /// The axis of that name.
    ///
    /// @throws IllegalArgumentException naming the nearest name if there is none
    public static Kind of(String name) {
      return Arrays.stream(values())
          .filter(axis -> axis.toString().equals(name))
          .findFirst()
          .orElseThrow(() -> Names.unknown("axis", name, names()));
    }

    /// All names.
    public static List<String> names() {
      return Arrays.stream(values()).map(Kind::toString).toList();
    }

    /// The name in plans and options.
    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /// Whether it takes a schedule.
    public boolean isScheduled() {
      return this == SIGMA || this == LN_SIGMA || this == LOG_SNR;
    }
  }

  public Axis {
    if (axis.isScheduled() == schedule.isEmpty()) {
      throw new IllegalArgumentException(
          axis.isScheduled()
              ? "axis '%s': found no schedule, expected one".formatted(axis)
              : "axis '%s': found schedule '%s', expected none".formatted(axis, schedule));
    }
    if (axis.isScheduled()
        && !Schedule.NAMES.contains(schedule)
        && !DiffusionProcess.NAMES.contains(schedule)) {
      List<String> known = new ArrayList<>(Schedule.NAMES);
      known.addAll(DiffusionProcess.NAMES);
      throw Names.unknown("schedule", schedule, known);
    }
    if (Schedule.NAMES.contains(schedule) && (timesteps < 1 || timesteps > 1_000_000)) {
      throw new IllegalArgumentException(
          "schedule '%s': found %d timesteps, expected 1 to 1000000"
              .formatted(schedule, timesteps));
    }
  }

  /// The transformed column, as text.
  String of(String column) {
    return axis == Kind.VALUE ? column : "%s(%s)".formatted(axis, column);
  }

  /// The same with the schedule.
  public String describe(String column) {
    String text = of(column);
    if (!axis.isScheduled()) {
      return text;
    }
    return Schedule.NAMES.contains(schedule)
        ? "%s of schedule %s, T = %d".formatted(text, schedule, timesteps)
        : "%s of process %s".formatted(text, schedule);
  }

  /// The function; it throws IllegalArgumentException, saying what was found and expected, for a
  /// value outside its domain. NaN gives NaN.
  public DoubleUnaryOperator function() {
    if (axis == Kind.VALUE) {
      // -0 and 0 are one value.
      return value -> value + 0.0;
    }
    if (axis == Kind.LN) {
      return value -> ln(value, "a number > 0");
    }
    if (DiffusionProcess.NAMES.contains(schedule)) {
      DiffusionProcess process = DiffusionProcess.of(schedule);
      return time ->
          switch (axis) {
            case SIGMA -> process.sigma(time);
            case LN_SIGMA -> ln(process.sigma(time), "a time with noise");
            default -> process.logSnr(time);
          };
    }
    Schedule discrete = Schedule.of(schedule, timesteps);
    double[] table = new double[timesteps];
    for (int t = 0; t < timesteps; t++) {
      double sigma = Math.sqrt(discrete.noise()[t]);
      table[t] =
          switch (axis) {
            case SIGMA -> sigma;
            case LN_SIGMA -> StrictMath.log(sigma);
            default -> discrete.logSnr(t);
          };
    }
    return t -> {
      if (Double.isNaN(t)) {
        return t;
      }
      if (!(t >= 0 && t < timesteps) || t != Math.rint(t)) {
        throw new IllegalArgumentException(
            "found %s, expected a timestep in [0, %d]".formatted(t, timesteps - 1));
      }
      return table[(int) t];
    };
  }

  private static double ln(double value, String expected) {
    if (value <= 0) {
      throw new IllegalArgumentException("found %s, expected %s".formatted(value, expected));
    }
    return StrictMath.log(value);
  }
}
