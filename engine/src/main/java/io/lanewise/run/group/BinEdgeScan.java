package io.lanewise.run.group;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.plan.Bins;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataException;
import io.lanewise.source.DataSet;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Computes edges of bins from all rows, in an extra pass over their column by one thread. This
/// takes 8 bytes per row for bins of equal counts, and none for the range alone.
public final class BinEdgeScan {
  private static final int BATCH_ROWS = 65_536;

  private BinEdgeScan() {}

  /// Bins with their edges.
  ///
  /// @param dataSets what the evaluation reads, each once
  /// @throws DataException if a value is outside the axis
  public static Binning of(Bins bins, List<DataSet> dataSets) {
    Binning scale = Binning.of(new Bins(bins.column(), bins.axis(), new Bins.EachValue()));
    boolean rangeOnly = bins.cut() instanceof Bins.DataWidth;
    double[] keys = new double[rangeOnly ? 2 : BATCH_ROWS];
    int count = 0;
    for (DataSet data : dataSets) {
      try (Cursor cursor = data.read(List.of(bins.column()), BATCH_ROWS)) {
        cursor.keys(Set.of(bins.column()));
        double[] found = next(cursor, bins, scale);
        while (found != null) {
          if (rangeOnly) {
            count = widen(keys, count, found);
          } else {
            keys = room(keys, count, found.length);
            System.arraycopy(found, 0, keys, count, found.length);
            count += found.length;
          }
          found = next(cursor, bins, scale);
        }
      }
    }
    double[] sorted = Arrays.copyOf(keys, count);
    Arrays.sort(sorted);
    return Binning.of(bins, sorted);
  }

  /// The finite keys of the next batch; null at the end.
  private static double @Nullable [] next(Cursor cursor, Bins bins, Binning scale) {
    try (Batch batch = cursor.next()) {
      return batch == null ? null : keys(batch, bins, scale);
    }
  }

  private static double[] keys(Batch batch, Bins bins, Binning scale) {
    if (!(batch.column(bins.column()) instanceof ScalarColumn column)) {
      throw new IllegalStateException(bins.column());
    }
    double[] found = new double[batch.rows()];
    int count = 0;
    for (int row = 0; row < batch.rows(); row++) {
      if (column.validity().isValid(row)) {
        try {
          double key = scale.scaled(column.getDouble(row));
          if (Double.isFinite(key)) {
            found[count++] = key;
          }
        } catch (IllegalArgumentException e) {
          throw new DataException(
              batch.file(),
              "column '%s' row %d: %s"
                  .formatted(bins.column(), batch.firstRowInFile() + row, e.getMessage()),
              e);
        }
      }
    }
    return Arrays.copyOf(found, count);
  }

  /// Keeps the smallest and largest value in the first two places.
  private static int widen(double[] range, int count, double[] found) {
    if (found.length == 0) {
      return count;
    }
    double least = Arrays.stream(found).min().orElseThrow();
    double most = Arrays.stream(found).max().orElseThrow();
    range[0] = count == 0 ? least : Math.min(range[0], least);
    range[1] = count == 0 ? most : Math.max(range[1], most);
    return 2;
  }

  private static double[] room(double[] keys, int count, int more) {
    long needed = (long) count + more;
    if (needed > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "bins of equal count: found more than %d rows, expected fewer; use equal width"
              .formatted(Integer.MAX_VALUE - 8));
    }
    return needed <= keys.length
        ? keys
        : Arrays.copyOf(
            keys, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * keys.length)));
  }
}
