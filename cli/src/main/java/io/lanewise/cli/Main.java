package io.lanewise.cli;

import io.lanewise.kernel.VectorModule;

/// The entry point of the command. It does not use the Vector API and is compiled for Java 17, so
/// that a JVM that cannot run the rest can say what is missing.
public final class Main {
  private static final int JAVA = 25;

  /// The flags that the JVM needs: those of the file `jvm.args`, which this class cannot read when
  /// it has to name them.
  static final String FLAGS =
      "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED"
          + " --sun-misc-unsafe-memory-access=allow --add-opens=java.base/java.nio=ALL-UNNAMED";

  private Main() {}

  /// Runs the command and ends the JVM with its exit code.
  public static void main(String[] args) {
    System.exit(exitCode(args));
  }

  static int exitCode(String[] args) {
    if (Runtime.version().feature() < JAVA) {
      System.err.println(
          "lanewise: found Java " + Runtime.version().feature() + ", expected Java " + JAVA);
      return ExitCode.USAGE;
    }
    if (!VectorModule.available()) {
      System.err.println(
          "lanewise: found a JVM without module jdk.incubator.vector, expected ./lanewise"
              + " or java with the flags "
              + FLAGS);
      return ExitCode.USAGE;
    }
    try {
      Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> end(thrown));
      EarlyStart.expect(Catalog.REGISTRY, args);
      return new Lanewise(Terminal.system(), Catalog.REGISTRY).run(args);
    } catch (Throwable e) {
      return told(e);
    }
  }

  /// Ends the process after a thread ended with an exception, because its work would never be done.
  /// It does so from a separate thread: if the process is already ending, only that thread waits
  /// forever.
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
