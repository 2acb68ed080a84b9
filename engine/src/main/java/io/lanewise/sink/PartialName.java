package io.lanewise.sink;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names of temporary files, `.NAME.lanewise-PROCESS-MACHINE-NUMBER.partial`, and their end.
///
/// A process that is killed leaves them. The next one that writes into the same directory removes
/// those whose process has gone; those of other machines, whose processes it cannot see, only after
/// a week in which nobody wrote to them.
final class PartialName {
  private static final Pattern PARTIAL =
      Pattern.compile("\\.(.*)\\.lanewise-([0-9]+)-([0-9a-f]{8})-[0-9]+(-spool)?\\.partial");

  /// A file's name may have 255 bytes; so much of the output's fits beside the rest.
  private static final int MOST_OF_NAME = 40;

  private static final Duration ABANDONED = Duration.ofDays(7);

  /// How far a process's start, as the system tells it, may be from the clock of files.
  private static final Duration ROUNDING = Duration.ofMinutes(1);

  private static final AtomicLong COUNTER = new AtomicLong();
  private static final String MACHINE = machine();

  private PartialName() {}

  /// A name that nobody else has.
  static String next(Path output, String suffix) {
    String name = String.valueOf(output.getFileName());
    int end = Math.min(name.length(), MOST_OF_NAME);
    // Not within a pair of surrogates.
    end -= end < name.length() && Character.isHighSurrogate(name.charAt(end - 1)) ? 1 : 0;
    return ".%s.lanewise-%d-%s-%d%s.partial"
        .formatted(
            name.substring(0, end),
            ProcessHandle.current().pid(),
            MACHINE,
            COUNTER.incrementAndGet(),
            suffix);
  }

  /// The output that a temporary file belongs to, for messages; any other path as it is.
  static Path output(Path path) {
    Matcher matcher = PARTIAL.matcher(String.valueOf(path.getFileName()));
    return matcher.matches() ? path.resolveSibling(matcher.group(1)) : path;
  }

  /// Removes what killed processes left in a directory.
  static void sweep(Path directory) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, ".*.lanewise-*.partial")) {
      for (Path file : files) {
        Matcher matcher = PARTIAL.matcher(String.valueOf(file.getFileName()));
        if (matcher.matches()
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && isAbandoned(file, Long.parseLong(matcher.group(2)), matcher.group(3))) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
      // What cannot be removed stays: it is in nobody's way, and whether this run can write there
      // is about to show.
    }
  }

  private static boolean isAbandoned(Path file, long process, String machine) throws IOException {
    Instant written = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    if (!machine.equals(MACHINE)) {
      return written.isBefore(Instant.now().minus(ABANDONED));
    }
    // A process that began after the last byte was written has only the same number.
    return ProcessHandle.of(process)
        .flatMap(running -> running.info().startInstant())
        .map(started -> written.plus(ROUNDING).isBefore(started))
        .orElse(ProcessHandle.of(process).isEmpty());
  }

  /// What tells whether a process number means the same here: the machine's or container's name,
  /// and on Linux the name space of the numbers.
  private static String machine() {
    String numbers = "";
    String host = "";
    try {
      host = Files.readString(Path.of("/proc/sys/kernel/hostname"));
      numbers = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    } catch (IOException | UnsupportedOperationException e) {
      // Another system, whose numbers are the machine's.
    }
    return "%08x".formatted((host + numbers).hashCode());
  }
}
