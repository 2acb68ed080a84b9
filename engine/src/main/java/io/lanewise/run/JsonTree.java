package io.lanewise.run;

import io.lanewise.source.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// A value of a JSON text and its place in it, read strictly: what is asked for is there and of the
/// kind that is asked for, or a [DataException] says where it is not.
///
/// @param place the file and the keys that lead here
/// @param value a map of trees by key, a list of trees, the text of a scalar, or null
record JsonTree(String place, @Nullable Object value) {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /// Reads a whole text.
  static JsonTree parse(String place, String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      JsonTree tree = read(parser, place);
      if (parser.nextToken() != null) {
        throw new DataException(place, "found more after the JSON value, expected its end");
      }
      return tree;
    } catch (JacksonException e) {
      throw new DataException(
          place, "found no JSON (%s), expected it".formatted(e.getOriginalMessage()), e);
    }
  }

  private static JsonTree read(JsonParser parser, String place) {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case null -> throw new DataException(place, "found nothing, expected JSON");
      case START_OBJECT -> {
        SequencedMap<String, JsonTree> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, read(parser, place + "." + name));
        }
        yield new JsonTree(place, fields);
      }
      case START_ARRAY -> {
        List<JsonTree> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(read(parser, "%s[%d]".formatted(place, items.size())));
        }
        yield new JsonTree(place, items);
      }
      case VALUE_NULL -> new JsonTree(place, null);
      default -> new JsonTree(place, parser.getString());
    };
  }

  /// The value of a key.
  JsonTree get(String key) {
    JsonTree found = fields().get(key);
    if (found == null) {
      throw new DataException(place, "found no key '%s', expected one".formatted(key));
    }
    return found;
  }

  /// All keys with their values.
  @SuppressWarnings("unchecked") // only trees are put into maps
  SequencedMap<String, JsonTree> fields() {
    if (value instanceof SequencedMap<?, ?> map) {
      return (SequencedMap<String, JsonTree>) map;
    }
    throw wrong("an object");
  }

  /// What each item of a list gives.
  <T> List<T> list(Function<JsonTree, T> of) {
    if (value instanceof List<?> items) {
      return items.stream().map(item -> of.apply((JsonTree) item)).toList();
    }
    throw wrong("a list");
  }

  /// The texts of an object.
  SequencedMap<String, String> texts() {
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    fields().forEach((key, tree) -> texts.put(key, tree.text()));
    return texts;
  }

  /// A text, or a number or boolean as text.
  String text() {
    if (value instanceof String text) {
      return text;
    }
    throw wrong("a text");
  }

  /// A text, or null.
  @Nullable String textOrNull() {
    return value == null ? null : text();
  }

  /// What a text means.
  ///
  /// @param expected for the message
  <T> T as(String expected, Function<String, T> parse) {
    try {
      return parse.apply(text());
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new DataException(place, "found '%s', expected %s".formatted(text(), expected), e);
    }
  }

  double number() {
    return as("a number", Double::parseDouble);
  }

  long integer() {
    return as("an integer", Long::parseLong);
  }

  int size() {
    return as("an integer", Integer::parseInt);
  }

  private DataException wrong(String expected) {
    return new DataException(
        place,
        "found %s, expected %s"
            .formatted(
                switch (value) {
                  case null -> "null";
                  case List<?> _ -> "a list";
                  case SequencedMap<?, ?> _ -> "an object";
                  default -> "'" + value + "'";
                },
                expected));
  }
}
