package io.lanewise.kernel.noise;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.NATIVE;
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

import io.lanewise.kernel.loops.Species;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/// What turns tiles of words into uniforms or normals, in place, whichever stream they are from.
///
/// Both forms give the same bits: only `+ - * / sqrt fma` and conversions that IEEE 754 rounds one
/// way, in one order.
///
/// References: Box, Muller, *A note on the generation of random normal deviates*, 1958. The
/// polynomials are minimax fits made for this file by `data/golden/noise/polynomials.py`.
public sealed interface Deviates {

  /// Words to float32 normals. In each half tile, word `l` of the first row gives radius and the
  /// sign of the first normal, word `l` of the second row gives angle and the sign of the second.
  ///
  /// With `k` and `h` the low 31 bits of the two words, `u = (k + 1/2) / 2^31`, `v = (h + 1/2) /
  /// 2^31`, `r = sqrt(-2 ln u)`: the normals are `+- r sin(pi/2 (1 - v))` and `+- r sin(pi/2 v)`.
  /// So `|normal| <= sqrt(64 ln 2) = 6.6604`, and none is zero.
  void normalsF32(long tile, int tiles);

  /// Longs to float64 normals, as above with the low 52 bits of a long, `u = (k + 1/2) / 2^52`, and
  /// its highest bit as sign; `|normal| <= sqrt(106 ln 2) = 8.5717`.
  void normalsF64(long tile, int tiles);

  /// Longs to float64 uniforms in [0, 1): the high 53 bits over 2^53.
  void uniformsF64(long tile, int tiles);

  /// Constants of both forms.
  final class Constants {
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
  }

