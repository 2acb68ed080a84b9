package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.plan.Policy;
import io.lanewise.result.RowCounts;
import io.lanewise.run.group.RowFate;
import io.lanewise.source.DataException;
import java.util.Arrays;

/// Decides which rows of a batch are used: the one place that knows what a [Policy] means.
///
/// Used by one worker for batch after batch; it allocates only for a larger one.
final class RowScreen {
  private final String task;
  private final Policy policy;
  private final boolean canUseNonFinite;
  private RowFate[] fates = new RowFate[0];
  private boolean[] excluded = new boolean[0];
  private boolean anyExcluded;
  private boolean anyFault;

  /// The possible faults of the rows of a batch.
  interface Faults {
    /// Whether no row has a fault. If so, no other method is called.
    boolean none();

    /// Whether a row has a null.
    boolean isNull(int row);

    /// Whether a row has nothing to evaluate.
    default boolean isEmpty(int row) {
      return false;
    }

    /// Whether a row has a number that is not finite.
    boolean isNonFinite(int row);

    /// Says where the null of a row is, for an error.
    String describeNull(int row);

    /// Says which number of a row is not finite, for an error.
    String describeNonFinite(int row);
  }

  /// @param task the name of the task, for errors
  /// @param canUseNonFinite whether non-finite numbers can propagate into results under the policy
  ///   `propagate`; otherwise that policy means `skip`
  RowScreen(String task, Policy policy, boolean canUseNonFinite) {
    this.task = task;
    this.policy = policy;
    this.canUseNonFinite = canUseNonFinite;
  }

  /// Looks at the rows of a batch.
  ///
  /// @return how many of them have which fate
  /// @throws DataException for the first null or number that is not finite, if the policy says so
  RowCounts screen(Batch batch, Faults faults) {
    int rows = batch.rows();
    if (fates.length < rows) {
      fates = new RowFate[rows];
      Arrays.fill(fates, RowFate.USED);
      excluded = new boolean[rows];
    }
    if (anyFault) {
      Arrays.fill(fates, RowFate.USED);
      Arrays.fill(excluded, false);
    }
    anyExcluded = false;
    anyFault = false;
    if (faults.none()) {
      return new RowCounts(rows, rows, 0, 0, 0);
    }
    long used = 0;
    long nulls = 0;
    long nonFinite = 0;
    long empty = 0;
    for (int row = 0; row < rows; row++) {
      RowFate fate = fate(batch, faults, row);
      switch (fate) {
        case USED -> used++;
        case NULL -> nulls++;
        case EMPTY -> empty++;
        case NON_FINITE -> nonFinite++;
        case NON_FINITE_USED -> {
          used++;
          nonFinite++;
        }
      }
      fates[row] = fate;
      excluded[row] = !fate.isUsed();
      anyExcluded |= excluded[row];
      anyFault |= fate != RowFate.USED;
    }
    return new RowCounts(rows, used, nulls, nonFinite, empty);
  }

  private RowFate fate(Batch batch, Faults faults, int row) {
    if (faults.isNull(row)) {
      if (policy == Policy.FAIL) {
        throw refused(batch, row, faults.describeNull(row));
      }
      return RowFate.NULL;
    }
    if (faults.isEmpty(row)) {
      return RowFate.EMPTY;
    }
    if (!faults.isNonFinite(row)) {
      return RowFate.USED;
    }
    if (policy == Policy.FAIL) {
      throw refused(batch, row, faults.describeNonFinite(row));
    }
    return policy == Policy.PROPAGATE && canUseNonFinite
        ? RowFate.NON_FINITE_USED
        : RowFate.NON_FINITE;
  }

  private DataException refused(Batch batch, int row, String found) {
    return new DataException(
        batch.file(),
        "row %d of '%s': %s, policy is %s"
            .formatted(batch.firstRowInFile() + row, task, found, policy));
  }

  /// The fate of a row of the last batch.
  RowFate fate(int row) {
    return fates[row];
  }

  /// For each row of the last batch, whether it is left out; elements after the rows are arbitrary.
  boolean[] excluded() {
    return excluded;
  }

  /// Whether a row of the last batch is left out.
  boolean anyExcluded() {
    return anyExcluded;
  }

  /// Whether anything is wrong with a row of the last batch.
  boolean anyFault() {
    return anyFault;
  }
}
