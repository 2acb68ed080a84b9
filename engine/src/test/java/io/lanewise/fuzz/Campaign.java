package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.lanewise.source.DataException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Feeds one reader with damaged files, each made from a number of its own, so that any of them can
/// be made again.
///
/// A finding is: anything thrown but a refusal in our words, which begins with the file's name and
/// names no Java class; more than [#SLOW] of processor time or [#MEMORY] for a small file; a file
/// that is not done with after the time that `Watch` allows; values that differ from what another
/// reader makes of the file. A crash of the JVM is found in the number that `next` holds.
final class Campaign {
  /// Nanoseconds of processor time that one file may take.
  private static final long SLOW = 10_000_000_000L;

  /// Bytes that the process may grow by at [#LOOK] files.
  private static final long MEMORY = 512L << 20;

  /// How many files are read between two looks at the process's memory.
  private static final int LOOK = 50;

  /// A reader with more findings than these is not tried further.
  static final int ENOUGH = 100;

  private static final Pattern CLASS_NAME =
      Pattern.compile(
          "\\b(java|javax|jdk|sun|com|org|io)\\.[a-z]\\w*\\.\\w|\\b[A-Z]\\w*(Exception|Error)\\b");

  private final Target target;
  private final Path folder;
  private final PrintStream out;
  private final List<String> findings = new CopyOnWriteArrayList<>();
  private final AtomicLong inputs = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong compared = new AtomicLong();
  private volatile long current;
  private volatile byte[] bytes = new byte[0];
  private volatile boolean abandoned;
  private long peak;

  /// @param folder where damaged files are written, and kept if they are findings
  /// @param out where findings are told as they come
  Campaign(Target target, Path folder, PrintStream out) {
    this.target = target;
    this.folder = folder;
    this.out = out;
  }

  /// Tries files number `first` to `first + count - 1`, and stops early when there is no time left,
  /// when there are enough findings, or when it has been abandoned.
  ///
  /// @param end what `System.nanoTime` is when the time is over
  /// @param noted whether the number of each is written to a file before it is read
  void run(long first, long count, long end, boolean noted) throws IOException {
    // A reader that hangs still holds the file of the one that it hangs at.
    Path file = folder.resolve("%s-%d.mutant".formatted(target.name(), first));
    LastSeed next =
        noted ? LastSeed.in(folder.resolve(target.name() + ".next")) : LastSeed.nowhere();
    for (long seed = first; seed < first + count && System.nanoTime() < end; seed++) {
      next.set(seed);
      one(seed, file);
      if (abandoned || findings.size() >= ENOUGH) {
        break;
      }
    }
    Files.deleteIfExists(file);
  }

  /// Tries one file.
  private void one(long seed, Path file) throws IOException {
    // Neighbours among seeds give neighbours among the first numbers of Random.
    Random random = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
    byte[] made = target.mutant(random);
    Files.write(file, made);
    file(seed, file, made, random);
  }

  /// Tries a file that is there.
  void file(long seed, Path file, byte[] content, Random random) throws IOException {
    bytes = content;
    current = seed;
    long start = processorTime();
    String finding = judge(file, content, random);
    long taken = processorTime() - start;
    if (finding == null && taken > SLOW) {
      finding = "took %d s".formatted(taken / 1_000_000_000L);
    }
    if (inputs.incrementAndGet() % LOOK == 1) {
      long now = peakMemory();
      if (finding == null && peak > 0 && now - peak > MEMORY) {
        finding =
            "took %d MiB of memory, or one of the %d files before did"
                .formatted((now - peak) >> 20, LOOK);
      }
      peak = now;
    }
    if (finding != null && !abandoned) {
      keep(seed, content, finding);
    }
  }

  private void keep(long seed, byte[] content, String finding) throws IOException {
    Path kept = folder.resolve("%s-%d.found".formatted(target.name(), seed));
    Files.write(kept, content);
    String line = "%s %d: %s (%s)".formatted(target.name(), seed, finding, kept);
    findings.add(line);
    out.println(line);
  }

  /// Gives up the file that is being read: a finding. Whoever reads it stops after it, if it ever
  /// ends.
  ///
  /// @return the number of that file
  long abandon(Thread reader, int seconds) throws IOException {
    abandoned = true;
    long seed = current;
    StringBuilder text = new StringBuilder("not done after %d s".formatted(seconds));
    for (StackTraceElement frame : reader.getStackTrace()) {
      text.append("\n    ").append(frame);
    }
    keep(seed, bytes, text.toString());
    reader.interrupt();
    return seed;
  }

  private @Nullable String judge(Path file, byte[] content, Random random) {
    Rows ours;
    try {
      ours = target.read(file, random);
    } catch (DataException | UncheckedIOException | IllegalArgumentException e) {
      return refusal(file, e);
    } catch (Throwable e) {
      return thrown(e);
    }
    accepted.incrementAndGet();
    if (!ours.whole()) {
      return null;
    }
    try {
      Rows theirs = target.independent(file, content, ours);
      if (theirs == null) {
        return null;
      }
      compared.incrementAndGet();
      return ours.differenceFrom(theirs);
    } catch (IOException | RuntimeException | Error e) {
      // The other reader refuses what we accept; its manners are not our concern.
      return null;
    }
  }

  private @Nullable String refusal(Path file, RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    if (!target.places(message, file)) {
      return "message without its file: %s from %s".formatted(message, thrown(e));
    }
    return CLASS_NAME.matcher(message).find() ? "message with a class name: " + message : null;
  }

  private static String thrown(Throwable e) {
    StringBuilder text = new StringBuilder(e.toString());
    for (StackTraceElement frame : e.getStackTrace()) {
      text.append("\n    ").append(frame);
      if (text.length() > 1500) {
        break;
      }
    }
    return text.toString();
  }

  private static long processorTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /// The most memory that the process ever had, where the system tells: Linux.
  private static long peakMemory() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    String text = Files.readString(status, ISO_8859_1);
    int at = text.indexOf("VmHWM:");
    int end = text.indexOf(" kB", at);
    return at < 0 || end < 0 ? 0 : Long.parseLong(text.substring(at + 6, end).strip()) << 10;
  }

  List<String> findings() {
    return List.copyOf(findings);
  }

  /// How many files were tried.
  long inputs() {
    return inputs.get();
  }

  long accepted() {
    return accepted.get();
  }

  /// How many files another reader read too.
  long compared() {
    return compared.get();
  }
}
