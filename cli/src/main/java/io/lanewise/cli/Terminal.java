package io.lanewise.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// Where the command prints.
///
/// @param out results
/// @param err progress and errors
/// @param interactive whether somebody watches `err`
record Terminal(PrintWriter out, PrintWriter err, boolean interactive) {

  /// The process's own streams, in UTF-8. The launcher knows whether stderr is a terminal; Java
  /// does not.
  static Terminal system() {
    return new Terminal(
        writer(FileDescriptor.out), writer(FileDescriptor.err), Boolean.getBoolean("lanewise.tty"));
  }

  /// A remark that is no error; nothing if it is empty.
  void tell(String remark) {
    if (!remark.isEmpty()) {
      err.println("lanewise: " + remark);
    }
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), false);
  }
}
