package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Precision;

/// Whose loop is timed.
public enum Implementation {
  /// The plain kernels: the same numbers as SIMD to the bit, one at a time.
  SCALAR,
  /// A plain loop over Java arrays, written here as one would without this project, which C2 may
  /// vectorize by itself.
  AUTO,
  /// The SIMD kernels.
  SIMD,
  /// The SIMD kernels with float32 data in single precision; float64 data is not touched by it.
  SINGLE,
  /// A loop over Java arrays that carries the rounding errors along: what one would write without
  /// exact sums.
  COMPENSATED;

  Kernels kernels() {
    return switch (this) {
      case SCALAR -> Kernels.scalar();
      case SINGLE -> Kernels.simd().in(Precision.SINGLE);
      default -> Kernels.simd();
    };
  }

  /// Whether operands are Java arrays.
  boolean onHeap() {
    return this == AUTO || this == COMPENSATED;
  }

  /// The bound of the check: `single` for float32 in single precision, or `otherwise`.
  double bound(DType type, double otherwise, double single) {
    return this == SINGLE && type == DType.FLOAT32 ? single : otherwise;
  }

  /// What ran, for the record: the kernels' name with their width, `auto` or `compensated`.
  String resolved() {
    return onHeap() ? name().toLowerCase(java.util.Locale.ROOT) : kernels().name();
  }
}
