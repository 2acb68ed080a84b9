package io.lanewise.objective.flow;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import io.lanewise.objective.Rows;
import java.lang.foreign.MemorySegment;

/// The rows of a scalar or vector NUMBER role, widened to float64 one at a time.
final class RoleRows {
  private final MemorySegment data;
  private final boolean single;
  private final double[] row;

  RoleRows(Rows in, String role) {
    data = in.vector(role);
    single = in.type() == DType.FLOAT32;
    row = new double[in.width(role)];
  }

  /// Row `i`; valid until the next call.
  double[] row(int i) {
    long first = (long) i * row.length;
    for (int j = 0; j < row.length; j++) {
      row[j] =
          single
              ? data.get(JAVA_FLOAT_UNALIGNED, 4 * (first + j))
              : data.get(JAVA_DOUBLE_UNALIGNED, 8 * (first + j));
    }
    return row;
  }
}
