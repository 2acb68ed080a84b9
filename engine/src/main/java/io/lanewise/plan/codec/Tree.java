package io.lanewise.plan.codec;

import io.lanewise.batch.Names;
import io.lanewise.batch.Quoted;
import io.lanewise.plan.PlanException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A value of a plan or of a state's header, and where it is. Numbers and booleans are text: what
/// they mean is the matter of whoever reads them.
///
/// It is read strictly: what is asked for is there and of the kind that is asked for, or a
/// [PlanException] says where it is not. A path is put together when it is asked for, since the
/// names in it may be long.
public final class Tree {
  private final @Nullable Tree parent;
  private final String step;
  private final int line;

  /// A map of trees by key, a list of trees, the text of a scalar, or null.
  private final @Nullable Object value;

  private Tree(@Nullable Tree parent, String step, int line, @Nullable Object value) {
    this.parent = parent;
    this.step = step;
    this.line = line;
    this.value = value;
  }

  /// A whole text, whose content is added.
  ///
  /// @param value an empty map or list for trees to be put into, a text, or null for nothing
  public static Tree root(int line, @Nullable Object value) {
    return new Tree(null, "", line, value);
  }

  /// Adds the value of a key to a mapping.
  ///
  /// @param line that of the key, from 1; 0 if unknown
  /// @param content as for [#root]
  public Tree put(String key, int line, @Nullable Object content) {
    Tree child = new Tree(this, (parent == null ? "" : ".") + key, line, content);
    children().put(key, child);
    return child;
  }

  /// Adds an item to a list.
  public Tree add(int line, @Nullable Object content) {
    List<Tree> list = list();
    Tree child = new Tree(this, "[" + list.size() + "]", line, content);
    list.add(child);
    return child;
  }

  @SuppressWarnings("unchecked") // only trees are put into maps
  private SequencedMap<String, Tree> children() {
    return (SequencedMap<String, Tree>) java.util.Objects.requireNonNull(value);
  }

  @SuppressWarnings("unchecked") // only trees are put into lists
  private List<Tree> list() {
    return (List<Tree>) java.util.Objects.requireNonNull(value);
  }

  /// The keys that lead here: `evaluate[2].data.real`.
  public String path() {
    return parent == null ? "" : parent.path() + Quoted.capped(step);
  }

  /// The line of its key or, for an item, of itself; 0 if unknown.
  public int line() {
    return line;
  }

  /// The line of a path below, or of as much of it as there is.
  public int lineOf(String below) {
    if (value instanceof Map<?, ?> || value instanceof List<?>) {
      Collection<Tree> all = value instanceof Map<?, ?> ? children().values() : list();
      for (Tree child : all) {
        String rest = child.rest(below);
        if (rest != null) {
          return child.lineOf(rest);
        }
      }
    }
    return line;
  }

  /// What is left of a path that leads through here, or null.
  private @Nullable String rest(String path) {
    String own = Quoted.capped(step);
    boolean leads =
        path.startsWith(own)
            && (path.length() == own.length() || ".[".indexOf(path.charAt(own.length())) >= 0);
    return leads ? path.substring(own.length()) : null;
  }

  /// What it is, for messages: `a list`, `'0.5'`.
  public String found() {
    return switch (value) {
      case null -> "nothing";
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a mapping";
      default -> "'" + value + "'";
    };
  }

  /// Whether it is nothing.
  public boolean isNothing() {
    return value == null;
  }

  /// Whether it is a text, number or boolean.
  public boolean isText() {
    return value instanceof String;
  }

  /// Whether it is a list.
  public boolean isList() {
    return value instanceof List<?>;
  }

  /// Whether it is a mapping.
  public boolean isMapping() {
    return value instanceof Map<?, ?>;
  }

  /// A mistake here.
  public PlanException wrong(String problem) {
    return new PlanException(path(), problem);
  }

  private PlanException other(String expected) {
    return wrong("found %s, expected %s".formatted(found(), expected));
  }

  /// A name here that nobody knows.
  public PlanException unknown(String what, String name, Collection<String> known) {
    return wrong(String.valueOf(Names.unknown(what, name, known).getMessage()));
  }

