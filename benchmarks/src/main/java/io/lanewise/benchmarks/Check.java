package io.lanewise.benchmarks;

import java.util.Locale;
import java.util.function.LongToDoubleFunction;

/// Expected results at some places, asked of an oracle before the benchmark's body runs, which may
/// overwrite its inputs. Compared once, before anything is timed; the error becomes a line of
/// output, which `run.py` collects beside the resolved kernels.
@SuppressWarnings("ArrayRecordComponent") // never compared
record Check(String benchmark, Slice slice, double bound, long[] places, double[] expected) {
  private static final int PLACES = 257;

  /// Asks the oracle at up to 257 of `count` places, the first and the last among them.
  static Check of(
      String benchmark, Slice slice, double bound, long count, LongToDoubleFunction oracle) {
    int n = (int) Math.min(PLACES, count);
    long[] places = new long[n];
    double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      places[i] = n == 1 ? 0 : i * (count - 1) / (n - 1);
      expected[i] = oracle.applyAsDouble(places[i]);
    }
    return new Check(benchmark, slice, bound, places, expected);
  }

  /// Compares: the error is relative above 1 and absolute below.
  ///
  /// @throws IllegalStateException if it is beyond the bound, so that nothing wrong is timed
  void against(LongToDoubleFunction found) {
    against(slice.implementation().resolved(), found);
  }

  /// Compares what `kernels` computed.
  void against(String kernels, LongToDoubleFunction found) {
    double worst = 0;
    for (int i = 0; i < places.length; i++) {
      double value = found.applyAsDouble(places[i]);
      double error = Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i]));
      if (!(error <= bound)) {
        throw new IllegalStateException(
            "%s, %s: place %d: found %s, expected %s within %s"
                .formatted(benchmark, slice, places[i], value, expected[i], bound));
      }
      worst = Math.max(worst, error);
    }
    System.out.printf(
        Locale.ROOT,
        "check {\"benchmark\":\"%s\",\"dtype\":\"%s\",\"size\":\"%s\",\"threads\":%d,\"dim\":%d,"
            + "\"count\":%d,\"implementation\":\"%s\",\"kernels\":\"%s\",\"error\":%s,\"bound\":%s}%n",
        benchmark,
        slice.type(),
        slice.size(),
        slice.threads(),
        slice.dim(),
        slice.count(),
        slice.implementation(),
        kernels,
        worst,
        bound);
  }
}
