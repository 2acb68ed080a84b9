package io.lanewise.source;

import io.lanewise.batch.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads cells of a CSV file as numbers that DuckDB takes for text: cells with blanks around them,
/// with a leading `+`, beside the usual words for a missing value, or with a decimal comma.
///
/// A column is numbers if all of its cells are, apart from those that are missing, and at least one
/// is; otherwise it is text, and the words are texts.
///
/// @param decimalComma whether `1,5` is a number: where fields are separated by semicolons
record CsvNumbers(boolean decimalComma) {
  /// The words for a missing value among numbers, in any case, besides an empty cell.
  static final List<String> MISSING = List.of("na", "n/a", "#n/a", "<na>", "null", "none");

  private static final String INTEGER = "[+-]?[0-9]{1,19}";

  /// What is known of a column of text.
  ///
  /// @param type its type if it is numbers; null if it is text
  /// @param firstText the first cell that is no number among cells that are; null if there is none
  record Found(@Nullable DType type, @Nullable Cell firstText) {}

  /// A cell of a column.
  ///
  /// @param row counted from 1
  record Cell(long row, String text) {
    /// As it is shown in a message.
    String shown() {
      return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
  }

  /// What columns of text hold.
  ///
  /// @param columns their quoted names
  List<Found> look(DuckDb database, String table, List<String> columns) {
    String rows =
        "SELECT row_number() OVER () AS line, %s FROM %s"
            .formatted(String.join(", ", columns), table);
    String asked =
        columns.stream()
            .map(column ->
                ("count({c}) FILTER (NOT {missing}), coalesce(bool_and({number}) FILTER (NOT {missing}), false),"
                        + " coalesce(bool_and({integer}) FILTER (NOT {missing}), false),"
                        + " min(line) FILTER (NOT {missing} AND NOT {number}),"
                        + " arg_min({c}, line) FILTER (NOT {missing} AND NOT {number}),"
                        + " coalesce(bool_or({number}) FILTER (NOT {missing}), false)")
                    .replace("{missing}", missing(column))
                    .replace(
                        "{number}",
                        "regexp_full_match(%s, %s, 'i')"
                            .formatted(trimmed(column), DuckDb.text(number())))
                    .replace(
                        "{integer}",
                        ("(regexp_full_match(%s, %s) AND" + " TRY_CAST(%s AS BIGINT) IS NOT NULL)")
                            .formatted(trimmed(column), DuckDb.text(INTEGER), plain(column)))
                    .replace("{c}", column))
            .collect(Collectors.joining(", "));
    return database
        .rows(
            "SELECT " + asked + " FROM (" + rows + ")",
            row -> {
              Found[] found = new Found[columns.size()];
              for (int i = 0; i < found.length; i++) {
                int at = 6 * i;
                boolean numbers = row.getLong(at + 1) > 0 && row.getBoolean(at + 2);
                boolean integers = row.getBoolean(at + 3);
                // In a column of labels no cell is wrong.
                String text = row.getBoolean(at + 6) ? row.getString(at + 5) : null;
                found[i] =
                    new Found(
                        !numbers ? null : integers ? DType.INT64 : DType.FLOAT64,
                        text == null ? null : new Cell(row.getLong(at + 4), text));
              }
              return List.of(found);
            })
        .getFirst();
  }

  /// The first cell of columns of whole numbers that does not fit into int64; null if all do, or if
  /// a cell has a point or an exponent, which makes the columns float64.
  ///
  /// @param table the file with all cells as texts
  /// @param columns their quoted names
  /// @return the cell of each column
  List<@Nullable Cell> beyondInt64(DuckDb database, String table, List<String> columns) {
    String asked =
        columns.stream()
            .map(column ->
                ("count(*) FILTER (NOT {missing} AND NOT {whole}),"
                        + " min(line) FILTER (NOT {missing} AND {large}),"
                        + " arg_min({c}, line) FILTER (NOT {missing} AND {large})")
                    .replace("{missing}", missing(column))
                    .replace(
                        "{whole}",
                        "regexp_full_match(%s, '[+-]?([0-9]+|inf|infinity|nan)', 'i')"
                            .formatted(trimmed(column)))
                    .replace(
                        "{large}",
                        "regexp_full_match(%s, '[+-]?[0-9]+') AND TRY_CAST(%s AS BIGINT) IS NULL"
                            .formatted(trimmed(column), plain(column)))
                    .replace("{c}", column))
            .collect(Collectors.joining(", "));
    return database
        .rows(
            "SELECT %s FROM (SELECT row_number() OVER () AS line, %s FROM %s)"
                .formatted(asked, String.join(", ", columns), table),
            row -> {
              List<@Nullable Cell> cells = new ArrayList<>();
              boolean whole = true;
              for (int i = 0; i < columns.size(); i++) {
                whole &= row.getLong(3 * i + 1) == 0;
                String text = row.getString(3 * i + 3);
                cells.add(text == null ? null : new Cell(row.getLong(3 * i + 2), text));
              }
              if (!whole) {
                cells.replaceAll(_ -> null);
              }
              return cells;
            })
        .getFirst();
  }

  /// The columns with a cell such as `0x10` or `0b10`.
  ///
  /// @param table the file with all cells as texts
  /// @param columns their names
  static List<String> prefixed(DuckDb database, String table, List<String> columns) {
    String asked =
        columns.stream()
            .map(DuckDb::name)
            .map(column ->
                "coalesce(bool_or(regexp_matches(%s, '^[+-]?0[xXbB]')), false)"
                    .formatted(trimmed(column)))
            .collect(Collectors.joining(", "));
    return database
        .rows(
            "SELECT %s FROM %s".formatted(asked, table),
            row -> {
              List<String> found = new ArrayList<>();
              for (int i = 0; i < columns.size(); i++) {
                if (row.getBoolean(i + 1)) {
                  found.add(columns.get(i));
                }
              }
              return found;
            })
        .getFirst();
  }

  /// A cell as a number, or null.
  String expression(String column, DType type) {
    return "CASE WHEN %s THEN NULL ELSE CAST(%s AS %s) END"
        .formatted(missing(column), plain(column), type == DType.INT64 ? "BIGINT" : "DOUBLE");
  }

  private String number() {
    String point = decimalComma ? "[.,]" : "[.]";
    return "[+-]?(([0-9]+%s?[0-9]*|%s[0-9]+)(e[+-]?[0-9]+)?|inf|infinity|nan)"
        .formatted(point, point);
  }

  private static String trimmed(String column) {
    return "trim(%s, ' ' || chr(9))".formatted(column);
  }

  private String plain(String column) {
    String number = "ltrim(%s, '+')".formatted(trimmed(column));
    return decimalComma ? "replace(%s, ',', '.')".formatted(number) : number;
  }

  private static String missing(String column) {
    return "(%s IS NULL OR lower(%s) IN ('', %s))"
        .formatted(
            column,
            trimmed(column),
            MISSING.stream().map(DuckDb::text).collect(Collectors.joining(", ")));
  }
}
