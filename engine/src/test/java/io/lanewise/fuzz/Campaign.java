package io.lanewise.fuzz;

import io.lanewise.source.DataException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Feeds one reader with damaged files, each made from a number of its own, so that any of them can
/// be made again.
///
/// A finding is: anything thrown but a refusal in our words, which begins with the file's name and
/// names no Java class; more than [#SLOW] or [#MEMORY] for a small file; values that differ from
/// what another reader makes of the file. A crash of the JVM is found in the number that `next`
/// holds.
final class Campaign {
  /// Nanoseconds that one file may take.
  private static final long SLOW = 10_000_000_000L;

  /// Bytes that the process may grow by at one file.
  private static final long MEMORY = 512L << 20;

  private static final Pattern CLASS_NAME =
      Pattern.compile(
          "\\b(java|javax|jdk|sun|com|org|io)\\.[a-z]\\w*\\.\\w|\\b[A-Z]\\w*(Exception|Error)\\b");

  private final Target target;
  private final Path folder;
  private final List<String> findings = new ArrayList<>();
  private long inputs;
  private long peak;
  private long accepted;
  private long compared;

  /// @param folder where damaged files are written, and kept if they are findings
  Campaign(Target target, Path folder) {
    this.target = target;
    this.folder = folder;
  }

  /// Tries files number `first` to `first + count - 1`, and stops early when there is no time left.
  ///
  /// @param nanos the time that all of them may take
  /// @param noted whether the number of each is written to a file before it is read
  void run(long first, long count, long nanos, boolean noted) throws IOException {
    Path file = folder.resolve(target.name() + ".mutant");
    long end = System.nanoTime() + nanos;
    for (long seed = first; seed < first + count && System.nanoTime() < end; seed++) {
      if (noted) {
        Files.writeString(folder.resolve(target.name() + ".next"), Long.toString(seed));
      }
      one(seed, file);
    }
  }

  /// Tries one file.
  void one(long seed, Path file) throws IOException {
    // Neighbours among seeds give neighbours among the first numbers of Random.
    Random random = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
    byte[] bytes = target.mutant(random);
    Files.write(file, bytes);
    file(seed, file, bytes, random);
  }

  /// Tries a file that is there.
  void file(long seed, Path file, byte[] bytes, Random random) throws IOException {
    inputs++;
    long start = System.nanoTime();
    String finding = judge(file, bytes, random);
    long seconds = (System.nanoTime() - start) / 1_000_000_000L;
    if (finding == null && System.nanoTime() - start > SLOW) {
      finding = "took %d s".formatted(seconds);
    }
    long now = peakMemory();
    long grown = inputs == 1 ? 0 : now - peak;
    peak = now;
    if (finding == null && grown > MEMORY && bytes.length < 100_000) {
      finding = "took %d MiB of memory for %d bytes".formatted(grown >> 20, bytes.length);
    }
    if (finding != null) {
      Path kept = folder.resolve("%s-%d.found".formatted(target.name(), seed));
      Files.write(kept, bytes);
      findings.add("%s %d: %s (%s)".formatted(target.name(), seed, finding, kept));
    }
  }

  private @Nullable String judge(Path file, byte[] bytes, Random random) {
    Rows ours;
    try {
      ours = target.read(file, random);
    } catch (DataException | UncheckedIOException | IllegalArgumentException e) {
      return refusal(file, e);
    } catch (Throwable e) {
      return thrown(e);
    }
    accepted++;
    if (!ours.whole()) {
      return null;
    }
    try {
      Rows theirs = target.independent(file, bytes, ours);
      if (theirs == null) {
        return null;
      }
      compared++;
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

  /// The most memory that the process ever had, where the system tells: Linux.
  private static long peakMemory() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    String text = Files.readString(status, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("VmHWM:");
    int end = text.indexOf(" kB", at);
    return at < 0 || end < 0
        ? 0
        : Long.parseLong(text, at + 6 + spaces(text, at + 6), end, 10) << 10;
  }

  private static int spaces(String text, int from) {
    int at = from;
    while (Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at - from;
  }

  List<String> findings() {
    return List.copyOf(findings);
  }

  /// How many files were tried.
  long inputs() {
    return inputs;
  }

  String figures(long first) {
    return "%s: seeds %d to %d, %d accepted, %d compared, %d findings"
        .formatted(target.name(), first, first + inputs - 1, accepted, compared, findings.size());
  }

  /// `Campaign TARGETS SEED COUNT SECONDS FOLDER`: the long run. Targets are separated by commas.
  public static void main(String[] args) throws IOException {
    long first = Long.parseLong(args[1]);
    Path folder = Files.createDirectories(Path.of(args[4]));
    PrintStream out = System.out;
    boolean found = false;
    for (String name : args[0].split(",")) {
      Campaign campaign = new Campaign(Targets.named(name), folder);
      campaign.run(first, Long.parseLong(args[2]), Long.parseLong(args[3]) * 1_000_000_000L, true);
      campaign.findings().forEach(out::println);
      out.println(campaign.figures(first));
      found |= !campaign.findings().isEmpty();
    }
    if (found) {
      throw new IllegalStateException("there are findings in " + folder);
    }
  }
}
