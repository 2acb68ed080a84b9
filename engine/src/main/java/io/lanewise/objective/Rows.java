package io.lanewise.objective;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import io.lanewise.batch.Matrix;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.TextColumn;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rows of a batch as an objective sees them: memory by role, all NUMBER roles in one type.
///
/// @param first the index of the first row in its data set, which numbers noise
/// @param firstInFile the index of the first row in its file, which messages name
/// @param count the number of rows
/// @param type the element type of NUMBER roles: float32 or float64
/// @param vectors memory of scalar and vector NUMBER roles: `count * width` elements of `type`, in
///   native byte order, at any alignment
/// @param widths widths of those roles
/// @param sequences sequence roles: of numbers in `type`, of integers in their own
/// @param integers scalar INTEGER roles, and ID roles whose column holds integers
/// @param nulls which rows are null in some role, by position; it may end before `count`, if no
///   later row is null
/// @param texts ID roles whose column holds text
@SuppressWarnings("ArrayRecordComponent") // shared with the reader, never written by an objective
public record Rows(
    long first,
    long firstInFile,
    int count,
    DType type,
    Map<String, MemorySegment> vectors,
    Map<String, Integer> widths,
    Map<String, SequenceColumn> sequences,
    Map<String, ScalarColumn> integers,
    boolean[] nulls,
    Map<String, TextColumn> texts) {
  private static final boolean[] NO_NULLS = new boolean[0];

  /// Rows of a set of one file, without text.
  public Rows(
      long first,
      int count,
      DType type,
      Map<String, MemorySegment> vectors,
      Map<String, Integer> widths,
      Map<String, SequenceColumn> sequences,
      Map<String, ScalarColumn> integers,
      boolean[] nulls) {
    this(first, first, count, type, vectors, widths, sequences, integers, nulls, Map.of());
  }

  /// Rows of a set of one file, none of which is null, without text.
  public Rows(
      long first,
      int count,
      DType type,
      Map<String, MemorySegment> vectors,
      Map<String, Integer> widths,
      Map<String, SequenceColumn> sequences,
      Map<String, ScalarColumn> integers) {
    this(first, count, type, vectors, widths, sequences, integers, NO_NULLS);
  }

  /// Whether row `i` is null in some role. Its elements are then arbitrary, so an objective that
  /// refuses values must check this first.
  public boolean isNull(int i) {
    return i < nulls.length && nulls[i];
  }

  /// The memory of a scalar or vector NUMBER role.
  public MemorySegment vector(String role) {
    return bound(vectors.get(role), role);
  }

  /// Elements a row of a scalar or vector NUMBER role.
  public int width(String role) {
    return bound(widths.get(role), role);
  }

  /// A scalar or vector NUMBER role as a kernel takes it.
  public Matrix matrix(String role) {
    return matrix(vector(role), width(role));
  }

  /// Memory of `width` elements a row, in the type of NUMBER roles, as a kernel takes it.
  public Matrix matrix(MemorySegment data, int width) {
    return Matrix.of(type, data, count, width);
  }

  /// A sequence role.
  public SequenceColumn sequence(String role) {
    return bound(sequences.get(role), role);
  }

  /// An INTEGER role.
  public ScalarColumn integer(String role) {
    return bound(integers.get(role), role);
  }

  /// Row `i` of an ID role: a text or an integer.
  public Object id(String role, int i) {
    TextColumn text = texts.get(role);
    return text == null ? (Object) integer(role).getLong(i) : text.values().get(i);
  }

  /// The name of the column in an ID role.
  public String idColumn(String role) {
    TextColumn text = texts.get(role);
    return text == null ? integer(role).name() : text.name();
  }

  /// Element `i` of memory of this type, widened to float64.
  public double element(MemorySegment data, long i) {
    return switch (type) {
      case FLOAT32 -> data.get(JAVA_FLOAT_UNALIGNED, 4 * i);
      case FLOAT64 -> data.get(JAVA_DOUBLE_UNALIGNED, 8 * i);
      case INT32, INT64, TEXT -> throw type.notFloat();
    };
  }

  /// Writes element `i` of memory of this type, rounded to it.
  public void put(MemorySegment data, long i, double value) {
    switch (type) {
      case FLOAT32 -> data.set(JAVA_FLOAT_UNALIGNED, 4 * i, (float) value);
      case FLOAT64 -> data.set(JAVA_DOUBLE_UNALIGNED, 8 * i, value);
      case INT32, INT64, TEXT -> throw type.notFloat();
    }
  }

  /// A scalar or vector NUMBER role widened to float64, `count * width` numbers, in `into` if that
  /// is long enough.
  public double[] numbers(String role, double[] into) {
    int elements = Math.multiplyExact(count, width(role));
    double[] out = into.length >= elements ? into : new double[elements];
    MemorySegment data = vector(role);
    switch (type) {
      case FLOAT32 -> {
        for (int i = 0; i < elements; i++) {
          out[i] = data.get(JAVA_FLOAT_UNALIGNED, 4L * i);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < elements; i++) {
          out[i] = data.get(JAVA_DOUBLE_UNALIGNED, 8L * i);
        }
      }
      case INT32, INT64, TEXT -> throw type.notFloat();
    }
    return out;
  }

  private static <T> T bound(@Nullable T value, String role) {
    if (value == null) {
      throw new IllegalStateException("role '" + role + "' is not bound");
    }
    return value;
  }
}
