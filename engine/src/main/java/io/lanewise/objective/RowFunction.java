package io.lanewise.objective;

/// Evaluates a batch of rows: inputs by role, outputs by name. A row's outputs depend on that row,
/// and on its index where there is noise, and on nothing else. Used by one thread at a time.
public interface RowFunction {
  /// Computes every output in `out` for all rows of `in`. Null rows hold arbitrary elements; what
  /// is computed for them is ignored. NaN and infinities flow.
  ///
  /// @throws IllegalArgumentException for a value outside its role's domain, such as a timestep
  ///   that the schedule does not have: column, row, found, expected
  void evaluate(Rows in, RowOutputs out);
}
