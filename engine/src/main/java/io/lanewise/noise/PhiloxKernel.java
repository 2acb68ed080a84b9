package io.lanewise.noise;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.DIV;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MUL;
import static jdk.incubator.vector.VectorOperators.NOT;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.SQRT;
import static jdk.incubator.vector.VectorOperators.SUB;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.Objects;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/// Philox4x32-10 words in tiles, and what turns a tile into uniforms or normals, in place.
///
/// A tile is 16 Philox blocks of four 32-bit words. Block `16 t + l` of tile `t` puts its word `w`
/// at position `16 w + l`, so that lanes which run 16, 8 or 4 blocks side by side store contiguous
/// vectors. Two neighbouring words make one `long`, the first one low: a tile is 64 words or 32
/// longs, the same bits either way.
///
/// Both forms give the same bits: the integer part is exact, the real part is only `+ - * / sqrt
/// fma` and conversions that IEEE 754 rounds one way, in one order.
///
/// References: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011;
/// Box, Muller, *A note on the generation of random normal deviates*, 1958. The polynomials are
/// minimax fits made for this file by `data/golden/noise/polynomials.py`.
sealed interface PhiloxKernel {

  /// Longs of one tile.
  int TILE_LONGS = 32;

  /// Fills `tiles` tiles of `out` with words of key `seed` and counter `(block low, block high,
  /// step, tag)`, from tile `firstTile` on.
  void words(long seed, long firstTile, int step, int tag, long[] out, int tiles);

  /// Words to float32 normals. In each half tile, word `l` of the first row gives radius and the
  /// sign of the first normal, word `l` of the second row gives angle and the sign of the second.
  ///
  /// With `k` and `h` the low 31 bits of the two words, `u = (k + 1/2) / 2^31`, `v = (h + 1/2) /
  /// 2^31`, `r = sqrt(-2 ln u)`: the normals are `+- r sin(pi/2 (1 - v))` and `+- r sin(pi/2 v)`.
  /// So `|normal| <= sqrt(64 ln 2) = 6.6604`, and none is zero.
  void normalsF32(long[] tile, int tiles);

  /// Longs to float64 normals, as above with the low 52 bits of a long, `u = (k + 1/2) / 2^52`, and
  /// its highest bit as sign; `|normal| <= sqrt(106 ln 2) = 8.5717`.
  void normalsF64(long[] tile, int tiles);

  /// Longs to float64 uniforms in [0, 1): the high 53 bits over 2^53.
  void uniformsF64(long[] tile, int tiles);

  /// What runs, for provenance: `scalar`, `simd-128`, `simd-256` or `simd-512`.
  String id();

  /// The form chosen for this process, once, by `-Dlanewise.kernels=auto|scalar|simd`.
  static PhiloxKernel active() {
    return Active.KERNEL;
  }

  /// The form that a value of `lanewise.kernels` asks for.
  ///
  /// Throws `IllegalArgumentException` for another value, and `IllegalStateException` if `simd` is
  /// required and module `jdk.incubator.vector` is absent.
  static PhiloxKernel choose(String property) {
    boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return switch (property) {
      case "scalar" -> new Scalar();
      case "auto" -> present ? new Simd() : new Scalar();
      case "simd" -> {
        if (!present) {
          throw new IllegalStateException(
              "lanewise.kernels: found simd without module jdk.incubator.vector,"
                  + " expected the JVM option --add-modules jdk.incubator.vector");
        }
        yield new Simd();
      }
      default ->
          throw new IllegalArgumentException(
              "lanewise.kernels: found " + property + ", expected auto, scalar or simd");
    };
  }

  /// Loaded on first use, so that a bad property does not poison the interface.
  final class Active {
    static final PhiloxKernel KERNEL = choose(System.getProperty("lanewise.kernels", "auto"));

    private Active() {}
  }

  /// Constants of both forms.
  final class Constants {
    static final int ROUNDS = 10;
    static final long MULTIPLIER_0 = 0xD2511F53L;
    static final long MULTIPLIER_1 = 0xCD9E8D57L;
    static final long WEYL_0 = 0x9E3779B9L;
    static final long WEYL_1 = 0xBB67AE85L;
    static final long LOW = 0xFFFFFFFFL;