  /// A mapping that has none but these keys.
  public Tree keys(String what, String... known) {
    if (!isMapping()) {
      throw other("%s with the keys %s".formatted(what, String.join(", ", known)));
    }
    children()
        .forEach((key, child) -> {
          if (!List.of(known).contains(key)) {
            throw child.unknown("key", key, Arrays.asList(known));
          }
        });
    return this;
  }

  /// The value of a key, or null.
  public @Nullable Tree find(String key) {
    return isMapping() ? children().get(key) : null;
  }

  /// The value of a key, which must be there.
  public Tree get(String key) {
    Tree found = mapping("an object").get(key);
    if (found == null) {
      throw wrong("found no key '%s', expected one".formatted(key));
    }
    return found;
  }

  /// The value of a key, which must be there and not be nothing.
  public Tree required(String key, String expected) {
    Tree found = find(key);
    if (found == null || found.isNothing()) {
      throw (found == null ? this : found)
          .wrong("key '%s': found nothing, expected %s".formatted(key, expected));
    }
    return found;
  }

  /// All keys with their values.
  public SequencedMap<String, Tree> mapping(String expected) {
    if (isMapping()) {
      return children();
    }
    throw other(expected);
  }

  /// The keys and values of the mapping under a key; none if there is no such key.
  public SequencedMap<String, Tree> mappingOf(String key, String of) {
    Tree found = find(key);
    return found == null ? new LinkedHashMap<>() : found.mapping("a mapping of " + of);
  }

  /// The items of a list.
  public List<Tree> items(String expected) {
    if (isList()) {
      return list();
    }
    throw other(expected);
  }

  /// What each item of a list gives.
  public <T> List<T> list(Function<Tree, T> of) {
    return items("a list").stream().map(of).toList();
  }

  /// What each item of the list under a key gives; nothing if there is no such key.
  public <T> List<T> listOf(String key, Function<Tree, T> of) {
    Tree found = find(key);
    return found == null ? List.of() : found.list(of);
  }

  /// A text, or a number or boolean as text.
  public String text() {
    return text("a text");
  }

  /// A text, or a number or boolean as text.
  public String text(String expected) {
    if (value instanceof String text) {
      return text;
    }
    throw other(expected);
  }

  /// A text, or null for nothing.
  public @Nullable String textOrNull() {
    return value == null ? null : text();
  }

  /// A text, or each of a list of them.
  public List<String> texts(String expected) {
    List<String> texts = new ArrayList<>();
    (isList() ? list() : List.of(this)).forEach(item -> texts.add(item.text(expected)));
    return texts;
  }

  /// The texts of a mapping.
  public SequencedMap<String, String> textsByKey() {
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    mapping("an object").forEach((key, child) -> texts.put(key, child.text()));
    return texts;
  }

  /// One of some words.
  public String known(String what, String expected, Collection<String> known) {
    String name = text(expected);
    if (!known.contains(name)) {
      throw unknown(what, name, known);
    }
    return name;
  }

  /// What a text means.
  ///
  /// @param expected for the message
  public <T> T as(String expected, Function<String, T> parse) {
    try {
      return parse.apply(text());
    } catch (PlanException e) {
      throw e;
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new PlanException("", path(), "found '%s', expected %s".formatted(text(), expected), e);
    }
  }

  /// A number.
  public double number() {
    return as("a number", Double::parseDouble);
  }

  /// A finite number.
  public double finite(String expected) {
    text(expected);
    double number = as(expected, Double::parseDouble);
    if (!Double.isFinite(number)) {
      throw other(expected);
    }
    return number;
  }

  /// A whole number from 1 to 2^31 - 1.
  ///
  /// @param key for the message
  public int positive(String key, String expected) {
    double number = finite(expected);
    if (number < 1 || number > Integer.MAX_VALUE || number != Math.rint(number)) {
      throw wrong("key '%s': found %s, expected %s".formatted(key, found(), expected));
    }
    return (int) number;
  }

  /// A whole number of 64 bits.
  public long integer() {
    return as("an integer", Long::parseLong);
  }

  /// A whole number of 32 bits.
  public int size() {
    return as("an integer", Integer::parseInt);
  }
}
