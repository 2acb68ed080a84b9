package io.lanewise.run.bind;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The columns that a text or texts name: each a column's name; or, where a role takes several
/// columns, names with commas between, or a name with `*` for any characters. What a `*` finds
/// comes in natural order, f2 before f10. A column whose own name has a comma or a `*` goes first.
public final class ColumnNames {
  private static final Pattern NUMBER = Pattern.compile("0*(\\d+)");

  /// By their texts, but runs of digits as numbers.
  public static final Comparator<String> NATURAL =
      Comparator.comparing(ColumnNames::withLengths).thenComparing(Comparator.naturalOrder());

  private static final int MOST_LISTED = 20;

  private ColumnNames() {}

  /// The columns that were named.
  ///
  /// @param schema the columns that there are
  /// @param texts what was asked for
  /// @param many whether the role takes more than one
  /// @throws IllegalArgumentException for a name that no column has, and for one that is there
  ///   twice
  public static List<ColumnType> find(List<ColumnType> schema, List<String> texts, boolean many) {
    if (many ? texts.isEmpty() : texts.size() != 1) {
      throw new IllegalArgumentException(
          "found %d columns, expected %s"
              .formatted(texts.size(), many ? "some" : "the name of a column"));
    }
    List<ColumnType> columns = new ArrayList<>();
    for (String text : texts) {
      for (ColumnType column : find(schema, text, many)) {
        if (columns.contains(column)) {
          throw new IllegalArgumentException(
              "found column '%s' twice, expected each once".formatted(column.name()));
        }
        columns.add(column);
      }
    }
    return columns;
  }

  private static List<ColumnType> find(List<ColumnType> schema, String text, boolean many) {
    for (ColumnType column : schema) {
      if (column.name().equals(text)) {
        return List.of(column);
      }
    }
    if (many && text.contains(",")) {
      List<ColumnType> columns = new ArrayList<>();
      for (String part : text.split(",", -1)) {
        if (part.isBlank()) {
          throw new IllegalArgumentException(
              "found '%s', expected columns separated by commas".formatted(text));
        }
        columns.addAll(find(schema, part.strip(), true));
      }
      return columns;
    }
    if (many && text.contains("*")) {
      Pattern name =
          Pattern.compile(
              Arrays.stream(text.split("\\*", -1))
                  .map(Pattern::quote)
                  .collect(Collectors.joining(".*")),
              Pattern.DOTALL);
      List<ColumnType> columns =
          schema.stream()
              .filter(column -> name.matcher(column.name()).matches())
              .sorted(Comparator.comparing(ColumnType::name, NATURAL))
              .toList();
      if (!columns.isEmpty()) {
        return columns;
      }
    }
    throw Names.unknown("column", text, schema.stream().map(ColumnType::name).toList());
  }

  /// The name with each number after the count of its digits, so that 2 comes before 10.
  private static String withLengths(String name) {
    return NUMBER
        .matcher(name)
        .replaceAll(number -> "%09d%s".formatted(number.group(1).length(), number.group(1)));
  }

  /// The columns in words, at most twenty of them.
  public static String listed(List<ColumnType> schema) {
    if (schema.isEmpty()) {
      return "there are no columns that can be read";
    }
    String columns =
        schema.stream()
            .limit(MOST_LISTED)
            .map(column -> "%s %s".formatted(column.name(), column.signature()))
            .collect(Collectors.joining(", "));
    int more = schema.size() - MOST_LISTED;
    return "its columns are %s%s"
        .formatted(columns, more > 0 ? " and %d more".formatted(more) : "");
  }
}
