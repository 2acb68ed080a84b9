package io.lanewise.objective;

import io.lanewise.kernel.ExactSum;
import java.util.List;

/// The named fields of a state, written to a file or read from one.
///
/// One method of a state names every field once, for writing and for reading, so that every field
/// that is written is also read, under the same name and with the same shape. Each call takes the
/// value of a field and returns its new value: the same one when writing, the one in the file when
/// reading. So a state with a count, sums by dimension and kept rows has
///
/// ```java
/// count = fields.count("count", count);
/// fields.numbers("shift", shift);
/// fields.sums("sum", sums);
/// kept = fields.size("kept", kept);
/// values = fields.list("values", values, kept * dim);
/// ```
///
/// What a binding determines (widths, parameters, kernels) is not a field: before it is read, a
/// state is created by [SampleMetric#newState] with an equal binding. Every field comes back bit
/// for bit, including NaN. Names are unique within a state.
///
/// When reading, each method throws `io.lanewise.source.DataException` if the file has no such
/// field, or one of another type or length. The state itself checks everything else, and throws
/// [IllegalArgumentException] saying what was found and expected.
public interface StateFields {
  /// A count, such as a number of rows: 0 or more.
  long count(String name, long value);

  /// The length of an array: 0 or more.
  int size(String name, int value);

  /// A number.
  double number(String name, double value);

  /// Numbers whose count the binding determines, filled in where they are.
  void numbers(String name, double[] values);

  /// The first `count` numbers of an array that grows.
  ///
  /// @param count how many; when reading, a field that was read before
  /// @return writing: `values`; reading: an array of `count` numbers
  double[] list(String name, double[] values, int count);

  /// The first `count` integers of an array that grows; otherwise as [#list(String, double[],
  /// int)].
  long[] list(String name, long[] values, int count);

  /// A list of texts.
  List<String> texts(String name, List<String> values);

  /// Exact sums whose count the binding (or a size read before) determines, filled in where they
  /// are.
  void sums(String name, ExactSum... sums);

  /// The fields of a part, which has its own names.
  StateFields part(String name);

  /// The exception that a state throws at the first call if it cannot be stored. A run that should
  /// write it is then refused before any data is read.
  ///
  /// @param why completes "a state that cannot be written to a file: it …": `keeps every row`
  static UnsupportedOperationException notStorable(String why) {
    return new UnsupportedOperationException(why);
  }
}
