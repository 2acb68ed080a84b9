package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;

/// The buffers of one record batch, taken one by one in the order that Arrow's schema prescribes,
/// each checked to be as long as its rows need before a view of it is handed on.
final class ArrowBody {
  /// What a record batch consists of, wherever it came from.
  interface Parts {
    /// Rows in the batch.
    long rows();

    /// The length of array `node`, in the schema's depth-first order.
    long length(int node);

    /// Its number of nulls.
    long nulls(int node);

    /// Buffer `i`; its bounds have been checked.
    MemorySegment buffer(int i);

    /// How many data buffers the `i`-th column of a view type has.
    long variadic(int i);
  }

  private final String place;
  private final Parts parts;
  private final Map<Long, Dictionary> dictionaries;
  private int node;
  private int buffer;
  private int view;

  private ArrowBody(String place, Parts parts, Map<Long, Dictionary> dictionaries) {
    this.place = place;
    this.parts = parts;
    this.dictionaries = dictionaries;
  }

  /// The columns wanted, as column chunks.
  ///
  /// @param place the file and the record batch, for messages
  static List<ColumnChunk> columns(
      String place,
      ArrowSchema schema,
      List<ColumnType> wanted,
      Parts parts,
      Map<Long, Dictionary> dictionaries) {
    Map<String, ColumnType> byName = new HashMap<>();
    wanted.forEach(column -> byName.put(column.name(), column));
    return ArrowSchema.guarded(
        place,
        () -> {
          if (parts.rows() < 0) {
            throw new DataException(place, "found " + parts.rows() + " rows");
          }
          ArrowBody body = new ArrowBody(place, parts, dictionaries);
          List<ColumnChunk> chunks = new ArrayList<>();
          for (Field field : schema.fields()) {
            ColumnType column = byName.get(ArrowSchema.nameOf(field));
            if (column == null) {
              body.skip(field);
            } else {
              chunks.add(body.take(field, column, parts.rows()));
            }
          }
          return chunks;
        });
  }

  /// The values of a dictionary.
  static Dictionary dictionary(String place, Field field, Parts parts) {
    return ArrowSchema.guarded(
        place,
        () -> {
          int count = Math.toIntExact(parts.rows());
          Field values =
              new Field(
                  field.getName(),
                  new FieldType(true, field.getType(), null, field.getMetadata()),
                  field.getChildren());
          ColumnType column = ArrowSchema.columnOf(ArrowSchema.nameOf(field), values);
          if (column == null) {
            throw new IllegalStateException(field.toString());
          }
          ArrowBody body = new ArrowBody(place, parts, Map.of());
          ColumnChunk chunk = body.take(values, column, count);
          try (Scratch scratch = new Scratch(place, 0)) {
            return Dictionary.of(chunk.cut(0, count, scratch));
          }
        });
  }

  private void skip(Field field) {
    node++;
    DictionaryEncoding dictionary = field.getDictionary();
    if (dictionary != null) {
      buffer += TypeLayout.getTypeBufferCount(dictionary.getIndexType());
      return;
    }
    ArrowType type = field.getType();
    buffer += TypeLayout.getTypeBufferCount(type);
    if (type instanceof ArrowType.Utf8View || type instanceof ArrowType.BinaryView) {
      buffer = Math.addExact(buffer, Math.toIntExact(parts.variadic(view++)));
    }
    field.getChildren().forEach(this::skip);
  }

  /// The next column's chunk.
  ///
  /// @param rows how many rows it has
  private ColumnChunk take(Field field, ColumnType column, long rows) {
    String name = column.name();
    DictionaryEncoding dictionary = field.getDictionary();
    if (dictionary != null) {
      return takeIndices(name, dictionary, rows);
    }
    ArrowType type = field.getType();
    return switch (type) {
      case ArrowType.Utf8 _, ArrowType.LargeUtf8 _, ArrowType.Binary _, ArrowType.LargeBinary _ ->
          takeText(name, type, rows);
      case ArrowType.Utf8View _, ArrowType.BinaryView _ -> takeTextViews(name, type, rows);
      case ArrowType.FixedSizeList list -> {
        Validity valid = validity(name, rows, 1);
        Numbers child = takeNumbers(field, name, rows, list.getListSize());
        yield new NumberChunk(column, child.element, false, child.data, valid, child.valid);
      }
      case ArrowType.List _, ArrowType.LargeList _ -> {
        Validity valid = validity(name, rows, 1);
        MemorySegment offsets = offsets(name, isLarge(type), rows);
        Numbers child = takeNumbers(field, name, 0, 1);
        yield new SequenceChunk(
            column,
            child.element,
            new Offsets(offsets, isLarge(type), child.lists, child.size),
            child.data,
            valid,
            child.valid);
      }
      case ArrowType.ListView _, ArrowType.LargeListView _ -> {
        Validity valid = validity(name, rows, 1);
        long bytes = Element.INT32.bytesFor(rows);
        if (isLarge(type)) {
          bytes = Element.INT64.bytesFor(rows);
        }
        MemorySegment offsets = buffer(name, "offset", bytes);
        MemorySegment sizes = buffer(name, "size", bytes);
        Numbers child = takeElements(field.getChildren().getFirst(), name, 0, 1);
        yield new ListViewChunk(
            column,
            child.element,
            offsets,
            sizes,
            isLarge(type),
            child.lists,
            child.data,
            valid,
            child.valid);
      }
      case ArrowType.RunEndEncoded _ -> takeRuns(field, column, rows);
      case ArrowType _ when KeyChunk.isKey(type) -> {
        Validity valid = validity(name, rows, 1);
        long bytes = Math.multiplyExact(rows, (long) KeyChunk.bytes(type));
        yield new KeyChunk(name, type, buffer(name, "data", bytes), valid);
      }
      default -> {
        Validity valid = validity(name, rows, 1);
        Element element = element(field);
        MemorySegment data = buffer(name, "data", element.bytesFor(rows));
        yield new NumberChunk(column, element, false, data, valid, Validity.ALL);
      }
    };
  }

