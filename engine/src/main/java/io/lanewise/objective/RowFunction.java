package io.lanewise.objective;

/// Evaluates a batch of rows: inputs by role, outputs by name. The outputs of a row depend on that
/// row and, with noise, on its index. Nothing else. Used by one thread at a time.
public interface RowFunction {
  /// Computes every output in `out` for all rows of `in`. Null rows hold arbitrary elements, and
  /// their results are ignored. NaN and infinities propagate.
  ///
  /// @throws IllegalArgumentException for a value outside its role's domain, such as a timestep
  ///   that the schedule does not have: column, row, found, expected
  void evaluate(Rows in, RowOutputs out);
}
