package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A short campaign of each reader, and every file that was ever found. The long one is `-Pfuzz`.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CampaignTest {
  private static final Path FAULTS = Path.of("src/test/resources/io/lanewise/source/faults");
  private static final List<String> NAMES = Targets.NAMES;

  /// Far more than a reader needs for the files it is given here: which files are tried must not
  /// depend on the machine.
  private static final long MINUTE = 60_000_000_000L;

  private static final PrintStream SILENT =
      new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);

  @TempDir Path folder;

  @ParameterizedTest
  @FieldSource("NAMES")
  void damagedFilesAreRefusedOrReadAsOthersReadThem(String name) throws IOException {
    try (Target target = Targets.named(name)) {
      Campaign campaign = new Campaign(target, folder, SILENT);
      campaign.run(1, files(name), System.nanoTime() + MINUTE, false);
      assertThat(campaign.findings()).isEmpty();
      assertThat(campaign.inputs()).isEqualTo(files(name));
    }
  }

  /// As many files as take a second or two.
  private static int files(String name) {
    return switch (name) {
      case "npy", "npz", "safetensors" -> 1500;
      case "arrow-file", "arrow-stream" -> 400;
      case "parquet", "csv" -> 150;
      default -> 40;
    };
  }

  static List<Path> faults() throws IOException {
    try (Stream<Path> files = Files.list(FAULTS)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whatWasFoundIsFoundNoMore(Path fault) throws IOException {
    Path file = Files.copy(fault, folder.resolve(fault.getFileName().toString()));
    try (Target target = Targets.of(file)) {
      Campaign campaign = new Campaign(target, folder, SILENT);
      campaign.file(0, file, Files.readAllBytes(file), new Random(0));
      assertThat(campaign.findings()).isEmpty();
    }
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void aFileFollowsFromItsNumber(String name) throws IOException {
    Target first = Targets.named(name);
    Target second = Targets.named(name);
    for (int seed = 0; seed < 50; seed++) {
      assertThat(first.mutant(new Random(seed))).isEqualTo(second.mutant(new Random(seed)));
    }
  }

  /// The campaign's own eyes: it must see what it looks for.
  @Test
  void aReaderWithAFaultIsFound() throws IOException {
    for (Target broken : FaultyTarget.all()) {
      Campaign campaign = new Campaign(broken, folder, SILENT);
      campaign.run(1, 1, System.nanoTime() + MINUTE, false);
      assertThat(campaign.findings()).as(broken.name()).hasSize(1);
    }
  }

  /// A reader that never ends is a finding, and the files after it are tried all the same.
  @Test
  void aReaderThatHangsIsLeftBehind() throws Exception {
    AtomicInteger files = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);
    Target hangs =
        new FaultyTarget(
            "hangs",
            _ -> {
              if (files.incrementAndGet() == 3) {
                waitFor(never);
              }
              return FaultyTarget.RIGHT;
            });
    Watch watch = new Watch("hangs", () -> hangs, folder, 2, SILENT);
    watch.run(10, 6, 60_000_000_000L);
    assertThat(watch.findings())
        .hasSize(1)
        .first()
        .asString()
        .contains("hangs 12: not done after 2 s");
    assertThat(watch.findings().getFirst()).contains("waitFor");
    assertThat(folder.resolve("hangs-12.found")).exists();
    assertThat(files).hasValue(6);
    assertThat(watch.figures(10))
        .isEqualTo("hangs: seeds 10 to 15, 5 accepted, 5 compared, 1 findings");
  }

  /// Deaf to interrupts, as native code is.
  private static void waitFor(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException _) {
        // Goes on waiting.
      }
    }
  }
}
