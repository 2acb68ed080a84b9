package io.lanewise.kernel;

import io.lanewise.batch.FloatType;

/// That a kernel is used, and with which element type.
///
/// @param kernel the kernel
/// @param float64 whether it is used with float64 whatever type the columns have; otherwise with
///   the columns' type
public record KernelUse(Kernel kernel, boolean float64) {
  /// The element type, where the columns have that type.
  FloatType type(FloatType columns) {
    return float64 ? FloatType.FLOAT64 : columns;
  }
}
