package io.lanewise.cli;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.Quoted;
import io.lanewise.report.Digits;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import io.lanewise.source.Reading;
import io.lanewise.source.Source;
import io.lanewise.source.Sources;
import io.lanewise.source.Unsupported;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lanewise inspect FILE...`: reads every file once, in constant memory.
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Says what is in a file: format, columns, rows, ranges, nulls, non-finite numbers.")
final class InspectCommand implements Callable<Integer> {
  private static final int BATCH_ROWS = 4096;

  /// Compressed arrays are unpacked side by side, which takes memory for each.
  private static final int ARRAYS_AT_ONCE = 1024;

  private final Terminal terminal;
  private final Catalog objectives;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files; - is standard input.")
  List<String> files = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      converter = RunOptions.FormatConverter.class,
      description = "What to print: text or json. Default: text.")
  RunOptions.Format format = RunOptions.Format.TEXT;

  @Option(
      names = "--no-mmap",
      description = "Read files into memory instead of mapping them; see 'lanewise run --help'.")
  boolean noMmap;

  InspectCommand(Terminal terminal, Catalog objectives) {
    this.terminal = terminal;
    this.objectives = objectives;
  }

  @Override
  public Integer call() {
    List<Object> entries = new ArrayList<>();
    for (String file : files) {
      try (Source source =
          Sources.open(file, new Reading(!noMmap, Reading.DEFAULT.memoryBytes()))) {
        List<ColumnProfile> profiles = profiles(source);
        source.checkUnchanged();
        switch (format) {
          case TEXT -> {
            terminal.out().print(text(source, profiles));
            terminal.out().print(new Hint(terminal, objectives, file).of(source, profiles));
          }
          case JSON -> entries.add(entry(source, profiles));
        }
      }
    }
    if (format == RunOptions.Format.JSON) {
      terminal.out().println(Json.of(entries));
    }
    return ExitCode.DONE;
  }

  /// The arrays of an `.npz` file are read some at a time, as far as they have one length;
  /// everything else is read in one pass, which standard input allows as well.
  private static List<ColumnProfile> profiles(Source source) {
    List<ColumnProfile> profiles = source.schema().stream().map(ColumnProfile::new).toList();
    if (source.format().equals("npz") || source.format().equals("safetensors")) {
      for (List<ColumnProfile> together : byLength(source, profiles)) {
        for (int from = 0; from < together.size(); from += ARRAYS_AT_ONCE) {
          fill(source, together.subList(from, Math.min(together.size(), from + ARRAYS_AT_ONCE)));
        }
      }
    } else if (!profiles.isEmpty()) {
      fill(source, profiles);
    }
    return profiles;
  }

  private static Collection<List<ColumnProfile>> byLength(
      Source source, List<ColumnProfile> profiles) {
    Map<OptionalLong, List<ColumnProfile>> lengths = new LinkedHashMap<>();
    for (ColumnProfile profile : profiles) {
      OptionalLong rows = source.rowCount(List.of(profile.type().name()));
      lengths.computeIfAbsent(rows, _ -> new ArrayList<>()).add(profile);
    }
    return lengths.values();
  }

  private static void fill(Source source, List<ColumnProfile> profiles) {
    try {
      read(source, profiles);
    } catch (RuntimeException | Error e) {
      // While the file is still open.
      throw DataSet.explained(e);
    }
  }

  private static void read(Source source, List<ColumnProfile> profiles) {
    List<String> names = profiles.stream().map(profile -> profile.type().name()).toList();
    try (Cursor cursor = source.read(names, BATCH_ROWS)) {
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        try (Batch open = batch) {
          for (ColumnProfile profile : profiles) {
            Column column = Objects.requireNonNull(open.column(profile.type().name()));
            profile.add(column);
          }
        }
      }
    }
  }

  private static String text(Source source, List<ColumnProfile> profiles) {
    Table table =
        new Table(
            "llrrrrrrl", "column", "type", "rows", "nulls", "non-finite", "min", "mean", "max", "");
    for (ColumnProfile profile : profiles) {
      ColumnType type = profile.type();
      table.add(
          Quoted.capped(type.name()),
          type.signature(),
          Summary.count(profile.rows()),
          Summary.count(profile.nulls()),
          Summary.count(profile.nonFinite()),
          shown(profile.min()),
          shown(profile.mean()),
          shown(profile.max()),
          profile.note());
    }
    for (Unsupported column : source.unsupported()) {
      String type = Quoted.capped(column.type()) + ", not read";
      table.add(Quoted.capped(column.name()), type, "", "", "", "", "", "", "");
    }
    return "%s: %s\n%s".formatted(Quoted.escaped(source.name()), source.format(), table.text());
  }

  private static String shown(double value) {
    return Double.isNaN(value) ? "" : Digits.of(value);
  }

  private static Map<String, Object> entry(Source source, List<ColumnProfile> profiles) {
    List<Object> columns = new ArrayList<>();
    for (ColumnProfile profile : profiles) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("name", profile.type().name());
      fields.put("type", profile.type().signature());
      fields.put("rows", profile.rows());
      fields.put("nulls", profile.nulls());
      fields.put("nonFinite", profile.nonFinite());
      fields.put("min", finite(profile.min()));
      fields.put("mean", finite(profile.mean()));
      fields.put("max", finite(profile.max()));
      columns.add(fields);
    }
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("file", source.name());
    entry.put("format", source.format());
    entry.put("columns", columns);
    entry.put(
        "unread",
        source.unsupported().stream()
            .map(column -> Map.of("name", column.name(), "type", column.type()))
            .toList());
    return entry;
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
