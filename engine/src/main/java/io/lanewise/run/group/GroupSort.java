package io.lanewise.run.group;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows of a batch put together by group: a counting sort, so that each group's numbers are a
/// run, to be added at once. Groups come in order of first appearance, and rows keep their order
/// within them. Time and memory are proportional to the rows; groups without rows cost nothing.
///
/// Used by one worker for batch after batch; it allocates only for a larger one.
public final class GroupSort {
  /// For each group, first its number of rows, then the place of its next row; 0 between batches.
  private int[] next = new int[0];

  private int[] groups = new int[0];
  private int[] starts = new int[1];

  /// By row, its place among the sorted rows; -1 for one that is left out.
  private int[] places = new int[0];

  private int rows;
  private int runs;
  private double[][] gathered = new double[0][];

  /// Sorts rows `[0, count)` by group.
  ///
  /// @param groupOf the group of each row, 0 or more
  /// @param left which rows to leave out; null for none
  public void sort(int[] groupOf, int count, boolean @Nullable [] left) {
    if (places.length < count) {
      places = new int[count];
      groups = new int[count];
      starts = new int[count + 1];
    }
    rows = count;
    runs = 0;
    for (int i = 0; i < count; i++) {
      if (left == null || !left[i]) {
        int group = groupOf[i];
        if (group >= next.length) {
          next = Arrays.copyOf(next, Math.max(2 * next.length, group + 1));
        }
        if (next[group]++ == 0) {
          groups[runs++] = group;
        }
      }
    }
    int at = 0;
    for (int run = 0; run < runs; run++) {
      starts[run] = at;
      at += next[groups[run]];
      next[groups[run]] = starts[run];
    }
    starts[runs] = at;
    for (int i = 0; i < count; i++) {
      places[i] = left == null || !left[i] ? next[groupOf[i]]++ : -1;
    }
    for (int run = 0; run < runs; run++) {
      next[groups[run]] = 0;
    }
  }

  /// How many groups have rows.
  public int runs() {
    return runs;
  }

  /// The group of a run.
  public int group(int run) {
    return groups[run];
  }

  /// The place of a run's first row.
  public int start(int run) {
    return starts[run];
  }

  /// The place after a run's last row.
  public int end(int run) {
    return starts[run + 1];
  }

  /// Columns with their rows sorted, until the next call.
  public double[][] gather(double[][] columns) {
    if (gathered.length != columns.length) {
      gathered = new double[columns.length][0];
    }
    for (int c = 0; c < columns.length; c++) {
      if (gathered[c].length < rows) {
        gathered[c] = new double[rows];
      }
      double[] from = columns[c];
      double[] to = gathered[c];
      for (int i = 0; i < rows; i++) {
        if (places[i] >= 0) {
          to[places[i]] = from[i];
        }
      }
    }
    return gathered;
  }
}
