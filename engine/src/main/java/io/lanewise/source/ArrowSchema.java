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

/// An Arrow schema in the engine's words.
///
/// @param fields all of the file's fields
/// @param columns those that can be read
/// @param unsupported those that cannot
record ArrowSchema(List<Field> fields, List<ColumnType> columns, List<Unsupported> unsupported) {
  /// No real schema nests deeper, and a damaged one may nest in circles.
  private static final int MAX_DEPTH = 64;

  private static final int MAX_FIELDS = 1_000_000;

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

  /// Runs code that makes sense of verified metadata. Its offsets are sound, but its numbers may
  /// still be none that Arrow knows, which ends in whatever exception their type happens to throw:
  /// all of them mean the same here.
  static <T> T guarded(String place, Supplier<T> parse) {
    try {
      return parse.get();
    } catch (DataException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw new DataException(place, "found damaged metadata, expected Arrow's", e);
    }
  }

  private static @Nullable ColumnType columnOf(String name, Field field) {
    ArrowType type = field.getType();
    boolean text = type instanceof ArrowType.Utf8 || type instanceof ArrowType.LargeUtf8;
    if (text) {
      return new ColumnType(name, Shape.SCALAR, DType.TEXT, 1);
    }
    if (field.getDictionary() != null) {
      return null;
    }
    Element scalar = elementOf(type);
    if (scalar != null) {
      return new ColumnType(name, Shape.SCALAR, scalar.type(), 1);
    }
    if (field.getChildren().size() != 1) {
      return null;
    }
    Field child = field.getChildren().getFirst();
    int inner = innerSize(child);
    Field last = inner > 0 ? child.getChildren().getFirst() : child;
    Element element = elementOf(last.getType());
    if (element == null || child.getDictionary() != null || last.getDictionary() != null) {
      return null;
    }
    return switch (type) {
      case ArrowType.FixedSizeList list
          when list.getListSize() > 0
              && list.getListSize() <= Integer.MAX_VALUE / Math.max(inner, 1) ->
          new ColumnType(
              name, Shape.VECTOR, element.type(), list.getListSize() * Math.max(inner, 1));
      case ArrowType.List _, ArrowType.LargeList _ ->
          new ColumnType(name, Shape.SEQUENCE, element.type(), 0);
      default -> null;
    };
  }

  /// How many elements a list of fixed size holds that is itself an element of a list; 0 if the
  /// field is none. Such lists are read as if their elements followed each other.
  static int innerSize(Field field) {
    return field.getType() instanceof ArrowType.FixedSizeList list
            && list.getListSize() > 0
            && field.getChildren().size() == 1
        ? list.getListSize()
        : 0;
  }

  /// How Arrow stores numbers of that type, or null if they are not numbers that can be read.
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
