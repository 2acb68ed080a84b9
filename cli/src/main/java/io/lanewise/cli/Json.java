package io.lanewise.cli;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Maps, lists, texts and numbers as indented JSON.
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private static final JsonMapper LINE = JsonMapper.builder().build();

  private Json() {}

  /// The same in one line.
  static String line(Object value) {
    return LINE.writeValueAsString(value);
  }

  static String of(Object value) {
    return MAPPER.writeValueAsString(value);
  }
}