    // float32: -2 ln(1+f) = -2 f + f^2 Q(f), |f| <= 1/3, relative error 2^-25.2
    static final int BITS_TWO_THIRDS = 0x3F2AAAAB;
    static final float MINUS_2_LN2 = -0x1.62e430p0f;
    static final float Q0 = 0x1.ffffd6p-1f;
    static final float Q1 = -0x1.5554fap-1f;
    static final float Q2 = 0x1.00148p-1f;
    static final float Q3 = -0x1.99d428p-2f;
    static final float Q4 = 0x1.5032dep-2f;
    static final float Q5 = -0x1.1ea25p-2f;
    static final float Q6 = 0x1.3b287ap-2f;
    static final float Q7 = -0x1.1f429ap-2f;
    // float32: sin(pi/2 v) = v S(v^2), 0 <= v <= 1, relative error 2^-27.5
    static final float S0 = 0x1.921fb6p+0f;
    static final float S1 = -0x1.4abbc2p-1f;
    static final float S2 = 0x1.4668bp-4f;
    static final float S3 = -0x1.324ccap-8f;
    static final float S4 = 0x1.3daff6p-13f;

    // float64: ln((1+s)/(1-s)) = 2 s + s z R(z), z = s^2, |s| <= 0.1716, relative error 2^-59.5
    static final long BITS_SQRT_HALF = 0x3FE6A09E667F3BCDL;
    static final long BITS_ONE = 0x3FF0000000000000L;
    static final long MANTISSA = 0x000FFFFFFFFFFFFFL;
    static final long BITS_2_52 = 0x4330000000000000L;
    static final double BIASED_2_52 = 0x1p52 + 1023;
    static final double ONE_MINUS_HALF_STEP = 1 - 0x1p-53;
    static final double LN2 = 0x1.62e42fefa39efp-1;
    static final double R0 = 0x1.5555555555592p-1;
    static final double R1 = 0x1.999999997fdb9p-2;
    static final double R2 = 0x1.24924941f1180p-2;
    static final double R3 = 0x1.c71c520965643p-3;
    static final double R4 = 0x1.74663ee6f1b4fp-3;
    static final double R5 = 0x1.39a1bad95f38cp-3;
    static final double R6 = 0x1.2f05625a2e4a5p-3;
    // float64: sin(pi/2 v) = v T(v^2), 0 <= v <= 1, relative error 2^-61.8
    static final double T0 = 0x1.921fb54442d18p+0;
    static final double T1 = -0x1.4abbce625be52p-1;
    static final double T2 = 0x1.466bc6775aa6ep-4;
    static final double T3 = -0x1.32d2cce627542p-8;
    static final double T4 = 0x1.50783485190b6p-13;
    static final double T5 = -0x1.e3074ddd1cb96p-19;
    static final double T6 = 0x1.e8f35e9d2300ap-25;
    static final double T7 = -0x1.6f797703e284dp-31;
    static final double T8 = 0x1.9d1b8585e59b7p-38;

    private Constants() {}

    /// One check at the door; the loops below index without surprises.
    static void check(long[] tile, int tiles) {
      Objects.checkFromIndexSize(0, Math.multiplyExact(tiles, TILE_LONGS), tile.length);
    }
  }

  /// The plain loops.
  final class Scalar implements PhiloxKernel {
    @Override
    public String id() {
      return "scalar";
    }

    @Override
    public void words(long seed, long firstTile, int step, int tag, long[] out, int tiles) {
      Constants.check(out, tiles);
      for (int pair = 0; pair < 8 * tiles; pair++) {
        long block = 16 * firstTile + 2L * pair;
        int p = pair + 3 * (pair & -8);
        for (int odd = 0; odd < 2; odd++) {
          long c0 = (block + odd) & Constants.LOW;
          long c1 = (block + odd) >>> 32;
          long c2 = step & Constants.LOW;
          long c3 = tag & Constants.LOW;
          int k0 = (int) seed;
          int k1 = (int) (seed >>> 32);
          for (int round = 0; round < Constants.ROUNDS; round++) {
            long p0 = c0 * Constants.MULTIPLIER_0;
            long p1 = c2 * Constants.MULTIPLIER_1;
            c0 = (p1 >>> 32) ^ c1 ^ (k0 & Constants.LOW);
            c1 = p1 & Constants.LOW;
            c2 = (p0 >>> 32) ^ c3 ^ (k1 & Constants.LOW);
            c3 = p0 & Constants.LOW;
            k0 += (int) Constants.WEYL_0;
            k1 += (int) Constants.WEYL_1;
          }
          if (odd == 0) {
            out[p] = c0;
            out[p + 8] = c1;
            out[p + 16] = c2;
            out[p + 24] = c3;
          } else {
            out[p] |= c0 << 32;
            out[p + 8] |= c1 << 32;
            out[p + 16] |= c2 << 32;
            out[p + 24] |= c3 << 32;
          }
        }
      }
    }

