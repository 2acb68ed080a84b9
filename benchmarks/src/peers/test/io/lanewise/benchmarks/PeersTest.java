package io.lanewise.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.batch.DType;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs every formulation of every peer on a few values: their own checks must pass.
class PeersTest {
  private static final Pattern RESULT =
      Pattern.compile("\"peer\":\"([^\"]+)\".*?\"benchmark\":\"([^\"]+)\",\"dtype\":\"(\\w+)\"");

  @TempDir Path folder;

  @Test
  void everyKernelIsMeasuredWithEveryPeerAndPassesItsCheck() throws Throwable {
    Path file = folder.resolve("peers.json");
    Peers.main(
        new String[] {"--sizes", "SMOKE", "--seconds", "0.001", "--output", file.toString()});
    Set<String> found = new HashSet<>();
    Matcher results = RESULT.matcher(Files.readString(file));
    while (results.find()) {
      String library = results.group(1).replaceFirst(" \\d+\\.\\d+\\.\\d+$", "");
      found.add(library + " " + results.group(2) + " " + results.group(3));
    }
    Set<String> expected = new HashSet<>();
    for (PeerCase kernel : PeerCase.ALL) {
      for (DType type : kernel.types()) {
        expected.add("libtorch " + kernel.benchmark() + " " + type.name());
        if (kernel.isPairs() || kernel.benchmark().equals("CrossProducts")) {
          expected.add("OpenBLAS " + kernel.benchmark() + " " + type.name());
        }
      }
    }
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void aWrongResultIsFound() {
    for (PeerCase kernel : PeerCase.ALL) {
      for (DType type : kernel.types()) {
        try (Arena arena = Arena.ofConfined()) {
          Operands o = Operands.of(arena, type, 20, 32, kernel.others(Size.SMOKE));
          PeerCheck check = PeerCheck.of(kernel, List.of(o));
          o.of(kernel.result()).data().fill((byte) 0x40); // 3.004 and 32.5
          assertThatThrownBy(() -> check.against("nobody"))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageStartingWith("nobody, " + kernel.benchmark() + ", " + type);
        }
      }
    }
  }

  @Test
  void anUnknownPeerIsSaid() {
    assertThatThrownBy(() -> Peers.main(new String[] {"--peers", "mkl", "--output", "nowhere"}))
        .hasMessage("--peers: found mkl, expected libtorch or openblas");
  }
}
