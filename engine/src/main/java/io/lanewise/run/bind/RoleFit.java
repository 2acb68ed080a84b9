package io.lanewise.run.bind;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.objective.Role;
import org.jspecify.annotations.Nullable;

/// Whether a column can play a role.
public final class RoleFit {
  private RoleFit() {}

  /// What a role expects, in words.
  public static String expected(Role role) {
    return "a %s of %s"
        .formatted(
            role.shape(),
            switch (role.kind()) {
              case NUMBER -> "numbers";
              case INTEGER -> "integers";
              case ID -> "integers or text";
            });
  }

  /// What was expected, if the column cannot play the role; null if it can.
  public static @Nullable String misfit(Role role, ColumnType column) {
    boolean shapeFits =
        switch (role.shape()) {
          case SCALAR ->
              column.shape() == Shape.SCALAR
                  || (column.shape() == Shape.VECTOR && column.width() == 1);
          case VECTOR -> true;
          case SEQUENCE -> column.shape() != Shape.SCALAR;
        };
    boolean typeFits =
        switch (role.kind()) {
          case NUMBER -> column.type() != DType.TEXT;
          case INTEGER -> column.type().isInteger();
          case ID -> !column.type().isFloat();
        };
    return shapeFits && typeFits ? null : expected(role);
  }
}
