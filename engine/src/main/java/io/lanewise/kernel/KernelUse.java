package io.lanewise.kernel;

/// That a kernel is used, and with which element type.
///
/// @param kernel the kernel
/// @param float64 whether it is used with float64 whatever type the columns have; otherwise with
///   the columns' type
public record KernelUse(Kernel kernel, boolean float64) {
  /// Bytes of an element, where those of the columns have so many.
  int width(int columns) {
    return float64 ? Double.BYTES : columns;
  }
}
