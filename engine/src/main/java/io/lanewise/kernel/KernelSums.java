package io.lanewise.kernel;

import static io.lanewise.kernel.Operand.MEMORY;
import static io.lanewise.kernel.Species.F64;
import static io.lanewise.kernel.Species.L;
import static io.lanewise.kernel.Species.NATIVE;

import jdk.incubator.vector.DoubleVector;

/// Sums of kernels of pairs of rows, for maximum mean discrepancies: a tile of products or squared
/// distances becomes a sum of kernel values, added in the order of [Lanes].
///
/// NaN propagates. The sum of nothing is 0.
public sealed interface KernelSums permits KernelSums.Scalar, KernelSums.Simd {
  /// `sum_i (gamma c_i + coef0)^degree` over the first `count` products.
  ///
  /// @param degree 1 or more
  /// @throws IndexOutOfBoundsException if there are fewer products
  default double polynomial(double[] c, int count, double gamma, double coef0, int degree) {
    check(c, count);
    return polynomials(c, count, gamma, coef0, degree);
  }

  /// `sum_i exp(-gamma d_i)` over the first `count` squared distances; exponentials within 0.65
  /// ulp.
  ///
  /// @throws IndexOutOfBoundsException if there are fewer distances
  default double gaussian(double[] d, int count, double gamma) {
    check(d, count);
    return gaussians(d, count, gamma);
  }

  /// The loop behind [#polynomial], on checked operands.
  double polynomials(double[] c, int count, double gamma, double coef0, int degree);

  /// The loop behind [#gaussian], on checked operands.
  double gaussians(double[] d, int count, double gamma);

  private static void check(double[] values, int count) {
    if (count < 0 || count > values.length) {
      throw new IndexOutOfBoundsException(
          "operand: found " + values.length + " entries, expected " + count);
    }
  }

  private static double power(double v, int degree) {
    double p = v;
    for (int d = 1; d < degree; d++) {
      p *= v;
    }
    return p;
  }

  /// Plain loops.
  final class Scalar implements KernelSums {
    @Override
    public double polynomials(double[] c, int count, double gamma, double coef0, int degree) {
      double[] lanes = new double[Lanes.COUNT];
      for (int i = 0; i < count; i++) {
        lanes[i & 15] += power(Math.fma(gamma, c[i], coef0), degree);
      }
      return Lanes.reduce(lanes);
    }

    @Override
    public double gaussians(double[] d, int count, double gamma) {
      double[] lanes = new double[Lanes.COUNT];
      for (int i = 0; i < count; i++) {
        lanes[i & 15] += Exp.of(-gamma * d[i]);
      }
      return Lanes.reduce(lanes);
    }
  }

  /// Vector loops. Degrees other than 3, which are rare, take the plain loop.
  final class Simd implements KernelSums {
    private static final Scalar PLAIN = new Scalar();

    /// Products of a call of the loop: a method that is called often is compiled sooner than one
    /// that is in its loop for long.
    private static final int PIECE = 64 * Lanes.COUNT;

    @Override
    public double polynomials(double[] c, int count, double gamma, double coef0, int degree) {
      if (degree != 3) {
        return PLAIN.polynomials(c, count, gamma, coef0, degree);
      }
      double[] lanes = new double[Lanes.COUNT];
      int full = count & -Lanes.COUNT;
      for (int from = 0; from < full; from += PIECE) {
        kernelSumsCubes(c, from, Math.min(from + PIECE, full), gamma, coef0, lanes);
      }
      for (int i = full; i < count; i++) {
        double v = Math.fma(gamma, c[i], coef0);
        lanes[i & 15] += v * v * v;
      }
      return Lanes.reduce(lanes);
    }

    private static void kernelSumsCubes(
        double[] c, int from, int to, double gamma, double coef0, double[] lanes) {
      DoubleVector g = DoubleVector.broadcast(F64, gamma);
      DoubleVector b = DoubleVector.broadcast(F64, coef0);
      DoubleVector a0 = DoubleVector.fromArray(F64, lanes, 0);
      DoubleVector a1 = DoubleVector.fromArray(F64, lanes, L);
      DoubleVector a2 = L <= 4 ? DoubleVector.fromArray(F64, lanes, 2 * L) : a0;
      DoubleVector a3 = L <= 4 ? DoubleVector.fromArray(F64, lanes, 3 * L) : a0;
      DoubleVector a4 = L == 2 ? DoubleVector.fromArray(F64, lanes, 4 * L) : a0;
      DoubleVector a5 = L == 2 ? DoubleVector.fromArray(F64, lanes, 5 * L) : a0;
      DoubleVector a6 = L == 2 ? DoubleVector.fromArray(F64, lanes, 6 * L) : a0;
      DoubleVector a7 = L == 2 ? DoubleVector.fromArray(F64, lanes, 7 * L) : a0;
      for (int i = from; i < to; i += Lanes.COUNT) {
        DoubleVector v0 = DoubleVector.fromArray(F64, c, i).fma(g, b);
        a0 = a0.add(v0.mul(v0).mul(v0));
        DoubleVector v1 = DoubleVector.fromArray(F64, c, i + L).fma(g, b);
        a1 = a1.add(v1.mul(v1).mul(v1));
        if (L <= 4) {
          DoubleVector v2 = DoubleVector.fromArray(F64, c, i + 2 * L).fma(g, b);
          a2 = a2.add(v2.mul(v2).mul(v2));
          DoubleVector v3 = DoubleVector.fromArray(F64, c, i + 3 * L).fma(g, b);
          a3 = a3.add(v3.mul(v3).mul(v3));
        }
        if (L == 2) {
          DoubleVector v4 = DoubleVector.fromArray(F64, c, i + 4 * L).fma(g, b);
          a4 = a4.add(v4.mul(v4).mul(v4));
          DoubleVector v5 = DoubleVector.fromArray(F64, c, i + 5 * L).fma(g, b);
          a5 = a5.add(v5.mul(v5).mul(v5));
          DoubleVector v6 = DoubleVector.fromArray(F64, c, i + 6 * L).fma(g, b);
          a6 = a6.add(v6.mul(v6).mul(v6));
          DoubleVector v7 = DoubleVector.fromArray(F64, c, i + 7 * L).fma(g, b);
          a7 = a7.add(v7.mul(v7).mul(v7));
        }
      }
      a0.intoArray(lanes, 0);
      a1.intoArray(lanes, L);
      if (L <= 4) {
        a2.intoArray(lanes, 2 * L);
        a3.intoArray(lanes, 3 * L);
      }
      if (L == 2) {
        a4.intoArray(lanes, 4 * L);
        a5.intoArray(lanes, 5 * L);
        a6.intoArray(lanes, 6 * L);
        a7.intoArray(lanes, 7 * L);
      }
    }

    @Override
    public double gaussians(double[] d, int count, double gamma) {
      return Tiles.sum(
          count,
          (from, n, tile) -> {
            kernelSumsExponents(d, (int) from, n, -gamma, tile);
            Exp.Simd.map(tile, tile, n);
          });
    }

    private static void kernelSumsExponents(double[] d, int from, int n, double factor, long tile) {
      DoubleVector a = DoubleVector.broadcast(F64, factor);
      int i = 0;
      for (; i <= n - L; i += L) {
        DoubleVector.fromArray(F64, d, from + i)
            .mul(a)
            .intoMemorySegment(MEMORY, tile + (long) i * Double.BYTES, NATIVE);
      }
      for (; i < n; i++) {
        Operand.f64(tile + (long) i * Double.BYTES, factor * d[from + i]);
      }
    }
  }
}
