package io.lanewise.cli.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// The text of a plan file as a tree. Text that starts with `{` is JSON, everything else YAML 1.2
/// without anchors: a plan says each thing once, where it is used.
final class PlanText {
  private final String file;
  private final JsonParser parser;

  private PlanText(String file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /// The tree of `text`.
  ///
  /// @param file the file's name, for messages
  /// @throws IllegalArgumentException with the file, the line and the problem
  static PlanNode parse(String file, String text) {
    TokenStreamFactory format =
        text.stripLeading().startsWith("{") ? new JsonFactory() : new YAMLFactory();
    try (JsonParser parser = format.createParser(ObjectReadContext.empty(), text)) {
      PlanText tokens = new PlanText(file, parser);
      JsonToken first = parser.nextToken();
      if (first == null) {
        return new PlanNode.Nothing(1);
      }
      PlanNode root = tokens.value(first);
      if (parser.nextToken() != null) {
        throw tokens.error("found a second document, expected one plan a file");
      }
      return root;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(file + ":" + problem(e), e);
    }
  }

  /// Line and problem of a text that is neither. YAML's own exception is the more precise one.
  private static String problem(JacksonException e) {
    if (e.getCause() instanceof MarkedYamlEngineException yaml) {
      int line = yaml.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      return "%d: %s".formatted(line, yaml.getProblem());
    }
    String problem = e.getOriginalMessage().lines().findFirst().orElse("cannot be parsed");
    return "%d: %s".formatted(Math.max(1, e.getLocation().getLineNr()), problem);
  }

  private PlanNode value(JsonToken token) {
    int line = line();
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw error("found an alias, expected the value itself");
    }
    return switch (token) {
      case START_OBJECT -> fields(line);
      case START_ARRAY -> items(line);
      case VALUE_NULL -> new PlanNode.Nothing(line);
      default -> new PlanNode.Text(line, parser.getString());
    };
  }

  private PlanNode fields(int line) {
    SequencedMap<String, PlanNode.Field> fields = new LinkedHashMap<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_OBJECT;
        token = parser.nextToken()) {
      String key = parser.currentName();
      int keyLine = line();
      if (fields.containsKey(key)) {
        throw error("found key '%s' a second time, expected it once".formatted(key));
      }
      fields.put(key, new PlanNode.Field(keyLine, value(parser.nextToken())));
    }
    return new PlanNode.Fields(line, fields);
  }

  private PlanNode items(int line) {
    List<PlanNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(value(token));
    }
    return new PlanNode.Items(line, items);
  }

  private int line() {
    return Math.max(1, parser.currentTokenLocation().getLineNr());
  }

  private IllegalArgumentException error(String problem) {
    return new IllegalArgumentException("%s:%d: %s".formatted(file, line(), problem));
  }
}