    @Override
    public void normalsF32(long[] tile, int tiles) {
      Constants.check(tile, tiles);
      for (int q = 0; q < 16 * tiles; q++) {
        int p = q + (q & -8);
        long a = tile[p];
        long b = tile[p + 8];
        long first = 0;
        long second = 0;
        for (int shift = 0; shift < 64; shift += 32) {
          int radius = (int) (a >>> shift);
          int angle = (int) (b >>> shift);
          float r = radiusF32(radius & Integer.MAX_VALUE);
          float x = r * sineF32(~angle & Integer.MAX_VALUE);
          float y = r * sineF32(angle & Integer.MAX_VALUE);
          int xBits = Float.floatToRawIntBits(x) ^ (radius & Integer.MIN_VALUE);
          int yBits = Float.floatToRawIntBits(y) ^ (angle & Integer.MIN_VALUE);
          first |= (xBits & Constants.LOW) << shift;
          second |= (yBits & Constants.LOW) << shift;
        }
        tile[p] = first;
        tile[p + 8] = second;
      }
    }

    /// `sqrt(-2 ln u)`. Near 1, where `u` itself rounds, `f = u - 1` comes from the complement.
    private static float radiusF32(int k) {
      float u = Math.fma((float) k, 0x1p-31f, 0x1p-32f);
      float nearOne = Math.fma((float) (k ^ Integer.MAX_VALUE), -0x1p-31f, -0x1p-32f);
      int bits = Float.floatToRawIntBits(u);
      int e = (bits - Constants.BITS_TWO_THIRDS) >> 23;
      float f = e == 0 ? nearOne : Float.intBitsToFloat(bits - (e << 23)) - 1f;
      float q = Math.fma(Constants.Q7, f, Constants.Q6);
      q = Math.fma(q, f, Constants.Q5);
      q = Math.fma(q, f, Constants.Q4);
      q = Math.fma(q, f, Constants.Q3);
      q = Math.fma(q, f, Constants.Q2);
      q = Math.fma(q, f, Constants.Q1);
      q = Math.fma(q, f, Constants.Q0);
      float t = Math.fma(f * f, q, f * -2f);
      t = Math.fma((float) e, Constants.MINUS_2_LN2, t);
      return (float) Math.sqrt(t);
    }

    private static float sineF32(int h) {
      float v = Math.fma((float) h, 0x1p-31f, 0x1p-32f);
      float z = v * v;
      float s = Math.fma(Constants.S4, z, Constants.S3);
      s = Math.fma(s, z, Constants.S2);
      s = Math.fma(s, z, Constants.S1);
      s = Math.fma(s, z, Constants.S0);
      return v * s;
    }

    @Override
    public void normalsF64(long[] tile, int tiles) {
      Constants.check(tile, tiles);
      for (int q = 0; q < 16 * tiles; q++) {
        int p = q + (q & -8);
        long radius = tile[p];
        long angle = tile[p + 8];
        double r = radiusF64(unitF64(radius));
        double v = unitF64(angle);
        double x = r * sineF64(1 - v);
        double y = r * sineF64(v);
        tile[p] = Double.doubleToRawLongBits(x) ^ (radius & Long.MIN_VALUE);
        tile[p + 8] = Double.doubleToRawLongBits(y) ^ (angle & Long.MIN_VALUE);
      }
    }

    /// `(k + 1/2) / 2^52`, exactly.
    private static double unitF64(long word) {
      return Double.longBitsToDouble((word & Constants.MANTISSA) | Constants.BITS_ONE)
          - Constants.ONE_MINUS_HALF_STEP;
    }

    private static double radiusF64(double u) {
      long bits = Double.doubleToRawLongBits(u) + (Constants.BITS_ONE - Constants.BITS_SQRT_HALF);
      double e =
          Double.longBitsToDouble((bits >>> 52) | Constants.BITS_2_52) - Constants.BIASED_2_52;
      double f =
          Double.longBitsToDouble((bits & Constants.MANTISSA) + Constants.BITS_SQRT_HALF) - 1;
      double s = f / (f + 2);
      double z = s * s;
      double w = Math.fma(Constants.R6, z, Constants.R5);
      w = Math.fma(w, z, Constants.R4);
      w = Math.fma(w, z, Constants.R3);
      w = Math.fma(w, z, Constants.R2);
      w = Math.fma(w, z, Constants.R1);
      w = Math.fma(w, z, Constants.R0);
      double h = f * f * 0.5;
      double log = f - (h - s * Math.fma(w, z, h));
      log = Math.fma(e, Constants.LN2, log);
      return Math.sqrt(log * -2);
    }

