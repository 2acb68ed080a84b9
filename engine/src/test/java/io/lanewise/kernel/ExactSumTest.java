package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExactSumTest {
  private final SplittableRandom random = new SplittableRandom(1505);

  private static ExactSum sum(double... values) {
    ExactSum s = new ExactSum();
    s.add(values, 0, values.length);
    return s;
  }

  private double anyFinite() {
    double v = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(v) ? v : 1;
  }

  @Test
  void isExactForAnyDoubles() {
    for (int round = 0; round < 60; round++) {
      ExactSum s = new ExactSum();
      BigDecimal truth = BigDecimal.ZERO;
      for (int i = 0; i < 40; i++) {
        double v =
            round % 2 == 0
                ? anyFinite()
                : Math.scalb(random.nextGaussian(), random.nextInt(-40, 40));
        s.add(v);
        truth = truth.add(new BigDecimal(v));
      }
      assertThat(s.exact()).isEqualByComparingTo(truth);
      assertThat(s.value()).isEqualTo(truth.doubleValue());
    }
  }

  @Test
  void isExactForProductsWhereverTheyLie() {
    for (int round = 0; round < 200; round++) {
      ExactSum s = new ExactSum();
      BigDecimal truth = BigDecimal.ZERO;
      for (int i = 0; i < 10; i++) {
        double a = anyFinite();
        double b = i % 3 == 0 ? random.nextGaussian() : anyFinite();
        if (i == 5) {
          a = Double.MIN_VALUE;
          b = -3 * Double.MIN_VALUE;
        }
        s.addProduct(a, b);
        truth = truth.add(new BigDecimal(a).multiply(new BigDecimal(b)));
      }
      assertThat(s.exact()).isEqualByComparingTo(truth);
      assertThat(s.value()).isEqualTo(truth.doubleValue());
    }
  }

  /// Blocks that the fast way takes, blocks that it must refuse, and ends of blocks.
  @Test
  void arraysAreSummedExactly() {
    for (int round = 0; round < 25; round++) {
      int n = random.nextInt(1, 9000);
      int spread = new int[] {1, 20, 60, 200, 2000}[round % 5];
      double[] x = new double[n];
      double[] y = new double[n];
      BigDecimal sum = BigDecimal.ZERO;
      BigDecimal products = BigDecimal.ZERO;
      int from = random.nextInt(n);
      for (int i = 0; i < n; i++) {
        x[i] = random.nextInt(9) == 0 ? 0 : wide(spread);
        y[i] = round % 2 == 0 ? x[i] : wide(spread);
        if (i >= from) {
          sum = sum.add(new BigDecimal(x[i]));
          products = products.add(new BigDecimal(x[i]).multiply(new BigDecimal(y[i])));
        }
      }
      ExactSum s = new ExactSum();
      s.add(x, from, n);
      assertThat(s.exact()).isEqualByComparingTo(sum);
      ExactSum p = new ExactSum();
      p.addProducts(x, y, from, n);
      assertThat(p.exact()).isEqualByComparingTo(products);
    }
  }

  private double wide(int spread) {
    int exponent = random.nextInt(-spread, spread) / 2;
    return Math.scalb(random.nextGaussian(), Math.clamp(exponent, -1070, 1020));
  }

  /// The block kernels agree with each other on what they take, and take ordinary data.
  @Test
  void blocksTakeWhatDataUsuallyHolds() {
    ExactBlock scalar = Kernels.scalar().exactBlock();
    ExactBlock simd = Kernels.simd().exactBlock();
    double[] a = new double[2 * ExactBlock.PARTS];
    double[] b = new double[2 * ExactBlock.PARTS];
    for (int round = 0; round < 200; round++) {
      int n = random.nextInt(0, ExactBlock.LENGTH + 1);
      double[] x = new double[n];
      double[] y = new double[n];
      boolean ordinary = round % 2 == 0;
      for (int i = 0; i < n; i++) {
        x[i] = ordinary ? random.nextGaussian() : wide(400);
        y[i] = ordinary ? 1 + 1e-3 * x[i] * x[i] : wide(400);
      }
      boolean taken = scalar.sum(x, 0, n, a);
      assertThat(simd.sum(x, 0, n, b)).isEqualTo(taken);
      assertThat(taken || !ordinary).isTrue();
      if (taken) {
        assertThat(b).startsWith(a[0], a[1], a[2], a[3]);
      }
      taken = scalar.products(x, y, 0, n, a);
      assertThat(simd.products(x, y, 0, n, b)).isEqualTo(taken);
      assertThat(taken || !ordinary).isTrue();
      if (taken) {
        assertThat(b).containsExactly(a);
      }
    }
  }

  @Test
  void arraysWithSpecialValues() {
    for (double special :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      for (int at : new int[] {0, 17, 99}) {
        double[] x = random.doubles(100).toArray();
        double[] ones = new double[100];
        java.util.Arrays.fill(ones, 1);
        x[at] = special;
        assertThat(sum(x).value()).isEqualTo(Double.valueOf(special));
        ExactSum p = new ExactSum();
        p.addProducts(x, ones, 0, 100);
        assertThat(p.value()).isEqualTo(Double.valueOf(special));
      }
    }
    double[] huge = new double[100];
    java.util.Arrays.fill(huge, Double.MAX_VALUE);
    assertThat(sum(huge).value()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(sum(huge).exact())
        .isEqualByComparingTo(new BigDecimal(Double.MAX_VALUE).multiply(BigDecimal.valueOf(100)));
    assertThat(sum(new double[100]).value()).isZero();
    double[] tiny = new double[100];
    java.util.Arrays.fill(tiny, Double.MIN_VALUE);
    assertThat(sum(tiny).value()).isEqualTo(100 * Double.MIN_VALUE);
  }

  @Test
  void orderAndGroupingDoNotMatter() {
    double[] values = new double[5000];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.scalb(random.nextGaussian(), random.nextInt(-60, 60));
    }
    double expected = sum(values).value();
    for (int round = 0; round < 20; round++) {
      for (int i = values.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        double v = values[i];
        values[i] = values[j];
        values[j] = v;
      }
      int cut = random.nextInt(values.length);
      ExactSum left = new ExactSum();
      ExactSum right = new ExactSum();
      left.add(values, 0, cut);
      right.add(values, cut, values.length);
      double before = right.value();
      left.merge(right);
      assertThat(left.value()).isEqualTo(expected);
      assertThat(right.value()).isEqualTo(before);
    }
  }

  @Test
  void wordsAreTheSumAndComeBackToTheBit() {
    for (int round = 0; round < 60; round++) {
      ExactSum s = new ExactSum();
      // More than fit before carries move, so that the words are those after a carry.
      for (int i = 0; i < 40 * round; i++) {
        s.add(round % 3 == 0 ? anyFinite() : random.nextGaussian() - round % 2);
      }
      long[] words = new long[ExactSum.WORDS + 3];
      s.words(words, 2);
      BigDecimal truth = BigDecimal.ZERO;
      BigDecimal unit = new BigDecimal(2).pow(32);
      for (int i = ExactSum.WORDS - 2; i >= 0; i--) {
        truth = truth.multiply(unit).add(BigDecimal.valueOf(words[2 + i]));
      }
      assertThat(s.exact().multiply(new BigDecimal(2).pow(2148))).isEqualByComparingTo(truth);

      ExactSum back = sum(7);
      back.setWords(words, 2);
      double more = random.nextGaussian();
      back.add(more);
      s.add(more);
      assertThat(back.exact()).isEqualByComparingTo(s.exact());
    }
  }

  @Test
  void wordsKeepWhatIsNotFinite() {
    for (double[] values :
        new double[][] {
          {Double.NaN},
          {Double.POSITIVE_INFINITY, 1},
          {Double.NEGATIVE_INFINITY, 2},
          {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}
        }) {
      ExactSum s = sum(values);
      long[] words = new long[ExactSum.WORDS];
      s.words(words, 0);
      ExactSum back = new ExactSum();
      back.setWords(words, 0);
      assertThat(Double.compare(back.value(), s.value())).isZero();
      back.add(Double.POSITIVE_INFINITY);
      s.add(Double.POSITIVE_INFINITY);
      assertThat(Double.compare(back.value(), s.value())).isZero();
    }
  }

  @Test
  void wordsOutOfRangeAreRefused() {
    for (int i : new int[] {0, 77, ExactSum.WORDS - 2, ExactSum.WORDS - 1}) {
      for (long word : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
        long[] words = new long[ExactSum.WORDS];
        words[i] = word;
        assertThatThrownBy(() -> new ExactSum().setWords(words, 0))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "exact sum: found %d as word %d, expected it in its range".formatted(word, i));
      }
    }
  }

  @Test
  void cancelsCompletely() {
    ExactSum s = sum(1e308, 1e308, 1e-300, -1e308, -1e308);
    assertThat(s.value()).isEqualTo(1e-300);
    s.add(-1e-300);
    assertThat(Double.doubleToLongBits(s.value())).isZero();
    assertThat(Double.doubleToLongBits(sum(-0.0).value())).isZero();
    assertThat(new ExactSum().value()).isZero();
  }

  @Test
  void roundsHalfToEven() {
    assertThat(sum(1, 0x1p-53).value()).isEqualTo(1);
    assertThat(sum(1, 0x1p-53, Double.MIN_VALUE).value()).isEqualTo(Math.nextUp(1.0));
    assertThat(sum(Math.nextUp(1.0), 0x1p-53).value()).isEqualTo(1 + 0x1p-51);
    assertThat(sum(-1, -0x1p-53, -Double.MIN_VALUE).value()).isEqualTo(-Math.nextUp(1.0));
    assertThat(sum(Double.MAX_VALUE, 0x1p969).value()).isEqualTo(Double.MAX_VALUE);
    assertThat(sum(Double.MAX_VALUE, 0x1p970).value()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(sum(-Double.MAX_VALUE, -Double.MAX_VALUE).value())
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(sum(Double.MIN_VALUE, Double.MIN_VALUE).value()).isEqualTo(2 * Double.MIN_VALUE);
    ExactSum half = new ExactSum();
    half.addProduct(Double.MIN_VALUE, 0.5);
    assertThat(half.value()).isZero();
    half.addProduct(Double.MIN_VALUE, 0x1p-1000);
    assertThat(half.value()).isEqualTo(Double.MIN_VALUE);
  }

  @Test
  void carriesOfLongSums() {
    ExactSum s = new ExactSum();
    for (int i = 0; i < 1_000_000; i++) {
      s.add(0.1);
    }
    assertThat(s.exact())
        .isEqualByComparingTo(new BigDecimal(0.1).multiply(BigDecimal.valueOf(1_000_000)));
    ExactSum negative = new ExactSum();
    for (int i = 0; i < 1_000_000; i++) {
      negative.add(-0x1.fffffffffffffp1000);
    }
    assertThat(negative.exact())
        .isEqualByComparingTo(
            new BigDecimal(-0x1.fffffffffffffp1000).multiply(BigDecimal.valueOf(1_000_000)));
  }

  @Test
  void nonFiniteValuesInAnyOrder() {
    double inf = Double.POSITIVE_INFINITY;
    assertThat(sum(1, inf, 2).value()).isEqualTo(inf);
    assertThat(sum(-inf, 1e308).value()).isEqualTo(-inf);
    assertThat(sum(inf, 1, -inf).value()).isNaN();
    assertThat(sum(Double.NaN, inf).value()).isNaN();
    ExactSum product = new ExactSum();
    product.addProduct(0, inf);
    assertThat(product.value()).isNaN();
    ExactSum other = sum(1);
    other.merge(sum(-inf));
    assertThat(other.value()).isEqualTo(-inf);
    assertThatThrownBy(other::exact).isInstanceOf(ArithmeticException.class);
    other.clear();
    assertThat(other.value()).isZero();
  }

  /// Decimal arithmetic of 34 digits, as it defines the quotients, on values of one size, of many
  /// sizes, and such that the quotient is halfway between two float64.
  @Test
  void quotientsAreThoseOfDecimalArithmetic() {
    for (int round = 0; round < 3000; round++) {
      int n = round % 3 == 0 ? 2 : random.nextInt(1, 60);
      int spread = new int[] {1, 30, 200, 1900}[round % 4];
      double[] x = new double[n];
      double[] y = new double[n];
      for (int i = 0; i < n; i++) {
        x[i] = round % 6 == 0 ? 1 + i * 0x1p-52 : wide(spread);
        y[i] = round % 2 == 0 ? x[i] : wide(spread);
      }
      ExactSum xy = new ExactSum();
      xy.addProducts(x, y, 0, n);
      ExactSum sx = sum(x);
      ExactSum sy = sum(y);
      BigDecimal count = BigDecimal.valueOf(n);
      assertThat(sx.over(n))
          .isEqualTo(sx.exact().divide(count, MathContext.DECIMAL128).doubleValue());
      if (n > 1 && Double.isFinite(xy.value())) {
        assertThat(ExactSum.covariance(sx, sy, xy, n))
            .isEqualTo(
                count
                    .multiply(xy.exact())
                    .subtract(sx.exact().multiply(sy.exact()))
                    .divide(count.multiply(BigDecimal.valueOf(n - 1)), MathContext.DECIMAL128)
                    .doubleValue());
      }
    }
    assertThat(sum(1, 1 + 0x1p-52).over(2)).isEqualTo(1);
    assertThat(sum(Double.POSITIVE_INFINITY, 1).over(2)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(new ExactSum().over(0)).isNaN();
    assertThat(ExactSum.covariance(sum(1), sum(1), sum(1), 1)).isNaN();
    assertThat(ExactSum.covariance(sum(1, 2), sum(Double.NaN), sum(1), 2)).isNaN();
  }

  @Test
  void sumsOfVeryDifferentSizeMerge() {
    for (int round = 0; round < 400; round++) {
      ExactSum all = new ExactSum();
      BigDecimal truth = BigDecimal.ZERO;
      for (int part = 0; part < 6; part++) {
        ExactSum s = new ExactSum();
        int exponent = random.nextInt(-1070, 1020);
        for (int i = random.nextInt(3); i > 0; i--) {
          double v = Math.scalb(random.nextGaussian(), exponent);
          s.add(v);
          truth = truth.add(new BigDecimal(v));
        }
        all.merge(s);
      }
      assertThat(all.exact()).isEqualByComparingTo(truth);
      assertThat(all.value()).isEqualTo(truth.doubleValue());
      long[] words = new long[ExactSum.WORDS];
      all.words(words, 0);
      ExactSum back = new ExactSum();
      back.setWords(words, 0);
      assertThat(back.exact()).isEqualByComparingTo(truth);
      long[] again = new long[ExactSum.WORDS];
      back.words(again, 0);
      assertThat(again).containsExactly(words);
    }
  }
}
