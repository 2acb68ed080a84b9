package io.lanewise.noise;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.Kernel;
import io.lanewise.kernel.Kernels;
import java.util.List;

/// The kernels of this process that make numbers of one type.
final class NoiseKernels {
  static final Kernels FLOAT32 = of(FloatType.FLOAT32);
  static final Kernels FLOAT64 = of(FloatType.FLOAT64);

  private NoiseKernels() {}

  private static Kernels of(FloatType type) {
    return Kernels.active().using(List.of(Kernel.PHILOX.ofData(), Kernel.THREEFRY.ofData()), type);
  }
}
