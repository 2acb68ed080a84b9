package io.lanewise.cli.plan;

import io.lanewise.plan.codec.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// The text of a plan file as a tree. Text that starts with `{` is JSON, everything else YAML 1.2
/// without anchors: a plan says each thing once, where it is used.
final class PlanText {
  /// No plan needs more than a fifth of it.
  private static final int MOST_DEPTH = 50;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

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
  static Tree parse(String file, String text) {
    String plan = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    refuseNonText(file, plan);
    boolean json = plan.stripLeading().startsWith("{");
    TokenStreamFactory format = json ? new JsonFactory() : new YAMLFactory();
    try (JsonParser parser =
        format.createParser(ObjectReadContext.empty(), new WholeCharacters(plan))) {
      PlanText tokens = new PlanText(file, parser);
      try {
        JsonToken first = parser.nextToken();
        if (first == null) {
          return Tree.root(1, null);
        }
        Tree root = Tree.root(tokens.line(), tokens.content(first, 1));
        tokens.fill(root, 2);
        if (parser.nextToken() != null) {
          throw tokens.error("found a second document, expected one plan a file");
        }
        return root;
      } catch (JacksonException e) {
        throw new IllegalArgumentException(file + ":" + tokens.problem(e), e);
      }
    }
  }

  /// YAML and JSON allow no control characters, and a reader's own message would not say where.
  private static void refuseNonText(String file, String text) {
    int line = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      line += c == '\n' ? 1 : 0;
      if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) {
        throw new IllegalArgumentException(
            "%s:%d: found the control character U+%04X, expected text"
                .formatted(file, line, (int) c));
      }
    }
  }

  /// Line and problem of a text that is neither. YAML's own exception is the more precise one.
  private String problem(JacksonException e) {
    if (e.getCause() instanceof MarkedYamlEngineException yaml) {
      int line = yaml.getProblemMark().map(Mark::getLine).orElse(line() - 1) + 1;
      return "%d: %s".formatted(line, yaml.getProblem());
    }
    if (e instanceof StreamConstraintsException) {
      return "%d: found a key, text or number longer than any of a plan, expected a shorter one"
          .formatted(line());
    }
    int line = e.getLocation() == null ? line() : Math.max(1, e.getLocation().getLineNr());
    String problem =
        Objects.requireNonNullElse(e.getOriginalMessage(), "").lines().findFirst().orElse("");
    return "%d: %s".formatted(line, problem.isBlank() ? "found no YAML, expected a plan" : problem);
  }

  /// What a token begins, without what is in it.
  private @Nullable Object content(JsonToken token, int depth) {
    if (depth > MOST_DEPTH) {
      throw error(
          "found %d lists and mappings within each other, expected at most %d"
              .formatted(depth, MOST_DEPTH));
    }
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw error("found an alias, expected the value itself");
    }
    return switch (token) {
      case START_OBJECT -> new LinkedHashMap<String, Tree>();
      case START_ARRAY -> new ArrayList<Tree>();
      case VALUE_NULL -> null;
      default -> parser.getString();
    };
  }

  private void fill(Tree tree, int depth) {
    if (tree.isMapping()) {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        int keyLine = line();
        if (tree.find(key) != null) {
          throw error("found key '%s' a second time, expected it once".formatted(key));
        }
        fill(tree.put(key, keyLine, content(parser.nextToken(), depth)), depth + 1);
      }
    } else if (tree.isList()) {
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        fill(tree.add(line(), content(token, depth)), depth + 1);
      }
    }
  }

  private int line() {
    return Math.max(1, parser.currentTokenLocation().getLineNr());
  }

  private IllegalArgumentException error(String problem) {
    return new IllegalArgumentException("%s:%d: %s".formatted(file, line(), problem));
  }
}
