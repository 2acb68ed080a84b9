package io.lanewise.cli;

import java.util.ArrayList;
import java.util.List;

/// Runs several commands in one process, for the build: a JVM that records a cache ahead of time
/// then sees the classes of all of them.
final class Rehearsal {
  private Rehearsal() {}

  /// Runs them, one after the other.
  ///
  /// @param args the words of the commands, with a `,` after each command
  public static void main(String[] args) {
    int worst = ExitCode.DONE;
    List<String> words = new ArrayList<>();
    for (String arg : args) {
      if (!arg.equals(",")) {
        words.add(arg);
        continue;
      }
      worst = Math.max(worst, Main.exitCode(words.toArray(String[]::new)));
      words.clear();
    }
    System.exit(worst);
  }
}
