package io.lanewise.kernel;

import static io.lanewise.kernel.Exp.MAGIC;
import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.LE;

import io.lanewise.kernel.loops.Memory;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// e^x - 1 - x in float64: what is left of e^x after its tangent at 0, and the variance part of
/// every Gaussian KL.
///
/// Never negative; near 0 it is `x^2 Q(x)` ([Exp]) with full relative accuracy, where `expm1(x) -
/// x` would keep the difference of two nearly equal numbers. Plain and vector forms agree to the
/// bit.
final class ExpRemainder {
  private ExpRemainder() {}

  /// e^x - 1 - x for every x; below 8 ulp (the worst is just outside |x| = ln2 / 2; below 2 ulp
  /// inside).
  static double of(double x) {
    if (Math.abs(x) <= Exp.PLAIN) {
      double t = Math.fma(x, Exp.INV_LN2, MAGIC);
      double n = t - MAGIC;
      double r = Math.fma(n, -Exp.LN2_LO, Math.fma(n, -Exp.LN2_HI, x));
      double scale = Exp.scale(t);
      // For n = 0 the line is exactly 0: scale - 1 = 0 and r = x.
      double line = Math.fma(scale, r, scale - 1 - x);
      return Math.fma(scale, r * r * Exp.q(r), line);
    }
    if (x < 0) {
      return -x - 1; // e^x is below 2^-1000; at -infinity: +infinity
    }
    return Exp.of(x); // 1 + x is below the last place; NaN: NaN
  }

  /// The same in vectors, a block of a tile at a time and in two loops: first what comes before the
  /// polynomial, then the polynomial and what comes after it. In one loop the operations on a value
  /// depend on each other in so long a chain that the processor runs out of room to look ahead for
  /// other values; half the chain keeps its multipliers busy.
  static final class Simd {
    private Simd() {}

    /// `y_i = e^x_i - 1 - x_i` for n float64 at two addresses, which may be the same; the scratch
    /// is for two blocks of [Tiles].
    static void map64(long x, long y, int n, long scratch) {
      for (int from = 0; from < n; from += Tiles.BLOCK) {
        int count = Math.min(Tiles.BLOCK, n - from);
        long at = x + (long) from * Double.BYTES;
        long to = y + (long) from * Double.BYTES;
        for (int i = lines64(at, to, 0, count, scratch);
            i < count;
            i = lines64(at, to, i, count, scratch)) {
          for (int end = Math.min(i + L, count); i < end; i++) {
            done(of(Memory.f64(at + (long) i * Double.BYTES)), to, i, scratch);
          }
        }
        curves(to, count, scratch);
      }
    }

    /// The same for n float32 at x.
    static void map32(long x, long y, int n, long scratch) {
      for (int from = 0; from < n; from += Tiles.BLOCK) {
        int count = Math.min(Tiles.BLOCK, n - from);
        long at = x + (long) from * Float.BYTES;
        long to = y + (long) from * Double.BYTES;
        for (int i = lines32(at, to, 0, count, scratch);
            i < count;
            i = lines32(at, to, i, count, scratch)) {
          for (int end = Math.min(i + L, count); i < end; i++) {
            done(of(Memory.f32(at + (long) i * Float.BYTES)), to, i, scratch);
          }
        }
        curves(to, count, scratch);
      }
    }

    /// Sets `y_i`, and the scratch so that [#curves] leaves it as it is.
    private static void done(double value, long y, int i, long scratch) {
      long at = (long) i * Double.BYTES;
      Memory.f64(y + at, value);
      Memory.f64(scratch + at, 0);
      Memory.f64(scratch + Tiles.BLOCK_BYTES + at, 0);
    }

    /// r and 2^n to the two blocks of scratch, `2^n (1 + r) - 1 - x` to y. Returns where it
    /// stopped: before a vector that is incomplete or needs [#of(double)].
    private static int lines64(long x, long y, int from, int n, long scratch) {
      int i = from;
      for (; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector v = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
        if (!v.abs().compare(LE, Exp.Simd.V_PLAIN).allTrue()) {
          break;
        }
        DoubleVector t = v.fma(Exp.Simd.V_INV_LN2, Exp.Simd.V_MAGIC);
        DoubleVector k = t.sub(Exp.Simd.V_MAGIC);
        DoubleVector r = k.fma(Exp.Simd.MINUS_LN2_LO, k.fma(Exp.Simd.MINUS_LN2_HI, v));
        DoubleVector scale =
            t.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 52).reinterpretAsDoubles();
        r.intoMemorySegment(MEMORY, scratch + at, NATIVE);
        scale.intoMemorySegment(MEMORY, scratch + Tiles.BLOCK_BYTES + at, NATIVE);
        scale.fma(r, scale.sub(Exp.Simd.ONE).sub(v)).intoMemorySegment(MEMORY, y + at, NATIVE);
      }
      return i;
    }

    /// The same of float32.
    private static int lines32(long x, long y, int from, int n, long scratch) {
      int i = from;
      for (; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector v =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + (long) i * Float.BYTES, NATIVE)
                    .convertShape(F2D, F64, 0);
        if (!v.abs().compare(LE, Exp.Simd.V_PLAIN).allTrue()) {
          break;
        }
        DoubleVector t = v.fma(Exp.Simd.V_INV_LN2, Exp.Simd.V_MAGIC);
        DoubleVector k = t.sub(Exp.Simd.V_MAGIC);
        DoubleVector r = k.fma(Exp.Simd.MINUS_LN2_LO, k.fma(Exp.Simd.MINUS_LN2_HI, v));
        DoubleVector scale =
            t.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 52).reinterpretAsDoubles();
        r.intoMemorySegment(MEMORY, scratch + at, NATIVE);
        scale.intoMemorySegment(MEMORY, scratch + Tiles.BLOCK_BYTES + at, NATIVE);
        scale.fma(r, scale.sub(Exp.Simd.ONE).sub(v)).intoMemorySegment(MEMORY, y + at, NATIVE);
      }
      return i;
    }

    /// `y_i += 2^n_i (r_i^2 Q(r_i))`, whole vectors only.
    private static void curves(long y, int n, long scratch) {
      for (int i = 0; i <= n - L; i += L) {
        long at = (long) i * Double.BYTES;
        DoubleVector r = DoubleVector.fromMemorySegment(F64, MEMORY, scratch + at, NATIVE);
        DoubleVector z = r.mul(r);
        DoubleVector odd =
            Exp.Simd.V9
                .fma(z, Exp.Simd.V7)
                .fma(z, Exp.Simd.V5)
                .fma(z, Exp.Simd.V3)
                .fma(z, Exp.Simd.V1);
        DoubleVector even =
            Exp.Simd.V10
                .fma(z, Exp.Simd.V8)
                .fma(z, Exp.Simd.V6)
                .fma(z, Exp.Simd.V4)
                .fma(z, Exp.Simd.V2);
        DoubleVector q = even.fma(r, odd).fma(r, Exp.Simd.V0);
        DoubleVector.fromMemorySegment(F64, MEMORY, scratch + Tiles.BLOCK_BYTES + at, NATIVE)
            .fma(z.mul(q), DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE))
            .intoMemorySegment(MEMORY, y + at, NATIVE);
      }
    }
  }
}
