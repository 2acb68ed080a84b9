package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;

/// Sums of up to [#LENGTH] float64 without error, as four float64 whose sum they are.
///
/// `(sigma + x) - sigma` cuts off the leading part of x at a multiple of `2^-53 sigma`; with sigma
/// `2^13` times the power of two above all |x|, thousands of such parts add up without rounding, in
/// any order, and what is left of x goes to the next sigma, 40 bits below (ExtractVector of Rump,
/// Ogita and Oishi, "Accurate floating-point summation part I", SIAM J. Sci. Comput. 31, 2008).
/// Four times 40 bits hold what data usually holds; a block that holds more is refused, to be added
/// value by value by [ExactSum].
sealed interface ExactBlock permits ExactBlock.Scalar, ExactBlock.Simd {
  /// The most values of a block.
  int LENGTH = 4096;

  /// Parts of a sum.
  int PARTS = 4;

  /// Sums `x[from]` to `x[to - 1]`, at most [#LENGTH] of them.
  ///
  /// @param parts takes the [#PARTS] parts
  /// @return whether the parts are the sum; if not, nothing is said of them: values that are not
  ///   finite, huge, or of too different size
  boolean sum(double[] x, int from, int to, double[] parts);

  /// Sums the exact products `x[i] y[i]` for i from `from` to `to - 1`, at most [#LENGTH].
  ///
  /// @param parts takes `2 PARTS` parts
  /// @return whether the parts are the sum
  boolean products(double[] x, double[] y, int from, int to, double[] parts);

  /// Values and products above have no sigma that is a number.
  double LARGEST = 0x1p1000;

  /// A product below is not the sum of two float64.
  double SMALLEST_PRODUCT = 0x1p-900;

  /// From one sigma to the next: 53 bits less the 13 that hold the sum of 4096 values.
  double NEXT = 0x1p-40;

  /// From products to their rounding errors.
  double ERROR = 0x1p-53;

  /// The first sigma for values up to `largest`.
  private static double sigma(double largest) {
    return Math.scalb(1.0, Math.max(Math.getExponent(largest), -600) + 14);
  }

