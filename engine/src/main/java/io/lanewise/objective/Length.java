package io.lanewise.objective;

import java.util.function.IntToDoubleFunction;

/// Euclidean lengths of vectors whose squares leave the range of float64, or lose digits near its
/// ends. The vector is first multiplied by a power of two, which is exact.
public final class Length {
  private Length() {}

  /// Whether a sum of squares has all its digits, so that its root is the length.
  public static boolean isExact(double square) {
    return square > 0x1p-900 && square < 0x1p900;
  }

  /// The power of two that brings the largest of `n` elements to between 1 and 2; 0 if all are 0.
  public static int power(int n, IntToDoubleFunction elements) {
    double largest = 0;
    for (int j = 0; j < n; j++) {
      largest = Math.max(largest, Math.abs(elements.applyAsDouble(j)));
    }
    return largest == 0 ? 0 : -Math.getExponent(largest);
  }

  /// The length of `n` elements, any of them; NaN and infinity propagate.
  public static double of(int n, IntToDoubleFunction elements) {
    int power = power(n, elements);
    double square = 0;
    for (int j = 0; j < n; j++) {
      double scaled = Math.scalb(elements.applyAsDouble(j), power);
      square = Math.fma(scaled, scaled, square);
    }
    return Math.scalb(Math.sqrt(square), -power);
  }
}