  private static boolean isLarge(ArrowType type) {
    return switch (type) {
      case ArrowType.LargeUtf8 _,
          ArrowType.LargeBinary _,
          ArrowType.LargeList _,
          ArrowType.LargeListView _ ->
          true;
      default -> false;
    };
  }

  private static Element element(Field field) {
    Element element = ArrowSchema.elementOf(field);
    if (element == null) {
      throw new IllegalStateException(field + " is not numeric");
    }
    return element;
  }

  /// A list's elements.
  ///
  /// @param lists how many there are, each of `size` numbers: more than one where they are lists of
  ///   fixed size themselves
  private record Numbers(
      Element element, long lists, int size, MemorySegment data, Validity valid) {}

  private Numbers takeNumbers(Field list, String name, long rows, int width) {
    Field child = list.getChildren().getFirst();
    int inner = ArrowSchema.innerSize(child);
    if (inner == 0) {
      return takeElements(child, name, rows, width);
    }
    long lists = parts.length(node);
    Validity ofLists = validity(name, Math.max(0, lists), 0);
    if (lists < (rows > Long.MAX_VALUE / width ? Long.MAX_VALUE : rows * width)) {
      throw new DataException(
          place(name),
          "found %d lists for %d rows, expected %d a row".formatted(lists, rows, width));
    }
    Numbers numbers = takeElements(child.getChildren().getFirst(), name, lists, inner);
    return ofLists.isAll()
        ? new Numbers(numbers.element, lists, inner, numbers.data, numbers.valid)
        : new Numbers(
            numbers.element,
            lists,
            inner,
            numbers.data,
            each(ofLists, lists, inner, numbers.valid));
  }

  /// The validity of the elements of lists of one size, of which some are null.
  private static Validity each(Validity ofLists, long lists, int size, Validity elements) {
    long count = lists * size;
    byte[] bits = new byte[Math.toIntExact((count + 7) / 8)];
    for (long i = 0; i < count; i++) {
      if (ofLists.isValid(i / size) && elements.isValid(i)) {
        bits[(int) (i >> 3)] |= (byte) (1 << (i & 7));
      }
    }
    return new Validity(MemorySegment.ofArray(bits), 0);
  }

  private Numbers takeElements(Field child, String name, long rows, int width) {
    Element element = element(child);
    long length = parts.length(node);
    long least = rows > Long.MAX_VALUE / width ? Long.MAX_VALUE : rows * width;
    Validity valid = validity(name, Math.max(0, length), 0);
    if (length < least) {
      throw new DataException(
          place(name),
          "found %d elements for %d rows, expected %d a row".formatted(length, rows, width));
    }
    MemorySegment data = buffer(name, "data", element.bytesFor(length));
    return new Numbers(element, length, 1, data, valid);
  }

  private ColumnChunk takeText(String name, ArrowType type, long rows) {
    boolean large = isLarge(type);
    Validity valid = validity(name, rows, 1);
    MemorySegment offsets = offsets(name, large, rows);
    MemorySegment data = buffer(name, "text", 0);
    return new TextChunk(
        name, new Offsets(offsets, large, data.byteSize()), data, valid, ArrowSchema.isBytes(type));
  }

