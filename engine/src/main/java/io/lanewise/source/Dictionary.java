package io.lanewise.source;

import io.lanewise.batch.Column;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The values of an Arrow dictionary, on the heap: rows refer to them by position.
///
/// @param values a column of numbers or texts, of which some may be null
record Dictionary(Column values) {
  /// A copy of `values`, which may live in the file.
  static Dictionary of(Column values) {
    return joined(values, 0, values);
  }

  /// These values with those of a delta batch behind them. Batches cut earlier keep the old ones.
  Dictionary plus(Dictionary later) {
    return joined(values, values.rows(), later.values);
  }

  private static Dictionary joined(Column first, int count, Column then) {
    int rows = Math.addExact(count, then.rows());
    byte[] valid = new byte[(rows + 7) / 8];
    for (int i = 0; i < rows; i++) {
      boolean isValid =
          i < count ? first.validity().isValid(i) : then.validity().isValid(i - count);
      valid[i >> 3] |= (byte) (isValid ? 1 << (i & 7) : 0);
    }
    Validity validity = new Validity(MemorySegment.ofArray(valid), 0);
    return new Dictionary(
        switch (then) {
          case TextColumn texts -> {
            List<String> all = new ArrayList<>(rows);
            if (first instanceof TextColumn before) {
              all.addAll(before.values().subList(0, count));
            }
            all.addAll(texts.values());
            yield new TextColumn(texts.name(), rows, all, validity, texts.numbers());
          }
          case ScalarColumn numbers -> {
            int bytes = numbers.type().bytes();
            MemorySegment all = MemorySegment.ofArray(new byte[Math.multiplyExact(rows, bytes)]);
            if (first instanceof ScalarColumn before) {
              MemorySegment.copy(before.data(), 0, all, 0, (long) count * bytes);
            }
            MemorySegment.copy(
                numbers.data(), 0, all, (long) count * bytes, (long) then.rows() * bytes);
            yield new ScalarColumn(numbers.name(), numbers.type(), rows, all, validity);
          }
          default -> throw new IllegalStateException(then.name());
        });
  }
}
