package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import org.jspecify.annotations.Nullable;

/// What a peer has to compute at some places, asked for before it runs, since it may overwrite its
/// inputs.
@SuppressWarnings("ArrayRecordComponent") // never compared
record PeerCheck(
    PeerCase kernel, Operands o, long[] places, double[] expected, double @Nullable [] spread) {
  private static final int PLACES = 64;
  private static final int DRAWS = 4096;

  /// @param parts of how many parts of the operands `o` is one
  static PeerCheck of(PeerCase kernel, Operands o, int parts) {
    long count = kernel.count(o);
    PeerCase.Expected ofNoise = kernel.spread();
    int n = (int) Math.min(count, Math.max(1, (ofNoise == null ? PLACES : DRAWS) / parts));
    long[] places = new long[n];
    double[] expected = new double[n];
    double[] spread = ofNoise == null ? null : new double[n];
    for (int i = 0; i < n; i++) {
      places[i] = n == 1 ? 0 : i * (count - 1) / (n - 1);
      expected[i] = kernel.expected().at(o, places[i]);
      if (ofNoise != null && spread != null) {
        spread[i] = ofNoise.at(o, places[i]);
      }
    }
    return new PeerCheck(kernel, o, places, expected, spread);
  }

  /// @throws IllegalStateException if a value is not what it has to be, or if generated noise is not
  ///     standard normal by its first two moments
  void against(String who) {
    double sum = 0;
    double squares = 0;
    double bound = o.type() == DType.FLOAT32 ? 1e-3 : 1e-11;
    for (int i = 0; i < places.length; i++) {
      double found = kernel.found(o, places[i]);
      if (spread == null) {
        double error = Math.abs(found - expected[i]) / Math.max(1, Math.abs(expected[i]));
        require(who, error <= bound, "value " + places[i], found, expected[i]);
      } else {
        double draw = (found - expected[i]) / spread[i];
        sum += draw;
        squares += draw * draw;
      }
    }
    if (spread != null) {
      // Seven standard errors: of a mean, and of a mean of squares, whose variance is 2.
      double error = 7 / Math.sqrt(places.length);
      double mean = sum / places.length;
      double square = squares / places.length;
      require(who, Math.abs(mean) <= error, "mean of the noise", mean, 0);
      require(who, Math.abs(square - 1) <= Math.sqrt(2) * error, "its square", square, 1);
    }
  }

  private void require(String who, boolean right, String what, double found, double expected) {
    if (!right) {
      throw new IllegalStateException(
          "%s, %s, %s, rows of %d: %s: found %s, expected about %s"
              .formatted(who, kernel.benchmark(), o.type(), o.dim(), what, found, expected));
    }
  }
}
