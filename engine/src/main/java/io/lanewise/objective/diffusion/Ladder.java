package io.lanewise.objective.diffusion;

import java.util.Arrays;

/// The levels that a loop of [MultistepSampler] visits, in their order, the last being where it
/// ends; and what the model is asked with at each of the others. Levels go one way: usually down.
public final class Ladder {
  private final double[] times;
  private final Level[] levels;
  private final boolean straight;

  private Ladder(double[] times, Level[] levels, boolean straight) {
    this.times = times;
    this.levels = levels;
    this.straight = straight;
  }

  /// Sigmas where alpha is 1: of k-diffusion, EDM, diffusers' LMS. The model is asked with sigma.
  ///
  /// @param sigmas at least two, >= 0, the last often 0
  /// @throws IllegalArgumentException unless they go one way
  public static Ladder exploding(double... sigmas) {
    return of("exploding", sigmas, sigmas);
  }

  /// Sigmas of the straight path, where alpha is `1 - sigma`. The model is asked with sigma.
  ///
  /// @param sigmas at least two, in [0, 1]
  /// @throws IllegalArgumentException unless they go one way
  public static Ladder straight(double... sigmas) {
    return of("straight", sigmas, sigmas);
  }

  /// Sigmas on a path, with a model that is asked with other numbers.
  ///
  /// @param path `exploding` (alpha is 1), `preserving` (alpha is `1 / sqrt(1 + sigma^2)`, sigma of
  ///   x times as much: diffusers' DPM-Solver and UniPC) or `straight` (alpha is `1 - sigma`)
  /// @param sigmas at least two, >= 0
  /// @param times one less, or as many of which the last is not used
  /// @throws IllegalArgumentException for another path, or unless sigmas go one way
  public static Ladder of(String path, double[] sigmas, double[] times) {
    boolean straight = path.equals("straight");
    check("sigmas", sigmas, 0, straight ? 1 : Double.POSITIVE_INFINITY);
    if (times.length != sigmas.length && times.length != sigmas.length - 1) {
      throw new IllegalArgumentException(
          "times: found %d for %d sigmas, expected one less or as many"
              .formatted(times.length, sigmas.length));
    }
    Level[] levels = Arrays.stream(sigmas).mapToObj(s -> Level.of(path, s)).toArray(Level[]::new);
    return new Ladder(times.clone(), levels, straight);
  }

  /// Timesteps of a schedule, with which the model is asked.
  ///
  /// @param timesteps at least one, in the order in which they are visited
  /// @param last where the last step leads to; -1 for clean data
  /// @throws IllegalArgumentException unless they go one way, or one is not of the schedule
  public static Ladder of(Schedule schedule, int[] timesteps, int last) {
    double[] times = Arrays.stream(timesteps).asDoubleStream().toArray();
    double[] all = Arrays.copyOf(times, times.length + 1);
    all[times.length] = last;
    check("timesteps", all, -1, schedule.steps() - 1);
    Level[] levels =
        Arrays.stream(all).mapToObj(t -> Level.of(schedule, (int) t)).toArray(Level[]::new);
    return new Ladder(times, levels, false);
  }

  private static void check(String what, double[] values, double least, double most) {
    if (values.length < 2) {
      throw new IllegalArgumentException(
          "%s: found %d, expected at least a first and a last".formatted(what, values.length));
    }
    boolean down = values[1] < values[0];
    for (int k = 0; k < values.length; k++) {
      if (!(values[k] >= least && values[k] <= most) || Double.isInfinite(values[k])) {
        throw new IllegalArgumentException(
            "%s: found %s at %d, expected a number from %s to %s"
                .formatted(what, values[k], k, least, most));
      }
      if (k > 0 && !(down ? values[k] < values[k - 1] : values[k] > values[k - 1])) {
        throw new IllegalArgumentException(
            "%s: found %s at %d after %s at %d, expected %s, as before"
                .formatted(what, values[k], k, values[k - 1], k - 1, down ? "less" : "more"));
      }
    }
  }

  /// The number of steps.
  public int steps() {
    return levels.length - 1;
  }

  /// What the model is asked with in step k.
  double time(int k) {
    return times[k];
  }

  /// Level k, from 0 to [#steps].
  Level level(int k) {
    return levels[k];
  }

  /// Whether x is on the straight path.
  boolean isStraight() {
    return straight;
  }

  /// Refuses noise on the way up.
  ///
  /// @throws IllegalArgumentException if levels ascend and there is some
  void checkNoise(double eta) {
    if (!(eta >= 0) || (eta > 0 && levels[1].ratio() > levels[0].ratio())) {
      throw new IllegalArgumentException(
          "eta: found %s, expected %s"
              .formatted(eta, eta >= 0 ? "0 where levels ascend" : "a number >= 0"));
    }
  }
}