  /// Plain loops.
  final class Scalar implements ExactBlock {
    @Override
    public boolean sum(double[] x, int from, int to, double[] parts) {
      double largest = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Math.abs(x[i]));
      }
      if (!(largest <= LARGEST)) {
        return false;
      }
      java.util.Arrays.fill(parts, 0, PARTS, 0);
      double sigma = sigma(largest);
      boolean whole = true;
      for (int i = from; i < to; i++) {
        whole &= extract(x[i], sigma, parts, 0);
      }
      return whole;
    }

    @Override
    public boolean products(double[] x, double[] y, int from, int to, double[] parts) {
      double largest = 0;
      for (int i = from; i < to; i++) {
        double p = Math.abs(x[i] * y[i]);
        if (p < SMALLEST_PRODUCT && x[i] != 0 && y[i] != 0) {
          return false;
        }
        largest = Math.max(largest, p);
      }
      if (!(largest <= LARGEST)) {
        return false;
      }
      java.util.Arrays.fill(parts, 0, 2 * PARTS, 0);
      double sigma = sigma(largest);
      boolean whole = true;
      for (int i = from; i < to; i++) {
        double p = x[i] * y[i];
        whole &= extract(p, sigma, parts, 0);
        whole &= extract(Math.fma(x[i], y[i], -p), sigma * ERROR, parts, PARTS);
      }
      return whole;
    }

    /// Adds the parts of a value; says whether nothing is left of it.
    static boolean extract(double x, double sigma, double[] parts, int at) {
      double rest = x;
      double s = sigma;
      for (int k = at; k < at + PARTS; k++) {
        double q = s + rest - s;
        parts[k] += q;
        rest -= q;
        s *= NEXT;
      }
      return rest == 0;
    }
  }

  /// Vector loops; the last values one by one, which changes no exact sum.
  final class Simd implements ExactBlock {
    @Override
    public boolean sum(double[] x, int from, int to, double[] parts) {
      int end = from + (to - from) / L * L;
      double largest = largest(x, from, end);
      for (int i = end; i < to; i++) {
        largest = Math.max(largest, Math.abs(x[i]));
      }
      if (!(largest <= LARGEST)) {
        return false;
      }
      double sigma = sigma(largest);
      boolean whole = values(x, from, end, sigma, parts);
      for (int i = end; i < to; i++) {
        whole &= Scalar.extract(x[i], sigma, parts, 0);
      }
      return whole;
    }

    /// NaN is passed over: it is what the parts become.
    private static double largest(double[] x, int from, int end) {
      DoubleVector m = DoubleVector.zero(F64);
      for (int i = from; i < end; i += L) {
        DoubleVector v = DoubleVector.fromArray(F64, x, i).abs();
        m = m.blend(v, v.compare(GT, m));
      }
      return m.reduceLanes(VectorOperators.MAX);
    }

    private static boolean values(double[] x, int from, int end, double sigma, double[] parts) {
      DoubleVector s0 = DoubleVector.broadcast(F64, sigma);
      DoubleVector s1 = s0.mul(NEXT);
      DoubleVector s2 = s1.mul(NEXT);
      DoubleVector s3 = s2.mul(NEXT);
      DoubleVector t0 = DoubleVector.zero(F64);
      DoubleVector t1 = DoubleVector.zero(F64);
      DoubleVector t2 = DoubleVector.zero(F64);
      DoubleVector t3 = DoubleVector.zero(F64);
      DoubleVector left = DoubleVector.zero(F64);
      for (int i = from; i < end; i += L) {
        DoubleVector v = DoubleVector.fromArray(F64, x, i);
        DoubleVector q0 = s0.add(v).sub(s0);
        DoubleVector v1 = v.sub(q0);
        DoubleVector q1 = s1.add(v1).sub(s1);
        DoubleVector v2 = v1.sub(q1);
        DoubleVector q2 = s2.add(v2).sub(s2);
        DoubleVector v3 = v2.sub(q2);
        DoubleVector q3 = s3.add(v3).sub(s3);
        t0 = t0.add(q0);
        t1 = t1.add(q1);
        t2 = t2.add(q2);
        t3 = t3.add(q3);
        left = left.add(v3.sub(q3).abs());
      }
      parts[0] = t0.reduceLanes(VectorOperators.ADD);
      parts[1] = t1.reduceLanes(VectorOperators.ADD);
      parts[2] = t2.reduceLanes(VectorOperators.ADD);
      parts[3] = t3.reduceLanes(VectorOperators.ADD);
      return left.reduceLanes(VectorOperators.ADD) == 0;
    }

    @Override
    public boolean products(double[] x, double[] y, int from, int to, double[] parts) {
      int end = from + (to - from) / L * L;
      double largest = largestProduct(x, y, from, end);
      for (int i = end; i < to; i++) {
        double p = Math.abs(x[i] * y[i]);
        largest =
            p < SMALLEST_PRODUCT && x[i] != 0 && y[i] != 0 ? Double.NaN : Math.max(largest, p);
      }
      if (!(largest <= LARGEST)) {
        return false;
      }
      double sigma = sigma(largest);
      boolean whole = products(x, y, from, end, sigma, parts);
      whole &= errors(x, y, from, end, sigma * ERROR, parts);
      for (int i = end; i < to; i++) {
        double p = x[i] * y[i];
        whole &= Scalar.extract(p, sigma, parts, 0);
        whole &= Scalar.extract(Math.fma(x[i], y[i], -p), sigma * ERROR, parts, PARTS);
      }
      return whole;
    }

    /// NaN if a product is too small.
    private static double largestProduct(double[] x, double[] y, int from, int end) {
      DoubleVector m = DoubleVector.zero(F64);
      DoubleVector small = DoubleVector.broadcast(F64, SMALLEST_PRODUCT);
      for (int i = from; i < end; i += L) {
        DoubleVector a = DoubleVector.fromArray(F64, x, i);
        DoubleVector b = DoubleVector.fromArray(F64, y, i);
        DoubleVector p = a.mul(b).abs();
        if (!p.compare(GE, small).or(a.compare(EQ, 0.0)).or(b.compare(EQ, 0.0)).allTrue()) {
          return Double.NaN;
        }
        m = m.blend(p, p.compare(GT, m));
      }
      return m.reduceLanes(VectorOperators.MAX);
    }

    private static boolean products(
        double[] x, double[] y, int from, int end, double sigma, double[] parts) {
      DoubleVector s0 = DoubleVector.broadcast(F64, sigma);
      DoubleVector s1 = s0.mul(NEXT);
      DoubleVector s2 = s1.mul(NEXT);
      DoubleVector s3 = s2.mul(NEXT);
      DoubleVector t0 = DoubleVector.zero(F64);
      DoubleVector t1 = DoubleVector.zero(F64);
      DoubleVector t2 = DoubleVector.zero(F64);
      DoubleVector t3 = DoubleVector.zero(F64);
      DoubleVector left = DoubleVector.zero(F64);
      for (int i = from; i < end; i += L) {
        DoubleVector v = DoubleVector.fromArray(F64, x, i).mul(DoubleVector.fromArray(F64, y, i));
        DoubleVector q0 = s0.add(v).sub(s0);
        DoubleVector v1 = v.sub(q0);
        DoubleVector q1 = s1.add(v1).sub(s1);
        DoubleVector v2 = v1.sub(q1);
        DoubleVector q2 = s2.add(v2).sub(s2);
        DoubleVector v3 = v2.sub(q2);
        DoubleVector q3 = s3.add(v3).sub(s3);
        t0 = t0.add(q0);
        t1 = t1.add(q1);
        t2 = t2.add(q2);
        t3 = t3.add(q3);
        left = left.add(v3.sub(q3).abs());
      }
      parts[0] = t0.reduceLanes(VectorOperators.ADD);
      parts[1] = t1.reduceLanes(VectorOperators.ADD);
      parts[2] = t2.reduceLanes(VectorOperators.ADD);
      parts[3] = t3.reduceLanes(VectorOperators.ADD);
      return left.reduceLanes(VectorOperators.ADD) == 0;
    }

    /// What the products' rounding left.
    private static boolean errors(
        double[] x, double[] y, int from, int end, double sigma, double[] parts) {
      DoubleVector s0 = DoubleVector.broadcast(F64, sigma);
      DoubleVector s1 = s0.mul(NEXT);
      DoubleVector s2 = s1.mul(NEXT);
      DoubleVector s3 = s2.mul(NEXT);
      DoubleVector t0 = DoubleVector.zero(F64);
      DoubleVector t1 = DoubleVector.zero(F64);
      DoubleVector t2 = DoubleVector.zero(F64);
      DoubleVector t3 = DoubleVector.zero(F64);
      DoubleVector left = DoubleVector.zero(F64);
      for (int i = from; i < end; i += L) {
        DoubleVector a = DoubleVector.fromArray(F64, x, i);
        DoubleVector b = DoubleVector.fromArray(F64, y, i);
        DoubleVector v = a.fma(b, a.mul(b).neg());
        DoubleVector q0 = s0.add(v).sub(s0);
        DoubleVector v1 = v.sub(q0);
        DoubleVector q1 = s1.add(v1).sub(s1);
        DoubleVector v2 = v1.sub(q1);
        DoubleVector q2 = s2.add(v2).sub(s2);
        DoubleVector v3 = v2.sub(q2);
        DoubleVector q3 = s3.add(v3).sub(s3);
        t0 = t0.add(q0);
        t1 = t1.add(q1);
        t2 = t2.add(q2);
        t3 = t3.add(q3);
        left = left.add(v3.sub(q3).abs());
      }
      parts[4] = t0.reduceLanes(VectorOperators.ADD);
      parts[5] = t1.reduceLanes(VectorOperators.ADD);
      parts[6] = t2.reduceLanes(VectorOperators.ADD);
      parts[7] = t3.reduceLanes(VectorOperators.ADD);
      return left.reduceLanes(VectorOperators.ADD) == 0;
    }
  }
}
