package io.lanewise.noise;

/// What `random.Random(seed)` makes Python draw: uniforms and choices with replacement. For modes
/// that must choose the same rows as tools that use it. Not thread-safe.
///
/// Reference: CPython's `_randommodule.c` and `random.py`.
public final class PythonRandom {
  private final MersenneTwister words;

  /// As `random.Random(seed)` of an integer.
  ///
  /// Throws `IllegalArgumentException` if the seed is negative.
  public PythonRandom(long seed) {
    if (seed < 0) {
      throw new IllegalArgumentException(
          "random.seed: found seed " + seed + ", expected 0 or more");
    }
    int high = (int) (seed >>> 32);
    words = high == 0 ? MersenneTwister.ofKey((int) seed) : MersenneTwister.ofKey((int) seed, high);
  }

  /// As `random()`: a uniform in [0, 1), 53 bits of two words.
  public double random() {
    int high = words.next() >>> 5;
    int low = words.next() >>> 6;
    return (high * 0x1p26 + low) * 0x1p-53;
  }

  /// The index of what `choices` takes next of `n`.
  public int choice(int n) {
    return (int) (random() * n);
  }
}
