package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.SquaredError;
import io.lanewise.kernel.SquaredNorm;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The rows of a set, held off the heap in their own type, for what needs them once all are there.
/// What is held counts against the memory an objective may have.
final class HeldRows {
  /// Rows that there is room for at first where nobody knows how many will come.
  private static final int FIRST_ROOM = 1024;

  /// For single pairs, of which there are few: the plain loop, whose bits are those of the other,
  /// is fast from the first call on, when vector code is not compiled yet. In float64 whatever
  /// precision is asked for, since it tells copies from what is near.
  private static final SquaredError PLAIN = Kernels.scalar().squaredError();

  /// For norms too: of 20 million values they are there after 0.06 seconds, where vector code takes
  /// half a second until it is compiled, and beside products of all pairs even many more are
  /// little.
  private static final SquaredNorm PLAIN_NORM = Kernels.scalar().squaredNorm();

  /// Rows that tell whether a set is concentrated.
  private static final int SAMPLE = 256;

  private final MemoryClaim claim;
  private final String set;
  private final int dim;
  private final DType type;
  private final OptionalLong expected;
  private MemorySegment data = MemorySegment.NULL;
  private int room;
  private int count;
  private int exponent;
  private double[] squaredNorms = new double[0];

  private HeldRows(MemoryClaim claim, String set, int dim, DType type, OptionalLong expected) {
    this.claim = claim;
    this.set = set;
    this.dim = dim;
    this.type = type;
    this.expected = expected;
  }

