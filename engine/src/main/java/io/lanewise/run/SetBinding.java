package io.lanewise.run;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.objective.Names;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Which column of a data set plays which role of a set of rows.
///
/// @param set the set
/// @param columns role name to column name, for the roles that are bound
/// @param types role name to the column's type as the objective will see it
/// @param type the element type of the NUMBER roles: float32 if all their columns are, else float64
record SetBinding(
    RowSet set,
    SequencedMap<String, String> columns,
    SequencedMap<String, ColumnType> types,
    DType type) {

  /// Binds the roles of `set` to columns of `schema`: those that `given` names, and those of the
  /// role's own name. Where `given` names any, an optional role is bound only if it is named.
  ///
  /// @param lengthOf tells the constant length of a sequence column that plays a vector role
  /// @throws IllegalArgumentException if a role cannot be bound
  static SetBinding of(
      RowSet set,
      String dataSet,
      List<ColumnType> schema,
      Map<String, String> given,
      ToIntFunction<String> lengthOf) {
    SequencedMap<String, String> columns = new LinkedHashMap<>();
    SequencedMap<String, ColumnType> found = new LinkedHashMap<>();
    for (Role role : set.roles()) {
      ColumnType column = find(role, dataSet, schema, given);
      if (column != null) {
        check(role, dataSet, column);
        columns.put(role.name(), column.name());
        found.put(role.name(), column);
      }
    }
    DType type = numberType(set, found);
    SequencedMap<String, ColumnType> types = new LinkedHashMap<>();
    for (Role role : set.roles()) {
      ColumnType column = found.get(role.name());
      if (column != null) {
        types.put(role.name(), seen(role, column, type, lengthOf));
      }
    }
    return new SetBinding(set, columns, types, type);
  }

  private static @Nullable ColumnType find(
      Role role, String dataSet, List<ColumnType> schema, Map<String, String> given) {
    String name = given.get(role.name());
    if (name == null && !role.required() && !given.isEmpty()) {
      return null;
    }
    String wanted = name == null ? role.name() : name;
    for (ColumnType column : schema) {
      if (column.name().equals(wanted)) {
        return column;
      }
    }
    if (name == null && !role.required()) {
      return null;
    }
    List<String> names = schema.stream().map(ColumnType::name).toList();
    throw new IllegalArgumentException(
        "data set '%s', role '%s': %s"
            .formatted(dataSet, role.name(), Names.unknown("column", wanted, names).getMessage()));
  }

  private static void check(Role role, String dataSet, ColumnType column) {
    boolean shapeFits =
        switch (role.shape()) {
          case SCALAR ->
              column.shape() == Shape.SCALAR
                  || (column.shape() == Shape.VECTOR && column.width() == 1);
          case VECTOR -> true;
          case SEQUENCE -> column.shape() != Shape.SCALAR;
        };
    boolean typeFits =
        column.type() != DType.TEXT
            && (role.kind() == Role.Kind.NUMBER || column.type().isInteger());
    if (!shapeFits || !typeFits) {
      throw new IllegalArgumentException(
          "data set '%s': column '%s' for role '%s': found %s, expected a %s of %s"
              .formatted(
                  dataSet,
                  column.name(),
                  role.name(),
                  column.signature(),
                  role.shape(),
                  role.kind() == Role.Kind.NUMBER ? "numbers" : "integers"));
    }
  }

  private static DType numberType(RowSet set, Map<String, ColumnType> found) {
    List<DType> types = new ArrayList<>();
    for (Role role : set.roles()) {
      ColumnType column = found.get(role.name());
      if (column != null && role.kind() == Role.Kind.NUMBER) {
        types.add(column.type());
      }
    }
    return !types.isEmpty() && types.stream().allMatch(t -> t == DType.FLOAT32)
        ? DType.FLOAT32
        : DType.FLOAT64;
  }

  private static ColumnType seen(
      Role role, ColumnType column, DType type, ToIntFunction<String> lengthOf) {
    int width =
        switch (role.shape()) {
          case SCALAR -> 1;
          case SEQUENCE -> 0;
          case VECTOR ->
              column.shape() == Shape.SEQUENCE
                  ? lengthOf.applyAsInt(column.name())
                  : column.width();
        };
    DType element = role.kind() == Role.Kind.NUMBER ? type : column.type();
    return new ColumnType(column.name(), role.shape(), element, width);
  }
}
