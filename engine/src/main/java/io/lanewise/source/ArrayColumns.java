package io.lanewise.source;

import io.lanewise.batch.ColumnType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The arrays of one file, each a column. They may have different lengths; only those read together
/// must agree. A pass over some of them takes no time for the others: a file may hold many.
///
/// @param <A> what the format keeps of an array
final class ArrayColumns<A extends ArrayColumns.Stored> {
  /// An array that can be read.
  interface Stored {
    ColumnType column();

    long rows();
  }

  private record Place<A>(int index, A array) {}

  private final Map<String, Place<A>> places = new HashMap<>();
  private final List<ColumnType> schema = new ArrayList<>();
  private final Set<Long> lengths = new HashSet<>();

  /// Adds the next array of the file.
  void add(A array) {
    places.put(array.column().name(), new Place<>(schema.size(), array));
    schema.add(array.column());
    lengths.add(array.rows());
  }

  boolean isEmpty() {
    return schema.isEmpty();
  }

  /// All columns, in the file's order. The list is not to be changed, and is not copied.
  List<ColumnType> schema() {
    return Collections.unmodifiableList(schema);
  }

  /// The arrays of some columns, in the file's order.
  ///
  /// @throws DataException if one is missing or cannot be read
  List<A> wanted(Source source, List<String> columns) {
    List<Place<A>> wanted = new ArrayList<>();
    for (String column : new LinkedHashSet<>(columns)) {
      @Nullable Place<A> place = places.get(column);
      if (place == null) {
        throw Projection.missing(source, column);
      }
      wanted.add(place);
    }
    wanted.sort(Comparator.comparingInt(Place::index));
    return wanted.stream().map(Place::array).toList();
  }

  /// The rows of some columns; of all of them if none is named, unless they differ.
  ///
  /// @throws DataException if the columns named have different lengths
  OptionalLong rowCount(Source source, List<String> columns) {
    if (columns.isEmpty()) {
      return lengths.size() == 1
          ? OptionalLong.of(lengths.iterator().next())
          : OptionalLong.empty();
    }
    return OptionalLong.of(commonRows(source, wanted(source, columns)));
  }

  /// The rows that all of some arrays have.
  ///
  /// @throws DataException if they differ
  static long commonRows(Source source, List<? extends Stored> arrays) {
    long rows = arrays.getFirst().rows();
    if (arrays.stream().anyMatch(array -> array.rows() != rows)) {
      throw new DataException(
          source.name(),
          arrays.stream()
              .map(array -> "'" + array.column().name() + "' " + array.rows())
              .collect(
                  Collectors.joining(
                      ", ",
                      "found columns of different lengths (",
                      " rows), expected one length")));
    }
    return rows;
  }
}