  /// The plain loops.
  final class Scalar implements Deviates {
    @Override
    public void normalsF32(long tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q++) {
        int p = q + (q & -8);
        long a = Tile.get(tile, p);
        long b = Tile.get(tile, p + 8);
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
        Tile.set(tile, p, first);
        Tile.set(tile, p + 8, second);
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
    public void normalsF64(long tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q++) {
        int p = q + (q & -8);
        long radius = Tile.get(tile, p);
        long angle = Tile.get(tile, p + 8);
        double r = radiusF64(unitF64(radius));
        double v = unitF64(angle);
        double x = r * sineF64(1 - v);
        double y = r * sineF64(v);
        Tile.set(tile, p, Double.doubleToRawLongBits(x) ^ (radius & Long.MIN_VALUE));
        Tile.set(tile, p + 8, Double.doubleToRawLongBits(y) ^ (angle & Long.MIN_VALUE));
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
    public void uniformsF64(long tile, int tiles) {
      for (int i = 0; i < Tile.LONGS * tiles; i++) {
        Tile.set(tile, i, Double.doubleToRawLongBits((Tile.get(tile, i) >>> 11) * 0x1p-53));
      }
    }
  }

  /// The vector loops.
  final class Simd implements Deviates {
    private static final int LANES = Species.I64.length();

    private static final IntVector LOW_31 = IntVector.broadcast(Species.I32, Integer.MAX_VALUE);
    private static final IntVector SIGN_32 = IntVector.broadcast(Species.I32, Integer.MIN_VALUE);
    private static final IntVector ZERO = IntVector.broadcast(Species.I32, 0);
    private static final IntVector TWO_THIRDS =
        IntVector.broadcast(Species.I32, Constants.BITS_TWO_THIRDS);
    private static final FloatVector UNIT = FloatVector.broadcast(Species.F32, 0x1p-31f);
    private static final FloatVector HALF_UNIT = FloatVector.broadcast(Species.F32, 0x1p-32f);
    private static final FloatVector MINUS_UNIT = FloatVector.broadcast(Species.F32, -0x1p-31f);
    private static final FloatVector MINUS_HALF_UNIT =
        FloatVector.broadcast(Species.F32, -0x1p-32f);
    private static final FloatVector ONE = FloatVector.broadcast(Species.F32, 1f);
    private static final FloatVector MINUS_2 = FloatVector.broadcast(Species.F32, -2f);
    private static final FloatVector MINUS_2_LN2 =
        FloatVector.broadcast(Species.F32, Constants.MINUS_2_LN2);
    private static final FloatVector Q0 = FloatVector.broadcast(Species.F32, Constants.Q0);
    private static final FloatVector Q1 = FloatVector.broadcast(Species.F32, Constants.Q1);
    private static final FloatVector Q2 = FloatVector.broadcast(Species.F32, Constants.Q2);
    private static final FloatVector Q3 = FloatVector.broadcast(Species.F32, Constants.Q3);
    private static final FloatVector Q4 = FloatVector.broadcast(Species.F32, Constants.Q4);
    private static final FloatVector Q5 = FloatVector.broadcast(Species.F32, Constants.Q5);
    private static final FloatVector Q6 = FloatVector.broadcast(Species.F32, Constants.Q6);
    private static final FloatVector Q7 = FloatVector.broadcast(Species.F32, Constants.Q7);
    private static final FloatVector S0 = FloatVector.broadcast(Species.F32, Constants.S0);
    private static final FloatVector S1 = FloatVector.broadcast(Species.F32, Constants.S1);
    private static final FloatVector S2 = FloatVector.broadcast(Species.F32, Constants.S2);
    private static final FloatVector S3 = FloatVector.broadcast(Species.F32, Constants.S3);
    private static final FloatVector S4 = FloatVector.broadcast(Species.F32, Constants.S4);

    private static final LongVector LOW_63 = LongVector.broadcast(Species.I64, Long.MAX_VALUE);
    private static final LongVector SIGN_64 = LongVector.broadcast(Species.I64, Long.MIN_VALUE);
    private static final LongVector LOW_32 = LongVector.broadcast(Species.I64, Constants.LOW);
    private static final LongVector MANTISSA =
        LongVector.broadcast(Species.I64, Constants.MANTISSA);
    private static final LongVector BITS_ONE =
        LongVector.broadcast(Species.I64, Constants.BITS_ONE);
    private static final LongVector BITS_SQRT_HALF =
        LongVector.broadcast(Species.I64, Constants.BITS_SQRT_HALF);
    private static final LongVector REBIAS =
        LongVector.broadcast(Species.I64, Constants.BITS_ONE - Constants.BITS_SQRT_HALF);
    private static final LongVector BITS_2_52 =
        LongVector.broadcast(Species.I64, Constants.BITS_2_52);
    private static final DoubleVector ONE_F64 = DoubleVector.broadcast(Species.F64, 1);
    private static final DoubleVector TWO_F64 = DoubleVector.broadcast(Species.F64, 2);
    private static final DoubleVector HALF_F64 = DoubleVector.broadcast(Species.F64, 0.5);
    private static final DoubleVector MINUS_2_F64 = DoubleVector.broadcast(Species.F64, -2);
    private static final DoubleVector LN2 = DoubleVector.broadcast(Species.F64, Constants.LN2);
    private static final DoubleVector BIASED_2_52 =
        DoubleVector.broadcast(Species.F64, Constants.BIASED_2_52);
    private static final DoubleVector ONE_MINUS_HALF_STEP =
        DoubleVector.broadcast(Species.F64, Constants.ONE_MINUS_HALF_STEP);
    private static final DoubleVector TWO_52 = DoubleVector.broadcast(Species.F64, 0x1p52);
    private static final DoubleVector UNIT_32 = DoubleVector.broadcast(Species.F64, 0x1p-32);
    private static final DoubleVector UNIT_53 = DoubleVector.broadcast(Species.F64, 0x1p-53);
    private static final DoubleVector R0 = DoubleVector.broadcast(Species.F64, Constants.R0);
    private static final DoubleVector R1 = DoubleVector.broadcast(Species.F64, Constants.R1);
    private static final DoubleVector R2 = DoubleVector.broadcast(Species.F64, Constants.R2);
    private static final DoubleVector R3 = DoubleVector.broadcast(Species.F64, Constants.R3);
    private static final DoubleVector R4 = DoubleVector.broadcast(Species.F64, Constants.R4);
    private static final DoubleVector R5 = DoubleVector.broadcast(Species.F64, Constants.R5);
    private static final DoubleVector R6 = DoubleVector.broadcast(Species.F64, Constants.R6);
    private static final DoubleVector T0 = DoubleVector.broadcast(Species.F64, Constants.T0);
    private static final DoubleVector T1 = DoubleVector.broadcast(Species.F64, Constants.T1);
    private static final DoubleVector T2 = DoubleVector.broadcast(Species.F64, Constants.T2);
    private static final DoubleVector T3 = DoubleVector.broadcast(Species.F64, Constants.T3);
    private static final DoubleVector T4 = DoubleVector.broadcast(Species.F64, Constants.T4);
    private static final DoubleVector T5 = DoubleVector.broadcast(Species.F64, Constants.T5);
    private static final DoubleVector T6 = DoubleVector.broadcast(Species.F64, Constants.T6);
    private static final DoubleVector T7 = DoubleVector.broadcast(Species.F64, Constants.T7);
    private static final DoubleVector T8 = DoubleVector.broadcast(Species.F64, Constants.T8);

    @Override
    public void normalsF32(long tile, int tiles) {
      squaresF32(tile, tiles);
      pairsF32(tile, tiles);
    }

    /// First rows: words become squared radii, with the sign of the first normal. The root is left
    /// to the second loop, where it waits for nothing: what limits both loops is how many
    /// operations the processor has in flight, so that the shorter chain is the faster one.
    ///
    /// Squares and pairs are two methods, constants are vectors in static fields, and every
    /// operation is a plain `lanewise`, because C2 stops inlining at 18 000 nodes and turns what is
    /// left into calls on boxed vectors: 17 ns an element in one method. Each is longer than 325
    /// bytes of code (`FreqInlineSize`), so that C2 does not inline both into one caller, where the
    /// same happens; `NoiseShapeTest` holds them there.
    private static void squaresF32(long tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q += LANES) {
        int p = q + (q & -8);
        IntVector word =
            LongVector.fromMemorySegment(Species.I64, MEMORY, tile + 8L * p, NATIVE)
                .reinterpretAsInts();
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
                .blend(nearOne, e.compare(EQ, ZERO).cast(Species.F32));
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
        t.reinterpretAsInts()
            .lanewise(OR, word.lanewise(AND, SIGN_32))
            .reinterpretAsLongs()
            .intoMemorySegment(MEMORY, tile + 8L * p, NATIVE);
      }
    }

    /// Second rows: words are angles, and turn both rows into normals.
    private static void pairsF32(long tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q += LANES) {
        int p = q + (q & -8);
        IntVector word =
            LongVector.fromMemorySegment(Species.I64, MEMORY, tile + 8L * (p + 8), NATIVE)
                .reinterpretAsInts();
        IntVector squares =
            LongVector.fromMemorySegment(Species.I64, MEMORY, tile + 8L * p, NATIVE)
                .reinterpretAsInts();
        FloatVector r = squares.lanewise(AND, LOW_31).reinterpretAsFloats().lanewise(SQRT);
        FloatVector v =
            ((FloatVector) word.lanewise(NOT).lanewise(AND, LOW_31).convert(I2F, 0))
                .lanewise(FMA, UNIT, HALF_UNIT);
        FloatVector z = v.lanewise(MUL, v);
        FloatVector s =
            z.lanewise(FMA, S4, S3).lanewise(FMA, z, S2).lanewise(FMA, z, S1).lanewise(FMA, z, S0);
        r.lanewise(MUL, v.lanewise(MUL, s))
            .reinterpretAsInts()
            .lanewise(OR, squares.lanewise(AND, SIGN_32))
            .reinterpretAsLongs()
            .intoMemorySegment(MEMORY, tile + 8L * p, NATIVE);

        v =
            ((FloatVector) word.lanewise(AND, LOW_31).convert(I2F, 0))
                .lanewise(FMA, UNIT, HALF_UNIT);
        z = v.lanewise(MUL, v);
        s = z.lanewise(FMA, S4, S3).lanewise(FMA, z, S2).lanewise(FMA, z, S1).lanewise(FMA, z, S0);
        r.lanewise(MUL, v.lanewise(MUL, s))
            .reinterpretAsInts()
            .lanewise(OR, word.lanewise(AND, SIGN_32))
            .reinterpretAsLongs()
            .intoMemorySegment(MEMORY, tile + 8L * (p + 8), NATIVE);
      }
    }

