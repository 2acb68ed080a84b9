package io.lanewise.cli;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Names;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Validity;
import io.lanewise.cli.html.CurvePlot;
import io.lanewise.objective.diffusion.DiffusionProcess;
import io.lanewise.objective.diffusion.Posterior;
import io.lanewise.objective.diffusion.Schedule;
import io.lanewise.objective.diffusion.Sigmas;
import io.lanewise.objective.diffusion.Spacing;
import io.lanewise.run.InputFiles;
import io.lanewise.run.bind.ParameterFile;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lanewise schedule`: the table of a schedule, a process in continuous time, or a ladder of noise
/// levels, all as `x_t = alpha x0 + sigma eps`: printed, exported and plotted.
@Command(
    name = "schedule",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a noise schedule: t, beta, alphaBar, alpha, sigma, SNR and log SNR.",
      "x_t = alpha x0 + sigma eps; alphaBar = alpha^2; SNR = alpha^2 / sigma^2. A process is printed"
          + " at equally spaced times from 0 to 1; a ladder of noise levels by index. Only a discrete"
          + " schedule has betas and a posterior."
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
  private static final List<String> POSTERIOR =
      List.of("coefficient1", "coefficient2", "variance", "logVarianceClipped");

  private final Terminal terminal;

  @Parameters(
      paramLabel = "NAME",
      description =
          "linear, linear-scaled, scaled-linear, squared-cosine or sigmoid, each also with -zero-snr,"
              + " and linear, scaled-linear and sigmoid also with the first and last beta, such as"
              + " linear:1e-4:0.02;"
              + " betas:@FILE, alpha-bars:@FILE or sigmas:@FILE, @FILE#COLUMN, or numbers with commas"
              + " between; vp-sde, sub-vp-sde or ve-sde (also with two constants, such"
              + " as ve-sde:0.01:1348), edm, flow-data-to-noise or"
              + " flow-noise-to-data; karras, exponential,"
              + " polyexponential, vp or ve.")
  String name = "";

  @Option(
      names = "--steps",
      paramLabel = "T",
      defaultValue = "1000",
      description = "Number of steps; a schedule from a file has its own. Default: 1000.")
  int steps;

  @Option(
      names = "--spacing",
      paramLabel = "SPEC",
      description =
          "Only some timesteps, the betas being those of the whole way between them: leading:N,"
              + " trailing:N, linspace:N, ddimN, counts by section such as 10,15,20, list:0,5,9"
              + " (list:@FILE), or in-order:9,5,0 (in-order:@FILE), which keeps its order.")
  @Nullable String spacing;

  @Option(
      names = "--sigma-min",
      paramLabel = "SIGMA",
      description =
          "Smallest level of karras, exponential, polyexponential or ve. Default: 0.002; ve: 0.01.")
  @Nullable Double sigmaMin;

  @Option(
      names = "--sigma-max",
      paramLabel = "SIGMA",
      description =
          "Largest level of karras, exponential, polyexponential or ve. Default: 80; ve: 50.")
  @Nullable Double sigmaMax;

  @Option(
      names = "--rho",
      paramLabel = "RHO",
      description = "rho of karras (default 7) and of polyexponential (default 1).")
  @Nullable Double rho;

  @Option(
      names = "--columns",
      paramLabel = "NAME",
      split = ",",
      description =
          "Only these columns, in this order; besides the usual ones coefficient1, coefficient2 (of"
              + " x0 and x_t in the posterior mean), variance, logVarianceClipped.")
  List<String> columns = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "What to print: text, json or csv. Default: text.")
  Format format = Format.text;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description =
          "Writes the table to a file instead: .json, " + Sinks.EXTENSIONS + " (.npy: one column).")
  @Nullable Path out;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Draws one column over t: .svg or .png. The table is not printed then.")
  @Nullable Path plot;

  @Option(
      names = "--plot-column",
      paramLabel = "NAME",
      defaultValue = "logSnr",
      description = "The column to draw. Default: logSnr.")
  String plotColumn = "logSnr";

  @Option(names = "--replace", description = "Replace existing files.")
  boolean replace;

  ScheduleCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (steps < 1 || steps > 1_000_000) {
      throw new IllegalArgumentException(
          "option '--steps': found %d, expected 1 to 1000000".formatted(steps));
    }
    InputFiles.ofParameters(Stream.of(name, spacing).filter(Objects::nonNull).toList())
        .refuse(Stream.of(out, plot).filter(Objects::nonNull).toList());
    String expanded = ParameterFile.expand(name);
    SequencedMap<String, double[]> table = table(expanded);
    SequencedMap<String, double[]> chosen = chosen(table);
    if (plot != null) {
      draw(table, plot);
    }
    if (out != null) {
      export(chosen, Schedule.isName(expanded), out);
    }
    if (plot == null && out == null) {
      switch (format) {
        case text -> text(chosen);
        case json -> terminal.out().println(json(chosen));
        case csv -> csv(chosen);
      }
    }
    return ExitCode.DONE;
  }

  /// All columns that there are, by name; NaN where there is no number.
  private SequencedMap<String, double[]> table(String expanded) {
    if (Schedule.isName(expanded)) {
      noEnds();
      return discrete(Schedule.of(expanded, steps));
    }
    if (spacing != null) {
      throw new IllegalArgumentException(
          "option '--spacing': found it for '%s', expected a schedule with timesteps"
              .formatted(expanded));
    }
    double[] t = new double[steps];
    double[] alpha = new double[steps];
    double[] sigma = new double[steps];
    double[] logSnr = new double[steps];
    if (DiffusionProcess.isName(expanded)) {
      noEnds();
      DiffusionProcess process = DiffusionProcess.of(expanded);
      for (int i = 0; i < steps; i++) {
        t[i] = steps == 1 ? 0 : (double) i / (steps - 1);
        alpha[i] = process.alpha(t[i]);
        sigma[i] = process.sigma(t[i]);
        logSnr[i] = process.logSnr(t[i]);
      }
    } else if (Sigmas.NAMES.contains(expanded)) {
      sigma = ladder(expanded);
      for (int i = 0; i < steps; i++) {
        t[i] = i;
        alpha[i] = 1;
        logSnr[i] = -2 * StrictMath.log(sigma[i]);
      }
    } else {
      List<String> known = new ArrayList<>(Schedule.NAMES);
      known.addAll(DiffusionProcess.NAMES);
      known.addAll(Sigmas.NAMES);
      throw Names.unknown("schedule", expanded, known);
    }
    double[] deviations = sigma;
    SequencedMap<String, double[]> table = new LinkedHashMap<>();
    table.put("t", t);
    table.put("beta", filled(Double.NaN));
    table.put("alphaBar", Arrays.stream(alpha).map(a -> a * a).toArray());
    table.put("alpha", alpha);
    table.put("sigma", sigma);
    table.put(
        "snr",
        IntStream.range(0, steps)
            .mapToDouble(i -> alpha[i] / deviations[i] * (alpha[i] / deviations[i]))
            .toArray());
    table.put("logSnr", logSnr);
    return table;
  }

  private double[] filled(double value) {
    double[] values = new double[steps];
    Arrays.fill(values, value);
    return values;
  }

  private double[] ladder(String kind) {
    if (sigmaMin == null && sigmaMax == null && rho == null) {
      return Sigmas.of(kind, steps);
    }
    boolean ve = kind.equals("ve");
    return Sigmas.of(
        kind,
        steps,
        sigmaMin == null ? (ve ? 0.01 : 0.002) : sigmaMin,
        sigmaMax == null ? (ve ? 50 : 80) : sigmaMax,
        rho == null ? (kind.equals("polyexponential") ? 1 : 7) : rho);
  }

  private void noEnds() {
    if (sigmaMin != null || sigmaMax != null || rho != null) {
      throw new IllegalArgumentException(
          "options '--sigma-min', '--sigma-max' and '--rho': found one for '%s', expected karras,"
                  .formatted(name)
              + " exponential, polyexponential or ve");
    }
  }

  private SequencedMap<String, double[]> discrete(Schedule whole) {
    int[] kept =
        spacing == null
            ? IntStream.range(0, whole.steps()).toArray()
            : Spacing.parse(ParameterFile.expand(spacing), whole.steps());
    // A step's beta is from the next lower timestep that is kept, wherever it stands.
    int[] ascending = kept.clone();
    Arrays.sort(ascending);
    Schedule schedule = spacing == null ? whole : whole.respaced(ascending);
    double[] clipped = schedule.posteriorLogVarianceClipped();
    SequencedMap<String, double[]> table = new LinkedHashMap<>();
    COLUMNS.forEach(column -> table.put(column, new double[kept.length]));
    POSTERIOR.forEach(column -> table.put(column, new double[kept.length]));
    for (int i = 0; i < kept.length; i++) {
      int k = Arrays.binarySearch(ascending, kept[i]);
      Posterior posterior = schedule.posterior(k, k - 1);
      double[] row = {
        kept[i],
        schedule.beta()[k],
        schedule.alphaBar()[k],
        Math.sqrt(schedule.alphaBar()[k]),
        Math.sqrt(schedule.noise()[k]),
        schedule.snr(k),
        schedule.logSnr(k),
        posterior.coefficient1(),
        posterior.coefficient2(),
        posterior.variance(),
        clipped[k]
      };
      int c = 0;
      for (double[] column : table.values()) {
        column[i] = row[c++];
      }
    }
    return table;
  }

  private SequencedMap<String, double[]> chosen(SequencedMap<String, double[]> table) {
    SequencedMap<String, double[]> chosen = new LinkedHashMap<>();
    for (String column : columns.isEmpty() ? COLUMNS : columns) {
      chosen.put(column, column(table, column));
    }
    return chosen;
  }

  private static double[] column(SequencedMap<String, double[]> table, String column) {
    double[] values = table.get(column);
    if (values == null) {
      throw Names.unknown("column", column, table.keySet());
    }
    return values;
  }

  private static int rows(SequencedMap<String, double[]> table) {
    return table.firstEntry().getValue().length;
  }

  private void text(SequencedMap<String, double[]> chosen) {
    Table table = new Table("r".repeat(chosen.size()), chosen.keySet().toArray(String[]::new));
    for (int i = 0; i < rows(chosen); i++) {
      int row = i;
      table.add(
          chosen.values().stream()
              .map(values -> Double.isNaN(values[row]) ? "" : plain("%.8g", values[row]))
              .toArray(String[]::new));
    }
    terminal.out().print(table.text());
  }

  private static String plain(String format, double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e7
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, format, value);
  }

  private static String json(SequencedMap<String, double[]> chosen) {
    List<Map<String, Double>> rows = new ArrayList<>();
    for (int i = 0; i < rows(chosen); i++) {
      Map<String, Double> row = new LinkedHashMap<>();
      for (Map.Entry<String, double[]> column : chosen.entrySet()) {
        if (!Double.isNaN(column.getValue()[i])) {
          row.put(column.getKey(), column.getValue()[i]);
        }
      }
      rows.add(row);
    }
    return Json.of(rows);
  }

  /// Every digit: the shortest text that reads back as the same float64.
  private void csv(SequencedMap<String, double[]> chosen) {
    terminal.out().println(String.join(",", chosen.keySet()));
    for (int i = 0; i < rows(chosen); i++) {
      List<String> cells = new ArrayList<>();
      for (double[] values : chosen.values()) {
        cells.add(Double.isNaN(values[i]) ? "" : Double.toString(values[i]));
      }
      terminal.out().println(String.join(",", cells));
    }
  }

  /// @param discrete whether t is a timestep: then it is written as an integer
  private void export(SequencedMap<String, double[]> chosen, boolean discrete, Path file)
      throws IOException {
    if (file.toString().endsWith(".json")) {
      write(file, (json(chosen) + "\n").getBytes(StandardCharsets.UTF_8));
      return;
    }
    List<ScalarColumn> written = new ArrayList<>();
    chosen.forEach((column, values) -> {
      // A column without any number, such as the betas of a process, is left out.
      if (!Arrays.stream(values).allMatch(Double::isNaN)) {
        // NumPy's writer takes memory outside the heap.
        boolean timestep = column.equals("t") && discrete;
        MemorySegment memory =
            Arena.ofAuto()
                .allocate((long) values.length * Double.BYTES, Double.BYTES)
                .copyFrom(
                    timestep
                        ? MemorySegment.ofArray(
                            Arrays.stream(values).mapToLong(t -> (long) t).toArray())
                        : MemorySegment.ofArray(values));
        written.add(
            new ScalarColumn(
                column,
                timestep ? DType.INT64 : DType.FLOAT64,
                values.length,
                memory,
                Validity.ALL));
      }
    });
    List<ColumnType> types = written.stream().map(ScalarColumn::describe).toList();
    try (Sink sink = Sinks.create(file, types, replace)) {
      sink.write(new Batch(0, rows(chosen), written, () -> {}));
      sink.commit();
    }
  }

  private void draw(SequencedMap<String, double[]> table, Path file) throws IOException {
    double[] values = column(table, plotColumn);
    String title = spacing == null ? name : name + ", " + spacing;
    double[] t = column(table, "t");
    List<CurvePlot.Point> points =
        IntStream.range(0, t.length)
            .mapToObj(i -> new CurvePlot.Point(t[i], t[i], values[i], Double.NaN))
            .toList();
    String svg =
        CurvePlot.svg(
            title, "", "t", plotColumn, List.of(new CurvePlot.Series(plotColumn, points)));
    if (svg.isEmpty()) {
      throw new IllegalArgumentException(
          "plot of %s: found fewer than two finite values, expected two".formatted(plotColumn));
    }
    String extension = file.toString().toLowerCase(Locale.ROOT);
    if (extension.endsWith(".svg")) {
      write(file, svg.getBytes(StandardCharsets.UTF_8));
    } else if (extension.endsWith(".png")) {
      write(file, PngImage.of(svg));
    } else {
      throw new IllegalArgumentException(
          "option '--plot': found '%s', expected a file ending in .svg or .png".formatted(file));
    }
  }

  /// Writes a file whole or not at all.
  private void write(Path file, byte[] content) throws IOException {
    Path directory = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
    SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    files.put(String.valueOf(file.getFileName()), content);
    new OutputFiles(directory, replace).write(files);
  }
}
