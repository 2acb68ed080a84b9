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

  /// Runs the command and ends the JVM with its exit code. After success it returns if nothing else
  /// runs: `System.exit` looks for a logger in every jar, which takes a tenth of a short command.
  public static void main(String[] args) {
    // Picocli would look for Groovy in every jar.
    System.setProperty("picocli.disable.closures", "true");
    int exitCode = exitCode(args);
    if (exitCode != ExitCode.DONE || isAnotherThreadAwaited()) {
      System.exit(exitCode);
    }
  }

  private static boolean isAnotherThreadAwaited() {
    Thread[] threads = new Thread[Thread.activeCount() + 8];
    int count = Thread.enumerate(threads);
    for (int i = 0; i < count; i++) {
      if (!threads[i].isDaemon() && !threads[i].equals(Thread.currentThread())) {
        return true;
      }
    }
    return count == threads.length;
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
