package io.lanewise.objective;

import io.lanewise.batch.Names;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/// The parameters of one evaluation: every one that the objective declares, parsed.
public final class Parameters {
  private final Map<Parameter<?>, Object> values = new LinkedHashMap<>();
  private final SequencedMap<String, String> texts = new LinkedHashMap<>();

  /// Parses `given` against `declared`, with defaults for what is not given.
  ///
  /// @param numbersOf replaces `@FILE` in the text of a parameter that may have its numbers there
  /// @throws IllegalArgumentException for an unknown name (naming the nearest), a value that is not
  ///   accepted, or a parameter without default that is missing
  public Parameters(
      List<Parameter<?>> declared, Map<String, String> given, UnaryOperator<String> numbersOf) {
    List<String> names = declared.stream().map(Parameter::name).toList();
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        throw Names.unknown("parameter", name, names);
      }
    }
    for (Parameter<?> parameter : declared) {
      String text = given.getOrDefault(parameter.name(), parameter.defaultText());
      if (text == null) {
        throw new IllegalArgumentException(
            "parameter '%s': found nothing, expected %s"
                .formatted(parameter.name(), parameter.accepts()));
      }
      values.put(
          parameter, parameter.parse(parameter.numbersFromFile() ? numbersOf.apply(text) : text));
      texts.put(parameter.name(), text);
    }
  }

  /// The value of a declared parameter.
  @SuppressWarnings("unchecked") // values are put by their own parameter's parser
  public <T> T get(Parameter<T> parameter) {
    Object value = values.get(parameter);
    if (value == null) {
      throw new IllegalStateException("parameter '" + parameter.name() + "' is not declared");
    }
    return (T) value;
  }

  /// Every parameter as given, defaults included, in the order of declaration.
  public SequencedMap<String, String> asText() {
    return Collections.unmodifiableSequencedMap(texts);
  }
}
