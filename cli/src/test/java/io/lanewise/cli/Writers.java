package io.lanewise.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;

/// Outputs that fail.
final class Writers {
  private Writers() {}

  /// Throws an error as a command would that runs out of stack.
  static Writer throwing() {
    return new Writer() {
      @Override
      public void write(char[] text, int from, int length) {
        throw new StackOverflowError();
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  /// As the file `/dev/full`.
  static final class Refusing extends OutputStream {
    private final String reason;

    Refusing(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(int b) throws IOException {
      throw new IOException(reason);
    }
  }
}
