package io.lanewise.objective.diffusion;

import io.lanewise.batch.ScalarColumn;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The noise level of every row, `x_t = alpha x0 + sigma eps`, from whichever of five ways says it:
/// a timestep of a schedule (role `t`), a time of a continuous process (role `time`), a column
/// `alpha-bar` or `sigma` (the latter with alpha = 1), or one alphaBar for all rows. Used by one
/// worker.
final class Levels {
  static final Parameter<String> SCHEDULE =
      new Parameter<>(
          "schedule",
          "linear",
          String.join("|", Schedule.NAMES)
              + "|betas:NUMBERS|alpha-bars:NUMBERS|sigmas:NUMBERS (or @FILE[#COLUMN]);"
              + " linear:FIRST:LAST and so on",
          "",
          "Schedule for role t; a custom one has as many steps as numbers.",
          Levels::scheduleName,
          true);
  static final Parameter<Long> TIMESTEPS =
      Parameter.integer("timesteps", "1000", 1, 1_000_000, "Number of steps of the schedule.");
  static final Parameter<Double> ALPHA_BAR =
      Parameter.number("alpha-bar", "-1", -1, 1, "1", "alphaBar of every row; -1 for none.");
  static final Parameter<String> PROCESS =
      new Parameter<>(
          "process",
          "vp-sde",
          String.join("|", DiffusionProcess.NAMES)
              + "; vp-sde:MIN:MAX and sub-vp-sde:MIN:MAX (beta), ve-sde:MIN:MAX (sigma)",
          "",
          "Process in continuous time for role time.",
          Levels::processName);

  /// The parameters that the roles go with.
  static final List<Parameter<?>> PARAMETERS = List.of(SCHEDULE, TIMESTEPS, ALPHA_BAR, PROCESS);

  /// The roles.
  static final List<Role> ROLES =
      List.of(
          Role.integer("t", "Timestep, 0 to timesteps - 1.").optional().when("alpha-bar", "-1"),
          Role.scalar("alpha-bar", "Remaining signal power, in [0, 1].")
              .optional()
              .when("alpha-bar", "-1"),
          Role.scalar("time", "Time of the process.").optional().when("alpha-bar", "-1"),
          Role.scalar("sigma", "Noise level where alpha is 1, >= 0.")
              .optional()
              .when("alpha-bar", "-1"));

  /// Of these, one says the level.
  static final Choice CHOICE = Choice.atMostOneOf("t", "alpha-bar", "time", "sigma");

  /// The same where `t` may be given besides.
  static final Choice BESIDES_T = Choice.atMostOneOf("alpha-bar", "time", "sigma");

