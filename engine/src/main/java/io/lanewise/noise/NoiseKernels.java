package io.lanewise.noise;

import io.lanewise.kernel.VectorModule;

/// One kernel of every kind of this package, all plain or all SIMD.
///
/// @param id what runs, for provenance: `scalar`, `simd-128`, `simd-256` or `simd-512`
record NoiseKernels(String id, CounterStream philox, ThreefryStream threefry, Deviates deviates) {

  /// The form chosen for this process, once, by `-Dlanewise.kernels=auto|scalar|simd`.
  static NoiseKernels active() {
    return Active.KERNELS;
  }

  /// The form that a value of `lanewise.kernels` asks for.
  ///
  /// Throws `IllegalArgumentException` for another value, and `IllegalStateException` if `simd` is
  /// required and module `jdk.incubator.vector` is absent.
  static NoiseKernels choose(String property) {
    boolean present = !property.equals("scalar") && VectorModule.present();
    return switch (property) {
      case "scalar" -> scalar();
      case "auto" -> present ? simd() : scalar();
      case "simd" -> {
        if (!present) {
          throw new IllegalStateException(
              "lanewise.kernels: found simd without module jdk.incubator.vector,"
                  + " expected the JVM option --add-modules jdk.incubator.vector");
        }
        yield simd();
      }
      default ->
          throw new IllegalArgumentException(
              "lanewise.kernels: found " + property + ", expected auto, scalar or simd");
    };
  }

  private static NoiseKernels scalar() {
    return new NoiseKernels(
        "scalar", new PhiloxStream.Scalar(), new ThreefryStream.Scalar(), new Deviates.Scalar());
  }

  private static NoiseKernels simd() {
    return new NoiseKernels(
        "simd-" + NoiseLanes.bits(),
        new PhiloxStream.Simd(),
        new ThreefryStream.Simd(),
        new Deviates.Simd());
  }

  /// Loaded on first use, so that a bad property does not poison the record.
  private static final class Active {
    static final NoiseKernels KERNELS = choose(System.getProperty("lanewise.kernels", "auto"));

    private Active() {}
  }
}
