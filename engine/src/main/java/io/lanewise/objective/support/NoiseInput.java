package io.lanewise.objective.support;

import io.lanewise.noise.GivenNoise;
import io.lanewise.noise.Noise;
import io.lanewise.noise.NumpyNoise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/// Standard normal noise for the elements of a vector role: from a column, or drawn. Element `(row,
/// column)` of a data set of D columns is element `row * D + column` of the stream, so what is
/// drawn does not depend on batches or threads. Used by one worker.
public final class NoiseInput {
  private final Noise noise;
  private final String column;
  private final int width;
  private MemorySegment drawn = MemorySegment.NULL;

  /// Noise for elements of role `like`.
  ///
  /// @param noise the source; `given` takes the column in role `column`
  /// @throws IllegalArgumentException if noise is given but no column is bound, or the reverse
  public NoiseInput(Binding binding, Noise noise, String column, String like) {
    boolean given = noise instanceof GivenNoise;
    if (given != binding.has(column)) {
      throw new IllegalArgumentException(
          given
              ? "noise is 'given': found no column for role '%s', expected one".formatted(column)
              : "noise is '%s': found a column for role '%s', expected none (or noise 'given')"
                  .formatted(noise, column));
    }
    this.width = binding.width(like);
    OptionalLong rows = binding.rowCounts().getOrDefault(RowSet.ROWS, OptionalLong.empty());
    this.noise =
        rows.isPresent() && noise instanceof NumpyNoise numpy
            ? numpy.withElements(rows.getAsLong() * width)
            : noise;
    this.column = column;
  }

  /// The noise of the rows' elements in step `step`: `count * width` numbers of the rows' type;
  /// valid until the next call.
  ///
  /// @throws IllegalArgumentException if a column was given and `step` is not 0
  public MemorySegment of(Rows rows, int step) {
    return of(rows, Patch.all(rows.count(), width), step);
  }

  /// The same for a part of the rows: what is drawn takes no more memory than that part.
  public MemorySegment of(Rows rows, Patch patch, int step) {
    if (noise instanceof GivenNoise) {
      return given(rows, patch, step);
    }
    long bytes = patch.elements() * rows.type().bytes();
    if (drawn.byteSize() < bytes) {
      drawn = Arena.ofAuto().allocate(bytes, 64);
    }
    return draw(rows, patch, step, drawn.asSlice(0, bytes));
  }

  /// The same written to `out`, which has the part's size and is returned.
  public MemorySegment into(Rows rows, Patch patch, int step, MemorySegment out) {
    return noise instanceof GivenNoise
        ? out.copyFrom(given(rows, patch, step))
        : draw(rows, patch, step, out);
  }

  private MemorySegment given(Rows rows, Patch patch, int step) {
    if (step > 0) {
      throw new IllegalArgumentException(
          "noise is 'given': found step %d, expected one step".formatted(step));
    }
    return patch.of(rows.vector(column), width, rows.type());
  }

  private MemorySegment draw(Rows rows, Patch patch, int step, MemorySegment out) {
    long first = (rows.first() + patch.row()) * width + patch.column();
    switch (rows.type()) {
      case FLOAT32 -> {
        noise.normalsF32(first, patch.elements(), step, out);
      }
      case FLOAT64 -> {
        noise.normalsF64(first, patch.elements(), step, out);
      }
      case INT32, INT64, TEXT -> throw rows.type().notFloat();
    }
    return out;
  }
}