  /// No rows yet of a set, of as many columns as the role has.
  ///
  /// @throws IllegalArgumentException if the rows are known not to fit into memory
  static HeldRows of(Binding binding, MemoryClaim claim, String set, String role) {
    OptionalLong expected = binding.rowCounts().getOrDefault(set, OptionalLong.empty());
    int dim = binding.width(set, role);
    DType type = type(binding, role);
    if (expected.isPresent()) {
      if (expected.getAsLong() > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "set '%s': found %d rows, expected fewer than 2^31"
                .formatted(set, expected.getAsLong()));
      }
      claim.announce(expected.getAsLong() * dim * type.bytes());
    }
    return new HeldRows(claim, set, dim, type, expected);
  }

  /// float32 if the rows of all sets are, so that rows can be compared.
  private static DType type(Binding binding, String role) {
    for (Map<String, ColumnType> roles : binding.roles().values()) {
      ColumnType column = roles.get(role);
      if (column != null && column.type() != DType.FLOAT32) {
        return DType.FLOAT64;
      }
    }
    return DType.FLOAT32;
  }

  /// Appends rows.
  ///
  /// @throws IllegalArgumentException if they need more memory than there may be
  void update(Rows rows, String role) {
    MemorySegment from = rows.vector(role);
    makeRoom(rows.count());
    long elements = (long) rows.count() * dim;
    long to = (long) count * dim;
    if (rows.type() == type) {
      MemorySegment.copy(from, 0, data, to * type.bytes(), elements * type.bytes());
    } else {
      for (long i = 0; i < elements; i++) {
        data.set(JAVA_DOUBLE_UNALIGNED, 8 * (to + i), rows.element(from, i));
      }
    }
    count += rows.count();
  }

  /// Appends the rows of another state of the same evaluation.
  void merge(HeldRows later) {
    makeRoom(later.count);
    MemorySegment.copy(
        later.data, 0, data, (long) count * rowBytes(), (long) later.count * rowBytes());
    count += later.count;
  }

  private void makeRoom(int more) {
    long needed = (long) count + more;
    if (needed > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "set '%s': found %d rows, expected fewer than 2^31".formatted(set, needed));
    }
    if (needed <= room) {
      return;
    }
    long grown =
        room == 0 && expected.isPresent()
            ? Math.max(needed, expected.getAsLong())
            : Math.max(needed, Math.max(FIRST_ROOM, room + room / 2L));
    claim.hold((grown - room) * rowBytes());
    MemorySegment larger = Arena.ofAuto().allocate(Math.max(1, grown * rowBytes()), 64);
    MemorySegment.copy(data, 0, larger, 0, (long) count * rowBytes());
    data = larger;
    room = (int) Math.min(grown, Integer.MAX_VALUE);
  }

  /// Bytes of a row.
  long rowBytes() {
    return (long) dim * type.bytes();
  }

  String set() {
    return set;
  }

  int count() {
    return count;
  }

  int dim() {
    return dim;
  }

  DType type() {
    return type;
  }

  boolean isFloat32() {
    return type == DType.FLOAT32;
  }

  /// The same as a matrix.
  Matrix matrix(int from, int count) {
    return Matrix.of(type, rows(from, count), count, dim);
  }

  /// Rows `from` to `from + rows - 1`.
  MemorySegment rows(int from, int rows) {
    return data.asSlice(from * rowBytes(), rows * rowBytes());
  }

  /// Memory for rows that [#select] chooses. The caller must claim this memory.
  MemorySegment memoryFor(int rows) {
    return Arena.ofAuto().allocate(Math.max(1, rows * rowBytes()), 64);
  }

  /// The rows with these numbers, in this order. They are valid until their memory is used again.
  ///
  /// @param room from [#memoryFor(int)]
  HeldRows select(int[] numbers, MemorySegment room) {
    HeldRows chosen = new HeldRows(claim, set, dim, type, OptionalLong.empty());
    chosen.data = room;
    chosen.room = numbers.length;
    chosen.count = numbers.length;
    for (int i = 0; i < numbers.length; i++) {
      MemorySegment.copy(data, numbers[i] * rowBytes(), room, i * rowBytes(), rowBytes());
    }
    return chosen;
  }

  /// Magnitudes between which squares of distances, and squares of those, stay in the range of
  /// float64.
  private static final double LARGE = 0x1p240;

  private static final double SMALL = 0x1p-240;

  /// Below this even a square leaves it.
  private static final double TINY = 0x1p-460;

  /// Below this a squared distance has lost digits.
  private static final double TOO_CLOSE = 0x1p-960;

  /// Sets of rows whose squared distances stay in the range of float64: the same, or where numbers
  /// are very large or very small, copies times a power of two, which is exact. It is the same for
  /// all sets, and follows from their largest magnitude alone. float32 is in range as it is, since
  /// it is widened.
  ///
  /// @throws IllegalArgumentException if there are larger and smaller magnitudes than fit together
  static List<HeldRows> inRange(HeldRows... sets) {
    double largest = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (HeldRows rows : sets) {
      if (rows.isFloat32()) {
        return List.of(sets);
      }
      for (int i = 0; i < rows.count; i++) {
        largest = Math.max(largest, rows.largest(i));
        smallest = Math.min(smallest, rows.smallest(i));
      }
    }
    if (largest == 0 || (largest <= LARGE && largest >= SMALL && smallest >= TINY)) {
      return List.of(sets);
    }
    int exponent = Math.getExponent(LARGE) - Math.getExponent(largest);
    if (exponent < 0 && Math.scalb(smallest, exponent) < Double.MIN_NORMAL) {
      throw new IllegalArgumentException(
          "found magnitudes from %s to %s, expected a range whose squares float64 holds"
              .formatted(smallest, largest));
    }
    return Arrays.stream(sets).map(rows -> rows.times(exponent)).toList();
  }

  /// The largest magnitude.
  double largest() {
    double largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, largest(i));
    }
    return largest;
  }

  /// The largest magnitude of row `i`.
  private double largest(int i) {
    double largest = 0;
    for (int k = 0; k < dim; k++) {
      largest = Math.max(largest, Math.abs(element(i, k)));
    }
    return largest;
  }

  /// The smallest magnitude of row `i` that is not 0; infinity if there is none.
  private double smallest(int i) {
    double smallest = Double.POSITIVE_INFINITY;
    for (int k = 0; k < dim; k++) {
      double magnitude = Math.abs(element(i, k));
      smallest = magnitude == 0 ? smallest : Math.min(smallest, magnitude);
    }
    return smallest;
  }

  private HeldRows times(int power) {
    claim.hold(count * rowBytes());
    HeldRows scaled = new HeldRows(claim, set, dim, type, OptionalLong.empty());
    scaled.data = memoryFor(count);
    scaled.room = count;
    scaled.count = count;
    scaled.exponent = power;
    for (long i = 0; i < (long) count * dim; i++) {
      double value = Math.scalb(data.get(JAVA_DOUBLE_UNALIGNED, 8 * i), power);
      scaled.data.set(JAVA_DOUBLE_UNALIGNED, 8 * i, value);
    }
    return scaled;
  }

  /// The power of two that the rows are multiplied by.
  int exponent() {
    return exponent;
  }

  /// A distance between rows as between those that were read.
  double unscaled(double distance) {
    return Math.scalb(distance, -exponent);
  }

  /// Distances between rows as between those that were read, in place.
  double[] unscaled(double[] distances) {
    if (exponent != 0) {
      Arrays.setAll(distances, i -> unscaled(distances[i]));
    }
    return distances;
  }

  /// Whether products of rows of float32 stay in its range: every row is neither so long nor, but
  /// for zeros, so short that its square would not.
  boolean isInRangeOfFloat32() {
    for (double norm : squaredNorms()) {
      if (norm > 0x1p120 || (norm < 0x1p-80 && norm != 0)) {
        return false;
      }
    }
    return true;
  }

  /// `|x_i|^2` of every row. Not to be called before the last row is there.
  double[] squaredNorms() {
    if (squaredNorms.length != count) {
      double[] norms = new double[count];
      PLAIN_NORM.rows(Matrix.of(type, data, count, dim), norms);
      squaredNorms = norms;
    }
    return squaredNorms;
  }

  /// `|x_i - y_j|^2` by differences in float64: 0 exactly for equal rows, and the same from both
  /// sides.
  ///
  /// @throws IllegalArgumentException if rows that differ are so close that it is below the range
  ///   of float64
  double squaredDistance(int i, HeldRows other, int j) {
    double[] distance = new double[1];
    PLAIN.rows(
        Matrix.of(type, rows(i, 1), 1, dim), Matrix.of(type, other.rows(j, 1), 1, dim), distance);
    if (distance[0] < TOO_CLOSE && !isEqual(i, other, j)) {
      throw new IllegalArgumentException(
          "row %d of set '%s' and row %d of set '%s': found them so close beside the largest numbers that float64 does not hold their squared distance, expected more than %s between different rows"
              .formatted(i, set, j, other.set, unscaled(0x1p-480)));
    }
    return distance[0];
  }

  /// Element `k` of row `i`, widened.
  double element(int i, int k) {
    long at = (long) i * dim + k;
    return switch (type) {
      case FLOAT32 -> data.get(JAVA_FLOAT_UNALIGNED, 4 * at);
      case FLOAT64 -> data.get(JAVA_DOUBLE_UNALIGNED, 8 * at);
      case INT32, INT64, TEXT -> throw type.notFloat();
    };
  }

  /// A hash of the values of row `i`; 0 and -0 are the same.
  long hash(int i) {
    long hash = dim;
    for (int k = 0; k < dim; k++) {
      // One step of SplitMix64 a value.
      long mixed = hash + Double.doubleToRawLongBits(element(i, k) + 0.0) + 0x9E3779B97F4A7C15L;
      mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
      mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
      hash = mixed ^ (mixed >>> 31);
    }
    return hash;
  }

  /// Whether row `i` has the values of row `j` of another set.
  boolean isEqual(int i, HeldRows other, int j) {
    for (int k = 0; k < dim; k++) {
      if (element(i, k) != other.element(j, k)) {
        return false;
      }
    }
    return true;
  }

  /// Whether rows differ so little for their size that products rounded to float32 would leave most
  /// distances open: of rows here and there, less than 1/64 of the mean square is variance.
  boolean isConcentrated() {
    return isConcentrated(64);
  }

  /// Whether of rows here and there less than one of `parts` of the mean square is variance.
  boolean isConcentrated(int parts) {
    double[] norms = squaredNorms();
    int rows = Math.min(count, SAMPLE);
    double[] sums = new double[dim];
    double squares = 0;
    for (int s = 0; s < rows; s++) {
      int i = (int) ((long) s * count / rows);
      squares += norms[i];
      add(i, sums);
    }
    double ofMean = 0;
    for (double sum : sums) {
      ofMean += sum / rows * (sum / rows);
    }
    double square = squares / rows;
    return square - ofMean < square / parts;
  }

  /// Adds row `i` to sums of columns: a method that is called often is compiled soon.
  private void add(int i, double[] sums) {
    for (int k = 0; k < dim; k++) {
      sums[k] += element(i, k);
    }
  }
}