    private static double sineF64(double v) {
      double z = v * v;
      double s = Math.fma(Constants.T8, z, Constants.T7);
      s = Math.fma(s, z, Constants.T6);
      s = Math.fma(s, z, Constants.T5);
      s = Math.fma(s, z, Constants.T4);
      s = Math.fma(s, z, Constants.T3);
      s = Math.fma(s, z, Constants.T2);
      s = Math.fma(s, z, Constants.T1);
      s = Math.fma(s, z, Constants.T0);
      return v * s;
    }

    @Override
    public void uniformsF64(long[] tile, int tiles) {
      Constants.check(tile, tiles);
      for (int i = 0; i < TILE_LONGS * tiles; i++) {
        tile[i] = Double.doubleToRawLongBits((tile[i] >>> 11) * 0x1p-53);
      }
    }
  }

  /// The vector loops.
  final class Simd implements PhiloxKernel {
    private static final int LANES = NoiseLanes.LONGS.length();
    private static final LongVector EVENS = NoiseLanes.evens();

    private static final IntVector LOW_31 = NoiseLanes.ints(Integer.MAX_VALUE);
    private static final IntVector SIGN_32 = NoiseLanes.ints(Integer.MIN_VALUE);
    private static final IntVector ZERO = NoiseLanes.ints(0);
    private static final IntVector TWO_THIRDS = NoiseLanes.ints(Constants.BITS_TWO_THIRDS);
    private static final FloatVector UNIT = NoiseLanes.floats(0x1p-31f);
    private static final FloatVector HALF_UNIT = NoiseLanes.floats(0x1p-32f);
    private static final FloatVector MINUS_UNIT = NoiseLanes.floats(-0x1p-31f);
    private static final FloatVector MINUS_HALF_UNIT = NoiseLanes.floats(-0x1p-32f);
    private static final FloatVector ONE = NoiseLanes.floats(1f);
    private static final FloatVector MINUS_2 = NoiseLanes.floats(-2f);
    private static final FloatVector MINUS_2_LN2 = NoiseLanes.floats(Constants.MINUS_2_LN2);
    private static final FloatVector Q0 = NoiseLanes.floats(Constants.Q0);
    private static final FloatVector Q1 = NoiseLanes.floats(Constants.Q1);
    private static final FloatVector Q2 = NoiseLanes.floats(Constants.Q2);
    private static final FloatVector Q3 = NoiseLanes.floats(Constants.Q3);
    private static final FloatVector Q4 = NoiseLanes.floats(Constants.Q4);
    private static final FloatVector Q5 = NoiseLanes.floats(Constants.Q5);
    private static final FloatVector Q6 = NoiseLanes.floats(Constants.Q6);
    private static final FloatVector Q7 = NoiseLanes.floats(Constants.Q7);
    private static final FloatVector S0 = NoiseLanes.floats(Constants.S0);
    private static final FloatVector S1 = NoiseLanes.floats(Constants.S1);
    private static final FloatVector S2 = NoiseLanes.floats(Constants.S2);
    private static final FloatVector S3 = NoiseLanes.floats(Constants.S3);
    private static final FloatVector S4 = NoiseLanes.floats(Constants.S4);

