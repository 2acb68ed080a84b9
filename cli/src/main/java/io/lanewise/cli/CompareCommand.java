package io.lanewise.cli;

import io.lanewise.batch.Names;
import io.lanewise.batch.Quoted;
import io.lanewise.report.Digits;
import io.lanewise.result.Direction;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.run.InputFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lanewise compare A B`: two reports, or two evaluations of one, side by side.
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Says where run B is better or worse than run A, over all rows and bin by bin, by the standard"
          + " errors of both; with -o DIR also draws both on one plot.",
      "A and B are results.json, or folders that hold one. Without --evaluation, every evaluation that"
          + " both have is compared."
    },
    footer = {"", "Exit codes: 0 done, 1 B is worse and --fail-if-worse was given, 2 usage."})
final class CompareCommand implements Callable<Integer> {
  private static final int MOST_GROUPS = 20;
  private static final String JSON = "comparison.json";

  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "A", description = "The run to compare with.")
  @Nullable Path first;

  @Parameters(index = "1", paramLabel = "B", description = "The run that is judged.")
  @Nullable Path second;

  @Option(
      names = "--evaluation",
      paramLabel = "NAME",
      description = "Compare this evaluation only.")
  @Nullable String evaluation;

  @Option(
      names = "--with",
      paramLabel = "NAME",
      description = "The evaluation of B to compare it with, if it has another name there.")
  @Nullable String with;

  @Option(
      names = "--names",
      paramLabel = "A,B",
      description = "What to call the runs in plots and tables. Default: their paths.")
  @Nullable String names;

  @Option(
      names = "--threshold",
      paramLabel = "Z",
      defaultValue = "1.96",
      description = "Standard errors from which a difference counts. Default: 1.96.")
  double threshold;

  @Option(names = "--fail-if-worse", description = "Exit with 1 if B is worse over all rows.")
  boolean failIfWorse;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Folder for comparison.json and the plots.")
  @Nullable Path out;

  @Option(names = "--replace", description = "Replace existing output files.")
  boolean replace;

  @Option(
      names = "--plots",
      paramLabel = "FORMATS",
      defaultValue = "auto",
      description =
          "Formats of plots: svg, png, both with a comma, none, or auto: both, without png where there"
              + " are no fonts. Default: auto.")
  String plots = "auto";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      converter = RunOptions.FormatConverter.class,
      description = "What to print: text or json. Default: text.")
  RunOptions.Format format = RunOptions.Format.TEXT;

  CompareCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (!(threshold > 0)) {
      throw new IllegalArgumentException(
          "option '--threshold': found %s, expected a number > 0".formatted(threshold));
    }
    Plots drawn = Plots.parse(plots);
    Path a = Objects.requireNonNull(first);
    Path b = Objects.requireNonNull(second);
    List<String> called = called(a, b);
    List<EvaluationResult> from = ResultsFile.read(a);
    List<EvaluationResult> to = ResultsFile.read(b);
    List<Comparison> comparisons = new ArrayList<>();
    SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    Map<EvaluationResult, EvaluationResult> pairs = pairs(from, to);
    OutputFiles folder = out == null ? null : new OutputFiles(out, replace);
    if (folder != null) {
      folder.prepare(
          List.of(JSON),
          InputFiles.of(List.of(ResultsFile.of(a).toString(), ResultsFile.of(b).toString())));
    }
    for (Map.Entry<EvaluationResult, EvaluationResult> pair : pairs.entrySet()) {
      comparisons.add(Comparison.of(pair.getKey(), pair.getValue(), threshold));
      if (out != null) {
        files.putAll(
            drawn.of(
                new Plots.Run(called.getFirst(), pair.getKey()),
                new Plots.Run(called.getLast(), pair.getValue())));
      }
    }
    String json = Json.of(asMap(called, comparisons)) + "\n";
    if (folder != null) {
      files.putFirst(JSON, json.getBytes(StandardCharsets.UTF_8));
      folder.write(files);
      terminal.tell(drawn.leftOut(files.keySet()));
    }
    switch (format) {
      case JSON -> terminal.out().print(json);
      case TEXT -> {
        terminal.out().print(text(called, comparisons));
        if (out != null) {
          terminal.out().println("\nWritten");
          files.keySet().forEach(name -> terminal.out().println("  " + out.resolve(name)));
        }
      }
    }
    boolean worse =
        comparisons.stream()
            .flatMap(c -> c.total().stream())
            .anyMatch(d -> d.outcome() == Comparison.Outcome.WORSE);
    return failIfWorse && worse ? ExitCode.CHECK_FAILED : ExitCode.DONE;
  }

  private List<String> called(Path a, Path b) {
    if (names == null) {
      String suffix = with == null ? "" : " " + with;
      return List.of("A: " + a + (with == null ? "" : " " + evaluation), "B: " + b + suffix);
    }
    List<String> given = List.of(names.split(",", -1));
    if (given.size() != 2) {
      throw new IllegalArgumentException(
          "option '--names': found '%s', expected two with a comma".formatted(names));
    }
    return given;
  }

  private Map<EvaluationResult, EvaluationResult> pairs(
      List<EvaluationResult> from, List<EvaluationResult> to) {
    if (with != null && evaluation == null) {
      throw new IllegalArgumentException(
          "option '--with': found no --evaluation, expected the evaluation of A to compare it with");
    }
    Map<EvaluationResult, EvaluationResult> pairs = new LinkedHashMap<>();
    if (evaluation != null) {
      EvaluationResult a = named(from, evaluation);
      EvaluationResult b = named(to, with == null ? evaluation : with);
      refuseOther(a, b);
      pairs.put(a, b);
      return pairs;
    }
    for (EvaluationResult a : from) {
      for (EvaluationResult b : to) {
        if (a.name().equals(b.name())) {
          refuseOther(a, b);
          pairs.put(a, b);
        }
      }
    }
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "A has the evaluations %s, B has %s: found none that both have, expected one (or --evaluation and --with)"
              .formatted(
                  from.stream().map(EvaluationResult::name).toList(),
                  to.stream().map(EvaluationResult::name).toList()));
    }
    return pairs;
  }

  private static EvaluationResult named(List<EvaluationResult> results, String name) {
    return results.stream()
        .filter(result -> result.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            Names.unknown(
                "evaluation", name, results.stream().map(EvaluationResult::name).toList()));
  }

  /// Numbers of different meaning are not compared.
  private static void refuseOther(EvaluationResult a, EvaluationResult b) {
    if (!a.objective().equals(b.objective())) {
      throw new IllegalArgumentException(
          "evaluation '%s': found objective '%s' in B, expected '%s' as in A"
              .formatted(a.name(), b.objective(), a.objective()));
    }
    for (Measure measure : a.measures()) {
      Measure other = Comparison.find(b.measures(), measure.name());
      if (other != null
          && (!other.definition().equals(measure.definition())
              || !other.unit().equals(measure.unit()))) {
        throw new IllegalArgumentException(
            "evaluation '%s', measure '%s': found '%s' in %s in B, expected '%s' in %s as in A"
                .formatted(
                    a.name(),
                    measure.name(),
                    other.definition(),
                    other.unit(),
                    measure.definition(),
                    measure.unit()));
      }
    }
  }

  private static String text(List<String> called, List<Comparison> comparisons) {
    StringBuilder text = new StringBuilder();
    text.append(Quoted.escaped(called.getFirst())).append('\n');
    text.append(Quoted.escaped(called.getLast())).append('\n');
    for (Comparison comparison : comparisons) {
      text.append('\n').append(Quoted.capped(comparison.name())).append('\n');
      Table total = new Table("lllrrl", "measure", "A", "B", "B - A", "z", "B is");
      comparison.total().forEach(d -> row(total, d.a().name(), d));
      text.append(total.text());
      for (Comparison.ByGroup breakdown : comparison.breakdowns()) {
        text.append(breakdown(comparison.name(), breakdown));
      }
    }
    if (!comparisons.isEmpty()) {
      text.append('\n').append(comparisons.getFirst().rule()).append(".\n");
    }
    return text.toString();
  }

  private static String breakdown(String name, Comparison.ByGroup breakdown) {
    String measure =
        breakdown.groups().stream()
            .flatMap(group -> group.measures().stream())
            .map(d -> d.a().name())
            .findFirst()
            .orElse("");
    if (measure.isEmpty()) {
      return "\n%s by %s: found no group that both have, only %d of one; fixed edges would be comparable\n"
          .formatted(name, breakdown.by(), breakdown.unmatched());
    }
    Table table = new Table("lllrrl", breakdown.by(), "A", "B", "B - A", "z", "B is");
    breakdown.groups().stream()
        .limit(MOST_GROUPS)
        .forEach(group ->
            group.measures().stream()
                .filter(d -> d.a().name().equals(measure))
                .forEach(d -> row(table, Quoted.capped(group.label()), d)));
    int more = breakdown.groups().size() - MOST_GROUPS;
    return "\n%s: %s by %s\n%s%s  B is better in %d groups, worse in %d, no different in %d%s\n"
        .formatted(
            name,
            measure,
            breakdown.by(),
            table.text(),
            more > 0 ? "  and %d groups more\n".formatted(more) : "",
            breakdown.count(measure, Comparison.Outcome.BETTER),
            breakdown.count(measure, Comparison.Outcome.WORSE),
            breakdown.count(measure, Comparison.Outcome.SAME),
            breakdown.unmatched() == 0
                ? ""
                : "; %d groups of one have no counterpart in the other"
                    .formatted(breakdown.unmatched()));
  }

  private static void row(Table table, String name, Comparison.Difference d) {
    table.add(
        name,
        Digits.of(d.a().value(), d.a().standardError()),
        Digits.of(d.b().value(), d.b().standardError()),
        Digits.of(d.value()),
        Double.isFinite(d.z()) ? String.format(java.util.Locale.ROOT, "%.2f", d.z()) : "",
        d.outcome().toString());
  }

  private static Map<String, Object> asMap(List<String> called, List<Comparison> comparisons) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("schema", "lanewise-comparison/1");
    root.put("a", called.getFirst());
    root.put("b", called.getLast());
    if (!comparisons.isEmpty()) {
      root.put("threshold", comparisons.getFirst().threshold());
      root.put("rule", comparisons.getFirst().rule());
    }
    List<Object> list = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", comparison.name());
      entry.put("measures", comparison.total().stream().map(CompareCommand::asMap).toList());
      List<Object> breakdowns = new ArrayList<>();
      for (Comparison.ByGroup breakdown : comparison.breakdowns()) {
        Map<String, Object> by = new LinkedHashMap<>();
        by.put("by", breakdown.by());
        by.put("rule", breakdown.rule());
        by.put("unmatched", breakdown.unmatched());
        List<Object> groups = new ArrayList<>();
        for (Comparison.Group group : breakdown.groups()) {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("label", group.label());
          one.put("lower", number(group.lower()));
          one.put("upper", number(group.upper()));
          one.put("measures", group.measures().stream().map(CompareCommand::asMap).toList());
          groups.add(one);
        }
        by.put("groups", groups);
        breakdowns.add(by);
      }
      entry.put("breakdowns", breakdowns);
      list.add(entry);
    }
    root.put("evaluations", list);
    return root;
  }

  private static Map<String, Object> asMap(Comparison.Difference d) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", d.a().name());
    map.put("better", d.a().better() == Direction.NEITHER ? "neither" : d.a().better().toString());
    map.put("a", number(d.a().value()));
    map.put("a_standard_error", number(d.a().standardError()));
    map.put("b", number(d.b().value()));
    map.put("b_standard_error", number(d.b().standardError()));
    map.put("difference", number(d.value()));
    map.put("standard_error", number(d.standardError()));
    map.put("z", number(d.z()));
    map.put("verdict", d.outcome().toString());
    return map;
  }

  /// Null for NaN; infinities as text, as in results.json.
  private static @Nullable Object number(double value) {
    if (Double.isNaN(value)) {
      return null;
    }
    return Double.isInfinite(value) ? Double.toString(value) : (Object) value;
  }
}
