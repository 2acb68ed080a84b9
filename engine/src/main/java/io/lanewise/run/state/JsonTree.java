package io.lanewise.run.state;

import io.lanewise.batch.Quoted;
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
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// A value of a JSON text and its place, read strictly: a missing value, or one of another kind
/// than requested, is a [DataException] that says where.
///
/// A text made to exhaust memory or the stack is refused: more than [#MOST_VALUES] values, or more
/// than [#MOST_DEPTH] within each other. A place is put together when it is asked for.
public final class JsonTree {
  private static final int MOST_VALUES = 1_000_000;
  private static final int MOST_DEPTH = 20;

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final @Nullable JsonTree parent;
  private final String step;

  /// A map of trees by key, a list of trees, the text of a scalar, or null.
  private final @Nullable Object value;

  /// @param parent the value that contains it; null for the whole text
  /// @param step the step from there: `.key`, `[0]`; the name of the file for the whole text
  private JsonTree(@Nullable JsonTree parent, String step, @Nullable Object value) {
    this.parent = parent;
    this.step = step;
    this.value = value;
  }

  /// The file and the keys that lead here.
  public String place() {
    return parent == null ? step : parent.place() + Quoted.capped(step);
  }

  /// Reads a whole text.
  public static JsonTree parse(String place, String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      JsonTree tree = new Reader(parser).read(null, place, 0);
      if (parser.nextToken() != null) {
        throw new DataException(place, "found more after the JSON value, expected its end");
      }
      return tree;
    } catch (StreamConstraintsException e) {
      throw new DataException(
          place, "found a name or number longer than any of a state, expected one", e);
    } catch (JacksonException e) {
      throw new DataException(
          place, "found no JSON (%s), expected it".formatted(e.getOriginalMessage()), e);
    }
  }

  /// Counts what it has read.
  private static final class Reader {
    private final JsonParser parser;
    private int values;

    Reader(JsonParser parser) {
      this.parser = parser;
    }

    JsonTree read(@Nullable JsonTree parent, String step, int depth) {
      if (depth > MOST_DEPTH || ++values > MOST_VALUES) {
        throw new DataException(
            new JsonTree(parent, step, null).place(),
            "found more than %d values or %d within each other, expected what a state says"
                .formatted(MOST_VALUES, MOST_DEPTH));
      }
      JsonToken token = parser.currentToken();
      return switch (token) {
        case null ->
            throw new DataException(
                new JsonTree(parent, step, null).place(), "found nothing, expected JSON");
        case START_OBJECT -> {
          SequencedMap<String, JsonTree> fields = new LinkedHashMap<>();
          JsonTree tree = new JsonTree(parent, step, fields);
          while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            fields.put(name, read(tree, "." + name, depth + 1));
          }
          yield tree;
        }
        case START_ARRAY -> {
          List<JsonTree> items = new ArrayList<>();
          JsonTree tree = new JsonTree(parent, step, items);
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(read(tree, "[" + items.size() + "]", depth + 1));
          }
          yield tree;
        }
        case VALUE_NULL -> new JsonTree(parent, step, null);
        default -> new JsonTree(parent, step, parser.getString());
      };
    }
  }

  /// The value of a key.
  public JsonTree get(String key) {
    JsonTree found = fields().get(key);
    if (found == null) {
      throw new DataException(place(), "found no key '%s', expected one".formatted(key));
    }
    return found;
  }

  /// All keys with their values.
  @SuppressWarnings("unchecked") // only trees are put into maps
  public SequencedMap<String, JsonTree> fields() {
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
  public SequencedMap<String, String> texts() {
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    fields().forEach((key, tree) -> texts.put(key, tree.text()));
    return texts;
  }

  /// A text, or a number or boolean as text.
  public String text() {
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
      throw new DataException(place(), "found '%s', expected %s".formatted(text(), expected), e);
    }
  }

  public double number() {
    return as("a number", Double::parseDouble);
  }

  public long integer() {
    return as("an integer", Long::parseLong);
  }

  public int size() {
    return as("an integer", Integer::parseInt);
  }

  private DataException wrong(String expected) {
    return new DataException(
        place(),
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