  private ColumnChunk takeTextViews(String name, ArrowType type, long rows) {
    Validity valid = validity(name, rows, 1);
    long least =
        rows > Long.MAX_VALUE / TextViewChunk.BYTES ? Long.MAX_VALUE : rows * TextViewChunk.BYTES;
    MemorySegment views = buffer(name, "view", least);
    long count = parts.variadic(view++);
    List<MemorySegment> texts = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      texts.add(buffer(name, "text", 0));
    }
    return new TextViewChunk(name, views, texts, valid, ArrowSchema.isBytes(type));
  }

  private ColumnChunk takeIndices(String name, DictionaryEncoding encoding, long rows) {
    Validity valid = validity(name, rows, 1);
    Element index = ArrowSchema.elementOf(encoding.getIndexType());
    if (index == null) {
      throw new IllegalStateException(encoding.getIndexType().toString());
    }
    MemorySegment data = buffer(name, "index", index.bytesFor(rows));
    Dictionary dictionary = dictionaries.get(encoding.getId());
    if (dictionary == null) {
      throw new DataException(
          place(name), "found no dictionary %d, expected its values".formatted(encoding.getId()));
    }
    return new LookupChunk(name, new LookupChunk.Indices(name, index, data, dictionary), valid);
  }

  /// Runs: an array without buffers of its own, whose two children hold the ends and the values.
  private ColumnChunk takeRuns(Field field, ColumnType column, long rows) {
    String name = column.name();
    long length = parts.length(node++);
    if (length != rows) {
      throw new DataException(
          place(name), "found runs of %d rows, expected %d".formatted(length, rows));
    }
    Field endsField = field.getChildren().get(0);
    Field valuesField = field.getChildren().get(1);
    long runs = parts.length(node);
    validity(name, runs, 1);
    Element element = element(endsField);
    MemorySegment data = buffer(name, "run end", element.bytesFor(runs));
    long[] ends = new long[Math.toIntExact(runs)];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = element.integer(data, i);
      if (ends[i] <= (i == 0 ? 0 : ends[i - 1])) {
        throw new DataException(
            place(name),
            "found run end %d in place %d, expected them to ascend".formatted(ends[i], i));
      }
    }
    if (rows > (ends.length == 0 ? 0 : ends[ends.length - 1])) {
      throw new DataException(
          place(name),
          "found runs that end before the %d rows do, expected them to go on".formatted(rows));
    }
    ColumnChunk values = take(valuesField, column, runs);
    return new LookupChunk(name, new LookupChunk.Runs(ends, values), Validity.ALL);
  }

  /// The next array's null bitmap. Arrow may leave it out when nothing is null.
  ///
  /// @param exact 1 if the array must have exactly `rows` entries
  private Validity validity(String name, long rows, int exact) {
    long length = parts.length(node);
    long nulls = parts.nulls(node);
    node++;
    if (length < 0 || nulls < 0 || nulls > length || (exact == 1 && length != rows)) {
      throw new DataException(
          place(name),
          "found an array of %d rows with %d nulls, expected %d rows"
              .formatted(length, nulls, rows));
    }
    MemorySegment bits = buffer(name, "validity", 0);
    if (nulls == 0 && bits.byteSize() == 0) {
      return Validity.ALL;
    }
    // One that is there is whole, even where nothing is said to be null: some readers believe it.
    if (bits.byteSize() < Element.BIT.bytesFor(rows)) {
      throw new DataException(
          place(name),
          "found %d bytes in its validity buffer, expected none or at least %d"
              .formatted(bits.byteSize(), Element.BIT.bytesFor(rows)));
    }
    Validity validity = new Validity(bits, 0);
    // Readers differ in which of the two they believe, so neither is believed alone.
    long found = validity.nulls(rows);
    if (found != nulls) {
      throw new DataException(
          place(name),
          "found %d nulls in its validity buffer, expected %d as its metadata says"
              .formatted(found, nulls));
    }
    if (nulls == 0) {
      return Validity.ALL;
    }
    return validity;
  }

  private MemorySegment offsets(String name, boolean large, long rows) {
    // A column of no rows may come without its one offset.
    int bytes = Offsets.bytes(large);
    long least =
        rows == 0 ? 0 : rows > Long.MAX_VALUE / bytes - 1 ? Long.MAX_VALUE : (rows + 1) * bytes;
    return buffer(name, "offset", least);
  }

  private MemorySegment buffer(String name, String kind, long least) {
    MemorySegment segment = parts.buffer(buffer++);
    if (segment.byteSize() < least) {
      throw new DataException(
          place(name),
          "found %d bytes in its %s buffer, expected at least %d"
              .formatted(segment.byteSize(), kind, least));
    }
    return segment;
  }

  private String place(String name) {
    return place + ": column '" + name + "'";
  }

  /// The fields that can be read and have dictionaries, by dictionary.
  static Map<Long, Field> dictionaryFields(ArrowSchema schema) {
    Set<String> readable =
        schema.columns().stream().map(ColumnType::name).collect(Collectors.toSet());
    Map<Long, Field> fields = new HashMap<>();
    for (Field field : schema.fields()) {
      @Nullable DictionaryEncoding dictionary = field.getDictionary();
      if (dictionary != null && readable.contains(ArrowSchema.nameOf(field))) {
        fields.put(dictionary.getId(), field);
      }
    }
    return fields;
  }
}
