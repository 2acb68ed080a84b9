package io.lanewise.benchmarks;

/// The flags of every fork: those of the file `jvm.args`. An annotation needs constants.
final class Jvm {
  static final String VECTOR = "--add-modules=jdk.incubator.vector";
  static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
  static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";
  static final String OPENS = "--add-opens=java.base/java.nio=ALL-UNNAMED";

  /// Vectors from the first call on: what begins plain is not what is measured.
  static final String KERNELS = "-Dlanewise.kernels=simd";

  private Jvm() {}
}
