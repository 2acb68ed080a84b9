package io.lanewise.source;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// Arrow batches in memory, that somebody else made and owns. They are read where they lie, by the
/// code that reads files, so every type that a file may have can be had this way too.
///
/// Immutable but for what it remembers of the last schema; one thread at a time uses it.
public final class ArrowBatches implements Description {
  private static final String PLACE = "batch";

  private final String name;
  private final List<ColumnType> schema;
  private final Map<String, Integer> lengths;
  private final OptionalLong rows;
  private @Nullable Schema lastSchema;
  private @Nullable ArrowSchema last;

  private ArrowBatches(
      String name, List<ColumnType> schema, Map<String, Integer> lengths, OptionalLong rows) {
    this.name = name;
    this.schema = schema;
    this.lengths = Map.copyOf(lengths);
    this.rows = rows;
  }

  /// Batches of a schema.
  ///
  /// @param name what the rows are called in messages
  /// @param dictionaries the dictionaries of the schema, for the types of their values
  /// @param lengths how many elements each row of a column of lists holds, where they are equally
  ///   many, by column
  /// @param rows how many rows there will be at most, if that is known
  /// @throws DataException if it has two columns of one name
  /// @throws IllegalArgumentException if a length is of no column of lists, or below 1
  public static ArrowBatches of(
      String name,
      Schema schema,
      DictionaryProvider dictionaries,
      Map<String, Integer> lengths,
      OptionalLong rows) {
    List<ColumnType> columns =
        ArrowSchema.of(placeOf(name), decoded(schema, dictionaries)).columns();
    lengths.forEach((column, length) -> {
      ColumnType type = find(columns, column);
      if (type == null || type.width() != 0 || length < 1) {
        throw new IllegalArgumentException(
            "%s: column '%s': found a length of %d for %s, expected one from 1 for a column of lists"
                .formatted(
                    placeOf(name), column, length, type == null ? "no column" : type.signature()));
      }
    });
    return new ArrowBatches(name, columns, lengths, rows);
  }

  /// The same for another thread.
  public ArrowBatches copy() {
    return new ArrowBatches(name, schema, lengths, rows);
  }

  private static String placeOf(String name) {
    return "batches of '%s'".formatted(name);
  }

