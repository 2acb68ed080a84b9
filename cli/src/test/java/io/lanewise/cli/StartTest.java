package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a command loads when it starts, in a JVM of its own, without a cache.
@Timeout(120)
class StartTest {
  /// As the launcher's: the Vector API's module is not in the boot layer.
  private static final List<String> LATE =
      List.of(
          "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.nio=ALL-UNNAMED");

  private static final Pattern OBJECTIVE =
      Pattern.compile("io\\.lanewise\\.objective\\.[a-z]+\\.[A-Za-z$]+");

  @Test
  void theVersionTakesNoObjectiveAndNoCommand() throws Exception {
    Started started = start("--version");

    assertThat(started.printed).anyMatch(line -> line.startsWith("lanewise "));
    assertThat(started.objectives()).isEmpty();
    assertThat(started.loaded("io.lanewise.cli.RunCommand")).isFalse();
    assertThat(started.loaded("io.lanewise.cli.CompareCommand")).isFalse();
    assertThat(started.loadedAnyOf("org.apache.arrow.")).isFalse();
    assertThat(started.loadedAnyOf("jdk.incubator.vector.")).isFalse();
  }

  @Test
  void aCommandTakesOnlyItself() throws Exception {
    Started started = start("windows", "--help");

    assertThat(started.printed).anyMatch(line -> line.startsWith("Usage: lanewise windows"));
    assertThat(started.loaded("io.lanewise.cli.WindowsCommand")).isTrue();
    assertThat(started.loaded("io.lanewise.cli.RunCommand")).isFalse();
    assertThat(started.objectives())
        .allMatch(name -> name.startsWith("io.lanewise.objective.likelihood."));
  }

  @Test
  void anObjectivesHelpTakesNoOtherObjective() throws Exception {
    Started started = start("kl", "--help");

    assertThat(started.printed).anyMatch(line -> line.startsWith("Usage: lanewise gaussian-kl"));
    assertThat(started.loaded("io.lanewise.objective.variational.GaussianKl")).isTrue();
    assertThat(started.loaded("io.lanewise.objective.likelihood.LogLikelihood")).isFalse();
    assertThat(started.objectives().size()).isLessThan(10);
    assertThat(started.loadedAnyOf("jdk.incubator.vector.")).isFalse();
  }

  @Test
  void theListTakesNoVectorsAndWarnsOfNothing() throws Exception {
    Started started = start("list");

    assertThat(started.loaded("io.lanewise.objective.variational.GaussianKl")).isTrue();
    assertThat(started.loadedAnyOf("jdk.incubator.vector.")).isFalse();
    assertThat(started.printed).noneMatch(line -> line.contains("WARNING"));
  }

  /// @param printed what the command printed, both streams
  /// @param log what the JVM said of each class
  private record Started(List<String> printed, List<String> log) {
    boolean loaded(String name) {
      return log.stream().anyMatch(line -> line.contains(" " + name + " "));
    }

    boolean loadedAnyOf(String prefix) {
      return log.stream().anyMatch(line -> line.contains(" " + prefix));
    }

    List<String> objectives() {
      return log.stream()
          .flatMap(line -> OBJECTIVE.matcher(line).results().map(found -> found.group()).limit(1))
          .filter(name -> !name.endsWith("package-info"))
          .distinct()
          .toList();
    }
  }

  private static Started start(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(LATE);
    command.addAll(List.of("-Xshare:auto", "-Xlog:class+load:stdout"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> printed = new ArrayList<>();
    List<String> log = new ArrayList<>();
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(line -> (line.contains("[class,load]") ? log : printed).add(line));
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join("\n", printed)).isZero();
    assertThat(log.size()).isGreaterThan(300);
    return new Started(printed, log);
  }
}
