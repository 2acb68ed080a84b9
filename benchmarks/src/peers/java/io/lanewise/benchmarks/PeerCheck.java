package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import java.util.List;
import java.util.stream.IntStream;

/// What a peer has to compute at some places, asked for before it runs, since it may overwrite its
/// inputs.
record PeerCheck(PeerCase kernel, DType type, List<Place> places) {
  private static final int PLACES = 64;
  private static final int DRAWS = 4096;

  /// @param spread of the noise that is generated here; 0 if there is none
  private record Place(Operands o, long i, double expected, double spread) {}

  /// @param parts of the operands, one after the other
  static PeerCheck of(PeerCase kernel, List<Operands> parts) {
    PeerCase.Expected spread = kernel.spread();
    int most = Math.max(1, (spread == null ? PLACES : DRAWS) / parts.size());
    List<Place> places =
        parts.stream()
            .flatMap(
                o -> {
                  long count = kernel.count(o);
                  int n = (int) Math.min(count, most);
                  return IntStream.range(0, n)
                      .mapToLong(k -> n == 1 ? 0 : k * (count - 1) / (n - 1))
                      .mapToObj(
                          i ->
                              new Place(
                                  o,
                                  i,
                                  kernel.expected().at(o, i),
                                  spread == null ? 0 : spread.at(o, i)));
                })
            .toList();
    return new PeerCheck(kernel, parts.getFirst().type(), places);
  }

  /// @throws IllegalStateException if a value is not what it has to be, or if generated noise is not
  ///     standard normal by its first two moments
  void against(String who) {
    double bound = type == DType.FLOAT32 ? 1e-3 : 1e-11;
    double sum = 0;
    double squares = 0;
    for (Place place : places) {
      double found = kernel.found(place.o, place.i);
      if (place.spread == 0) {
        double error = Math.abs(found - place.expected) / Math.max(1, Math.abs(place.expected));
        require(who, error <= bound, "value " + place.i, found, place.expected);
      } else {
        double draw = (found - place.expected) / place.spread;
        sum += draw;
        squares += draw * draw;
      }
    }
    if (kernel.spread() != null) {
      // Seven standard errors: of a mean, and of a mean of squares, whose variance is 2.
      double error = 7 / Math.sqrt(places.size());
      double mean = sum / places.size();
      double square = squares / places.size();
      require(who, Math.abs(mean) <= error, "mean of the noise", mean, 0);
      require(who, Math.abs(square - 1) <= Math.sqrt(2) * error, "its square", square, 1);
    }
  }

  private void require(String who, boolean right, String what, double found, double expected) {
    if (!right) {
      throw new IllegalStateException(
          "%s, %s, %s: %s: found %s, expected about %s"
              .formatted(who, kernel.benchmark(), type, what, found, expected));
    }
  }
}