    private static final LongVector LOW_63 = NoiseLanes.longs(Long.MAX_VALUE);
    private static final LongVector SIGN_64 = NoiseLanes.longs(Long.MIN_VALUE);
    private static final LongVector LOW_32 = NoiseLanes.longs(Constants.LOW);
    private static final LongVector MANTISSA = NoiseLanes.longs(Constants.MANTISSA);
    private static final LongVector BITS_ONE = NoiseLanes.longs(Constants.BITS_ONE);
    private static final LongVector BITS_SQRT_HALF = NoiseLanes.longs(Constants.BITS_SQRT_HALF);
    private static final LongVector REBIAS =
        NoiseLanes.longs(Constants.BITS_ONE - Constants.BITS_SQRT_HALF);
    private static final LongVector BITS_2_52 = NoiseLanes.longs(Constants.BITS_2_52);
    private static final DoubleVector ONE_F64 = NoiseLanes.doubles(1);
    private static final DoubleVector TWO_F64 = NoiseLanes.doubles(2);
    private static final DoubleVector HALF_F64 = NoiseLanes.doubles(0.5);
    private static final DoubleVector MINUS_2_F64 = NoiseLanes.doubles(-2);
    private static final DoubleVector LN2 = NoiseLanes.doubles(Constants.LN2);
    private static final DoubleVector BIASED_2_52 = NoiseLanes.doubles(Constants.BIASED_2_52);
    private static final DoubleVector ONE_MINUS_HALF_STEP =
        NoiseLanes.doubles(Constants.ONE_MINUS_HALF_STEP);
    private static final DoubleVector TWO_52 = NoiseLanes.doubles(0x1p52);
    private static final DoubleVector UNIT_32 = NoiseLanes.doubles(0x1p-32);
    private static final DoubleVector UNIT_53 = NoiseLanes.doubles(0x1p-53);
    private static final DoubleVector R0 = NoiseLanes.doubles(Constants.R0);
    private static final DoubleVector R1 = NoiseLanes.doubles(Constants.R1);
    private static final DoubleVector R2 = NoiseLanes.doubles(Constants.R2);
    private static final DoubleVector R3 = NoiseLanes.doubles(Constants.R3);
    private static final DoubleVector R4 = NoiseLanes.doubles(Constants.R4);
    private static final DoubleVector R5 = NoiseLanes.doubles(Constants.R5);
    private static final DoubleVector R6 = NoiseLanes.doubles(Constants.R6);
    private static final DoubleVector T0 = NoiseLanes.doubles(Constants.T0);
    private static final DoubleVector T1 = NoiseLanes.doubles(Constants.T1);
    private static final DoubleVector T2 = NoiseLanes.doubles(Constants.T2);
    private static final DoubleVector T3 = NoiseLanes.doubles(Constants.T3);
    private static final DoubleVector T4 = NoiseLanes.doubles(Constants.T4);
    private static final DoubleVector T5 = NoiseLanes.doubles(Constants.T5);
    private static final DoubleVector T6 = NoiseLanes.doubles(Constants.T6);
    private static final DoubleVector T7 = NoiseLanes.doubles(Constants.T7);
    private static final DoubleVector T8 = NoiseLanes.doubles(Constants.T8);

    @Override
    public String id() {
      return "simd-" + NoiseLanes.bits();
    }

