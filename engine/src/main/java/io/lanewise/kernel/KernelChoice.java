package io.lanewise.kernel;

import io.lanewise.kernel.loops.Species;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which kernels a process runs, and why: a function of what the JVM says of itself.
///
/// @param form which kernels
/// @param reason why, as part of a sentence
/// @param declined whether the vector kernels were wanted and are not there
record KernelChoice(Form form, String reason, boolean declined) {
  /// The system property that chooses: `auto` (the default), `simd` or `scalar`.
  static final String PROPERTY = "lanewise.kernels";

  /// The system property that sets the vector width.
  static final String BITS_PROPERTY = Species.BITS_PROPERTY;

  static final String MODULE = "jdk.incubator.vector";

  private static final String FLAG = "--add-modules=" + MODULE;

  /// Which kernels run.
  enum Form {
    /// Plain ones.
    PLAIN,
    /// Vector ones from the first call on, for tests and benchmarks.
    VECTOR,
    /// Each is plain until its vector form is compiled.
    PLAIN_FIRST
  }

  /// What the JVM says of itself.
  ///
  /// @param kernels the value of [#PROPERTY]
  /// @param bits the value of [#BITS_PROPERTY]
  /// @param vmName the property `java.vm.name`, such as `OpenJDK 64-Bit Server VM`
  /// @param vmInfo the property `java.vm.info`, such as `mixed mode, sharing`
  /// @param vectorModule whether module jdk.incubator.vector is in the boot layer
  /// @param jvmciModule whether module jdk.internal.vm.ci is, as it is where a compiler written in
  ///   Java takes the place of C2
  record Facts(
      @Nullable String kernels,
      @Nullable String bits,
      String vmName,
      String vmInfo,
      boolean vectorModule,
      boolean jvmciModule) {

    /// Those of this process.
    static Facts ofThisProcess() {
      ModuleLayer boot = ModuleLayer.boot();
      return new Facts(
          System.getProperty(PROPERTY),
          System.getProperty(BITS_PROPERTY),
          System.getProperty("java.vm.name", ""),
          System.getProperty("java.vm.info", ""),
          VectorModule.available(),
          boot.findModule("jdk.internal.vm.ci").isPresent());
    }
  }

  /// The choice.
  ///
  /// @throws IllegalArgumentException if a property has a value that is not known, or vector
  ///   kernels are required and the module is absent
  static KernelChoice of(Facts facts) {
    checkBits(facts.bits());
    String asked = facts.kernels() == null ? "auto" : facts.kernels();
    return switch (asked) {
      case "scalar" -> new KernelChoice(Form.PLAIN, PROPERTY + " is scalar", false);
      case "simd" -> {
        if (!facts.vectorModule()) {
          throw new IllegalArgumentException(
              "property %s: found 'simd' without module %s, expected the JVM flag %s"
                  .formatted(PROPERTY, MODULE, FLAG));
        }
        yield new KernelChoice(Form.VECTOR, PROPERTY + " is simd", false);
      }
      case "auto" -> {
        String against = against(facts);
        yield against == null
            ? new KernelChoice(Form.PLAIN_FIRST, "C2 compiles vectors", false)
            : new KernelChoice(Form.PLAIN, against, true);
      }
      default ->
          throw new IllegalArgumentException(
              "property %s: found '%s', expected auto, simd or scalar".formatted(PROPERTY, asked));
    };
  }

  /// What speaks against vector kernels, or null.
  private static @Nullable String against(Facts facts) {
    if (!facts.vectorModule()) {
      return "module %s is absent; add %s".formatted(MODULE, FLAG);
    }
    if (!facts.vmName().contains("HotSpot") && !facts.vmName().startsWith("OpenJDK")) {
      return "the JVM is %s, not HotSpot".formatted(facts.vmName());
    }
    if (!facts.vmName().contains("Server VM")) {
      return "the JVM is %s, which has no C2".formatted(facts.vmName());
    }
    if (facts.vmInfo().contains("interpreted mode")) {
      return "the JVM interprets only (-Xint)";
    }
    if (facts.vmInfo().contains("emulated-client")) {
      return "C2 is switched off (-XX:TieredStopAtLevel or -XX:CompilationMode)";
    }
    if (facts.jvmciModule()) {
      return "a compiler written in Java takes the place of C2 (JVMCI)";
    }
    return null;
  }

  private static void checkBits(@Nullable String bits) {
    if (bits != null && !List.of("128", "256", "512").contains(bits)) {
      throw new IllegalArgumentException(
          "property %s: found '%s', expected 128, 256 or 512".formatted(BITS_PROPERTY, bits));
    }
  }
}
