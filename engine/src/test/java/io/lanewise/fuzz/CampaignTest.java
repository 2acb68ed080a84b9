package io.lanewise.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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

  /// Nanoseconds for each reader. How many files that is depends on the machine; which they are
  /// does not.
  private static final long SHORT = 1_500_000_000L;

  @TempDir Path folder;

  @ParameterizedTest
  @FieldSource("NAMES")
  void damagedFilesAreRefusedOrReadAsOthersReadThem(String name) throws IOException {
    Campaign campaign = new Campaign(Targets.named(name), folder);
    campaign.run(1, 100_000, SHORT, false);
    assertThat(campaign.findings()).isEmpty();
    assertThat(campaign.inputs()).isPositive();
  }

  static List<Path> faults() throws IOException {
    try (Stream<Path> files = Files.list(FAULTS)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whatWasFoundIsFoundNoMore(Path fault) throws IOException {
    Target target = Targets.of(fault);
    Campaign campaign = new Campaign(target, folder);
    campaign.file(0, fault, Files.readAllBytes(fault), new Random(0));
    assertThat(campaign.findings()).isEmpty();
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
      Campaign campaign = new Campaign(broken, folder);
      campaign.run(1, 1, SHORT, false);
      assertThat(campaign.findings()).as(broken.name()).hasSize(1);
    }
  }
}