    /// Two chains side by side: even blocks in `a`, odd blocks in `b`. A 32-bit word lives in the
    /// low half of a 64-bit lane; the high half is left dirty, because each product masks it anyway
    /// (the masks are also what tells C2 that one `vpmuludq` is enough). At the end a shift and an
    /// or put the two chains together: no lane ever crosses.
    ///
    /// Five rounds in the body and two turns: C2 unrolls the turns, so that keys are hoisted and
    /// nothing moves between registers; measured 0.90 ns a word against 1.25 for one round in the
    /// body, while the parser sees half of the code only (C with intrinsics: 0.74, because there
    /// the masks are not needed).
    @Override
    public void words(long seed, long firstTile, int step, int tag, long[] out, int tiles) {
      Constants.check(out, tiles);
      LongVector low = NoiseLanes.longs(Constants.LOW);
      LongVector m0 = NoiseLanes.longs(Constants.MULTIPLIER_0).and(low);
      LongVector m1 = NoiseLanes.longs(Constants.MULTIPLIER_1).and(low);
      LongVector w0 = NoiseLanes.longs(Constants.WEYL_0);
      LongVector w1 = NoiseLanes.longs(Constants.WEYL_1);
      LongVector seed0 = NoiseLanes.longs(seed);
      LongVector seed1 = NoiseLanes.longs(seed >>> 32);
      LongVector steps = NoiseLanes.longs(step);
      LongVector tags = NoiseLanes.longs(tag);
      for (int q = 0; q < 8 * tiles; q += LANES) {
        LongVector a0 = EVENS.add(16 * firstTile + 2L * q);
        LongVector b0 = a0.add(1);
        LongVector a1 = a0.lanewise(LSHR, 32);
        LongVector b1 = b0.lanewise(LSHR, 32);
        LongVector a2 = steps;
        LongVector b2 = steps;
        LongVector a3 = tags;
        LongVector b3 = tags;
        LongVector k0 = seed0;
        LongVector k1 = seed1;
        for (int turn = 0; turn < 2; turn++) {
          LongVector pa0 = a0.and(low).mul(m0);
          LongVector qa0 = a2.and(low).mul(m1);
          LongVector pb0 = b0.and(low).mul(m0);
          LongVector qb0 = b2.and(low).mul(m1);
          a0 = qa0.lanewise(LSHR, 32).lanewise(XOR, a1).lanewise(XOR, k0);
          b0 = qb0.lanewise(LSHR, 32).lanewise(XOR, b1).lanewise(XOR, k0);
          a2 = pa0.lanewise(LSHR, 32).lanewise(XOR, a3).lanewise(XOR, k1);
          b2 = pb0.lanewise(LSHR, 32).lanewise(XOR, b3).lanewise(XOR, k1);
          k0 = k0.add(w0);
          k1 = k1.add(w1);
          LongVector pa1 = a0.and(low).mul(m0);
          LongVector qa1 = a2.and(low).mul(m1);
          LongVector pb1 = b0.and(low).mul(m0);
          LongVector qb1 = b2.and(low).mul(m1);
          a0 = qa1.lanewise(LSHR, 32).lanewise(XOR, qa0).lanewise(XOR, k0);
          b0 = qb1.lanewise(LSHR, 32).lanewise(XOR, qb0).lanewise(XOR, k0);
          a2 = pa1.lanewise(LSHR, 32).lanewise(XOR, pa0).lanewise(XOR, k1);
          b2 = pb1.lanewise(LSHR, 32).lanewise(XOR, pb0).lanewise(XOR, k1);
          k0 = k0.add(w0);
          k1 = k1.add(w1);
          LongVector pa2 = a0.and(low).mul(m0);
          LongVector qa2 = a2.and(low).mul(m1);
          LongVector pb2 = b0.and(low).mul(m0);
          LongVector qb2 = b2.and(low).mul(m1);
          a0 = qa2.lanewise(LSHR, 32).lanewise(XOR, qa1).lanewise(XOR, k0);
          b0 = qb2.lanewise(LSHR, 32).lanewise(XOR, qb1).lanewise(XOR, k0);
          a2 = pa2.lanewise(LSHR, 32).lanewise(XOR, pa1).lanewise(XOR, k1);
          b2 = pb2.lanewise(LSHR, 32).lanewise(XOR, pb1).lanewise(XOR, k1);
          k0 = k0.add(w0);
          k1 = k1.add(w1);
          LongVector pa3 = a0.and(low).mul(m0);
          LongVector qa3 = a2.and(low).mul(m1);
          LongVector pb3 = b0.and(low).mul(m0);
          LongVector qb3 = b2.and(low).mul(m1);
          a0 = qa3.lanewise(LSHR, 32).lanewise(XOR, qa2).lanewise(XOR, k0);
          b0 = qb3.lanewise(LSHR, 32).lanewise(XOR, qb2).lanewise(XOR, k0);
          a2 = pa3.lanewise(LSHR, 32).lanewise(XOR, pa2).lanewise(XOR, k1);
          b2 = pb3.lanewise(LSHR, 32).lanewise(XOR, pb2).lanewise(XOR, k1);
          k0 = k0.add(w0);
          k1 = k1.add(w1);
          LongVector pa4 = a0.and(low).mul(m0);
          LongVector qa4 = a2.and(low).mul(m1);
          LongVector pb4 = b0.and(low).mul(m0);
          LongVector qb4 = b2.and(low).mul(m1);
          a0 = qa4.lanewise(LSHR, 32).lanewise(XOR, qa3).lanewise(XOR, k0);
          b0 = qb4.lanewise(LSHR, 32).lanewise(XOR, qb3).lanewise(XOR, k0);
          a2 = pa4.lanewise(LSHR, 32).lanewise(XOR, pa3).lanewise(XOR, k1);
          b2 = pb4.lanewise(LSHR, 32).lanewise(XOR, pb3).lanewise(XOR, k1);
          k0 = k0.add(w0);
          k1 = k1.add(w1);
          a1 = qa4;
          b1 = qb4;
          a3 = pa4;
          b3 = pb4;
        }
        int p = q + 3 * (q & -8);
        a0.and(low).or(b0.lanewise(LSHL, 32)).intoArray(out, p);
        a1.and(low).or(b1.lanewise(LSHL, 32)).intoArray(out, p + 8);
        a2.and(low).or(b2.lanewise(LSHL, 32)).intoArray(out, p + 16);
        a3.and(low).or(b3.lanewise(LSHL, 32)).intoArray(out, p + 24);
      }
    }

    @Override
    public void normalsF32(long[] tile, int tiles) {
      Constants.check(tile, tiles);
      radiiF32(tile, tiles);
      pairsF32(tile, tiles);
    }

