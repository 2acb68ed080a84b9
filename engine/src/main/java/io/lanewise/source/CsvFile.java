package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A CSV file with a header row, read by DuckDB (`org.duckdb:duckdb_jdbc`, optional).
///
/// Fields are separated by commas, tabs or semicolons, whichever the header has most of, and may be
/// quoted with `"`. A column is int64, float64, boolean (as int32) or text, by what all of its
/// fields can be read as; `nan`, `inf`, `+inf` and `-inf` are numbers, in any case, blanks around a
/// number do not matter, and where semicolons separate fields a number may have a decimal comma. An
/// empty field is null, among numbers so is one of [CsvNumbers#MISSING]; among texts a quoted empty
/// field and those words are texts. A column of nothing but empty fields is text. A column of whole
/// numbers of which one is beyond int64 is an error when it is read.
///
/// CSV has no lists: columns `x[0]`, `x[1]`, … `x[n-1]`, in that order, are read as one vector
/// column `x` of width n; `\N`-style nulls and comments are not recognised.
public final class CsvFile implements Source {
  private static final Pattern INDEXED = Pattern.compile("(.+)\\[(0|[1-9][0-9]{0,8})]");

  /// A header beyond this is no header.
  private static final int MAX_HEADER = 1 << 24;

  private final String name;
  private final FileStamp stamp;
  private final DuckDb database;
  private final String table;
  private final List<ColumnType> schema;
  private final SequencedMap<String, String> expressions = new LinkedHashMap<>();

  private final Path path;
  private final char separator;
  private final CsvNumbers numbers;

  /// The names in the header.
  private final List<String> names;

  /// The file with all cells as texts.
  private final String texts;

  /// For each column of the file the first cell that is no number.
  private final List<CsvNumbers.@Nullable Cell> firstTexts = new ArrayList<>();

  /// Columns of float64 in which a number beyond int64 may stand.
  private final Set<String> large = ConcurrentHashMap.newKeySet();

  private CsvFile(Path path, DuckDb database) {
    this.name = path.toString();
    this.stamp = FileStamp.of(path);
    this.database = database;
    this.path = path;
    String header = header(path);
    this.separator = separator(header);
    this.numbers = new CsvNumbers(separator == ';');
    this.names = split(header, separator);
    Set<String> seen = new HashSet<>();
    for (String column : names) {
      if (!seen.add(column)) {
        throw new DataException(
            name + ": column '" + column + "'", "found it twice, expected each name once");
      }
    }
    CsvScan bytes = CsvScan.of(path);
    if (bytes.loneReturn() > 0) {
      // DuckDB loses blanks after such an end.
      throw new DataException(
          "%s: line %d".formatted(name, bytes.loneReturn()),
          "found a carriage return alone at the end, expected a line feed as in other lines");
    }
    String options =
        ", header=true, skip=0, delim=%s, quote='\"', escape='\"', comment='', nullstr=''"
                .formatted(DuckDb.text(String.valueOf(separator)))
            + ", allow_quoted_nulls=false, strict_mode=true, null_padding=false,"
            + " ignore_errors=false, hive_partitioning=false";
    String call = "read_csv(" + DuckDb.file(path) + options;
    this.texts = call + ", all_varchar=true)";
    ArrowSchema stored;
    try {
      this.table =
          "%s%s, sample_size=-1, auto_type_candidates=['BOOLEAN','BIGINT','DOUBLE','VARCHAR'])"
              .formatted(call, keptAsText(bytes));
      stored = database.schema("SELECT * FROM " + table);
    } catch (DataException e) {
      throw explained(call, names, bytes, e);
    }
    if (stored.columns().size() != names.size()) {
      throw new DataException(
          name,
          "found %d columns in the header, expected %d as in the rows below it"
              .formatted(names.size(), stored.columns().size()));
    }
    this.schema = group(names, cells(stored.columns()));
  }

  /// Opens a CSV file and looks through all of it for the types of its columns.
  ///
  /// @throws DataException if it is not one, or DuckDB is absent
  /// @throws java.io.UncheckedIOException if it cannot be read
  public static CsvFile open(Path path, Reading reading) {
    Mapping.checkReadable(path);
    DuckDb database = DuckDb.open(path, reading, "a CSV file");
    try {
      return new CsvFile(path, database);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// The first line, which may go on within quotes.
  private String header(Path path) {
    try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      StringBuilder header = new StringBuilder();
      boolean quoted = false;
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (!quoted && (c == '\n' || c == '\r')) {
          break;
        }
        quoted ^= c == '"';
        header.append((char) c);
        if (header.length() > MAX_HEADER) {
          throw new DataException(
              name, "found a header of more than %d characters".formatted(MAX_HEADER));
        }
      }
      // Spreadsheets put a byte order mark there.
      return !header.isEmpty() && header.charAt(0) == '\uFEFF'
          ? header.substring(1)
          : header.toString();
    } catch (CharacterCodingException e) {
      throw new DataException(name, "found bytes that are not UTF-8, expected text", e);
    } catch (IOException e) {
      throw Mapping.unreadable(path, e);
    }
  }

