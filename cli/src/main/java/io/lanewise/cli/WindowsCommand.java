package io.lanewise.cli;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Validity;
import io.lanewise.objective.likelihood.RollingWindows;
import io.lanewise.objective.likelihood.RollingWindows.Window;
import io.lanewise.run.bind.ParameterFile;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lanewise windows`: which windows of long texts a model must be shown so that every token is
/// predicted exactly once: see [RollingWindows].
@Command(
    name = "windows",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the rolling windows of texts that are longer than a model reads at once.",
      "The model reads tokens inputFrom to inputTo - 1 (-1 is the prefix token); its last targetTo -"
          + " targetFrom predictions are those of tokens targetFrom to targetTo - 1. Every token is"
          + " predicted once. As get_rolling_token_windows of lm-evaluation-harness."
    })
final class WindowsCommand implements Callable<Integer> {
  private static final List<String> COLUMNS =
      List.of("document", "inputFrom", "inputTo", "targetFrom", "targetTo");

  /// Rows that are written at once.
  private static final int ROWS = 65_536;

  private final Terminal terminal;

  @Parameters(
      paramLabel = "TOKENS",
      description =
          "The number of tokens of each text, with commas between, or @FILE or @FILE#COLUMN with a"
              + " number a row.")
  String tokens = "";

  @Option(
      names = "--max-length",
      paramLabel = "N",
      required = true,
      description = "Most tokens that the model reads at once.")
  int maxLength;

  @Option(
      names = "--context",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Tokens of context that each window but the first keeps at least: 1 to --max-length."
              + " Default: 1.")
  int context;

  @Option(
      names = "--disjoint",
      description =
          "Cuts the input to the context alone, without the targets: as make_disjoint_window.")
  boolean disjoint;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "What to print: text, json or csv. Default: text.")
  ScheduleCommand.Format format = ScheduleCommand.Format.text;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Writes the windows to a file instead: " + Sinks.EXTENSIONS + ".")
  @Nullable Path out;

  @Option(names = "--replace", description = "Replace an existing file.")
  boolean replace;

  WindowsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (context < 1 || context > maxLength) {
      throw new IllegalArgumentException(
          "option '--context': found %d, expected 1 to --max-length = %d"
              .formatted(context, maxLength));
    }
    long[] counts = counts(ParameterFile.expand(tokens));
    if (out != null) {
      write(counts, out);
      return ExitCode.DONE;
    }
    switch (format) {
      case text -> {
        Table table = new Table("rrrrr", COLUMNS.toArray(String[]::new));
        rows(counts)
            .forEach(row ->
                table.add(Arrays.stream(row).mapToObj(Long::toString).toArray(String[]::new)));
        terminal.out().print(table.text());
      }
      case csv -> {
        terminal.out().println(String.join(",", COLUMNS));
        rows(counts)
            .forEach(row ->
                terminal
                    .out()
                    .println(
                        String.join(",", Arrays.stream(row).mapToObj(Long::toString).toList())));
      }
      case json -> terminal.out().println(Json.of(rows(counts).map(this::named).toList()));
    }
    return ExitCode.DONE;
  }

  private Map<String, Long> named(long[] row) {
    Map<String, Long> named = new LinkedHashMap<>();
    for (int c = 0; c < row.length; c++) {
      named.put(COLUMNS.get(c), row[c]);
    }
    return named;
  }

  private static long[] counts(String expanded) {
    return Arrays.stream(expanded.split(",")).mapToLong(WindowsCommand::count).toArray();
  }

  private static long count(String text) {
    double value;
    try {
      value = Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (!(value >= 0 && value == Math.rint(value) && value <= 1L << 53)) {
      throw new IllegalArgumentException(
          "TOKENS: found '%s', expected a whole number of tokens, 0 or more".formatted(text));
    }
    return (long) value;
  }

  /// A row for each window, made as it is asked for.
  private Stream<long[]> rows(long[] counts) {
    return IntStream.range(0, counts.length)
        .boxed()
        .flatMap(document ->
            RollingWindows.stream(counts[document], maxLength, context)
                .map(window -> disjoint ? window.disjoint() : window)
                .map(window -> row(document, window)));
  }

  private static long[] row(long document, Window window) {
    return new long[] {
      document, window.inputFrom(), window.inputTo(), window.targetFrom(), window.targetTo()
    };
  }

  private void write(long[] counts, Path file) throws IOException {
    List<long[]> some = new ArrayList<>();
    List<ColumnType> types =
        batch(0, List.of()).columns().values().stream().map(Column::describe).toList();
    try (Sink sink = Sinks.create(file, types, replace)) {
      long written = 0;
      for (long[] row : (Iterable<long[]>) rows(counts)::iterator) {
        some.add(row);
        if (some.size() == ROWS) {
          sink.write(batch(written, some));
          written += some.size();
          some.clear();
        }
      }
      if (!some.isEmpty() || written == 0) {
        sink.write(batch(written, some));
      }
      sink.commit();
    }
  }

  private static Batch batch(long first, List<long[]> rows) {
    List<ScalarColumn> columns = new ArrayList<>();
    for (int c = 0; c < COLUMNS.size(); c++) {
      int column = c;
      // NumPy's writer takes memory outside the heap.
      MemorySegment memory =
          Arena.ofAuto()
              .allocate(Math.max(1L, rows.size()) * Long.BYTES, Long.BYTES)
              .copyFrom(
                  MemorySegment.ofArray(rows.stream().mapToLong(row -> row[column]).toArray()));
      columns.add(new ScalarColumn(COLUMNS.get(c), DType.INT64, rows.size(), memory, Validity.ALL));
    }
    return new Batch(first, rows.size(), columns, () -> {});
  }
}
