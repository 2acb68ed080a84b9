package io.lanewise.kernel.generate;

import java.util.function.Function;

/// Expands `$name(argument; argument)` in the text of a template. Arguments may hold parentheses
/// and other macros.
final class Macro {
  private Macro() {}

  /// @param name the macro with its opening parenthesis
  static String expand(String text, String name, Function<String[], String> replacement) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, from)) {
      int open = at + name.length();
      int close = closing(text, open);
      String[] arguments = expand(text.substring(open, close), name, replacement).split(";");
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = arguments[i].strip();
      }
      out.append(text, from, at).append(replacement.apply(arguments));
      from = close + 1;
    }
    return out.append(text, from, text.length()).toString();
  }

  private static int closing(String text, int open) {
    int depth = 1;
    for (int i = open; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("no closing parenthesis: " + text.substring(open));
  }
}