    /// First rows: words become radii with the sign of the first normal.
    ///
    /// Radii and pairs are two methods, constants are vectors in static fields, and every operation
    /// is a plain `lanewise`, because C2 stops inlining at 18 000 nodes and turns what is left into
    /// calls on boxed vectors: 17 ns an element in one method. Each is longer than 325 bytes of
    /// code (`FreqInlineSize`), so that C2 does not inline both into one caller, where the same
    /// happens; `PhiloxKernelShapeTest` holds them there.
    private static void radiiF32(long[] tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q += LANES) {
        int p = q + (q & -8);
        IntVector word = LongVector.fromArray(NoiseLanes.LONGS, tile, p).reinterpretAsInts();
        IntVector k = word.lanewise(AND, LOW_31);
        FloatVector u = ((FloatVector) k.convert(I2F, 0)).lanewise(FMA, UNIT, HALF_UNIT);
        FloatVector nearOne =
            ((FloatVector) word.lanewise(NOT).lanewise(AND, LOW_31).convert(I2F, 0))
                .lanewise(FMA, MINUS_UNIT, MINUS_HALF_UNIT);
        IntVector bits = u.reinterpretAsInts();
        IntVector e = bits.lanewise(SUB, TWO_THIRDS).lanewise(ASHR, 23);
        IntVector m = bits.lanewise(SUB, e.lanewise(LSHL, 23));
        FloatVector f =
            m.reinterpretAsFloats()
                .lanewise(SUB, ONE)
                .blend(nearOne, e.compare(EQ, ZERO).cast(NoiseLanes.FLOATS));
        FloatVector w =
            f.lanewise(FMA, Q7, Q6)
                .lanewise(FMA, f, Q5)
                .lanewise(FMA, f, Q4)
                .lanewise(FMA, f, Q3)
                .lanewise(FMA, f, Q2)
                .lanewise(FMA, f, Q1)
                .lanewise(FMA, f, Q0);
        FloatVector t =
            ((FloatVector) e.convert(I2F, 0))
                .lanewise(
                    FMA,
                    MINUS_2_LN2,
                    f.lanewise(MUL, f).lanewise(FMA, w, f.lanewise(MUL, MINUS_2)));
        t.lanewise(SQRT)
            .reinterpretAsInts()
            .lanewise(OR, word.lanewise(AND, SIGN_32))
            .reinterpretAsLongs()
            .intoArray(tile, p);
      }
    }

