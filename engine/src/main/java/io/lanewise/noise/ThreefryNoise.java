package io.lanewise.noise;

import io.lanewise.kernel.Kernel;
import java.util.Optional;

/// Noise from Threefry4x32 with 13 rounds: words at half the cost of [PhiloxNoise]'s, since it
/// takes no products. Spec `threefry:SEED`. What an element is, see [CounterNoise].
///
/// 13 are the fewest rounds that Random123 publishes known answers for; its default is 20.
///
/// @param seed all 64 bits count; printed as unsigned
public record ThreefryNoise(long seed) implements CounterNoise {
  @Override
  public Optional<Kernel> kernel() {
    return Optional.of(Kernel.THREEFRY);
  }

  @Override
  public String toString() {
    return "threefry:" + Long.toUnsignedString(seed);
  }
}
