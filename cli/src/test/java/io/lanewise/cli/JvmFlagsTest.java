package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The flags of the JVM are in one file, which the build and the launcher read. What cannot read it
/// says the same.
class JvmFlagsTest {
  private static final Path ROOT = Path.of("..");

  private static String flags() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("jvm.args"));
    assertThat(lines).isNotEmpty().allMatch(line -> line.startsWith("--"));
    return String.join(" ", lines);
  }

  @Test
  void theMessageOfMainNamesThem() throws IOException {
    assertThat(Main.FLAGS).isEqualTo(flags());
  }

  @Test
  void theReadmeNamesThem() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md")).replaceAll("\\s+", " ");
    assertThat(readme).contains("`" + flags() + "`");
  }
}
