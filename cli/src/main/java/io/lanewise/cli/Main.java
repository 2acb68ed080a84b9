package io.lanewise.cli;

import io.lanewise.objective.Objectives;

/// Where the command starts. Mentions nothing of the Vector API, and is compiled for Java 17, so
/// that a JVM that cannot run the rest can say what is missing.
public final class Main {
  private static final int JAVA = 25;

  /// What the JVM needs.
  static final String FLAGS =
      "--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED"
          + " --sun-misc-unsafe-memory-access=allow --add-opens=java.base/java.nio=ALL-UNNAMED";

  private Main() {}

  /// Runs the command and ends the JVM with its exit code.
  public static void main(String[] args) {
    System.exit(exitCode(args));
  }

  private static int exitCode(String[] args) {
    if (Runtime.version().feature() < JAVA) {
      System.err.println(
          "lanewise: found Java " + Runtime.version().feature() + ", expected Java " + JAVA);
      return ExitCode.USAGE;
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      System.err.println(
          "lanewise: found a JVM without module jdk.incubator.vector, expected ./lanewise"
              + " or java with the flags "
              + FLAGS);
      return ExitCode.USAGE;
    }
    try {
      Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> end(thrown));
      return new Lanewise(Terminal.system(), Objectives.all()).run(args);
    } catch (Throwable e) {
      return told(e);
    }
  }

  /// Nobody waits for a thread that ended like this, so the process must not wait for its work
  /// either. Ends it from a thread of its own: where the process is ending already, that thread
  /// waits forever, and nobody else does.
  private static void end(Throwable thrown) {
    int exitCode = told(thrown);
    Thread ending = new Thread(() -> System.exit(exitCode));
    ending.setDaemon(true);
    ending.start();
  }

  private static int told(Throwable thrown) {
    if (System.getenv("LANEWISE_DEBUG") != null) {
      thrown.printStackTrace();
    }
    Failure failure = Failure.of(thrown);
    System.err.println("lanewise: " + failure.problem());
    return failure.exitCode();
  }
}