  private static char separator(String header) {
    char best = ',';
    for (char candidate : new char[] {'\t', ';'}) {
      if (split(header, candidate).size() > split(header, best).size()) {
        best = candidate;
      }
    }
    return best;
  }

  private static List<String> split(String header, char separator) {
    List<String> names = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < header.length(); i++) {
      char c = header.charAt(i);
      if (c == '"') {
        // A doubled quote within quotes is one; it ends and begins the quoting again.
        if (!quoted && i > 0 && header.charAt(i - 1) == '"' && !field.isEmpty()) {
          field.append('"');
        }
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        names.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    names.add(field.toString());
    return names;
  }

  /// DuckDB takes `0x10` and `0b10` for whole numbers. Columns with such a cell are given to it as
  /// texts, so that it does not matter what else is in the column.
  private String keptAsText(CsvScan bytes) {
    if (!bytes.mayHoldPrefixes()) {
      return "";
    }
    List<String> columns =
        database.schema("SELECT * FROM " + texts).columns().stream().map(ColumnType::name).toList();
    List<String> prefixed = CsvNumbers.prefixed(database, texts, columns);
    return prefixed.isEmpty()
        ? ""
        : prefixed.stream()
            .map(column -> DuckDb.text(column) + ": 'VARCHAR'")
            .collect(Collectors.joining(", ", ", types={", "}"));
  }

  /// Asks again with all columns as text: then DuckDB names the line that does not fit the header.
  private DataException explained(
      String call, List<String> names, CsvScan bytes, DataException first) {
    if (bytes.otherEnd() > 0) {
      return new DataException(
          "%s: line %d".formatted(name, bytes.otherEnd()),
          "found another line end than the header's, expected one kind in the whole file",
          first);
    }
    String columns =
        names.stream()
            .map(column -> DuckDb.text(column) + ": 'VARCHAR'")
            .collect(Collectors.joining(", ", ", auto_detect=false, columns={", "})"));
    try {
      database.rows(
          "SELECT count(*) FROM (SELECT * FROM " + call + columns + ")", row -> row.getLong(1));
      return first;
    } catch (DataException e) {
      return e;
    }
  }

  /// A column of the file: its type, and how its cells are selected.
  private record Cells(DType type, String expression) {}

  private List<Cells> cells(List<ColumnType> stored) {
    List<String> texts =
        stored.stream()
            .filter(column -> column.type() == DType.TEXT)
            .map(column -> DuckDb.name(column.name()))
            .toList();
    Iterator<CsvNumbers.Found> found =
        texts.isEmpty()
            ? Collections.emptyIterator()
            : numbers.look(database, table, texts).iterator();
    List<Cells> cells = new ArrayList<>();
    for (ColumnType column : stored) {
      String name = DuckDb.name(column.name());
      if (column.type() != DType.TEXT) {
        cells.add(new Cells(column.type(), name));
        firstTexts.add(null);
        continue;
      }
      CsvNumbers.Found text = found.next();
      cells.add(
          text.type() == null
              ? new Cells(DType.TEXT, name)
              : new Cells(text.type(), numbers.expression(name, text.type())));
      firstTexts.add(text.firstText());
    }
    return cells;
  }

  /// Reads runs of `x[0]`, `x[1]`, … as vectors, and fills in how each column is selected.
  private List<ColumnType> group(List<String> names, List<Cells> stored) {
    List<ColumnType> columns = new ArrayList<>();
    int i = 0;
    while (i < names.size()) {
      String base = baseOf(names.get(i), 0);
      int width = 0;
      boolean integer = true;
      boolean numeric = true;
      while (base != null
          && i + width < names.size()
          && base.equals(baseOf(names.get(i + width), width))) {
        DType type = stored.get(i + width).type();
        integer &= type.isInteger();
        numeric &= type != DType.TEXT;
        width++;
      }
      // Names that go on after a gap, or that would clash, are left as they are: all of them or
      // none.
      boolean vector =
          base != null && numeric && !names.contains(base) && isComplete(names, base, width);
      if (vector && base != null) {
        DType type = integer ? DType.INT64 : DType.FLOAT64;
        columns.add(new ColumnType(base, Shape.VECTOR, type, width));
        expressions.put(
            base,
            stored.subList(i, i + width).stream()
                .map(Cells::expression)
                .collect(
                    Collectors.joining(
                        ", ",
                        "array_value(",
                        ")::%s[%d]".formatted(integer ? "BIGINT" : "DOUBLE", width))));
        i += width;
      } else {
        Cells column = stored.get(i);
        String name = names.get(i);
        columns.add(new ColumnType(name, Shape.SCALAR, column.type(), 1));
        expressions.put(name, column.expression());
        i++;
      }
    }
    return List.copyOf(columns);
  }

  private static boolean isComplete(List<String> names, String base, int width) {
    return names.stream()
            .map(INDEXED::matcher)
            .filter(m -> m.matches() && m.group(1).equals(base))
            .count()
        == width;
  }

  private static @Nullable String baseOf(String name, int index) {
    Matcher matcher = INDEXED.matcher(name);
    return matcher.matches() && Integer.parseInt(matcher.group(2)) == index
        ? matcher.group(1)
        : null;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String format() {
    return "csv";
  }

  @Override
  public List<ColumnType> schema() {
    return schema;
  }

  @Override
  public List<Unsupported> unsupported() {
    return List.of();
  }

  @Override
  public Optional<String> firstNonNumber(String column) {
    int at = names.indexOf(column);
    return at < 0
        ? Optional.empty()
        : Optional.ofNullable(firstTexts.get(at))
            .map(cell -> "line %d: found '%s'".formatted(line(at, cell), cell.shown()));
  }

  private long line(int column, CsvNumbers.Cell cell) {
    return CsvLines.of(path, separator, cell.row(), column, names.size());
  }

  /// Whole numbers that do not fit into int64 come as float64, in which they are other numbers.
  private List<ColumnChunk> exact(List<ColumnChunk> chunks) {
    for (ColumnChunk chunk : chunks) {
      if (chunk instanceof NumberChunk found
          && found.element() == Element.FLOAT64
          && !large.contains(found.column().name())
          && hasLarge(found.data())) {
        refuseWholeNumbers(found.column().name());
        large.add(found.column().name());
      }
    }
    return chunks;
  }

  private static boolean hasLarge(MemorySegment data) {
    for (long i = 0; i < data.byteSize() / Double.BYTES; i++) {
      double magnitude = Math.abs(data.get(JAVA_DOUBLE_UNALIGNED, i * Double.BYTES));
      if (magnitude >= 0x1p63 && magnitude <= Double.MAX_VALUE) {
        return true;
      }
    }
    return false;
  }

  private void refuseWholeNumbers(String column) {
    List<String> parts =
        names.contains(column)
            ? List.of(column)
            : names.stream()
                .filter(name -> name.startsWith(column + "[") && INDEXED.matcher(name).matches())
                .toList();
    List<CsvNumbers.@Nullable Cell> cells =
        numbers.beyondInt64(database, texts, parts.stream().map(DuckDb::name).toList());
    for (int i = 0; i < parts.size(); i++) {
      CsvNumbers.Cell cell = cells.get(i);
      if (cell != null) {
        throw new DataException(
            "%s: column '%s' line %d"
                .formatted(name, parts.get(i), line(names.indexOf(parts.get(i)), cell)),
            "found %s among whole numbers, expected int64, %d at most; with a point or an exponent"
                    .formatted(cell.shown().strip(), Long.MAX_VALUE)
                + " in one of them all are float64");
      }
    }
  }

  /// Not known: rows are lines, and lines are found by reading.
  @Override
  public OptionalLong rowCount(List<String> columns) {
    Projection.of(this, columns);
    return OptionalLong.empty();
  }

  @Override
  public Cursor read(List<String> columns, int batchRows) {
    List<ColumnType> wanted = Projection.of(this, columns, batchRows);
    String query =
        wanted.stream()
            .map(column -> expressions.get(column.name()) + " AS " + DuckDb.name(column.name()))
            .collect(Collectors.joining(", ", "SELECT ", " FROM " + table));
    return new ChunkCursor(
        name,
        stamp::checkUnchanged,
        batchRows,
        database.chunks(query, wanted, batchRows, this::exact));
  }

  @Override
  public void checkUnchanged() {
    stamp.checkUnchanged();
  }

  @Override
  public void close() {
    database.close();
  }
}
