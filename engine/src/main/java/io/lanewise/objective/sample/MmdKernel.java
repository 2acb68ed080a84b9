package io.lanewise.objective.sample;

import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.sample.AllPairs.Part;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/// The kernel of a maximum mean discrepancy, summed over tiles of dot products.
///
/// @param gaussian whether `exp(-|x - y|^2 / (2 sigma^2))`, otherwise `(gamma x.y + coef0)^degree`
/// @param gamma `1 / (2 sigma^2)` of the Gaussian
record MmdKernel(Kernels kernels, boolean gaussian, double gamma, double coef0, int degree)
    implements TileSums {
  static final Parameter<String> KERNEL =
      Parameter.choice(
          "kernel",
          "polynomial",
          "polynomial: (gamma x.y + coef0)^degree; rbf: exp(-|x - y|^2 / (2 sigma^2)).",
          List.of("polynomial", "rbf"));
  static final Parameter<Long> DEGREE =
      Parameter.integer("degree", "3", 1, 100, "Degree of the polynomial.");

  /// NaN stands for 1/d.
  static final Parameter<Double> GAMMA =
      new Parameter<>(
          "gamma",
          "1/d",
          "1/d or a number > 0",
          "",
          "Factor of x.y in the polynomial; 1/d: one over the number of features.",
          text -> {
            if (text.equals("1/d")) {
              return Double.NaN;
            }
            double value = Double.parseDouble(text);
            if (!(value > 0) || Double.isInfinite(value)) {
              throw new IllegalArgumentException();
            }
            return value;
          });

  static final Parameter<Double> COEF0 =
      Parameter.number(
          "coef0",
          "1",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "Constant of the polynomial.");
  static final Parameter<Double> SIGMA =
      Parameter.number(
          "sigma",
          "10",
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "Width of the rbf kernel.");
  static final Parameter<String> ESTIMATOR =
      Parameter.choice(
          "estimator",
          "unbiased",
          "unbiased: pairs of a row with itself left out; biased: all pairs, never negative;"
              + " u-statistic: as unbiased, and without pairs of row i with row i of the other set, for"
              + " sets of as many rows.",
          List.of("unbiased", "biased", "u-statistic"));
  static final Parameter<String> PRODUCTS =
      Parameter.choice(
          "products",
          "float32",
          "Dot products of float32 rows: rounded to float32 within blocks of 256 columns where that keeps their range and, of polynomials, enough digits; or float64 throughout, at half the speed.",
          List.of("float32", "float64"));

  static MmdKernel of(Binding binding, int dim) {
    if (binding.get(KERNEL).equals("rbf")) {
      return gaussian(binding, binding.get(SIGMA));
    }
    double gamma = binding.get(GAMMA);
    return new MmdKernel(
        binding.kernels(),
        false,
        Double.isNaN(gamma) ? 1.0 / dim : gamma,
        binding.get(COEF0),
        Math.toIntExact(binding.get(DEGREE)));
  }

  static MmdKernel gaussian(Binding binding, double sigma) {
    return new MmdKernel(binding.kernels(), true, gamma(sigma), 0, 0);
  }

  /// The largest number instead of infinity, whose product with a distance of 0 has to be 0.
  private static double gamma(double sigma) {
    return Math.min(1 / (2 * sigma * sigma), Double.MAX_VALUE);
  }

  /// The sets as this kernel takes them: a Gaussian has a length to compare distances with, which
  /// may be multiplied with them.
  List<HeldRows> rows(HeldRows x, HeldRows y) {
    return gaussian ? HeldRows.inRange(x, y) : List.of(x, y);
  }

  /// The same for rows that are multiplied by a power of two.
  MmdKernel forRows(Binding binding, double sigma, HeldRows rows) {
    return gaussian && rows.exponent() != 0
        ? gaussian(binding, Math.scalb(sigma, rows.exponent()))
        : this;
  }

  /// Which sets may have products rounded to float32: those that were asked to and stay in its
  /// range; for a polynomial also only if at least an eighth of their mean square is variance,
  /// since the discrepancy is what remains of sums that cancel.
  Predicate<HeldRows> narrow(Binding binding) {
    Predicate<HeldRows> asked = AllPairs.asked(binding);
    return gaussian ? asked : rows -> asked.test(rows) && !rows.isConcentrated(8);
  }

  /// A discrepancy that was computed, unless kernels left the range of float64 or numbers are so
  /// small that float64 tells no kernel from another.
  ///
  /// @throws IllegalArgumentException otherwise
  double inRange(double value, HeldRows x, HeldRows y) {
    double largest = Math.max(x.largest(), y.largest());
    double product = gamma * x.dim() * largest * largest;
    double share = coef0 == 0 ? Math.pow(product, degree) * 0x1p960 : product / Math.abs(coef0);
    boolean alike = !gaussian && largest > 0 && share < 0x1p-53;
    if (alike || !Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "sets '%s' and '%s': found numbers up to %s, whose kernels %s, expected %s numbers, or another 'gamma'"
              .formatted(
                  x.set(),
                  y.set(),
                  largest,
                  alike ? "are all alike in float64" : "leave the range of float64",
                  alike ? "larger" : "smaller"));
    }
    return value;
  }

  /// The formula, for definitions.
  String formula() {
    return gaussian
        ? String.format(Locale.ROOT, "k(x, y) = exp(-%s |x - y|^2)", gamma)
        : String.format(Locale.ROOT, "k(x, y) = (%s x.y + %s)^%d", gamma, coef0, degree);
  }

  @Override
  public double sum(HeldRows x, Part a, HeldRows y, Part b, double[] products) {
    prepare(x, a, y, b, products);
    return total(products, a.count() * b.count());
  }

  @Override
  public double[] diagonalSums(HeldRows x, Part a, HeldRows y, Part b, double[] products) {
    prepare(x, a, y, b, products);
    int n = a.count();
    double[] diagonal = new double[n];
    for (int i = 0; i < n; i++) {
      diagonal[i] = products[i * (n + 1)];
    }
    // Between two of the diagonal are n others: moved together, they are one run.
    for (int i = 0; i < n - 1; i++) {
      System.arraycopy(products, i * (n + 1) + 1, products, i * n, n);
    }
    return new double[] {total(products, n * (n - 1)), total(diagonal, n)};
  }

  private void prepare(HeldRows x, Part a, HeldRows y, Part b, double[] products) {
    if (gaussian) {
      AllPairs.squaredDistances(x, a, y, b, products);
    }
  }

  private double total(double[] values, int count) {
    return gaussian
        ? kernels.kernelSums().gaussian(values, count, gamma)
        : kernels.kernelSums().polynomial(values, count, gamma, coef0, degree);
  }
}
