package io.lanewise.benchmarks;

import io.lanewise.kernel.Kernels;

/// Whose loop is timed.
public enum Implementation {
  /// The plain kernels: the same numbers as SIMD to the bit, one at a time.
  SCALAR,
  /// A plain loop over Java arrays, written here as one would without this project, which C2 may
  /// vectorize by itself.
  AUTO,
  /// The SIMD kernels.
  SIMD;

  Kernels kernels() {
    return this == SCALAR ? Kernels.scalar() : Kernels.simd();
  }

  /// What ran, for the record: the kernels' name with their width, or `auto`.
  String resolved() {
    return this == AUTO ? "auto" : kernels().name();
  }
}
