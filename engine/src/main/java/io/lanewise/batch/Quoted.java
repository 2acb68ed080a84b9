package io.lanewise.batch;

import java.util.regex.Pattern;

/// Shows text that comes from data, such as names, labels, cells and keys, in messages and on a
/// terminal.
///
/// Data must not be able to move the cursor, recolour the screen or reverse the direction of
/// writing. So control and invisible characters are shown as `\n`, `\t` or `\u202e`, and long texts
/// are cut in the middle.
public final class Quoted {
  /// The most characters of a quoted text.
  public static final int MOST = 80;

  /// The most characters of a message. What lies beyond is part of a list that helps nobody.
  private static final int MOST_OF_MESSAGE = 2000;

  private static final String CUT = "…";

  /// Text between apostrophes. An apostrophe inside a word, as in `Arrow's`, opens no quotation.
  private static final Pattern QUOTATION =
      Pattern.compile("(?<![\\p{L}\\p{N}])'(.*?)'(?![\\p{L}\\p{N}])", Pattern.DOTALL);

  private Quoted() {}

  /// The text with every control and every invisible character escaped. A text without them is
  /// returned as it is.
  public static String escaped(String text) {
    StringBuilder escaped = null;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      boolean harmful = isHarmful(c);
      if (harmful && escaped == null) {
        escaped = new StringBuilder(text.substring(0, i));
      }
      if (escaped != null) {
        if (harmful) {
          append(escaped, c);
        } else {
          escaped.appendCodePoint(c);
        }
      }
    }
    return escaped == null ? text : escaped.toString();
  }

  /// The text escaped, and cut in the middle if it has more than [#MOST] characters.
  public static String capped(String text) {
    // What is cut off need not be escaped: a cell may have megabytes.
    String ends = text.length() > 4 * MOST ? cut(text, 4 * MOST) : text;
    return cut(escaped(ends), MOST);
  }

  /// A sentence of ours that quotes data between apostrophes. Each quotation is capped, and the
  /// whole sentence is escaped except for line ends.
  public static String sentence(String message) {
    String ends = cut(message, 100 * MOST_OF_MESSAGE);
    String quoted =
        QUOTATION
            .matcher(ends)
            .replaceAll(found ->
                java.util.regex.Matcher.quoteReplacement("'" + cut(found.group(1), MOST) + "'"));
    StringBuilder sentence = new StringBuilder();
    quoted
        .codePoints()
        .forEach(c -> {
          if (c == '\n' || !isHarmful(c)) {
            sentence.appendCodePoint(c);
          } else {
            append(sentence, c);
          }
        });
    return cut(sentence.toString(), MOST_OF_MESSAGE);
  }

  /// Whether a character moves, hides or reorders others: controls (C0, C1), formats such as bidi
  /// overrides and zero-width ones, separators of lines, and halves of pairs.
  public static boolean isHarmful(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static void append(StringBuilder text, int c) {
    switch (c) {
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        for (char unit : Character.toChars(c)) {
          text.append("\\u%04x".formatted((int) unit));
        }
      }
    }
  }

  /// Both ends of a text with `most` characters altogether.
  private static String cut(String text, int most) {
    if (text.length() <= most || text.codePointCount(0, text.length()) <= most) {
      return text;
    }
    int head = (most - 1) / 2 + (most - 1) % 2;
    int tail = (most - 1) / 2;
    return text.substring(0, text.offsetByCodePoints(0, head))
        + CUT
        + text.substring(text.offsetByCodePoints(text.length(), -tail));
  }
}
