package io.lanewise.cli;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.Names;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import io.lanewise.run.InputFiles;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import io.lanewise.source.Reading;
import io.lanewise.source.Source;
import io.lanewise.source.Sources;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lanewise convert IN OUT`.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = "Writes the columns of one file to another, whose extension says the format.")
final class ConvertCommand implements Callable<Integer> {
  private static final int BATCH_ROWS = 4096;

  private final Terminal terminal;

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description = "The file to read; - is standard input.")
  @Nullable String in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "The file to write: " + Sinks.EXTENSIONS + ".")
  @Nullable Path out;

  @Option(
      names = "--columns",
      paramLabel = "NAME",
      split = ",",
      description = "Only these columns, in this order; several with commas between.")
  List<String> columns = List.of();

  @Option(names = "--replace", description = "Replace an existing file.")
  boolean replace;

  @Option(
      names = "--no-mmap",
      description = "Read the file into memory instead of mapping it; see 'lanewise run --help'.")
  boolean noMmap;

  ConvertCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Path target = Objects.requireNonNull(out);
    if (!replace && Files.exists(target) && !Files.isDirectory(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    InputFiles.of(List.of(Objects.requireNonNull(in))).refuse(List.of(target));
    long rows = 0;
    try (Source source =
        Sources.open(
            Objects.requireNonNull(in), new Reading(!noMmap, Reading.DEFAULT.memoryBytes()))) {
      List<ColumnType> types = types(source);
      if (!Sinks.holdsLists(target)) {
        types = types.stream().map(type -> withWidth(source, type)).toList();
      }
      List<String> names = types.stream().map(ColumnType::name).toList();
      try (Sink sink = Sinks.create(target, types, replace);
          Cursor cursor = source.read(names, BATCH_ROWS)) {
        for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
          try (Batch open = batch) {
            sink.write(open);
            rows += open.rows();
          }
        }
        source.checkUnchanged();
        sink.commit();
      } catch (RuntimeException | Error e) {
        // While the file is still open.
        throw DataSet.explained(e);
      }
    }
    terminal.out().println("Written: %s, %s rows".formatted(target, Summary.count(rows)));
    return ExitCode.DONE;
  }

  private List<ColumnType> types(Source source) {
    if (columns.isEmpty()) {
      return source.schema();
    }
    List<String> known = source.schema().stream().map(ColumnType::name).toList();
    List<ColumnType> types = new ArrayList<>();
    for (String column : columns) {
      int index = known.indexOf(column);
      if (index < 0) {
        throw new IllegalArgumentException(
            source.name() + ": " + Names.unknown("column", column, known).getMessage());
      }
      types.add(source.schema().get(index));
    }
    return types;
  }

  /// A column of lists as one of vectors, for a format that has no lists: after a pass that finds
  /// them all of one length. A pipe has no second pass, so its lists stay what they are.
  private ColumnType withWidth(Source source, ColumnType type) {
    if (type.shape() != Shape.SEQUENCE
        || !Files.isRegularFile(Path.of(Objects.requireNonNull(in)))) {
      return type;
    }
    int width = 0;
    try (Cursor cursor = source.read(List.of(type.name()), BATCH_ROWS)) {
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        try (Batch open = batch) {
          if (!(open.column(type.name()) instanceof SequenceColumn lists)) {
            return type;
          }
          width = width == 0 ? Math.clamp(lists.firstLength(), 0, Integer.MAX_VALUE) : width;
          int other = width == 0 ? -1 : lists.firstRowNotOfLength(width);
          if (other >= 0) {
            throw new IllegalArgumentException(
                "%s: found a list of %d elements, expected %d as in the rows before; .arrow and .parquet hold lists of any length"
                    .formatted(open.place(type.name(), other), lists.length(other), width));
          }
        }
      }
    }
    return width == 0 ? type : new ColumnType(type.name(), Shape.VECTOR, type.type(), width);
  }
}
