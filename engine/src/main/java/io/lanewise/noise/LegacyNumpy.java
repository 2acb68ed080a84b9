package io.lanewise.noise;

import java.util.Arrays;

/// NumPy's legacy generator, `numpy.random.RandomState(seed)`: MT19937 and the algorithms that
/// NumPy has frozen. For modes that must choose the same rows as tools that use it.
///
/// State moves with every draw, as in NumPy, where the order of calls is part of the result. Not
/// thread-safe.
///
/// Reference: NumPy's `mtrand.pyx` and `legacy-distributions.c`.
public final class LegacyNumpy {
  private final MersenneTwister words;
  private boolean hasSpare;
  private double spare;

  /// As `RandomState(seed)`.
  ///
  /// Throws `IllegalArgumentException` unless `0 <= seed < 2^32`.
  public LegacyNumpy(long seed) {
    if (seed < 0 || seed > 0xFFFFFFFFL) {
      throw new IllegalArgumentException(
          "RandomState: found seed " + seed + ", expected 0 to 2^32 - 1");
    }
    words = new MersenneTwister((int) seed);
  }

  /// As `random_sample()`: a uniform in [0, 1), 53 bits of two words.
  public double randomSample() {
    int high = words.next() >>> 5;
    int low = words.next() >>> 6;
    return (high * 0x1p26 + low) * 0x1p-53;
  }

  /// As `randn()`: Marsaglia's polar method; of each pair the second comes first.
  ///
  /// The logarithm is rounded correctly; NumPy takes its C library's (with glibc 2.36, one value in
  /// 5000 differs in the last bit).
  public double randn() {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    double x1;
    double x2;
    double r2;
    do {
      x1 = 2 * randomSample() - 1;
      x2 = 2 * randomSample() - 1;
      r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1 || r2 == 0);
    double f = Math.sqrt(-2 * log(r2) / r2);
    spare = f * x1;
    hasSpare = true;
    return f * x2;
  }

  /// As `permutation(n)`: the numbers from 0 to `n - 1`, shuffled.
  ///
  /// Throws `IllegalArgumentException` if `n` is negative.
  public int[] permutation(int n) {
    if (n < 0) {
      throw new IllegalArgumentException(
          "RandomState.permutation: found n " + n + ", expected 0 or more");
    }
    int[] numbers = new int[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = interval(i);
      int swapped = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = swapped;
    }
    return numbers;
  }

  /// As `choice(n, k, replace=False)`: the first `k` of a permutation of `n`, which is drawn whole.
  ///
  /// Throws `IllegalArgumentException` unless `0 <= k <= n`.
  public int[] choice(int n, int k) {
    if (k < 0 || k > n) {
      throw new IllegalArgumentException(
          "RandomState.choice: found " + k + " of " + n + " without replacement, expected 0 to n");
    }
    return Arrays.copyOf(permutation(n), k);
  }

  /// A uniform in [0, max]: words under the smallest mask of ones, until one fits.
  private int interval(int max) {
    int mask = -1 >>> Integer.numberOfLeadingZeros(max);
    int value;
    do {
      value = words.next() & mask;
    } while (value > max);
    return value;
  }

  /// Natural logarithm of a normal number, correctly rounded but for about one in 10^4: `e ln 2 + 2
  /// artanh(s)`, `s = (m - 1) / (m + 1)`, where the first terms carry a second double.
  static double log(double x) {
    int e = Math.getExponent(x);
    double m = x * Math.scalb(1.0, -e);
    if (m > Math.sqrt(2)) {
      m /= 2;
      e++;
    }
    double d = m + 1;
    double dLow = m - (d - 1);
    double s = (m - 1) / d;
    // s + sLow = (m - 1) / (d + dLow)
    double sLow = (Math.fma(-s, d, m - 1) - s * dLow) / d;
    double z = s * s;
    double zLow = Math.fma(s, s, -z) + 2 * s * sLow;
    // z (1/3 + z (1/5 + z (1/7 + ...))), terms from 1/7 in plain double
    double p = 0;
    for (int k = 29; k >= 7; k -= 2) {
      p = Math.fma(p, z, 1.0 / k);
    }
    double fifth = 0x1.999999999999ap-3;
    double fifthLow = -0x1.999999999999ap-57;
    double third = 0x1.5555555555555p-2;
    double thirdLow = 0x1.5555555555555p-56;
    double a = z * p;
    double a1 = fifth + a;
    double a1Low = a - (a1 - fifth) + fifthLow;
    double b = z * a1;
    double bLow = Math.fma(z, a1, -b) + z * a1Low + zLow * a1;
    double b1 = third + b;
    double b1Low = b - (b1 - third) + bLow + thirdLow;
    double c = z * b1;
    double cLow = Math.fma(z, b1, -c) + z * b1Low + zLow * b1;
    double g = s * c;
    double gLow = Math.fma(s, c, -g) + s * cLow + sLow * c;
    // 2 (s + g) + e ln 2
    double h = s + g;
    double hLow = g - (h - s) + gLow + sLow;
    double t = e * 0x1.62e42fefa39efp-1;
    double tLow = Math.fma(e, 0x1.62e42fefa39efp-1, -t) + e * 0x1.abc9e3b39803fp-56;
    double h2 = 2 * h;
    double sum = t + h2;
    double big = sum - t;
    double rest = (t - (sum - big)) + (h2 - big);
    return sum + (rest + (2 * hLow + tLow));
  }
}
