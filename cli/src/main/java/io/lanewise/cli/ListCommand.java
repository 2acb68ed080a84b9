package io.lanewise.cli;

import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.Transform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `lanewise list`.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists every objective by family.")
final class ListCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Catalog objectives;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      converter = RunOptions.FormatConverter.class,
      description = "What to print: text or json. Default: text.")
  RunOptions.Format format = RunOptions.Format.TEXT;

  ListCommand(Terminal terminal, Catalog objectives) {
    this.terminal = terminal;
    this.objectives = objectives;
  }

  @Override
  public Integer call() {
    switch (format) {
      case TEXT -> terminal.out().print(table());
      case JSON -> terminal.out().println(Json.of(entries()));
    }
    return ExitCode.DONE;
  }

  private String table() {
    Table table = new Table("llll", "family", "objective", "kind", "title");
    String family = "";
    for (Objective objective : objectives.all()) {
      Descriptor descriptor = objective.descriptor();
      String own = descriptor.family().toString();
      table.add(
          own.equals(family) ? "" : own, descriptor.id(), kind(objective), descriptor.title());
      family = own;
    }
    return table.text();
  }

  private List<Map<String, String>> entries() {
    List<Map<String, String>> entries = new ArrayList<>();
    for (Objective objective : objectives.all()) {
      Descriptor descriptor = objective.descriptor();
      Map<String, String> entry = new LinkedHashMap<>();
      entry.put("id", descriptor.id());
      entry.put("family", descriptor.family().toString());
      entry.put("kind", kind(objective));
      entry.put("title", descriptor.title());
      entries.add(entry);
    }
    return entries;
  }

  /// What it gives: `rows` for numbers by row, `transform` for vectors by row, `samples` for
  /// statistics of whole sets.
  static String kind(Objective objective) {
    return switch (objective) {
      case RowObjective row -> "rows";
      case Transform transform -> "transform";
      case SampleMetric metric -> "samples";
    };
  }
}
