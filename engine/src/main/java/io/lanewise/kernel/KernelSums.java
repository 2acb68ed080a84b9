package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;

import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.Memory;
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

  /// Vector loops over tiles.
  final class Simd implements KernelSums {
    @Override
    public double polynomials(double[] c, int count, double gamma, double coef0, int degree) {
      return Tiles.sum(
          count, (from, n, tile) -> kernelSumsPowers(c, (int) from, n, gamma, coef0, degree, tile));
    }

    private static void kernelSumsPowers(
        double[] c, int from, int n, double gamma, double coef0, int degree, long tile) {
      DoubleVector g = DoubleVector.broadcast(F64, gamma);
      DoubleVector b = DoubleVector.broadcast(F64, coef0);
      int i = 0;
      for (; i <= n - L; i += L) {
        DoubleVector v = DoubleVector.fromArray(F64, c, from + i).fma(g, b);
        DoubleVector p = v;
        for (int d = 1; d < degree; d++) {
          p = p.mul(v);
        }
        p.intoMemorySegment(MEMORY, tile + (long) i * Double.BYTES, NATIVE);
      }
      for (; i < n; i++) {
        double v = Math.fma(gamma, c[from + i], coef0);
        Memory.f64(tile + (long) i * Double.BYTES, power(v, degree));
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
        Memory.f64(tile + (long) i * Double.BYTES, factor * d[from + i]);
      }
    }
  }
}
