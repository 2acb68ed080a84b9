package io.lanewise.cli.html;

import io.lanewise.batch.Quoted;

/// Markup under construction. Templates are our own literals. A value in a hole `{}` is escaped
/// unless it is itself [Html], so a name from a file cannot become markup. It cannot hide or
/// reverse its neighbours either, because control and invisible characters become U+FFFD.
final class Html {
  private static final String HOLE = "{}";

  private final StringBuilder text = new StringBuilder();

  /// The template with its holes filled.
  static Html of(String template, Object... holes) {
    return new Html().add(template, holes);
  }

  /// Appends a template with its holes filled.
  Html add(String template, Object... holes) {
    int from = 0;
    for (Object hole : holes) {
      int at = template.indexOf(HOLE, from);
      if (at < 0) {
        throw new IllegalArgumentException("more values than holes: " + template);
      }
      text.append(template, from, at);
      text.append(hole instanceof Html html ? html.text : escape(hole.toString()));
      from = at + HOLE.length();
    }
    if (template.indexOf(HOLE, from) >= 0) {
      throw new IllegalArgumentException("more holes than values: " + template);
    }
    text.append(template, from, template.length());
    return this;
  }

  /// Appends other markup.
  Html add(Html other) {
    text.append(other.text);
    return this;
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private static String escape(String value) {
    StringBuilder escaped = new StringBuilder(value.length() + 16);
    value
        .codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            case '\n', '\t' -> escaped.append((char) c);
            default -> escaped.appendCodePoint(Quoted.isHarmful(c) ? 0xFFFD : c);
          }
        });
    return escaped.toString();
  }
}