    /// Second rows: words are angles, and turn both rows into normals.
    private static void pairsF32(long[] tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q += LANES) {
        int p = q + (q & -8);
        IntVector word = LongVector.fromArray(NoiseLanes.LONGS, tile, p + 8).reinterpretAsInts();
        FloatVector r =
            LongVector.fromArray(NoiseLanes.LONGS, tile, p)
                .reinterpretAsInts()
                .reinterpretAsFloats();
        FloatVector v =
            ((FloatVector) word.lanewise(NOT).lanewise(AND, LOW_31).convert(I2F, 0))
                .lanewise(FMA, UNIT, HALF_UNIT);
        FloatVector z = v.lanewise(MUL, v);
        FloatVector s =
            z.lanewise(FMA, S4, S3).lanewise(FMA, z, S2).lanewise(FMA, z, S1).lanewise(FMA, z, S0);
        r.lanewise(MUL, v.lanewise(MUL, s)).reinterpretAsLongs().intoArray(tile, p);

        v =
            ((FloatVector) word.lanewise(AND, LOW_31).convert(I2F, 0))
                .lanewise(FMA, UNIT, HALF_UNIT);
        z = v.lanewise(MUL, v);
        s = z.lanewise(FMA, S4, S3).lanewise(FMA, z, S2).lanewise(FMA, z, S1).lanewise(FMA, z, S0);
        r.lanewise(MUL, v.lanewise(MUL, s))
            .reinterpretAsInts()
            .lanewise(AND, LOW_31)
            .lanewise(OR, word.lanewise(AND, SIGN_32))
            .reinterpretAsLongs()
            .intoArray(tile, p + 8);
      }
    }

    @Override
    public void normalsF64(long[] tile, int tiles) {
      Constants.check(tile, tiles);
      radiiF64(tile, tiles);
      pairsF64(tile, tiles);
    }

    private static void radiiF64(long[] tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q += LANES) {
        int p = q + (q & -8);
        LongVector word = LongVector.fromArray(NoiseLanes.LONGS, tile, p);
        LongVector bits =
            word.lanewise(AND, MANTISSA)
                .lanewise(OR, BITS_ONE)
                .reinterpretAsDoubles()
                .lanewise(SUB, ONE_MINUS_HALF_STEP)
                .reinterpretAsLongs()
                .lanewise(ADD, REBIAS);
        // Long to double is missing in AVX2: or-ing the exponent under 2^52 does it everywhere.
        DoubleVector e =
            bits.lanewise(LSHR, 52)
                .lanewise(OR, BITS_2_52)
                .reinterpretAsDoubles()
                .lanewise(SUB, BIASED_2_52);
        DoubleVector f =
            bits.lanewise(AND, MANTISSA)
                .lanewise(ADD, BITS_SQRT_HALF)
                .reinterpretAsDoubles()
                .lanewise(SUB, ONE_F64);
        DoubleVector s = f.lanewise(DIV, f.lanewise(ADD, TWO_F64));
        DoubleVector z = s.lanewise(MUL, s);
        DoubleVector w =
            z.lanewise(FMA, R6, R5)
                .lanewise(FMA, z, R4)
                .lanewise(FMA, z, R3)
                .lanewise(FMA, z, R2)
                .lanewise(FMA, z, R1)
                .lanewise(FMA, z, R0);
        DoubleVector h = f.lanewise(MUL, f).lanewise(MUL, HALF_F64);
        DoubleVector log =
            e.lanewise(
                FMA, LN2, f.lanewise(SUB, h.lanewise(SUB, s.lanewise(MUL, w.lanewise(FMA, z, h)))));
        log.lanewise(MUL, MINUS_2_F64)
            .lanewise(SQRT)
            .reinterpretAsLongs()
            .lanewise(OR, word.lanewise(AND, SIGN_64))
            .intoArray(tile, p);
      }
    }

    private static void pairsF64(long[] tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q += LANES) {
        int p = q + (q & -8);
        LongVector word = LongVector.fromArray(NoiseLanes.LONGS, tile, p + 8);
        DoubleVector r = LongVector.fromArray(NoiseLanes.LONGS, tile, p).reinterpretAsDoubles();
        DoubleVector v =
            word.lanewise(AND, MANTISSA)
                .lanewise(OR, BITS_ONE)
                .reinterpretAsDoubles()
                .lanewise(SUB, ONE_MINUS_HALF_STEP);
        DoubleVector z = v.lanewise(MUL, v);
        DoubleVector s =
            z.lanewise(FMA, T8, T7)
                .lanewise(FMA, z, T6)
                .lanewise(FMA, z, T5)
                .lanewise(FMA, z, T4)
                .lanewise(FMA, z, T3)
                .lanewise(FMA, z, T2)
                .lanewise(FMA, z, T1);
        LongVector second =
            r.lanewise(MUL, v.lanewise(MUL, s.lanewise(FMA, z, T0)))
                .reinterpretAsLongs()
                .lanewise(AND, LOW_63);
        second.lanewise(OR, word.lanewise(AND, SIGN_64)).intoArray(tile, p + 8);

        v = ONE_F64.lanewise(SUB, v);
        z = v.lanewise(MUL, v);
        s =
            z.lanewise(FMA, T8, T7)
                .lanewise(FMA, z, T6)
                .lanewise(FMA, z, T5)
                .lanewise(FMA, z, T4)
                .lanewise(FMA, z, T3)
                .lanewise(FMA, z, T2)
                .lanewise(FMA, z, T1);
        r.lanewise(MUL, v.lanewise(MUL, s.lanewise(FMA, z, T0)))
            .reinterpretAsLongs()
            .intoArray(tile, p);
      }
    }

    /// The shift and conversion of 53-bit longs has no lane form in AVX2; split at bit 32 instead.
    @Override
    public void uniformsF64(long[] tile, int tiles) {
      Constants.check(tile, tiles);
      for (int q = 0; q < TILE_LONGS * tiles; q += LANES) {
        LongVector x = LongVector.fromArray(NoiseLanes.LONGS, tile, q);
        DoubleVector high = x.lanewise(LSHR, 32).or(BITS_2_52).reinterpretAsDoubles().sub(TWO_52);
        DoubleVector low =
            x.and(LOW_32).lanewise(LSHR, 11).or(BITS_2_52).reinterpretAsDoubles().sub(TWO_52);
        // Both parts and their sum are exact.
        high.fma(UNIT_32, low.mul(UNIT_53)).reinterpretAsLongs().intoArray(tile, q);
      }
    }
  }
}
