package io.lanewise.cli;

import io.lanewise.objective.Objective;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/// Runs commands in this JVM and keeps what they print.
record Shell(int exitCode, String out, String err) {
  static Shell run(List<Objective> objectives, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false);
    int exitCode = new Lanewise(terminal, objectives).run(args);
    return new Shell(exitCode, out.toString(), err.toString());
  }

  /// With the sample registry.
  static Shell run(String... args) {
    return run(SampleObjectives.all(), args);
  }
}
