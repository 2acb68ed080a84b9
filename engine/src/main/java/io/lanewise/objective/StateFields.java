package io.lanewise.objective;

import io.lanewise.kernel.ExactSum;
import java.util.List;

/// The content of a state under names: what is written when a state goes to a file, and what is
/// filled in when it comes back.
///
/// One method of a state names every field once, for both ways: a field that is written is read,
/// under the same name and in the same shape. Each call takes the field's value and gives the value
/// it is to have: the same one when writing, that of the file when reading. So a state with a
/// count, sums by dimension and rows it keeps says
///
/// ```java
/// count = fields.count("count", count);
/// fields.numbers("shift", shift);
/// fields.sums("sum", sums);
/// kept = fields.size("kept", kept);
/// values = fields.list("values", values, kept * dim);
/// ```
///
/// What a binding determines (widths, parameters, kernels) is no field: a state that is read has
/// been made by [SampleMetric#newState] of an equal binding. Every field comes back to the bit, NaN
/// included. Names are unique within a state.
///
/// Reading, each method throws `io.lanewise.source.DataException` if the file has no such field, or
/// one of another type or length. A state checks what goes beyond that, and throws
/// [IllegalArgumentException] saying what was found and expected.
public interface StateFields {
  /// A number of rows or the like: 0 or more.
  long count(String name, long value);

  /// The length of an array: 0 or more.
  int size(String name, int value);

  /// A number.
  double number(String name, double value);

  /// Numbers whose count the binding determines, filled in where they are.
  void numbers(String name, double[] values);

  /// The first `count` numbers of an array that grows.
  ///
  /// @param count how many: has been read before, where a file is read
  /// @return writing: `values`; reading: an array of `count` numbers
  double[] list(String name, double[] values, int count);

  /// The first `count` integers of an array that grows; otherwise as [#list(String, double[],
  /// int)].
  long[] list(String name, long[] values, int count);

  /// Texts, as many as there are.
  List<String> texts(String name, List<String> values);

  /// Exact sums whose count the binding (or a size read before) determines, filled in where they
  /// are.
  void sums(String name, ExactSum... sums);

  /// The fields of a part: their names are its own.
  StateFields part(String name);

  /// What a state throws whose content does not go to files, at the first call: writing it is then
  /// refused before any data is read.
  ///
  /// @param why completes "a state that cannot be written to a file: it …": `keeps every row`
  static UnsupportedOperationException notStorable(String why) {
    return new UnsupportedOperationException(why);
  }
}