  private static @Nullable ColumnType find(List<ColumnType> columns, String name) {
    return columns.stream().filter(c -> c.name().equals(name)).findFirst().orElse(null);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<ColumnType> schema() {
    return schema;
  }

  @Override
  public List<FileInfo> files() {
    return List.of(new FileInfo(placeOf(name), "arrow-batches", OptionalLong.empty(), rows));
  }

  @Override
  public OptionalLong rowCount(List<String> columns) {
    return rows;
  }

  /// As it was given: batches do not tell before they come.
  @Override
  public int widthOf(String column) {
    Integer length = lengths.get(column);
    if (length == null) {
      throw new IllegalArgumentException(
          "%s: column '%s': found lists of any length, expected one length for all; say which, or use lists of fixed size"
              .formatted(placeOf(name), column));
    }
    return length;
  }

  @Override
  public void add(Ragged column) {
    throw new IllegalArgumentException(
        "%s: column '%s': found values and offsets, expected a column of lists"
            .formatted(placeOf(name), column.column().name()));
  }

  /// A batch as columns. It shares the memory of `root`, which must stay as it is until the batch
  /// is closed; that does not close `root`.
  ///
  /// @param dictionaries of the batch
  /// @param firstRow the index of the first row
  /// @param columns the columns wanted
  /// @param keys those of them that tell rows apart
  /// @param shared whether other threads than this one read the batch
  /// @throws DataException if the batch does not have those columns in the types of [#schema], or
  ///   does not hold what its own schema says
  public Batch batch(
      VectorSchemaRoot root,
      DictionaryProvider dictionaries,
      long firstRow,
      List<String> columns,
      Set<String> keys,
      boolean shared) {
    if (rows.isPresent() && firstRow + root.getRowCount() > rows.getAsLong()) {
      throw new DataException(
          PLACE,
          "found row %d, expected at most %d rows of '%s', as was said before"
              .formatted(firstRow + root.getRowCount() - 1, rows.getAsLong(), name));
    }
    ArrowSchema found = schemaOf(root, dictionaries);
    List<ColumnType> wanted = wanted(root, found, columns);
    ArrowRecordBatch batch = unloaded(root);
    // Closing what threads share takes tens of microseconds.
    Arena views = shared ? Arena.ofShared() : Arena.ofConfined();
    Scratch scratch = new Scratch(PLACE, firstRow, keys);
    Runnable free =
        () -> {
          scratch.close();
          views.close();
          batch.close();
        };
    boolean done = false;
    try {
      List<ColumnChunk> chunks =
          ArrowBody.columns(
              PLACE,
              found,
              wanted,
              new BatchParts(batch, views),
              dictionaries(found, columns, dictionaries));
      List<Column> cut = new ArrayList<>(chunks.size());
      for (ColumnChunk chunk : chunks) {
        cut.add(chunk.cut(0, batch.getLength(), scratch));
      }
      Batch result = new Batch(PLACE, firstRow, batch.getLength(), cut, free);
      done = true;
      return result;
    } finally {
      if (!done) {
        free.run();
      }
    }
  }

  /// Takes hold of the buffers without copying.
  private static ArrowRecordBatch unloaded(VectorSchemaRoot root) {
    return new VectorUnloader(root).getRecordBatch();
  }

  /// Batches that follow one another have one schema, which is translated once. Dictionaries may
  /// come with other values, and so other types, at any time.
  private ArrowSchema schemaOf(VectorSchemaRoot root, DictionaryProvider dictionaries) {
    Schema schema = root.getSchema();
    ArrowSchema known = last;
    if (known != null && Objects.equals(schema, lastSchema)) {
      return known;
    }
    boolean encoded = schema.getFields().stream().anyMatch(f -> f.getDictionary() != null);
    ArrowSchema found = ArrowSchema.of(PLACE, encoded ? decoded(schema, dictionaries) : schema);
    if (!encoded) {
      lastSchema = schema;
      last = found;
    }
    return found;
  }

  private List<ColumnType> wanted(VectorSchemaRoot root, ArrowSchema found, List<String> columns) {
    Set<String> names = new HashSet<>(columns);
    List<ColumnType> wanted =
        found.columns().stream().filter(column -> names.contains(column.name())).toList();
    for (String column : columns) {
      ColumnType expected = find(schema, column);
      ColumnType type = find(wanted, column);
      if (type == null || !type.equals(expected)) {
        throw new DataException(
            "%s: column '%s'".formatted(PLACE, column),
            "found %s, expected %s as in the schema of '%s'"
                .formatted(
                    type == null ? unreadable(root, column) : type.signature(),
                    expected == null ? "no such column" : expected.signature(),
                    name));
      }
    }
    return wanted;
  }

  /// What a batch has of a name, where it is no column that can be read.
  private static String unreadable(VectorSchemaRoot root, String column) {
    for (Field field : root.getSchema().getFields()) {
      if (ArrowSchema.nameOf(field).equals(column)) {
        DictionaryEncoding encoding = field.getDictionary();
        return encoding == null
            ? field.getType().toString()
            : "places in dictionary %d without its values".formatted(encoding.getId());
      }
    }
    return "no such column";
  }

  /// The schema as a file would have it: with the types of values where vectors hold places in
  /// dictionaries.
  private static Schema decoded(Schema schema, DictionaryProvider dictionaries) {
    return new Schema(schema.getFields().stream().map(f -> decoded(f, dictionaries)).toList());
  }

  private static Field decoded(Field field, DictionaryProvider dictionaries) {
    DictionaryEncoding encoding = field.getDictionary();
    if (encoding == null) {
      return field;
    }
    // A dictionary that is not there makes a column that cannot be read, but others can.
    org.apache.arrow.vector.dictionary.@Nullable Dictionary values =
        dictionaries.lookup(encoding.getId());
    return new Field(
        field.getName(),
        new FieldType(
            true,
            values == null ? new ArrowType.Null() : values.getVectorType(),
            encoding,
            field.getMetadata()),
        values == null ? List.of() : values.getVector().getField().getChildren());
  }

  private static Map<Long, Dictionary> dictionaries(
      ArrowSchema schema, List<String> columns, DictionaryProvider dictionaries) {
    Map<Long, Dictionary> all = new HashMap<>();
    for (Field field : schema.fields()) {
      DictionaryEncoding encoding = field.getDictionary();
      if (encoding != null && columns.contains(ArrowSchema.nameOf(field))) {
        all.computeIfAbsent(
            encoding.getId(), id -> values(field, dictionaries.lookup(id).getVector()));
      }
    }
    return all;
  }

  /// A copy of the values of a dictionary, as rows refer to them one by one.
  private static Dictionary values(Field field, FieldVector values) {
    try (ArrowRecordBatch batch = unloaded(VectorSchemaRoot.of(values));
        Arena views = Arena.ofConfined()) {
      return ArrowBody.dictionary(
          "%s: dictionary of column '%s'".formatted(PLACE, ArrowSchema.nameOf(field)),
          field,
          new BatchParts(batch, views));
    }
  }
}
