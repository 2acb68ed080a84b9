package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// An Arrow schema, translated to the types of the engine.
///
/// @param fields all of the file's fields
/// @param columns those that can be read
/// @param unsupported those that cannot
record ArrowSchema(List<Field> fields, List<ColumnType> columns, List<Unsupported> unsupported) {
  /// No real schema nests deeper, and a damaged one may nest in circles.
  private static final int MAX_DEPTH = 64;

  private static final int MAX_FIELDS = 1_000_000;

  /// Names that writers give their extension type of bfloat16, stored as two bytes. Arrow has none
  /// of its own.
  private static final Set<String> BFLOAT16 = Set.of("arrow.bfloat16", "lance.bfloat16");

  static ArrowSchema of(String place, Schema schema) {
    List<ColumnType> columns = new ArrayList<>();
    List<Unsupported> unsupported = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Field field : schema.getFields()) {
      String name = nameOf(field);
      if (!names.add(name)) {
        throw new DataException(
            place + ": column '" + name + "'", "found it twice, expected each name once");
      }
      ColumnType column = columnOf(name, field);
      if (column != null) {
        columns.add(column);
      } else {
        String type = field.getType().toString();
        unsupported.add(
            new Unsupported(
                name, field.getDictionary() == null ? type : "Dictionary<" + type + ">"));
      }
    }
    return new ArrowSchema(schema.getFields(), List.copyOf(columns), List.copyOf(unsupported));
  }

  /// The field's name. Arrow lets it be absent, which is the same as empty here.
  static String nameOf(Field field) {
    return field.getName() == null ? "" : field.getName();
  }

  /// The schema in a file's own metadata, which may be damaged or hostile.
  static ArrowSchema parse(String place, org.apache.arrow.flatbuf.@Nullable Schema schema) {
    Schema converted =
        guarded(
            place,
            () -> {
              if (schema == null) {
                throw new DataException(place, "found no schema");
              }
              if (schema.endianness() != Endianness.Little) {
                throw new DataException(place, "found big-endian data, expected little-endian");
              }
              int[] budget = {MAX_FIELDS};
              for (int i = 0; i < schema.fieldsLength(); i++) {
                checkTree(place, schema.fields(i), 0, budget);
              }
              return Schema.convertSchema(schema);
            });
    return of(place, converted);
  }

  private static void checkTree(
      String place, org.apache.arrow.flatbuf.Field field, int depth, int[] budget) {
    if (depth > MAX_DEPTH || --budget[0] < 0) {
      throw new DataException(
          place,
          "found a schema nested deeper than %d or of more than %d fields"
              .formatted(MAX_DEPTH, MAX_FIELDS));
    }
    for (int i = 0; i < field.childrenLength(); i++) {
      checkTree(place, field.children(i), depth + 1, budget);
    }
  }

  /// Runs code that interprets verified metadata. The offsets are sound, but its numbers may still
  /// be unknown to Arrow, which ends in various exceptions. All of them mean the same here.
  static <T> T guarded(String place, Supplier<T> parse) {
    try {
      return parse.get();
    } catch (DataException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw new DataException(place, "found damaged metadata, expected Arrow's", e);
    }
  }

  /// How a field is read, or null if it cannot be.
  static @Nullable ColumnType columnOf(String name, Field field) {
    if (isText(field.getType())) {
      return new ColumnType(name, Shape.SCALAR, DType.TEXT, 1);
    }
    Element scalar = elementOf(field);
    if (scalar != null) {
      return new ColumnType(name, Shape.SCALAR, scalar.type(), 1);
    }
    if (KeyChunk.isKey(field.getType())) {
      return new ColumnType(name, Shape.SCALAR, DType.TEXT, 1);
    }
    List<Field> children = field.getChildren();
    if (field.getDictionary() != null
        || children.stream().anyMatch(child -> child.getDictionary() != null)) {
      return null;
    }
    return switch (field.getType()) {
      case ArrowType.FixedSizeList list when children.size() == 1 && list.getListSize() > 0 -> {
        Field child = children.getFirst();
        int inner = Math.max(innerSize(child), 1);
        Element element = elementOfLists(child);
        yield element == null || list.getListSize() > Integer.MAX_VALUE / inner
            ? null
            : new ColumnType(name, Shape.VECTOR, element.type(), list.getListSize() * inner);
      }
      case ArrowType.List _, ArrowType.LargeList _ when children.size() == 1 ->
          sequence(name, elementOfLists(children.getFirst()));
      case ArrowType.ListView _, ArrowType.LargeListView _ when children.size() == 1 ->
          sequence(name, elementOf(children.getFirst()));
      case ArrowType.RunEndEncoded _ when children.size() == 2 -> {
        ColumnType values = columnOf(name, children.get(1));
        yield values != null
                && values.shape() == Shape.SCALAR
                && children.get(0).getType() instanceof ArrowType.Int
            ? values
            : null;
      }
      default -> null;
    };
  }

  /// Texts and bytes, which are read as texts.
  private static boolean isText(ArrowType type) {
    return switch (type) {
      case ArrowType.Utf8 _, ArrowType.LargeUtf8 _, ArrowType.Utf8View _ -> true;
      default -> isBytes(type);
    };
  }

  /// Bytes that need not be text.
  static boolean isBytes(ArrowType type) {
    return switch (type) {
      case ArrowType.Binary _, ArrowType.LargeBinary _, ArrowType.BinaryView _ -> true;
      default -> false;
    };
  }

  /// The same schema, with columns of bytes among those that are not read: in Parquet they hold
  /// pictures, and a batch of those is too large.
  ArrowSchema withoutBytes() {
    List<Unsupported> more = new ArrayList<>(unsupported);
    List<ColumnType> read = new ArrayList<>(columns);
    for (Field field : fields) {
      if (isBytes(field.getType())) {
        String name = nameOf(field);
        read.removeIf(column -> column.name().equals(name));
        more.add(new Unsupported(name, field.getType().toString()));
      }
    }
    return new ArrowSchema(fields, List.copyOf(read), List.copyOf(more));
  }

  private static @Nullable ColumnType sequence(String name, @Nullable Element element) {
    return element == null ? null : new ColumnType(name, Shape.SEQUENCE, element.type(), 0);
  }

  /// The element of a list's child, which may be a list of fixed size itself.
  private static @Nullable Element elementOfLists(Field child) {
    Field last = innerSize(child) > 0 ? child.getChildren().getFirst() : child;
    return last.getDictionary() == null ? elementOf(last) : null;
  }

  /// The number of elements of a fixed-size list that is itself an element of a list; 0 if the
  /// field is not one. Such lists are read as if their elements followed one another.
  static int innerSize(Field field) {
    return field.getType() instanceof ArrowType.FixedSizeList list
            && list.getListSize() > 0
            && field.getChildren().size() == 1
        ? list.getListSize()
        : 0;
  }

  /// How Arrow stores the numbers of this field, or null if it has no numbers that can be read.
  static @Nullable Element elementOf(Field field) {
    if (field.getType() instanceof ArrowType.FixedSizeBinary bytes && bytes.getByteWidth() == 2) {
      String extension = field.getMetadata().getOrDefault("ARROW:extension:name", "");
      return BFLOAT16.contains(extension) ? Element.BFLOAT16 : null;
    }
    return elementOf(field.getType());
  }

  /// How Arrow stores the numbers of this type, or null if it has no numbers that can be read.
  static @Nullable Element elementOf(ArrowType type) {
    return switch (type) {
      case ArrowType.Bool _ -> Element.BIT;
      case ArrowType.Int i ->
          switch (i.getBitWidth()) {
            case 8 -> i.getIsSigned() ? Element.INT8 : Element.UINT8;
            case 16 -> i.getIsSigned() ? Element.INT16 : Element.UINT16;
            case 32 -> i.getIsSigned() ? Element.INT32 : Element.UINT32;
            case 64 -> i.getIsSigned() ? Element.INT64 : Element.UINT64;
            default -> null;
          };
      case ArrowType.FloatingPoint f ->
          switch (f.getPrecision()) {
            case HALF -> Element.FLOAT16;
            case SINGLE -> Element.FLOAT32;
            case DOUBLE -> Element.FLOAT64;
          };
      default -> null;
    };
  }
}
