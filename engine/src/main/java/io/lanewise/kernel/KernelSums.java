package io.lanewise.kernel;

/// Sums of kernels of dot products, for maximum mean discrepancies: a row of products becomes a sum
/// of kernel values. One form only, in an order that does not depend on vectors: value `j` is added
/// to accumulator `j mod 4`, then two and two.
public final class KernelSums {
  private KernelSums() {}

  /// `sum_j (gamma c_j + coef0)^degree` over `c[from]` to `c[to - 1]`.
  ///
  /// @param degree 1 or more
  public static double polynomial(
      double[] c, int from, int to, double gamma, double coef0, int degree) {
    if (degree == 3) {
      return cubic(c, from, to, gamma, coef0);
    }
    double[] sums = new double[4];
    for (int j = from; j < to; j++) {
      sums[(j - from) & 3] += power(Math.fma(gamma, c[j], coef0), degree);
    }
    return (sums[0] + sums[2]) + (sums[1] + sums[3]);
  }

  private static double power(double v, int degree) {
    double p = v;
    for (int d = 1; d < degree; d++) {
      p *= v;
    }
    return p;
  }

  private static double cubic(double[] c, int from, int to, double gamma, double coef0) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int j = from;
    for (; j <= to - 4; j += 4) {
      double v0 = Math.fma(gamma, c[j], coef0);
      double v1 = Math.fma(gamma, c[j + 1], coef0);
      double v2 = Math.fma(gamma, c[j + 2], coef0);
      double v3 = Math.fma(gamma, c[j + 3], coef0);
      s0 += v0 * v0 * v0;
      s1 += v1 * v1 * v1;
      s2 += v2 * v2 * v2;
      s3 += v3 * v3 * v3;
    }
    double[] tail = {s0, s1, s2, s3};
    for (int t = j; t < to; t++) {
      double v = Math.fma(gamma, c[t], coef0);
      tail[t - j] += v * v * v;
    }
    return (tail[0] + tail[2]) + (tail[1] + tail[3]);
  }

  /// `sum_j exp(-gamma d_j)` over squared distances `d[from]` to `d[to - 1]`; exponentials within
  /// 0.65 ulp, the same on every machine.
  public static double gaussian(double[] d, int from, int to, double gamma) {
    double[] sums = new double[4];
    for (int j = from; j < to; j++) {
      sums[(j - from) & 3] += Exp.of(-gamma * d[j]);
    }
    return (sums[0] + sums[2]) + (sums[1] + sums[3]);
  }
}
