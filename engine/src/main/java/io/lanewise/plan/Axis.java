package io.lanewise.plan;

import io.lanewise.batch.Names;
import java.util.Arrays;
import java.util.List;

/// How the values of a column are transformed before they are cut into bins: not at all, to their
/// logarithm or, if they are timesteps or times, to the noise level that a schedule or process
/// gives them, with `x_t = alpha x0 + sigma eps`.
///
/// @param kind what the bins are over
/// @param schedule for `sigma`, `ln-sigma` and `log-snr` a discrete schedule or a process in
///   continuous time; otherwise empty
/// @param timesteps T of a discrete schedule; otherwise ignored
public record Axis(Kind kind, String schedule, int timesteps) {
  /// T of a schedule unless a plan says otherwise.
  public static final int DEFAULT_TIMESTEPS = 1000;

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
    if (kind.isScheduled() == schedule.isEmpty()) {
      throw new IllegalArgumentException(
          kind.isScheduled()
              ? "axis '%s': found no schedule, expected one".formatted(kind)
              : "axis '%s': found schedule '%s', expected none".formatted(kind, schedule));
    }
  }

  /// The transformed column, as text.
  String of(String column) {
    return kind == Kind.VALUE ? column : "%s(%s)".formatted(kind, column);
  }
}
