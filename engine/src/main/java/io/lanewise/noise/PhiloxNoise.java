package io.lanewise.noise;

import io.lanewise.kernel.Kernel;
import java.util.Optional;

/// Noise from Philox4x32-10: the default, since most libraries have this generator. Spec
/// `philox:SEED`. What an element is, see [CounterNoise].
///
/// @param seed all 64 bits count; printed as unsigned
public record PhiloxNoise(long seed) implements CounterNoise {
  @Override
  public Optional<Kernel> kernel() {
    return Optional.of(Kernel.PHILOX);
  }

  @Override
  public String toString() {
    return "philox:" + Long.toUnsignedString(seed);
  }
}