  private static String processName(String text) {
    if (!DiffusionProcess.isName(text)) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static String scheduleName(String text) {
    if (!Schedule.isName(text)) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  /// The schedule that the parameters name.
  static Schedule schedule(Binding binding) {
    return Schedule.of(binding.get(SCHEDULE), Math.toIntExact(binding.get(TIMESTEPS)));
  }

  private enum Source {
    T,
    ALPHA_BAR_COLUMN,
    TIME,
    SIGMA,
    CONSTANT
  }

  private final Source source;
  private final Schedule schedule;
  private final DiffusionProcess process;
  private final double constant;
  private double[] alpha = new double[0];
  private double[] sigma = new double[0];
  private int[] steps = new int[0];

  /// @param besides whether `t` may be bound besides another way, which then says the level
  /// @throws IllegalArgumentException unless exactly one way is given
  Levels(Binding binding, boolean besides) {
    constant = binding.get(ALPHA_BAR);
    if (constant != -1 && constant < 0) {
      throw new IllegalArgumentException(
          "parameter 'alpha-bar': found %s, expected a number in [0, 1]".formatted(constant));
    }
    List<Source> ways = new ArrayList<>();
    if (constant != -1) {
      ways.add(Source.CONSTANT);
    }
    if (binding.has("alpha-bar")) {
      ways.add(Source.ALPHA_BAR_COLUMN);
    }
    if (binding.has("time")) {
      ways.add(Source.TIME);
    }
    if (binding.has("sigma")) {
      ways.add(Source.SIGMA);
    }
    if (binding.has("t") && !(besides && !ways.isEmpty())) {
      ways.add(Source.T);
    }
    if (ways.size() != 1) {
      throw new IllegalArgumentException(
          ("found %d of the roles 't', 'alpha-bar', 'time', 'sigma' and parameter 'alpha-bar',"
                  + " expected exactly one")
              .formatted(ways.size()));
    }
    source = ways.getFirst();
    schedule = schedule(binding);
    process = DiffusionProcess.of(binding.get(PROCESS));
  }

  /// Levels at drawn timesteps, or at drawn times.
  ///
  /// @throws IllegalArgumentException if the level is given as well
  Levels(Binding binding, TimeDraw draw) {
    for (Role role : ROLES) {
      if (binding.has(role.name())) {
        throw new IllegalArgumentException(
            "draw is '%s': found a column for role '%s', expected none (or draw 'given')"
                .formatted(binding.get(TimeDraw.DRAW), role.name()));
      }
    }
    constant = binding.get(ALPHA_BAR);
    if (constant != -1) {
      throw new IllegalArgumentException(
          "draw is '%s': found parameter 'alpha-bar', expected none"
              .formatted(binding.get(TimeDraw.DRAW)));
    }
    source = draw.continuous() ? Source.TIME : Source.T;
    schedule = schedule(binding);
    process = DiffusionProcess.of(binding.get(PROCESS));
  }

  /// Whether the level is that of a timestep.
  boolean isDiscrete() {
    return source == Source.T;
  }

  /// Whether the level is that of a time.
  boolean isContinuous() {
    return source == Source.TIME;
  }

  /// `g^2` of the forward SDE at each row: of the process at a time, that of EDM at a sigma, beta
  /// of the schedule at a timestep.
  ///
  /// @throws IllegalArgumentException if the level is an alphaBar, which does not tell
  double[] squaredDiffusion(Rows in) {
    double[] square = new double[in.count()];
    switch (source) {
      case CONSTANT, ALPHA_BAR_COLUMN ->
          throw new IllegalArgumentException(
              "weighting is 'likelihood': found alphaBar alone, expected role 't', 'time' or"
                  + " 'sigma'");
      case T -> {
        for (int i = 0; i < square.length; i++) {
          square[i] =
              schedule.beta()[timestep(in.integer("t"), i, in.firstInFile(), 0, schedule.steps())];
        }
      }
      case TIME -> {
        in.numbers("time", square);
        for (int i = 0; i < square.length; i++) {
          square[i] = process.squaredDiffusion(square[i]);
        }
      }
      case SIGMA -> {
        in.numbers("sigma", square);
        for (int i = 0; i < square.length; i++) {
          square[i] *= 2;
        }
      }
    }
    return square;
  }

  /// Finds the levels of drawn timesteps or times, `count` of them.
  ///
  /// @param first the index of the first row
  /// @throws IllegalArgumentException for a time that the process does not have
  void read(double[] drawn, int count, long first) {
    grow(count);
    for (int i = 0; i < count; i++) {
      if (source == Source.T) {
        steps[i] = (int) drawn[i];
        alpha[i] = Math.sqrt(schedule.alphaBar()[(int) drawn[i]]);
        sigma[i] = Math.sqrt(schedule.noise()[(int) drawn[i]]);
      } else {
        atTime(i, drawn[i], first);
      }
    }
  }

  private void atTime(int i, double time, long first) {
    boolean bounded = !(process instanceof DiffusionProcess.Edm);
    boolean outside = time < 0 || (bounded && time > 1);
    domain("time", first, i, time, outside, bounded ? "in [0, 1]" : ">= 0");
    alpha[i] = process.alpha(time);
    sigma[i] = process.sigma(time);
  }

  private void grow(int count) {
    if (alpha.length < count) {
      alpha = new double[count];
      sigma = new double[count];
      steps = new int[count];
    }
  }

  /// alpha of the rows last read.
  double[] alpha() {
    return alpha;
  }

  /// sigma of the rows last read.
  double[] sigma() {
    return sigma;
  }

  /// The Gaussian of the state one timestep before row i's.
  Posterior posterior(int i) {
    return schedule.posterior(steps[i], steps[i] - 1);
  }

  /// Refuses levels that are not timesteps where a prediction of the state before needs them.
  void checkDiscrete(String parameter) {
    if (!isDiscrete()) {
      throw new IllegalArgumentException(
          "%s is '%s': found no timesteps of a schedule, expected role 't'"
              .formatted(parameter, PreviousX.NAME));
    }
  }

  /// `alpha^2 / sigma^2` of row i.
  double snr(int i) {
    double ratio = alpha[i] / sigma[i];
    return ratio * ratio;
  }

  /// Finds the levels of the rows. Those of null rows are arbitrary.
  ///
  /// @throws IllegalArgumentException for a value outside its domain
  void read(Rows in) {
    grow(in.count());
    switch (source) {
      case CONSTANT -> {
        Arrays.fill(alpha, 0, in.count(), Math.sqrt(constant));
        Arrays.fill(sigma, 0, in.count(), Math.sqrt(1 - constant));
      }
      case T -> {
        ScalarColumn t = in.integer("t");
        for (int i = 0; i < in.count(); i++) {
          int step = timestep(t, i, in.firstInFile(), 0, schedule.steps());
          steps[i] = step;
          alpha[i] = Math.sqrt(schedule.alphaBar()[step]);
          sigma[i] = Math.sqrt(schedule.noise()[step]);
        }
      }
      case ALPHA_BAR_COLUMN -> {
        in.numbers("alpha-bar", alpha);
        for (int i = 0; i < in.count(); i++) {
          domain(
              "alpha-bar",
              in.firstInFile(),
              i,
              alpha[i],
              alpha[i] < 0 || alpha[i] > 1,
              "in [0, 1]");
          sigma[i] = Math.sqrt(1 - alpha[i]);
          alpha[i] = Math.sqrt(alpha[i]);
        }
      }
      case TIME -> {
        in.numbers("time", sigma);
        for (int i = 0; i < in.count(); i++) {
          atTime(i, sigma[i], in.firstInFile());
        }
      }
      case SIGMA -> {
        Arrays.fill(alpha, 0, in.count(), 1);
        in.numbers("sigma", sigma);
        for (int i = 0; i < in.count(); i++) {
          domain("sigma", in.firstInFile(), i, sigma[i], sigma[i] < 0, ">= 0");
        }
      }
    }
  }

  private static void domain(
      String role, long first, int i, double value, boolean outside, String expected) {
    if (outside) {
      throw new IllegalArgumentException(
          "role '%s' row %d: found %s, expected a number %s"
              .formatted(role, first + i, value, expected));
    }
  }

  /// The timestep of row i, 0 for null.
  ///
  /// @throws IllegalArgumentException if it is not within `[least, steps)`
  static int timestep(ScalarColumn t, int i, long first, int least, int steps) {
    long step = t.validity().isValid(i) ? t.getLong(i) : 0;
    if (step < least || step >= steps) {
      throw new IllegalArgumentException(
          "column '%s' row %d: found timestep %d, expected %d to %d"
              .formatted(t.name(), first + i, step, least, steps - 1));
    }
    return (int) step;
  }
}
