package io.lanewise.run.bind;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/// Which column of a data set plays which role of a set of rows.
///
/// @param set the set
/// @param columns role name to columns, for the roles that are bound; more than one only where the
///   role takes many. Their names and types are the data set's, their widths as the objective sees
///   them
/// @param types role name to the column's type as the objective will see it
/// @param type the element type of the NUMBER roles: float32 if all their columns are, else float64
/// @param warnings a sentence for each column that bears a role's name and is not used, and for
///   each that is used and has different types in different files
public record SetBinding(
    RowSet set,
    SequencedMap<String, List<ColumnType>> columns,
    SequencedMap<String, ColumnType> types,
    DType type,
    List<String> warnings) {

  /// Binds the roles of `set` to the columns that were found for them.
  ///
  /// @param lengthOf tells the constant length of a sequence column that plays a vector role
  public static SetBinding of(
      RowSet set, ColumnSearch.Found search, ToIntFunction<String> lengthOf) {
    SequencedMap<String, List<ColumnType>> found = search.columns();
    DType type = numberType(set, found);
    SequencedMap<String, List<ColumnType>> columns = new LinkedHashMap<>();
    SequencedMap<String, ColumnType> types = new LinkedHashMap<>();
    for (Role role : set.roles()) {
      List<ColumnType> parts =
          found.getOrDefault(role.name(), List.of()).stream()
              .map(column -> sized(role, column, lengthOf))
              .toList();
      if (!parts.isEmpty()) {
        columns.put(role.name(), parts);
        types.put(role.name(), seen(role, parts, type));
      }
    }
    return new SetBinding(set, columns, types, type, search.warnings());
  }

  /// The same with those of the warnings that are not among its own.
  public SetBinding withWarnings(Collection<String> more) {
    SequencedSet<String> all = new LinkedHashSet<>(warnings);
    all.addAll(more);
    return new SetBinding(set, columns, types, type, List.copyOf(all));
  }

  /// The names of all columns that are read, each once.
  public List<String> columnNames() {
    return columns.values().stream()
        .flatMap(List::stream)
        .map(ColumnType::name)
        .distinct()
        .toList();
  }

  /// The names of the columns that only tell rows apart.
  public List<String> idColumns() {
    return set.roles().stream()
        .filter(role -> role.kind() == Role.Kind.ID)
        .flatMap(role -> columns.getOrDefault(role.name(), List.of()).stream())
        .map(ColumnType::name)
        .toList();
  }

  /// Role to column, for the report; several are separated by commas.
  public SequencedMap<String, String> columnTexts() {
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    types.forEach((role, type) -> texts.put(role, type.name()));
    return texts;
  }

  private static DType numberType(RowSet set, Map<String, List<ColumnType>> found) {
    List<DType> types = new ArrayList<>();
    for (Role role : set.roles()) {
      if (role.kind() == Role.Kind.NUMBER) {
        found.getOrDefault(role.name(), List.of()).forEach(column -> types.add(column.type()));
      }
    }
    return !types.isEmpty() && types.stream().allMatch(t -> t == DType.FLOAT32)
        ? DType.FLOAT32
        : DType.FLOAT64;
  }

  private static ColumnType sized(Role role, ColumnType column, ToIntFunction<String> lengthOf) {
    int width =
        switch (role.shape()) {
          case SCALAR -> 1;
          case SEQUENCE -> 0;
          case VECTOR ->
              column.shape() == Shape.SEQUENCE
                  ? lengthOf.applyAsInt(column.name())
                  : column.width();
        };
    return new ColumnType(column.name(), role.shape(), column.type(), width);
  }

  private static ColumnType seen(Role role, List<ColumnType> parts, DType type) {
    String name = parts.stream().map(ColumnType::name).collect(Collectors.joining(","));
    DType element = role.kind() == Role.Kind.NUMBER ? type : parts.getFirst().type();
    int width = parts.stream().mapToInt(ColumnType::width).reduce(0, Math::addExact);
    return new ColumnType(name, role.shape(), element, width);
  }
}
