package io.lanewise.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Forks of JMH run with the flags of every other JVM of Lanewise.
class JvmTest {
  @Test
  void flagsAreThoseOfTheFile() throws IOException {
    assertThat(Files.readAllLines(Path.of("..", "jvm.args")))
        .containsExactly(Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS);
  }
}
