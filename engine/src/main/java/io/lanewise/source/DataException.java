package io.lanewise.source;

import io.lanewise.batch.Quoted;

/// Input data that cannot be used: place, found, expected, in that order, as in `samples.parquet:
/// column 'logvar' row 1041: found NaN, policy is fail`. What is quoted from the data is cut and
/// escaped as [Quoted#sentence] says.
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param place the file, and the column and row where they are known
  /// @param problem what was found and what was expected
  public DataException(String place, String problem) {
    super(Quoted.sentence(place + ": " + problem));
  }

  /// The same, with what led to it.
  public DataException(String place, String problem, Throwable cause) {
    super(Quoted.sentence(place + ": " + problem), cause);
  }
}
