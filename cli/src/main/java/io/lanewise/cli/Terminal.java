package io.lanewise.cli;

import io.lanewise.batch.Quoted;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/// Where the command prints.
///
/// @param out results; characters that could harm a terminal are escaped
/// @param err progress and errors
/// @param interactive whether somebody watches `err`
/// @param problem why `out` could not be written; empty if there is nothing to tell
record Terminal(PrintWriter out, PrintWriter err, boolean interactive, Supplier<String> problem) {
  Terminal {
    out = new PrintWriter(new Screen(out), false);
  }

  /// A terminal whose output cannot fail.
  Terminal(PrintWriter out, PrintWriter err, boolean interactive) {
    this(out, err, interactive, () -> "");
  }

  /// The process's own streams, in UTF-8. The launcher knows whether stderr is a terminal; Java
  /// does not.
  static Terminal system() {
    StandardOutput out = new StandardOutput();
    return new Terminal(
        new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), false),
        new PrintWriter(
            new OutputStreamWriter(
                new FileOutputStream(FileDescriptor.err), StandardCharsets.UTF_8),
            false),
        Boolean.getBoolean("lanewise.tty"),
        out::problem);
  }

  /// Prints a note that is not an error; prints nothing if it is empty.
  void tell(String remark) {
    if (!remark.isEmpty()) {
      err.println("lanewise: " + Quoted.sentence(remark));
    }
  }
}
