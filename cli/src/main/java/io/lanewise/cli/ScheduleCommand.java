package io.lanewise.cli;

import io.lanewise.objective.Names;
import io.lanewise.objective.diffusion.DiffusionProcess;
import io.lanewise.objective.diffusion.Schedule;
import io.lanewise.objective.diffusion.Sigmas;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lanewise schedule`: the table of a schedule, a process in continuous time, or a ladder of noise
/// levels, all as `x_t = alpha x0 + sigma eps`.
@Command(
    name = "schedule",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a noise schedule: t, beta, alphaBar, alpha, sigma, SNR and log SNR.",
      "x_t = alpha x0 + sigma eps; alphaBar = alpha^2; SNR = alpha^2 / sigma^2. A process is printed"
          + " at equally spaced times from 0 to 1; a ladder of noise levels by index. Only a discrete"
          + " schedule has betas."
    })
final class ScheduleCommand implements Callable<Integer> {
  /// How the table is printed.
  enum Format {
    /// Aligned columns.
    text,
    /// An array of objects.
    json,
    /// Comma-separated, with a heading.
    csv
  }

  private static final List<String> COLUMNS =
      List.of("t", "beta", "alphaBar", "alpha", "sigma", "snr", "logSnr");

  private final Terminal terminal;

  @Parameters(
      paramLabel = "NAME",
      description =
          "linear, linear-scaled, scaled-linear, squared-cosine or sigmoid, each also with -zero-snr;"
              + " vp-sde, sub-vp-sde, ve-sde, edm, flow-data-to-noise or flow-noise-to-data;"
              + " karras, exponential, vp or ve.")
  String name = "";

  @Option(
      names = "--steps",
      paramLabel = "T",
      defaultValue = "1000",
      description = "Number of steps. Default: 1000.")
  int steps;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "What to print: text, json or csv. Default: text.")
  Format format = Format.text;

  ScheduleCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// One line of the table; beta is NaN where there is none.
  private record Level(
      double t,
      double beta,
      double alphaBar,
      double alpha,
      double sigma,
      double snr,
      double logSnr) {
    List<Double> values() {
      return List.of(t, beta, alphaBar, alpha, sigma, snr, logSnr);
    }
  }

  @Override
  public Integer call() {
    if (steps < 1 || steps > 1_000_000) {
      throw new IllegalArgumentException(
          "option '--steps': found %d, expected 1 to 1000000".formatted(steps));
    }
    IntFunction<Level> levels = levels();
    switch (format) {
      case text -> text(levels);
      case json -> json(levels);
      case csv -> csv(levels);
    }
    return ExitCode.DONE;
  }

  private IntFunction<Level> levels() {
    if (Schedule.NAMES.contains(name)) {
      Schedule schedule = Schedule.of(name, steps);
      return t ->
          new Level(
              t,
              schedule.beta()[t],
              schedule.alphaBar()[t],
              Math.sqrt(schedule.alphaBar()[t]),
              Math.sqrt(schedule.noise()[t]),
              schedule.snr(t),
              schedule.logSnr(t));
    }
    if (DiffusionProcess.NAMES.contains(name)) {
      DiffusionProcess process = DiffusionProcess.of(name);
      return i -> {
        double t = steps == 1 ? 0 : (double) i / (steps - 1);
        double alpha = process.alpha(t);
        double sigma = process.sigma(t);
        return new Level(
            t,
            Double.NaN,
            alpha * alpha,
            alpha,
            sigma,
            alpha / sigma * (alpha / sigma),
            process.logSnr(t));
      };
    }
    if (Sigmas.NAMES.contains(name)) {
      double[] sigmas = Sigmas.of(name, steps);
      return i ->
          new Level(
              i,
              Double.NaN,
              1,
              1,
              sigmas[i],
              1 / (sigmas[i] * sigmas[i]),
              -2 * StrictMath.log(sigmas[i]));
    }
    List<String> known = new ArrayList<>(Schedule.NAMES);
    known.addAll(DiffusionProcess.NAMES);
    known.addAll(Sigmas.NAMES);
    throw Names.unknown("schedule", name, known);
  }

  private void text(IntFunction<Level> levels) {
    Table table = new Table("rrrrrrr", COLUMNS.toArray(String[]::new));
    for (int i = 0; i < steps; i++) {
      table.add(
          levels.apply(i).values().stream()
              .map(value -> Double.isNaN(value) ? "" : plain("%.8g", value))
              .toArray(String[]::new));
    }
    terminal.out().print(table.text());
  }

  private static String plain(String format, double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e7
        ? Long.toString((long) value)
        : String.format(java.util.Locale.ROOT, format, value);
  }

  private void json(IntFunction<Level> levels) {
    List<Map<String, Double>> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      List<Double> values = levels.apply(i).values();
      Map<String, Double> row = new LinkedHashMap<>();
      for (int c = 0; c < COLUMNS.size(); c++) {
        if (!values.get(c).isNaN()) {
          row.put(COLUMNS.get(c), values.get(c));
        }
      }
      rows.add(row);
    }
    terminal.out().println(Json.of(rows));
  }

  /// Every digit: the shortest text that reads back as the same float64.
  private void csv(IntFunction<Level> levels) {
    terminal.out().println(String.join(",", COLUMNS));
    for (int i = 0; i < steps; i++) {
      List<String> cells = new ArrayList<>();
      for (double value : levels.apply(i).values()) {
        cells.add(Double.isNaN(value) ? "" : Double.toString(value));
      }
      terminal.out().println(String.join(",", cells));
    }
  }
}
