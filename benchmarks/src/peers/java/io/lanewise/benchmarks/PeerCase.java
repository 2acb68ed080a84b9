package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One kernel as the peers are given it: the same shapes as its benchmark has, and what is expected.
///
/// @param benchmark its name in the results
/// @param types the element types it is measured with
/// @param matrices how many matrices are counted in the size; scratch is not
/// @param dims the row lengths; 1 for what has no rows of its own, empty for what depends on the
///     size
/// @param mostRows of all threads together, where memory would hold more; 0 for no limit
/// @param blocked whether it may be computed block after block of rows
/// @param result where the result is, a block of the operands
/// @param expected value i of the result, in float64
/// @param spread where noise is generated, its standard deviation in value i of the result
record PeerCase(
    String benchmark,
    Set<DType> types,
    int matrices,
    List<Integer> dims,
    int mostRows,
    boolean blocked,
    String result,
    Expected expected,
    @Nullable Expected spread) {
  static final double SIGNAL = Math.sqrt(0.75);
  static final double SPREAD = 0.5;
  static final double STEP = 0.01;
  static final double ROOT = Math.sqrt(2 * STEP);

  private static final double HALF_LOG_TWO_PI = 0.9189385332046727;
  private static final Set<DType> BOTH_TYPES = EnumSet.of(DType.FLOAT32, DType.FLOAT64);
  private static final List<Integer> BOTH = List.of(512, 64);
  private static final List<Integer> WIDE = List.of();
  private static final List<Integer> NO_ROWS = List.of(1);
  private static final int ROWS_OF_CROSS_PRODUCTS = 1024;
  private static final int ROWS_OF_PAIRS = 512;

  interface Expected {
    double at(Operands o, long i);
  }

  /// Every kernel; `numpy_peer.py` has the same, and the exact sum.
  static final List<PeerCase> ALL =
      List.of(
          of("LinearCombination", 3, BOTH, "out", (o, i) -> linear(o, "y", i)),
          of("LinearCombination.inPlace", 2, BOTH, "y", (o, i) -> linear(o, "y", i)),
          of("SquaredError", 2, BOTH, "r", PeerCase::squaredError),
          of("GaussianKl", 2, BOTH, "r", PeerCase::kl),
          of("LogSumExp", 1, List.of(32_000), "r", PeerCase::logSumExp),
          of("Softplus", 2, List.of(4096), "out", (o, i) -> Math.log1p(Math.exp(o.get("x", i)))),
          of("AffineFlow", 1, BOTH, "r", PeerCase::flow),
          noise("Noise", 1, NO_ROWS, "out", (o, i) -> 0, (o, i) -> 1),
          noise(
              "GeneratedNoising",
              2,
              List.of(512),
              "out",
              (o, i) -> SIGNAL * o.get("x", i),
              (o, i) -> SPREAD),
          of("Reparameterize.given", 4, NO_ROWS, "out", PeerCase::reparameterized),
          of("Reparameterize.inPlace", 3, NO_ROWS, "e", PeerCase::reparameterized),
          noise(
              "Reparameterize.generated",
              3,
              NO_ROWS,
              "out",
              (o, i) -> o.get("m", i),
              (o, i) -> Math.exp(o.get("v", i) / 2)),
          of("LangevinStep.given", 4, NO_ROWS, "out", PeerCase::langevin),
          noise(
              "LangevinStep.generated",
              1,
              NO_ROWS,
              "x",
              (o, i) -> (1 - STEP) * o.get("x", i),
              (o, i) -> ROOT),
          unblocked("ColumnMoments", BOTH_TYPES, 1, BOTH, 0, "variance", PeerCase::variance),
          unblocked(
              "CrossProducts",
              BOTH_TYPES,
              1,
              WIDE,
              ROWS_OF_CROSS_PRODUCTS,
              "products",
              PeerCase::crossProduct),
          of("RowSum", 1, BOTH, "r", PeerCase::rowSum),
          pairs("PairwiseProducts", DType.FLOAT32, "pairsWide"),
          pairs("PairwiseProducts.single", DType.FLOAT32, "pairs"),
          pairs("PairwiseProducts", DType.FLOAT64, "pairs"),
          of("Step.ddim", 3, List.of(512), "out", (o, i) -> linear(o, "p", i)),
          of(
              "Step.ddpm",
              4,
              List.of(512),
              "out",
              (o, i) -> linear(o, "p", i) + o.get("c", i / o.dim()) * o.get("z", i)),
          of("Step.langevin", 4, List.of(512), "out", PeerCase::langevin));

  private static PeerCase of(
      String benchmark, int matrices, List<Integer> dims, String result, Expected expected) {
    return new PeerCase(benchmark, BOTH_TYPES, matrices, dims, 0, true, result, expected, null);
  }

  private static PeerCase noise(
      String benchmark,
      int matrices,
      List<Integer> dims,
      String result,
      Expected mean,
      Expected spread) {
    return new PeerCase(benchmark, BOTH_TYPES, matrices, dims, 0, true, result, mean, spread);
  }

  private static PeerCase unblocked(
      String benchmark,
      Set<DType> types,
      int matrices,
      List<Integer> dims,
      int mostRows,
      String result,
      Expected expected) {
    return new PeerCase(
        benchmark, types, matrices, dims, mostRows, false, result, expected, null);
  }

  private static PeerCase pairs(String benchmark, DType type, String result) {
    return unblocked(
        benchmark, EnumSet.of(type), 2, WIDE, ROWS_OF_PAIRS, result, PeerCase::product);
  }

  boolean isPairs() {
    return result.startsWith("pairs");
  }

  /// Rows of the second matrix, as in [PairwiseProductsBenchmark]; 0 if there is none.
  int others(Size size) {
    return !isPairs() ? 0 : size == Size.DRAM ? 512 : 64;
  }

  /// The row lengths of a size: L2 holds one matrix and its products, or two and theirs.
  List<Integer> dims(Size size) {
    return !dims.isEmpty()
        ? dims
        : List.of(
            switch (size) {
              case SMOKE -> 32;
              case L2 -> isPairs() ? 256 : 128;
              case DRAM -> 2048;
            });
  }

  /// Value `i` of the result, as it was computed.
  double found(Operands o, long i) {
    return o.get(result, result.equals("products") ? place(o, i) : i);
  }

  /// How many values the result has.
  long count(Operands o) {
    return switch (result) {
      case "r" -> o.rows();
      case "variance", "products" -> o.dim();
      case "pairs", "pairsWide" -> (long) o.rows() * o.others();
      default -> (long) o.rows() * o.dim();
    };
  }

  static double flowConstant(Operands o) {
    double sum = -o.dim() * HALF_LOG_TWO_PI;
    for (int i = 0; i < o.dim(); i++) {
      sum += Math.log(o.get("inverse", i));
    }
    return sum;
  }

  private static double linear(Operands o, String second, long i) {
    long row = i / o.dim();
    return o.get("a", row) * o.get("x", i) + o.get("b", row) * o.get(second, i);
  }

  private static double squaredError(Operands o, long row) {
    double sum = 0;
    for (int i = 0; i < o.dim(); i++) {
      double difference = o.get("x", row * o.dim() + i) - o.get("y", row * o.dim() + i);
      sum += difference * difference;
    }
    return sum;
  }

  private static double kl(Operands o, long row) {
    double sum = 0;
    for (int i = 0; i < o.dim(); i++) {
      double m = o.get("m", row * o.dim() + i);
      double v = o.get("v", row * o.dim() + i);
      sum += m * m + Math.expm1(v) - v;
    }
    return sum / 2;
  }

  private static double logSumExp(Operands o, long row) {
    double sum = 0;
    for (int i = 0; i < o.dim(); i++) {
      sum += Math.exp(o.get("x", row * o.dim() + i));
    }
    return o.get("x", row * o.dim() + 7) - Math.log(sum);
  }

  private static double flow(Operands o, long row) {
    double sum = 0;
    for (int i = 0; i < o.dim(); i++) {
      double z = (o.get("x", row * o.dim() + i) - o.get("shift", i)) * o.get("inverse", i);
      sum += z * z;
    }
    return flowConstant(o) - sum / 2;
  }

  private static double reparameterized(Operands o, long i) {
    return o.get("m", i) + Math.exp(o.get("v", i) / 2) * o.get("e", i);
  }

  private static double langevin(Operands o, long i) {
    return o.get("x", i) + STEP * o.get("s", i) + ROOT * o.get("z", i);
  }

  private static double variance(Operands o, long column) {
    double sum = 0;
    for (int row = 0; row < o.rows(); row++) {
      sum += o.get("x", (long) row * o.dim() + column);
    }
    double mean = sum / o.rows();
    double squares = 0;
    for (int row = 0; row < o.rows(); row++) {
      double d = o.get("x", (long) row * o.dim() + column) - mean;
      squares += d * d;
    }
    return squares / o.rows();
  }

  /// A place in each row of the upper triangle, which is all that a rank-k update writes.
  private static long place(Operands o, long row) {
    return row * o.dim() + row + 31 * row % (o.dim() - row);
  }

  private static double crossProduct(Operands o, long row) {
    long place = place(o, row);
    int i = (int) (place / o.dim());
    int j = (int) (place % o.dim());
    double sum = 0;
    for (int r = 0; r < o.rows(); r++) {
      long at = (long) r * o.dim();
      sum += (o.get("x", at + i) - o.get("shift", i)) * (o.get("x", at + j) - o.get("shift", j));
    }
    return sum;
  }

  private static double rowSum(Operands o, long row) {
    double sum = 0;
    for (int i = 0; i < o.dim(); i++) {
      sum += o.get("x", row * o.dim() + i);
    }
    return sum;
  }

  private static double product(Operands o, long place) {
    double sum = 0;
    for (int i = 0; i < o.dim(); i++) {
      sum +=
          o.get("x", place / o.others() * o.dim() + i)
              * o.get("other", place % o.others() * o.dim() + i);
    }
    return sum;
  }
}
