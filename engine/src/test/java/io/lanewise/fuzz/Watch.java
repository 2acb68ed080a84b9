package io.lanewise.fuzz;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A campaign of one reader that goes on after a file at which the reader hangs: that file is a
/// finding, its thread is left behind, and another one goes on with the next file.
final class Watch {
  /// A process with so many threads that hang tells nothing more.
  private static final int MOST_HANGS = 4;

  private static final Duration TICK = Duration.ofSeconds(1);

  /// Ticks between two lines of figures.
  private static final int REPORT = 60;

  /// Makes the reader to be tried.
  interface Maker {
    Target make() throws IOException;
  }

  private final String name;
  private final Maker maker;
  private final Path folder;
  private final int patience;
  private final PrintStream out;
  private final List<Campaign> parts = new ArrayList<>();

  /// @param maker makes the reader; one that hangs is not used again
  /// @param patience how many seconds one file may take. Only seconds in which this process ran
  ///   count: it may be stopped and continued
  Watch(String name, Maker maker, Path folder, int patience, PrintStream out) {
    this.name = name;
    this.maker = maker;
    this.folder = folder;
    this.patience = patience;
    this.out = out;
  }

  /// Tries files number `first` to `first + count - 1` as far as the time goes.
  void run(long first, long count, long nanos) throws IOException, InterruptedException {
    long end = System.nanoTime() + nanos;
    long from = first;
    for (int hangs = 0; hangs < MOST_HANGS; hangs++) {
      long hung = part(from, first + count - from, end, first);
      if (hung < 0) {
        break;
      }
      from = hung + 1;
    }
    out.println(figures(first));
  }

  /// @return the number of the file that it hangs at; -1 if it came to its end
  private long part(long from, long count, long end, long first)
      throws IOException, InterruptedException {
    Target target = maker.make();
    Campaign campaign = new Campaign(target, folder, out);
    parts.add(campaign);
    AtomicReference<@Nullable Throwable> problem = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .start(() -> {
              try {
                campaign.run(from, count, end, true);
              } catch (Throwable e) {
                problem.set(e);
              }
            });
    long seen = -1;
    int still = 0;
    for (int tick = 1; !reader.join(TICK); tick++) {
      long now = campaign.inputs();
      still = now == seen ? still + 1 : 0;
      seen = now;
      if (still >= patience) {
        return campaign.abandon(reader, still);
      }
      if (tick % REPORT == 0) {
        out.println(figures(first));
      }
    }
    target.close();
    switch (problem.get()) {
      case null -> {}
      case IOException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    return -1;
  }

  List<String> findings() {
    return parts.stream().flatMap(part -> part.findings().stream()).toList();
  }

  String figures(long first) {
    // A file at which a reader hangs was tried, but is not counted as done.
    long inputs = parts.stream().mapToLong(Campaign::inputs).sum() + parts.size() - 1;
    return "%s: seeds %d to %d, %d accepted, %d compared, %d findings"
        .formatted(
            name,
            first,
            first + inputs - 1,
            parts.stream().mapToLong(Campaign::accepted).sum(),
            parts.stream().mapToLong(Campaign::compared).sum(),
            findings().size());
  }

  /// `Watch READERS SEED COUNT SECONDS FOLDER`: the long run. Readers are separated by commas.
  public static void main(String[] args) throws IOException, InterruptedException {
    long first = Long.parseLong(args[1]);
    Path folder = Files.createDirectories(Path.of(args[4]));
    boolean found = false;
    for (String name : args[0].split(",")) {
      Watch watch = new Watch(name, () -> Targets.named(name), folder, 60, System.out);
      watch.run(first, Long.parseLong(args[2]), Long.parseLong(args[3]) * 1_000_000_000L);
      found |= !watch.findings().isEmpty();
    }
    if (found) {
      throw new IllegalStateException("there are findings in " + folder);
    }
  }
}
