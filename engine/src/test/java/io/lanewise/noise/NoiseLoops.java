package io.lanewise.noise;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.noise.CounterStream;
import io.lanewise.kernel.noise.Deviates;
import io.lanewise.kernel.noise.PhiloxStream;
import io.lanewise.kernel.noise.ThreefryStream;

/// The loops of one form.
record NoiseLoops(PhiloxStream philox, ThreefryStream threefry, Deviates deviates) {
  /// Plain ones for `scalar`, vector ones for anything else.
  static NoiseLoops of(String form) {
    return form.equals("scalar")
        ? new NoiseLoops(
            new PhiloxStream.Scalar(), new ThreefryStream.Scalar(), new Deviates.Scalar())
        : new NoiseLoops(new PhiloxStream.Simd(), new ThreefryStream.Simd(), new Deviates.Simd());
  }

  /// Those that this process begins with.
  static NoiseLoops active() {
    return of(Kernels.active().name());
  }

  CounterStream stream(String name) {
    return name.equals("philox") ? philox : threefry;
  }
}
