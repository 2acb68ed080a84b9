package io.lanewise.cli;

import io.lanewise.cli.html.CurvePlot;
import io.lanewise.objective.Objectives;
import io.lanewise.plan.Plan;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Direction;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The losses of diffusion models by timestep as pictures, one for each ordered breakdown, of one
/// run or of two on the same axes.
///
/// @param formats `svg`, `png` or both
/// @param strict whether a machine that cannot set text in a PNG is an error; otherwise it writes
///   the SVG alone
record Plots(List<String> formats, boolean strict) {
  /// No plots.
  static final Plots NONE = new Plots(List.of(), true);

  private static final String AUTO = "auto";
  private static final List<String> KNOWN = List.of("svg", "png");

  /// The formats of an option: `svg,png`, `none`, or `auto`: both, or SVG alone where there are no
  /// fonts.
  ///
  /// @throws IllegalArgumentException for anything else
  static Plots parse(String text) {
    if (text.equals(AUTO)) {
      return new Plots(KNOWN, false);
    }
    List<String> formats = text.equals("none") ? List.of() : Arrays.asList(text.split(",", -1));
    if (!KNOWN.containsAll(formats)) {
      throw new IllegalArgumentException(
          "option '--plots': found '%s', expected svg, png, both with a comma, auto or none"
              .formatted(text));
    }
    return new Plots(List.copyOf(formats), true);
  }

  /// Begins to load what drawing needs, if a plan is likely to give a plot.
  void prepare(Plan plan) {
    if (formats.contains("png")
        && plan.tasks().stream()
            .anyMatch(task -> !task.by().isEmpty() && isDrawn(family(task.objective())))) {
      PngImage.prepare();
    }
  }

  private static String family(String objective) {
    return Objectives.get(objective).descriptor().family().toString();
  }

  private static boolean isDrawn(String family) {
    return family.equals("diffusion");
  }

  /// One run of an evaluation.
  ///
  /// @param name what the legend calls it
  record Run(String name, EvaluationResult result) {}

  /// The files of one run: name to content.
  SequencedMap<String, byte[]> of(EvaluationResult result) throws IOException {
    SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    if (!formats.isEmpty() && isDrawn(result.family())) {
      for (int i = 0; i < result.breakdowns().size(); i++) {
        draw(files, result.breakdowns().get(i), null, List.of(new Run(result.name(), result)));
      }
    }
    return files;
  }

  /// The files of two runs: a picture for each ordered breakdown that both have by the same rule.
  SequencedMap<String, byte[]> of(Run first, Run second) throws IOException {
    SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    for (Breakdown breakdown : first.result().breakdowns()) {
      Breakdown other = Comparison.counterpart(breakdown, second.result());
      if (!formats.isEmpty() && other != null) {
        draw(files, breakdown, other, List.of(first, second));
      }
    }
    return files;
  }

  private void draw(
      SequencedMap<String, byte[]> files,
      Breakdown breakdown,
      @Nullable Breakdown other,
      List<Run> runs)
      throws IOException {
    EvaluationResult result = runs.getFirst().result();
    Measure measure =
        breakdown.groups().stream()
            .flatMap(group -> group.measures().stream())
            .filter(m -> m.better() == Direction.LOWER)
            .findFirst()
            .orElse(null);
    if (!breakdown.ordered() || measure == null) {
      return;
    }
    List<CurvePlot.Series> series = new ArrayList<>();
    series.add(series(runs.getFirst(), breakdown, measure.name()));
    if (other != null) {
      series.add(series(runs.getLast(), other, measure.name()));
    }
    String svg =
        CurvePlot.svg(
            "%s: %s by %s".formatted(result.title(), measure.name(), breakdown.by()),
            "groups: "
                + (breakdown.rule().equals("value") ? "one for each value" : breakdown.rule()),
            axis(breakdown.by()),
            measure.name()
                + (measure.unit().equals("1") ? " (dimensionless)" : " in " + measure.unit()),
            series);
    if (svg.isEmpty()) {
      return;
    }
    String stem = stem(files, "%s-by-%s".formatted(result.name(), breakdown.by()));
    if (formats.contains("svg")) {
      files.put(stem + ".svg", svg.getBytes(StandardCharsets.UTF_8));
    }
    if (formats.contains("png")) {
      try {
        files.put(stem + ".png", PngImage.of(svg));
      } catch (IOException e) {
        if (strict) {
          throw e;
        }
      }
    }
  }

  /// What to tell of files that were wanted and could not be; empty for nothing.
  String leftOut(Collection<String> written) {
    boolean drawn = written.stream().anyMatch(name -> name.endsWith(".svg"));
    boolean painted = written.stream().anyMatch(name -> name.endsWith(".png"));
    return formats.contains("png") && drawn && !painted
        ? "plots: png left out, for this machine cannot set text; --plots png says why"
        : "";
  }

  private static CurvePlot.Series series(Run run, Breakdown breakdown, String measure) {
    List<CurvePlot.Point> points =
        breakdown.groups().stream()
            .map(group -> {
              Measure found = Comparison.find(group.measures(), measure);
              return new CurvePlot.Point(
                  group.lower(),
                  group.upper(),
                  found == null ? Double.NaN : found.value(),
                  found == null ? Double.NaN : found.standardError());
            })
            .toList();
    Measure total = run.result().measure(measure);
    return new CurvePlot.Series(
        total == null
            ? run.name()
            : CurvePlot.legend(run.name(), "mean", total.value(), total.standardError(), total.n()),
        points);
  }

  /// What the groups are by, with its unit where it has one.
  private static String axis(String by) {
    if (by.startsWith("log-snr(")) {
      return by + " = ln(alpha² / sigma²)";
    }
    if (by.startsWith("ln(") || by.startsWith("ln-sigma(")) {
      return by + ", natural logarithm";
    }
    return by.startsWith("sigma(") ? by + ", standard deviation of the noise" : by;
  }

  /// Letters, digits and dashes, unlike any other of the files.
  private static String stem(SequencedMap<String, byte[]> files, String text) {
    String plain = text.replaceAll("[^A-Za-z0-9_]+", "-").replaceAll("-+$", "");
    String stem = plain;
    for (int i = 2; files.containsKey(stem + ".svg") || files.containsKey(stem + ".png"); i++) {
      stem = plain + "-" + i;
    }
    return stem;
  }
}
