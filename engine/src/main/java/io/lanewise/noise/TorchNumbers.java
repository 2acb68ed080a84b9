package io.lanewise.noise;

/// What `torch.Generator(device="cpu").manual_seed(seed)` makes PyTorch draw: permutations, and
/// float32 normals of a whole tensor. For modes that must choose the same rows as tools that use
/// it.
///
/// State moves with every draw, as in PyTorch, where the order of calls is part of the result. Not
/// thread-safe.
///
/// Permutations and uniforms are PyTorch's own. Normals are its transform of them, in float64 and
/// rounded: PyTorch's vectorized loops take float32 polynomials, whose last digits are those of the
/// processor (4 units in the last place were seen, 1e-6 at most in a value).
///
/// Reference: PyTorch's `DistributionTemplates.h` (`normal_fill`, `normal_distribution`) and
/// `TensorFactories.cpp` (`randperm_cpu`).
public final class TorchNumbers {
  /// Normals that are made at once: cosines of the first half's angles, then their sines.
  private static final int BLOCK = 16;

  private static final float TWO_PI = (float) (2 * Math.PI);

  private final MersenneTwister words;

  /// As `manual_seed(seed)`.
  ///
  /// Throws `IllegalArgumentException` unless `0 <= seed < 2^32`.
  public TorchNumbers(long seed) {
    if (seed < 0 || seed > 0xFFFFFFFFL) {
      throw new IllegalArgumentException(
          "torch.manual_seed: found seed " + seed + ", expected 0 to 2^32 - 1");
    }
    words = new MersenneTwister((int) seed);
  }

  /// As `torch.randperm(n)`: the numbers from 0 to `n - 1`, shuffled.
  ///
  /// Throws `IllegalArgumentException` unless `0 <= n < 2^32 / 20`, from where PyTorch draws
  /// otherwise.
  public int[] permutation(int n) {
    if (n < 0 || n >= 0xFFFFFFFFL / 20) {
      throw new IllegalArgumentException(
          "torch.randperm: found n " + n + ", expected 0 to " + (0xFFFFFFFFL / 20 - 1));
    }
    int[] numbers = new int[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = i;
    }
    for (int i = 0; i < n - 1; i++) {
      int j = i + Integer.remainderUnsigned(words.next(), n - i);
      int swapped = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = swapped;
    }
    return numbers;
  }

  /// As `torch.randn(n)` in float32: Box and Muller's transform of blocks of 16 uniforms. The last
  /// 16 are drawn anew where `n` is no multiple of 16. Fewer than 16 are drawn in pairs of float64
  /// and rounded; of an odd number the rest of the last pair is dropped, where PyTorch would give
  /// it to its next such call.
  public float[] normals(int n) {
    if (n < BLOCK) {
      return few(n);
    }
    float[] values = new float[n];
    uniforms(values, 0, n);
    for (int i = 0; i + BLOCK <= n; i += BLOCK) {
      transform(values, i);
    }
    if (n % BLOCK != 0) {
      uniforms(values, n - BLOCK, n);
      transform(values, n - BLOCK);
    }
    return values;
  }

  private float[] few(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i += 2) {
      double angle = 2 * Math.PI * uniform();
      double radius = Math.sqrt(-2 * StrictMath.log1p(-uniform()));
      values[i] = (float) (radius * StrictMath.cos(angle));
      if (i + 1 < n) {
        values[i + 1] = (float) (radius * StrictMath.sin(angle));
      }
    }
    return values;
  }

  /// A uniform in [0, 1), 53 bits of two words.
  private double uniform() {
    long high = Integer.toUnsignedLong(words.next());
    long low = Integer.toUnsignedLong(words.next());
    return ((high << 32 | low) & ((1L << 53) - 1)) * 0x1p-53;
  }

  /// Uniforms in [0, 1), 24 bits of a word.
  private void uniforms(float[] out, int from, int to) {
    for (int i = from; i < to; i++) {
      out[i] = (words.next() & 0xFFFFFF) * 0x1p-24f;
    }
  }

  private static void transform(float[] values, int from) {
    for (int i = from; i < from + BLOCK / 2; i++) {
      double radius = Math.sqrt(-2 * StrictMath.log(1 - values[i]));
      double angle = TWO_PI * values[i + BLOCK / 2];
      values[i] = (float) (radius * StrictMath.cos(angle));
      values[i + BLOCK / 2] = (float) (radius * StrictMath.sin(angle));
    }
  }
}
