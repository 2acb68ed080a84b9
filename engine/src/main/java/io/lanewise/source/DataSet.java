package io.lanewise.source;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One or more files with the same columns, read one after the other as if they were one. Where
/// they store a column in different types ([Widening]), the data set has the wider one.
///
/// Rows are counted through all files in their order, and that count is what noise and results go
/// by: how rows are split into files makes no difference. A batch never crosses files.
public final class DataSet implements Description, AutoCloseable {
  /// Beyond this many files, each is opened when its turn comes: a thousand Parquet readers at once
  /// would not fit into memory.
  private static final int KEPT_OPEN = 16;

  private static final int MAX_EMPTY_WIDTH = 1 << 20;

  private final String name;
  private final List<Member> members;
  private final List<ColumnType> schema;
  private final List<Unsupported> unsupported;
  private final Map<String, String> widenings;
  private final Reading reading;
  private final List<Ragged> ragged = new ArrayList<>();

  private record Member(FileInfo info, @Nullable Source kept) {}

  private DataSet(
      String name,
      List<Member> members,
      List<ColumnType> schema,
      List<Unsupported> unsupported,
      Map<String, String> widenings,
      Reading reading) {
    this.name = name;
    this.members = members;
    this.schema = schema;
    this.unsupported = unsupported;
    this.widenings = widenings;
    this.reading = reading;
  }

  /// Opens all files and checks that their columns agree.
  ///
  /// @param name what to call the data set in messages
  /// @param filesOrGlobs paths, globs (`runs/*.npy`, `**`; sorted by path) or `-` for standard
  ///   input
  /// @throws DataException if a file cannot be used, or two files differ in a column's type
  /// @throws java.io.UncheckedIOException if a file cannot be read, or a glob matches nothing
  /// @throws IllegalArgumentException if no file is given, or one twice
  public static DataSet of(String name, List<String> filesOrGlobs) {
    return of(name, filesOrGlobs, Reading.DEFAULT);
  }

  /// The same, read in another way.
  public static DataSet of(String name, List<String> filesOrGlobs, Reading reading) {
    List<String> files = Globs.expand(name, filesOrGlobs);
    if (files.isEmpty()) {
      throw new IllegalArgumentException(name + ": found no files, expected at least one");
    }
    List<Member> members = new ArrayList<>();
    List<ColumnType> schema = List.of();
    List<Unsupported> unsupported = List.of();
    Map<String, String> widenings = new HashMap<>();
    boolean done = false;
    try {
      for (String file : files) {
        boolean isPipe = file.equals("-") || !Files.isRegularFile(Path.of(file));
        Source source = Sources.open(file, reading);
        FileInfo info = infoOf(file, source, isPipe);
        members.add(new Member(info, source));
        checkWidths(file, source);
        if (members.size() == 1) {
          schema = source.schema();
          unsupported = source.unsupported();
        } else {
          schema = agreed(files.getFirst(), schema, file, source.schema(), widenings);
        }
        if (!isPipe && files.size() > KEPT_OPEN) {
          source.close();
          members.set(members.size() - 1, new Member(info, null));
        }
      }
      done = true;
      return new DataSet(name, members, schema, unsupported, widenings, reading);
    } finally {
      if (!done) {
        closeAll(members);
      }
    }
  }

  /// A width that no row stands behind is a mere claim, and memory would be set aside for it.
  private static void checkWidths(String file, Source source) {
    for (ColumnType column : source.schema()) {
      if (column.width() > MAX_EMPTY_WIDTH
          && source.rowCount(List.of(column.name())).equals(OptionalLong.of(0))) {
        throw new DataException(
            "%s: column '%s'".formatted(file, column.name()),
            "found %s and no rows, expected at most %d elements a row"
                .formatted(column.signature(), MAX_EMPTY_WIDTH));
      }
    }
  }

