package io.lanewise.cli.plan;

import java.io.Reader;

/// Reads a text so that no piece ends within a pair of surrogates. The YAML reader fails if one of
/// its buffers ends there, that is, at every 1025th character beyond 16 bits.
final class WholeCharacters extends Reader {
  private final String text;
  private int at;

  WholeCharacters(String text) {
    this.text = text;
  }

  @Override
  public int read(char[] buffer, int from, int length) {
    if (length == 0) {
      return 0;
    }
    if (at == text.length()) {
      return -1;
    }
    int end = Math.min(text.length(), at + length);
    // At least one character, or the text would never end.
    if (end - at > 1 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    text.getChars(at, end, buffer, from);
    int count = end - at;
    at = end;
    return count;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
