package io.lanewise.noise;

/// Noise from Threefry4x32 with 13 rounds: words at half the cost of [PhiloxNoise]'s, since it
/// takes no products. Spec `threefry:SEED`. What an element is, see [CounterNoise].
///
/// The reference found 12 rounds enough for BigCrush; 13 have one to spare, and published known
/// answers.
///
/// @param seed all 64 bits count; printed as unsigned
public record ThreefryNoise(long seed) implements CounterNoise {
  @Override
  public String toString() {
    return "threefry:" + Long.toUnsignedString(seed);
  }
}