  private static FileInfo infoOf(String file, Source source, boolean isPipe) {
    try {
      return new FileInfo(
          file,
          source.format(),
          isPipe ? OptionalLong.empty() : OptionalLong.of(Files.size(Path.of(file))),
          source.rowCount(List.of()));
    } catch (IOException e) {
      source.close();
      throw Mapping.unreadable(Path.of(file), e);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /// The files that [#of] would open, without opening them.
  ///
  /// @throws java.io.UncheckedIOException if a glob matches nothing
  /// @throws IllegalArgumentException if a file is named twice
  public static List<String> files(String name, List<String> filesOrGlobs) {
    return Globs.expand(name, filesOrGlobs);
  }

  /// A data set of one file.
  public static DataSet of(String file) {
    return of(file, List.of(file));
  }

  /// The columns of a data set that so far had `expected`, with those of one more file: where they
  /// differ, the wider type, and a sentence on it.
  private static List<ColumnType> agreed(
      String first,
      List<ColumnType> expected,
      String file,
      List<ColumnType> found,
      Map<String, String> widenings) {
    Map<String, ColumnType> byName = new HashMap<>();
    found.forEach(column -> byName.put(column.name(), column));
    List<ColumnType> agreed = new ArrayList<>();
    for (ColumnType column : expected) {
      ColumnType other = byName.remove(column.name());
      ColumnType wider = other == null ? null : Widening.of(column, other);
      if (wider != null) {
        agreed.add(wider);
        if (other != null && !column.equals(other)) {
          widenings.putIfAbsent(
              column.name(),
              "column '%s': found %s in %s and %s in %s, and read both as the wider type"
                  .formatted(column.name(), column.signature(), first, other.signature(), file));
        }
      } else {
        throw new DataException(
            "%s: column '%s'".formatted(file, column.name()),
            "found %s, expected %s as in %s"
                .formatted(
                    other == null ? "no such column" : other.signature(),
                    column.signature(),
                    first));
      }
    }
    for (ColumnType extra : byName.values()) {
      throw new DataException(
          "%s: column '%s'".formatted(file, extra.name()),
          "found %s, expected no such column as in %s".formatted(extra.signature(), first));
    }
    return agreed;
  }

  /// What the data set is called in messages.
  @Override
  public String name() {
    return name;
  }

  /// The columns that can be read, in the first file's order; then those of [#add].
  @Override
  public List<ColumnType> schema() {
    return Stream.concat(schema.stream(), ragged.stream().map(Ragged::column)).toList();
  }

  /// Adds a column of sequences that the files keep as values and offsets.
  @Override
  public void add(Ragged column) {
    if (!ragged.contains(column)) {
      ragged.add(column);
    }
  }

  private List<Ragged> raggedAmong(List<String> columns) {
    return ragged.stream().filter(r -> columns.contains(r.column().name())).toList();
  }

  private static List<String> without(List<String> columns, List<Ragged> ragged) {
    return columns.stream()
        .filter(name -> ragged.stream().noneMatch(r -> r.column().name().equals(name)))
        .toList();
  }

  /// A sentence for each column that not all files keep in the same type, by the column's name.
  @Override
  public Map<String, String> widenings() {
    return Map.copyOf(widenings);
  }

  /// The first file's columns that cannot be read.
  public List<Unsupported> unsupported() {
    return unsupported;
  }

  /// The files in the order they are read.
  @Override
  public List<FileInfo> files() {
    return members.stream().map(Member::info).toList();
  }

  /// The number of rows that a pass over `columns` will give, if all files tell.
  ///
  /// @throws DataException if a column is missing, or arrays of an `.npz` differ in length
  @Override
  public OptionalLong rowCount(List<String> columns) {
    long rows = 0;
    for (Member member : members) {
      Source source = open(member);
      try {
        List<Ragged> sequences = raggedAmong(columns);
        OptionalLong count =
            sequences.isEmpty()
                ? source.rowCount(columns)
                : Ragged.rowCount(source, without(columns, sequences), sequences);
        if (count.isEmpty()) {
          return count;
        }
        rows = Math.addExact(rows, count.getAsLong());
      } finally {
        if (member.kept == null) {
          source.close();
        }
      }
    }
    return OptionalLong.of(rows);
  }

  /// How many elements a row of a column of lists holds, by the first row that is not null. A pass
  /// finds out whether the others agree.
  ///
  /// @param column a column of sequences, of [#schema]
  /// @return 0 if there are no rows
  /// @throws DataException if all rows are null, or that row is empty
  @Override
  public int widthOf(String column) {
    if (!raggedAmong(List.of(column)).isEmpty()) {
      try (Cursor cursor = read(List.of(column), 1);
          Batch batch = cursor.next()) {
        return batch != null && batch.column(column) instanceof SequenceColumn rows
            ? Math.toIntExact(rows.length(0))
            : 0;
      }
    }
    boolean any = false;
    for (Member member : members) {
      Source source = open(member);
      try {
        long length =
            source.schema().stream()
                .filter(type -> type.name().equals(column) && type.shape() == Shape.VECTOR)
                .mapToLong(ColumnType::width)
                .findFirst()
                .orElseGet(() -> source.firstLength(column));
        if (length > 0 && length <= Integer.MAX_VALUE) {
          return (int) length;
        }
        if (length >= 0) {
          throw new DataException(
              "%s: column '%s'".formatted(member.info.path(), column),
              "found a list of %d elements, expected 1 to %d".formatted(length, Integer.MAX_VALUE));
        }
        any |= source.rowCount(List.of(column)).orElse(1) > 0;
      } finally {
        if (member.kept == null) {
          source.close();
        }
      }
    }
    if (any) {
      throw new DataException(
          "%s: column '%s'".formatted(members.getFirst().info.path(), column),
          "found no row that is not null, expected lists of numbers");
    }
    return 0;
  }

  /// Where the first cell of a column of text stands that is no number, as `line 4: found 'abc'`,
  /// if the column is text for want of a better type ([Source#firstNonNumber]).
  @Override
  public Optional<String> firstNonNumber(String column) {
    for (Member member : members) {
      Optional<String> cell =
          member.kept == null ? Optional.empty() : member.kept.firstNonNumber(column);
      if (cell.isPresent()) {
        return members.size() == 1
            ? cell
            : cell.map(text -> "%s %s".formatted(member.info.path(), text));
      }
    }
    return Optional.empty();
  }

  /// Starts one pass over all rows.
  ///
  /// @param columns the columns wanted, of [#schema]; others are not read
  /// @param batchRows the largest number of rows a batch may have, at least 1
  /// @throws DataException if the first file cannot be read; about later ones their batches tell
  public Cursor read(List<String> columns, int batchRows) {
    return new Pass(List.copyOf(columns), batchRows);
  }

  private Source open(Member member) {
    if (member.kept != null) {
      return member.kept;
    }
    Source source = Sources.open(member.info.path(), reading);
    try {
      agreed(name, schema, member.info.path(), source.schema(), new HashMap<>());
      return source;
    } catch (DataException e) {
      source.close();
      throw e;
    }
  }

  /// A file being read: closed when the pass has left it and its last batch is closed.
  private static final class OpenFile {
    private final Source source;
    private final boolean owned;
    private final Cursor cursor;

    /// The columns that other files have in a wider type, with that type.
    private final Map<String, ColumnType> widened = new HashMap<>();

    private final AtomicInteger holders = new AtomicInteger(1);

    OpenFile(
        Source source,
        boolean owned,
        List<ColumnType> schema,
        List<String> columns,
        List<Ragged> ragged,
        int batchRows) {
      this.source = source;
      this.owned = owned;
      schema.stream()
          .filter(type -> columns.contains(type.name()) && !source.schema().contains(type))
          .forEach(type -> widened.put(type.name(), type));
      boolean done = false;
      try {
        this.cursor =
            ragged.isEmpty()
                ? source.read(columns, batchRows)
                : new RaggedCursor(source, without(columns, ragged), ragged, batchRows);
        done = true;
      } finally {
        if (!done && owned) {
          source.close();
        }
      }
    }

    @Nullable Batch next() {
      Batch batch = cursor.next();
      if (batch == null || widened.isEmpty()) {
        return batch;
      }
      boolean done = false;
      try {
        Batch wide = Widening.apply(batch, widened);
        done = true;
        return wide;
      } finally {
        if (!done) {
          batch.close();
        }
      }
    }

    void retain() {
      holders.incrementAndGet();
    }

    void release() {
      if (holders.decrementAndGet() == 0 && owned) {
        source.close();
      }
    }
  }

  private final class Pass implements Cursor {
    private final List<String> columns;
    private final int batchRows;
    private int nextMember;
    private long firstRow;
    private @Nullable OpenFile file;
    private Set<String> keys = Set.of();

    Pass(List<String> columns, int batchRows) {
      this.columns = columns;
      this.batchRows = batchRows;
      this.file = openNext();
    }

    private OpenFile openNext() {
      Member member = members.get(nextMember++);
      OpenFile next =
          new OpenFile(
              open(member), member.kept == null, schema, columns, raggedAmong(columns), batchRows);
      next.cursor.keys(keys);
      return next;
    }

    @Override
    public void keys(Set<String> columns) {
      keys = Set.copyOf(columns);
      if (file != null) {
        file.cursor.keys(keys);
      }
    }

    @Override
    public @Nullable Batch next() {
      while (file != null) {
        OpenFile current = file;
        Batch batch = current.next();
        if (batch != null) {
          current.retain();
          Batch numbered = batch.numberedFrom(firstRow).onClose(current::release);
          firstRow += batch.rows();
          return numbered;
        }
        leave();
        file = nextMember < members.size() ? openNext() : null;
      }
      return null;
    }

    private void leave() {
      OpenFile current = file;
      if (current != null) {
        file = null;
        current.cursor.close();
        current.release();
      }
    }

    @Override
    public void close() {
      leave();
      nextMember = members.size();
    }
  }

  /// What went wrong, if it is that memory of a mapped file is gone because the file was cut short.
  /// Any other problem is thrown again.
  public static RuntimeException explained(Throwable problem) {
    switch (Mapping.explained(problem)) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(problem);
    }
  }

  /// Copies memory to where it stays what it is. That of a mapped file is read instead, which is
  /// faster, and no crash where somebody cuts the file; and it is counted in what [Reading] keeps
  /// of the file.
  ///
  /// @param from of a mapped file, or any other
  /// @param to as large, native, and nobody else's
  /// @throws DataException if the file has been cut since it was opened
  public static void copy(MemorySegment from, MemorySegment to) {
    Mapping.copy(from, to);
  }

  /// Asks whether the files that are open are still those that were opened.
  ///
  /// @throws DataException if one has been written to or cut since
  public void checkUnchanged() {
    for (Member member : members) {
      if (member.kept != null) {
        member.kept.checkUnchanged();
      }
    }
  }

  private static void closeAll(List<Member> members) {
    for (Member member : members) {
      if (member.kept != null) {
        member.kept.close();
      }
    }
  }

  /// Closes the files. Batches must be closed before.
  @Override
  public void close() {
    closeAll(members);
  }
}
