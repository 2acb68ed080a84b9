package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is fixed when classes load can only be seen in other JVMs.
class NoiseProcessTest {
  private static final String VECTOR = "--add-modules=jdk.incubator.vector";

  @Test
  void everyWidthAndEveryFormGivesTheSameDigits() throws Exception {
    String digest = NoiseDigest.digest();
    assertThat(run(VECTOR, "-Dlanewise.kernels=scalar")).isEqualTo("scalar " + digest);
    for (int bits : new int[] {128, 256, 512}) {
      assertThat(run(VECTOR, "-Dlanewise.kernels=simd", "-Dlanewise.vector.bits=" + bits))
          .isEqualTo("simd-" + bits + " " + digest);
    }
  }

  @Test
  void withoutTheVectorModuleThePlainLoopsRun() throws Exception {
    // A log line says why before it.
    assertThat(run()).endsWith("scalar " + NoiseDigest.digest());
  }

  @Test
  void simdIsARequirementWhenAskedFor() throws Exception {
    assertThat(run("-Dlanewise.kernels=simd"))
        .contains(
            "lanewise.kernels: found 'simd' without module jdk.incubator.vector,"
                + " expected the JVM flag --add-modules=jdk.incubator.vector");
  }

  @Test
  void badPropertiesAreNamed() throws Exception {
    assertThat(run(VECTOR, "-Dlanewise.vector.bits=64"))
        .contains("lanewise.vector.bits: found '64', expected 128, 256 or 512");
    assertThat(run(VECTOR, "-Dlanewise.kernels=avx"))
        .contains("lanewise.kernels: found 'avx', expected auto, simd or scalar");
  }

  private static String run(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(NoiseDigest.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return output
        .lines()
        .filter(line -> !line.startsWith("WARNING:"))
        .reduce((a, b) -> a + "\n" + b)
        .orElse("");
  }
}
