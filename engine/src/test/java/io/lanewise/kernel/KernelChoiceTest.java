package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.kernel.KernelChoice.Facts;
import io.lanewise.kernel.KernelChoice.Form;
import io.lanewise.kernel.loops.Species;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelChoiceTest {
  private static final String TEMURIN = "OpenJDK 64-Bit Server VM";

  /// Names and infos as `java -XshowSettings:properties -version` prints them.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      nullValues = "-",
      textBlock =
          """
          -,      OpenJDK 64-Bit Server VM,             "mixed mode, sharing",                  true,  false, PLAIN_FIRST, false, C2 compiles vectors
          auto,   Java HotSpot(TM) 64-Bit Server VM,    "mixed mode, sharing",                  true,  false, PLAIN_FIRST, false, C2 compiles vectors
          auto,   OpenJDK 64-Bit Server VM,             "mixed mode, sharing",                  false, false, PLAIN,       true,  module jdk.incubator.vector is absent; add --add-modules=jdk.incubator.vector
          auto,   OpenJDK 64-Bit Server VM,             "mixed mode, emulated-client, sharing", true,  false, PLAIN,       true,  C2 is switched off (-XX:TieredStopAtLevel or -XX:CompilationMode)
          auto,   OpenJDK 64-Bit Server VM,             "interpreted mode, sharing",            true,  false, PLAIN,       true,  the JVM interprets only (-Xint)
          auto,   OpenJDK 64-Bit Server VM,             "mixed mode, sharing",                  true,  true,  PLAIN,       true,  a compiler written in Java takes the place of C2 (JVMCI)
          auto,   OpenJDK Client VM,                    mixed mode,                             true,  false, PLAIN,       true,  "the JVM is OpenJDK Client VM, which has no C2"
          auto,   Eclipse OpenJ9 VM,                    JRE 25 Linux amd64-64-Bit (JIT enabled), true, false, PLAIN,       true,  "the JVM is Eclipse OpenJ9 VM, not HotSpot"
          auto,   Substrate VM,                         static mode,                            true,  false, PLAIN,       true,  "the JVM is Substrate VM, not HotSpot"
          scalar, OpenJDK 64-Bit Server VM,             "mixed mode, sharing",                  true,  false, PLAIN,       false, lanewise.kernels is scalar
          scalar, OpenJDK 64-Bit Server VM,             "mixed mode, sharing",                  false, false, PLAIN,       false, lanewise.kernels is scalar
          simd,   OpenJDK 64-Bit Server VM,             "mixed mode, sharing",                  true,  false, VECTOR,      false, lanewise.kernels is simd
          simd,   OpenJDK 64-Bit Server VM,             "interpreted mode, sharing",            true,  true,  VECTOR,      false, lanewise.kernels is simd
          """)
  void followsFromWhatTheJvmSays(
      @Nullable String kernels,
      String vmName,
      String vmInfo,
      boolean vectorModule,
      boolean jvmciModule,
      Form form,
      boolean declined,
      String reason) {
    assertThat(KernelChoice.of(new Facts(kernels, null, vmName, vmInfo, vectorModule, jvmciModule)))
        .isEqualTo(new KernelChoice(form, reason, declined));
  }

  @Test
  void refusesWhatIsAbsentOrUnknown() {
    assertThatThrownBy(() -> KernelChoice.of(facts("simd", null, false)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "property lanewise.kernels: found 'simd' without module jdk.incubator.vector, expected the JVM flag --add-modules=jdk.incubator.vector");
    assertThatThrownBy(() -> KernelChoice.of(facts("avx", null, true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("property lanewise.kernels: found 'avx', expected auto, simd or scalar");
    for (String kernels : new String[] {"auto", "simd", "scalar"}) {
      assertThatThrownBy(() -> KernelChoice.of(facts(kernels, "1024", true)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("property lanewise.vector.bits: found '1024', expected 128, 256 or 512");
    }
    assertThat(KernelChoice.of(facts("simd", "128", true)).form()).isEqualTo(Form.VECTOR);
  }

  @Test
  void vectorsAreNoWiderThanARowHasAccumulators() {
    assertThat(Species.bits()).isLessThanOrEqualTo(512);
  }

  private static Facts facts(String kernels, @Nullable String bits, boolean vectorModule) {
    return new Facts(kernels, bits, TEMURIN, "mixed mode, sharing", vectorModule, false);
  }
}
