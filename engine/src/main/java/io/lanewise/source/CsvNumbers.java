package io.lanewise.source;

import io.lanewise.batch.DType;
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
  /// @param firstText the first cell that is no number among cells that are, with its line; null if
  ///   there is none
  record Found(@Nullable DType type, @Nullable String firstText) {}

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
                long line = row.getLong(at + 4);
                // In a column of labels no cell is wrong.
                String text = row.getBoolean(at + 6) ? row.getString(at + 5) : null;
                found[i] =
                    new Found(
                        !numbers ? null : integers ? DType.INT64 : DType.FLOAT64,
                        text == null
                            ? null
                            : "line %d: found '%s'".formatted(line + 1, shown(text)));
              }
              return List.of(found);
            })
        .getFirst();
  }

  private static String shown(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
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
