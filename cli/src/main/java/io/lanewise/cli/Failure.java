package io.lanewise.cli;

import io.lanewise.plan.PlanException;
import io.lanewise.source.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.apache.arrow.memory.OutOfMemoryException;

/// Turns anything that is thrown into a sentence and an exit code. The sentence never contains the
/// name of a Java class.
///
/// @param problem place, found, expected
/// @param exitCode one of [ExitCode]
record Failure(String problem, int exitCode) {
  private static final String BUG =
      "found a bug of Lanewise, expected none; please report the command and what it prints with"
          + " --debug";

  /// The message of the Java virtual machine for a mapped file whose bytes are gone.
  private static final String UNMAPPED = "unsafe memory access";

  /// The sentence and the code for what was thrown.
  static Failure of(Throwable thrown) {
    return switch (thrown) {
      case DataException e -> new Failure(text(e), ExitCode.BAD_DATA);
      case InvalidPathException e ->
          new Failure(
              "found a file name '%s' that this system cannot hold, expected another; LC_ALL=C.UTF-8 lets it hold any"
                  .formatted(e.getInput()),
              ExitCode.USAGE);
      case IllegalArgumentException e when isOurs(e) -> new Failure(text(e), ExitCode.USAGE);
      case UncheckedIOException e -> ofWrapped(e);
      case IOException e -> ofIo(e);
      case OutOfMemoryError e -> outOfMemory(text(e));
      case OutOfMemoryException _ -> outOfMemory("direct buffer");
      case InternalError e when text(e).contains(UNMAPPED) ->
          new Failure(
              "found a file that was changed while it was read, expected it to stay as it is",
              ExitCode.BAD_DATA);
      case ExceptionInInitializerError e when e.getCause() != null -> of(e.getCause());
      case CompletionException e when e.getCause() != null -> of(e.getCause());
      case LinkageError _ ->
          new Failure(
              "found a part of Lanewise that cannot be loaded, expected all of it; build or install"
                  + " it again, and if that does not help, report what --debug prints",
              ExitCode.INTERNAL);
      case StackOverflowError _ ->
          new Failure(
              "found a nesting too deep for the stack, expected less of it; please report the"
                  + " command and what it prints with --debug",
              ExitCode.INTERNAL);
      case Throwable e when e.getCause() instanceof OutOfMemoryError cause ->
          outOfMemory(text(cause));
      default -> new Failure(BUG, ExitCode.INTERNAL);
    };
  }

  /// Whether this sentence is ours. Java and libraries throw the same class for what is not a
  /// mistake of the caller, in words that only a programmer understands.
  private static boolean isOurs(Exception e) {
    if (e instanceof PlanException plan
        && plan.getCause() instanceof IllegalArgumentException cause
        && plan.problem().equals(cause.getMessage())) {
      return isOurs(cause); // it only adds the place
    }
    StackTraceElement[] trace = e.getStackTrace();
    return (e.getClass() == IllegalArgumentException.class
            || e.getClass() == IOException.class
            || e instanceof PlanException)
        && !text(e).isBlank()
        && (trace.length == 0 || trace[0].getClassName().startsWith("io.lanewise."));
  }

  /// Java says which memory ran out. What helps depends on that.
  private static Failure outOfMemory(String which) {
    String problem;
    if (which.contains("direct") || which.contains("reserve")) {
      problem =
          "memory: found too little beside the heap, expected more; give fewer --threads or"
              + " --batch-rows, or more by LANEWISE_JVM_OPTIONS=-XX:MaxDirectMemorySize=8g";
    } else if (which.contains("thread")) {
      problem = "memory: found no room for another thread, expected some; give fewer --threads";
    } else {
      problem =
          "memory: found the heap of %d MiB full, expected more; give fewer --threads or --batch-rows, or more by LANEWISE_JVM_OPTIONS=-Xmx8g"
              .formatted(Runtime.getRuntime().maxMemory() >> 20);
    }
    return new Failure(problem, ExitCode.INTERNAL);
  }

  /// The engine names what it could not read or write. The reason from Java must be put into words.
  private static Failure ofWrapped(UncheckedIOException e) {
    IOException cause = Objects.requireNonNull(e.getCause());
    if (text(e).isBlank() || text(e).equals(cause.toString())) {
      return ofIo(cause);
    }
    return new Failure(
        text(e), cause instanceof FileAlreadyExistsException ? ExitCode.USAGE : ExitCode.IO);
  }

  private static Failure ofIo(IOException e) {
    return switch (e) {
      case FileAlreadyExistsException exists ->
          new Failure(
              exists.getFile() + ": found an existing file, expected none; --replace replaces it",
              ExitCode.USAGE);
      case NoSuchFileException missing ->
          new Failure(missing.getFile() + ": found nothing, expected a file", ExitCode.IO);
      case AccessDeniedException denied ->
          new Failure(
              denied.getFile() + ": found no permission, expected to read or write it",
              ExitCode.IO);
      case FileSystemException file when file.getFile() != null ->
          new Failure(
              "%s: found an error of the file system (%s), expected to read or write it"
                  .formatted(file.getFile(), Objects.requireNonNullElse(file.getReason(), "")),
              ExitCode.IO);
      case IOException own when isOurs(own) -> new Failure(text(own), ExitCode.IO);
      default ->
          new Failure(
              "a file: found an error of the file system (%s), expected to read or write it"
                  .formatted(text(e)),
              ExitCode.IO);
    };
  }

  private static String text(Throwable e) {
    return Objects.requireNonNullElse(e.getMessage(), "");
  }
}
