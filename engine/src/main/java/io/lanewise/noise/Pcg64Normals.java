package io.lanewise.noise;

import java.math.BigInteger;

/// One reader of the normals of NumPy's `default_rng`: PCG64 (XSL-RR 128/64) under a ziggurat of
/// 256 layers. Not for sharing between threads.
///
/// `exp` decides whether a draw in a wedge is taken, and `log1p` makes the draws of the tail (one
/// in 3700). Both are `StrictMath`'s, so every machine gives the same digits; NumPy takes those of
/// its C library. With glibc 2.36, one tail value in 40 000 differs by one ulp (one normal in
/// 1.5e8).
///
/// References: O'Neill, *PCG: a family of simple fast space-efficient statistically good algorithms
/// for random number generation*, HMC-CS-2014-0905; Marsaglia, Tsang, *The ziggurat method for
/// generating random variables*, 2000; NumPy, `random_standard_normal`.
final class Pcg64Normals {
  private static final long MULTIPLIER_HIGH = 0x2360ED051FC65DA4L;
  private static final long MULTIPLIER_LOW = 0x4385DF649FCCF645L;
  private static final long FRACTION = 0x000FFFFFFFFFFFFFL;
  private static final double TAIL_START = 3.654152885361009;
  private static final double TAIL_START_INVERSE = 0.2736612373297583;

  private final long incrementHigh;
  private final long incrementLow;
  private long high;
  private long low;

  /// At the start of the stream of a seed.
  Pcg64Normals(BigInteger seed) {
    long[] words = new SeedSequence(seed).state(4);
    incrementHigh = (words[2] << 1) | (words[3] >>> 63);
    incrementLow = (words[3] << 1) | 1;
    next();
    low += words[1];
    high += words[0] + (Long.compareUnsigned(low, words[1]) < 0 ? 1 : 0);
    next();
  }

  /// In another state of the same stream.
  Pcg64Normals(Pcg64Normals stream, long high, long low) {
    incrementHigh = stream.incrementHigh;
    incrementLow = stream.incrementLow;
    this.high = high;
    this.low = low;
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  /// The next `count` normals, into the start of `out`.
  void draw(double[] out, int count) {
    // The state lives in locals here: through the fields every step would wait for a store.
    long h = high;
    long l = low;
    for (int i = 0; i < count; i++) {
      long product = l * MULTIPLIER_LOW;
      h =
          h * MULTIPLIER_LOW
              + l * MULTIPLIER_HIGH
              + Math.unsignedMultiplyHigh(l, MULTIPLIER_LOW)
              + incrementHigh;
      l = product + incrementLow;
      h += Long.compareUnsigned(l, product) < 0 ? 1 : 0;
      long bits = Long.rotateRight(h ^ l, (int) (h >>> 58));
      int layer = (int) bits & 0xFF;
      long fraction = (bits >>> 9) & FRACTION;
      if (fraction < ZigguratTable.ACCEPT[layer]) {
        double x = fraction * ZigguratTable.WIDTH[layer];
        out[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(x) ^ ((bits & 0x100) << 55));
      } else {
        high = h;
        low = l;
        out[i] = outside(bits);
        h = high;
        l = low;
      }
    }
    high = h;
    low = l;
  }

  /// A draw outside the rectangles: a wedge, the tail, or a new try.
  private double outside(long firstBits) {
    long bits = firstBits;
    while (true) {
      int layer = (int) bits & 0xFF;
      boolean negative = (bits & 0x100) != 0;
      long fraction = (bits >>> 9) & FRACTION;
      double x = fraction * ZigguratTable.WIDTH[layer];
      if (fraction < ZigguratTable.ACCEPT[layer]) {
        return negative ? -x : x;
      }
      if (layer == 0) {
        // The sign of the tail is another bit than that of the rectangles; so NumPy has it.
        double t = TAIL_START + tail();
        return ((fraction >>> 8) & 1) != 0 ? -t : t;
      }
      double below = ZigguratTable.DENSITY[layer];
      double above = ZigguratTable.DENSITY[layer - 1];
      if ((above - below) * nextDouble() + below < StrictMath.exp(-0.5 * x * x)) {
        return negative ? -x : x;
      }
      bits = next();
    }
  }

  private double tail() {
    while (true) {
      double x = -TAIL_START_INVERSE * StrictMath.log1p(-nextDouble());
      double y = -StrictMath.log1p(-nextDouble());
      if (y + y > x * x) {
        return x;
      }
    }
  }

  private double nextDouble() {
    return (next() >>> 11) * 0x1p-53;
  }

  private long next() {
    long product = low * MULTIPLIER_LOW;
    high =
        high * MULTIPLIER_LOW
            + low * MULTIPLIER_HIGH
            + Math.unsignedMultiplyHigh(low, MULTIPLIER_LOW)
            + incrementHigh;
    low = product + incrementLow;
    high += Long.compareUnsigned(low, product) < 0 ? 1 : 0;
    return Long.rotateRight(high ^ low, (int) (high >>> 58));
  }
}
