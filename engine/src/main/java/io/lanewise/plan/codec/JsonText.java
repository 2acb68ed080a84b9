package io.lanewise.plan.codec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/// Reads JSON as a [Tree]. A text that is only made to take memory or the stack is refused: more
/// than [#MOST_VALUES] values, or more than [#MOST_DEPTH] within each other.
public final class JsonText {
  private static final int MOST_VALUES = 1_000_000;
  private static final int MOST_DEPTH = 20;

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final JsonParser parser;
  private int values;

  private JsonText(JsonParser parser) {
    this.parser = parser;
  }

  /// The tree of a whole text.
  ///
  /// @throws io.lanewise.plan.PlanException if it is no JSON, or too much of it
  public static Tree parse(String text) {
    Tree none = Tree.root(0, null);
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      JsonText reader = new JsonText(parser);
      Tree root = Tree.root(0, reader.content(none, 0));
      reader.fill(root, 0);
      if (parser.nextToken() != null) {
        throw none.wrong("found more after the JSON value, expected its end");
      }
      return root;
    } catch (StreamConstraintsException e) {
      throw new io.lanewise.plan.PlanException(
          "", "", "found a name or number longer than any of a state, expected one", e);
    } catch (JacksonException e) {
      throw new io.lanewise.plan.PlanException(
          "", "", "found no JSON (%s), expected it".formatted(e.getOriginalMessage()), e);
    }
  }

  /// What the current token begins.
  private @Nullable Object content(Tree place, int depth) {
    if (depth > MOST_DEPTH || ++values > MOST_VALUES) {
      throw place.wrong(
          "found more than %d values or %d within each other, expected what a state says"
              .formatted(MOST_VALUES, MOST_DEPTH));
    }
    JsonToken token = parser.currentToken();
    return switch (token) {
      case null -> throw place.wrong("found nothing, expected JSON");
      case START_OBJECT -> new LinkedHashMap<String, Tree>();
      case START_ARRAY -> new ArrayList<Tree>();
      case VALUE_NULL -> null;
      default -> parser.getString();
    };
  }

  private void fill(Tree tree, int depth) {
    if (tree.isMapping()) {
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        fill(tree.put(name, 0, content(tree, depth + 1)), depth + 1);
      }
    } else if (tree.isList()) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        fill(tree.add(0, content(tree, depth + 1)), depth + 1);
      }
    }
  }
}
