package io.lanewise.cli.html;

import io.lanewise.report.Digits;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// One axis of a plot: takes values to pixels and knows where round numbers are.
final class Axis {
  /// A marked place.
  record Tick(double value, String label) {}

  private static final double LARGEST = 1e300; // so that a range does not overflow
  private static final int MOST_DECADES = 7;

  private final boolean log;
  private final double low;
  private final double high;
  private final double from;
  private final double to;
  private final List<Tick> ticks;

  private Axis(boolean log, double low, double high, double from, double to, List<Tick> ticks) {
    this.log = log;
    this.low = low;
    this.high = high;
    this.from = from;
    this.to = to;
    this.ticks = List.copyOf(ticks);
  }

  /// A linear axis over at least `[low, high]`, at pixels `from` to `to`, with about `count` ticks
  /// at multiples of 1, 2 or 5 times a power of ten. If `whole`, it is widened to end at ticks.
  static Axis linear(double low, double high, double from, double to, int count, boolean whole) {
    double least = Math.max(low, -LARGEST);
    double most = Math.min(high, LARGEST);
    if (!(least < most)) {
      double margin = least == 0 ? 1 : Math.abs(least) * 0.1;
      least -= margin;
      most += margin;
    }
    double rough = (most - least) / count;
    int exponent = (int) Math.floor(Math.log10(rough));
    double mantissa = rough / Math.pow(10, exponent);
    int factor = mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10;
    if (factor == 10) {
      factor = 1;
      exponent++;
    }
    double step = factor * Math.pow(10, exponent);
    double slack = 1e-9; // a limit that is a tick but for rounding counts as one
    long first =
        (long) (whole ? Math.floor(least / step + slack) : Math.ceil(least / step - slack));
    long last = (long) (whole ? Math.ceil(most / step - slack) : Math.floor(most / step + slack));
    List<Tick> ticks = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      BigDecimal value = BigDecimal.valueOf(i * factor).scaleByPowerOfTen(exponent);
      ticks.add(new Tick(value.doubleValue(), label(value, exponent)));
    }
    return whole
        ? new Axis(false, first * step, last * step, from, to, ticks)
        : new Axis(false, least, most, from, to, ticks);
  }

  /// A logarithmic axis over `[low, high]`, both positive, with ticks at powers of ten, of which
  /// there must be one at least.
  static Axis log(double low, double high, double from, double to) {
    double margin = 0.03 * (Math.log10(high) - Math.log10(low));
    double least = Math.log10(low) - margin;
    double most = Math.log10(high) + margin;
    int first = (int) Math.ceil(least);
    int last = (int) Math.floor(most);
    int step = Math.max(1, Math.ceilDiv(last - first, MOST_DECADES));
    boolean plain = first >= -4 && last <= 5;
    List<Tick> ticks = new ArrayList<>();
    for (int decade = first; decade <= last; decade += step) {
      ticks.add(
          new Tick(
              Math.pow(10, decade),
              plain ? BigDecimal.ONE.scaleByPowerOfTen(decade).toPlainString() : power(decade)));
    }
    return new Axis(true, least, most, from, to, ticks);
  }

  /// The pixel of a value; values beyond the axis end at its ends.
  double at(double value) {
    double place = log ? (value > 0 ? Math.log10(value) : low) : value;
    double share = Math.clamp((place - low) / (high - low), 0, 1);
    return from + share * (to - from);
  }

  List<Tick> ticks() {
    return ticks;
  }

  boolean isLog() {
    return log;
  }

  private static String label(BigDecimal value, int exponent) {
    double number = value.doubleValue();
    boolean plain = exponent >= -6 && Math.abs(number) < 1e7;
    return plain ? value.setScale(Math.max(0, -exponent)).toPlainString() : Digits.of(number);
  }

  private static String power(int exponent) {
    StringBuilder label = new StringBuilder("10");
    for (char c : Integer.toString(exponent).toCharArray()) {
      label.append(c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(c - '0'));
    }
    return label.toString();
  }
}
