package io.lanewise.objective.sample;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.kernel.SquaredError;
import io.lanewise.kernel.SquaredNorm;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
  private static final SquaredError PLAIN = new SquaredError.Scalar();

  /// For norms too: of 20 million values they are there after 0.06 seconds, where vector code takes
  /// half a second until it is compiled, and beside products of all pairs even many more are
  /// little.
  private static final SquaredNorm PLAIN_NORM = new SquaredNorm.Scalar();

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

  /// Rows `from` to `from + rows - 1`.
  MemorySegment rows(int from, int rows) {
    return data.asSlice(from * rowBytes(), rows * rowBytes());
  }

  /// Memory for so many rows that [#select] chooses; who asks announces them.
  MemorySegment roomFor(int rows) {
    return Arena.ofAuto().allocate(Math.max(1, rows * rowBytes()), 64);
  }

  /// The rows of those numbers, in that order, until their memory is given to others.
  ///
  /// @param room from [#roomFor(int)]
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

  /// `|x_i|^2` of every row. Not to be called before the last row is there.
  double[] squaredNorms() {
    if (squaredNorms.length != count) {
      double[] norms = new double[count];
      if (type == DType.FLOAT32) {
        PLAIN_NORM.f32(data, count, dim, norms);
      } else {
        PLAIN_NORM.f64(data, count, dim, norms);
      }
      squaredNorms = norms;
    }
    return squaredNorms;
  }

  /// `|x_i - y_j|^2` by differences in float64: 0 exactly for equal rows, and the same from both
  /// sides.
  double squaredDistance(int i, HeldRows other, int j) {
    double[] distance = new double[1];
    if (type == DType.FLOAT32) {
      PLAIN.f32(rows(i, 1), other.rows(j, 1), 1, dim, distance);
    } else {
      PLAIN.f64(rows(i, 1), other.rows(j, 1), 1, dim, distance);
    }
    return distance[0];
  }

  /// Element `k` of row `i`, widened.
  double element(int i, int k) {
    long at = (long) i * dim + k;
    return type == DType.FLOAT32
        ? data.get(JAVA_FLOAT_UNALIGNED, 4 * at)
        : data.get(JAVA_DOUBLE_UNALIGNED, 8 * at);
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
    return square - ofMean < square / 64;
  }

  /// Adds row `i` to sums of columns: a method that is called often is compiled soon.
  private void add(int i, double[] sums) {
    for (int k = 0; k < dim; k++) {
      sums[k] += element(i, k);
    }
  }
}
