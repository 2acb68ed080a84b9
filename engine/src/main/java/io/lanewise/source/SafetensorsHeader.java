package io.lanewise.source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The header of a `.safetensors` file: for each tensor its type, its shape, and where its bytes
/// lie. They must lie one after the other and fill the file, as the format demands: no byte belongs
/// to two tensors or to none.
final class SafetensorsHeader {
  /// The format's own limit.
  static final long MAX_BYTES = 100_000_000;

  private static final int MAX_DIMENSIONS = 64;

  private final String place;
  private final JsonParser json;

  private SafetensorsHeader(String place, JsonParser json) {
    this.place = place;
    this.json = json;
  }

  /// One tensor.
  ///
  /// @param begin where its bytes begin, from the end of the header
  /// @param end where they end
  record Entry(String name, String dtype, List<Long> shape, long begin, long end) {
    /// How its numbers are stored; null for types that cannot be read.
    @Nullable Element element() {
      return switch (dtype) {
        case "F64" -> Element.FLOAT64;
        case "F32" -> Element.FLOAT32;
        case "F16" -> Element.FLOAT16;
        case "BF16" -> Element.BFLOAT16;
        case "I64" -> Element.INT64;
        case "I32" -> Element.INT32;
        case "I16" -> Element.INT16;
        case "I8" -> Element.INT8;
        case "U64" -> Element.UINT64;
        case "U32" -> Element.UINT32;
        case "U16" -> Element.UINT16;
        case "U8" -> Element.UINT8;
        case "BOOL" -> Element.BYTE_BOOL;
        default -> null;
      };
    }

    /// Elements a row; 1 with one dimension or none.
    long width() {
      long width = 1;
      for (long dimension : shape.isEmpty() ? shape : shape.subList(1, shape.size())) {
        width = Math.multiplyExact(width, dimension);
      }
      return width;
    }
  }

  /// The tensors of a header, by the order of their bytes.
  ///
  /// @param dataBytes how many bytes follow the header
  /// @throws DataException if it is no such header, or its tensors do not fill those bytes
  static List<Entry> read(String place, byte[] header, long dataBytes) {
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), header)) {
      List<Entry> entries = new SafetensorsHeader(place, json).entries();
      // A row that is too wide shows in its width alone if there are no rows.
      entries.forEach(Entry::width);
      entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
      checkFilled(place, entries, dataBytes);
      return entries;
    } catch (JacksonException e) {
      throw new DataException(place, "found a header that is not JSON, expected a map", e);
    } catch (ArithmeticException e) {
      throw new DataException(place, "found a shape of more than 2^63 elements, expected fewer", e);
    }
  }

  private static void checkFilled(String place, List<Entry> entries, long dataBytes) {
    long at = 0;
    for (Entry entry : entries) {
      if (entry.begin != at) {
        throw damaged(place, entry, "expected them at %d, behind the tensor before".formatted(at));
      }
      Element element = entry.element();
      long elements = entry.shape.stream().reduce(1L, Math::multiplyExact);
      if (element != null && element.bytesFor(elements) != entry.end - entry.begin) {
        throw damaged(
            place,
            entry,
            "expected %d for shape %s of type %s"
                .formatted(element.bytesFor(elements), entry.shape, entry.dtype));
      }
      at = entry.end;
    }
    if (at != dataBytes) {
      throw new DataException(
          place, "found %d bytes of data, expected %d as in the header".formatted(dataBytes, at));
    }
  }

  private static DataException damaged(String place, Entry entry, String expected) {
    return new DataException(
        place + ": column '" + entry.name + "'",
        "found %d bytes at %d, %s".formatted(entry.end - entry.begin, entry.begin, expected));
  }

  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    expect(json.nextToken(), JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      if (!names.add(name)) {
        throw new DataException(
            place + ": column '" + name + "'", "found it twice, expected each name once");
      }
      expect(json.nextToken(), JsonToken.START_OBJECT);
      if (name.equals("__metadata__")) {
        json.skipChildren();
      } else {
        entries.add(entry(name));
      }
    }
    expect(json.currentToken(), JsonToken.END_OBJECT);
    if (json.nextToken() != null) {
      throw new DataException(place, "found more behind the header's map, expected nothing");
    }
    return entries;
  }

  private Entry entry(String name) {
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    Set<String> keys = new HashSet<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = json.currentName();
      if (!keys.add(key)) {
        throw new DataException(
            "%s: column '%s'".formatted(place, name),
            "found '%s' twice, expected it once".formatted(key));
      }
      JsonToken value = json.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(value, JsonToken.VALUE_STRING);
          dtype = json.getString();
        }
        case "shape" -> shape = numbers(value);
        case "data_offsets" -> offsets = numbers(value);
        default -> json.skipChildren();
      }
    }
    if (dtype == null
        || shape == null
        || offsets == null
        || offsets.size() != 2
        || offsets.get(0) > offsets.get(1)) {
      throw new DataException(
          place + ": column '" + name + "'",
          "found no dtype, shape and two data_offsets that ascend, expected all of them");
    }
    return new Entry(name, dtype, List.copyOf(shape), offsets.get(0), offsets.get(1));
  }

  private List<Long> numbers(JsonToken first) {
    expect(first, JsonToken.START_ARRAY);
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() == JsonToken.VALUE_NUMBER_INT && numbers.size() < MAX_DIMENSIONS) {
      long number = json.getLongValue();
      if (number < 0) {
        throw new DataException(
            place, "found %d in the header, expected 0 or more".formatted(number));
      }
      numbers.add(number);
    }
    expect(json.currentToken(), JsonToken.END_ARRAY);
    return numbers;
  }

  private void expect(@Nullable JsonToken found, JsonToken expected) {
    if (found != expected) {
      throw new DataException(
          place,
          "found a header that is no map of tensors, expected a dtype, shape and data_offsets for each");
    }
  }
}