    @Override
    public void normalsF64(long tile, int tiles) {
      squaresF64(tile, tiles);
      pairsF64(tile, tiles);
    }

    private static void squaresF64(long tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q += LANES) {
        int p = q + (q & -8);
        LongVector word = LongVector.fromMemorySegment(Species.I64, MEMORY, tile + 8L * p, NATIVE);
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
            .reinterpretAsLongs()
            .lanewise(OR, word.lanewise(AND, SIGN_64))
            .intoMemorySegment(MEMORY, tile + 8L * p, NATIVE);
      }
    }

    private static void pairsF64(long tile, int tiles) {
      for (int q = 0; q < 16 * tiles; q += LANES) {
        int p = q + (q & -8);
        LongVector word =
            LongVector.fromMemorySegment(Species.I64, MEMORY, tile + 8L * (p + 8), NATIVE);
        LongVector squares =
            LongVector.fromMemorySegment(Species.I64, MEMORY, tile + 8L * p, NATIVE);
        DoubleVector r = squares.lanewise(AND, LOW_63).reinterpretAsDoubles().lanewise(SQRT);
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
            r.lanewise(MUL, v.lanewise(MUL, s.lanewise(FMA, z, T0))).reinterpretAsLongs();
        second
            .lanewise(OR, word.lanewise(AND, SIGN_64))
            .intoMemorySegment(MEMORY, tile + 8L * (p + 8), NATIVE);

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
            .lanewise(OR, squares.lanewise(AND, SIGN_64))
            .intoMemorySegment(MEMORY, tile + 8L * p, NATIVE);
      }
    }

    /// The shift and conversion of 53-bit longs has no lane form in AVX2; split at bit 32 instead.
    @Override
    public void uniformsF64(long tile, int tiles) {
      for (int q = 0; q < Tile.LONGS * tiles; q += LANES) {
        LongVector x = LongVector.fromMemorySegment(Species.I64, MEMORY, tile + 8L * q, NATIVE);
        DoubleVector high = x.lanewise(LSHR, 32).or(BITS_2_52).reinterpretAsDoubles().sub(TWO_52);
        DoubleVector low =
            x.and(LOW_32).lanewise(LSHR, 11).or(BITS_2_52).reinterpretAsDoubles().sub(TWO_52);
        // Both parts and their sum are exact.
        high.fma(UNIT_32, low.mul(UNIT_53))
            .reinterpretAsLongs()
            .intoMemorySegment(MEMORY, tile + 8L * q, NATIVE);
      }
    }
  }
}
