package io.lanewise.cli;

import io.lanewise.batch.Quoted;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/// Escapes control and invisible characters in all output, so that no name or label from a file can
/// harm a terminal. Line ends and tabs pass. JSON keeps its meaning, since it has the same escapes.
final class Screen extends FilterWriter {
  /// First half of the invisible characters beyond 16 bits.
  private static final int TAGS = 0xDB40;

  /// A carriage return overwrites the line, unless it is part of a line end.
  private static final boolean RETURNS = System.lineSeparator().indexOf('\r') >= 0;

  Screen(Writer out) {
    super(out);
  }

  private static boolean passes(int c) {
    return c == '\n'
        || (c == '\r' && RETURNS)
        || c == '\t'
        || (Character.isSurrogate((char) c) ? c != TAGS : !Quoted.isHarmful(c));
  }

  @Override
  public void write(int c) throws IOException {
    if (passes(c)) {
      out.write(c);
    } else {
      out.write("\\u%04x".formatted(c & 0xFFFF));
    }
  }

  @Override
  public void write(char[] text, int from, int length) throws IOException {
    write(new String(text, from, length), 0, length);
  }

  @Override
  public void write(String text, int from, int length) throws IOException {
    int clean = from;
    for (int i = from; i < from + length; i++) {
      if (!passes(text.charAt(i))) {
        out.write(text, clean, i - clean);
        write(text.charAt(i));
        clean = i + 1;
      }
    }
    out.write(text, clean, from + length - clean);
  }

  /// A `PrintWriter` hides failures. This reports them.
  @Override
  public void flush() throws IOException {
    out.flush();
    if (out instanceof PrintWriter printer && printer.checkError()) {
      throw new IOException("writing failed");
    }
  }
}
