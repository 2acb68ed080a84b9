package io.lanewise.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A table of text: columns two blanks apart, as wide as their widest cell.
final class Table {
  private final List<String> headings;
  private final String alignment;
  private final List<List<String>> rows = new ArrayList<>();

  /// @param alignment one letter a column: `l` or `r`
  /// @param headings of the columns; all empty for none
  Table(String alignment, String... headings) {
    this.headings = List.of(headings);
    this.alignment = alignment;
  }

  /// Adds a row.
  void add(String... cells) {
    rows.add(Arrays.asList(cells));
  }

  /// Whether there are no rows.
  boolean isEmpty() {
    return rows.isEmpty();
  }

  /// The lines, each indented by two blanks.
  String text() {
    List<List<String>> all = new ArrayList<>(rows);
    if (headings.stream().anyMatch(heading -> !heading.isEmpty())) {
      all.addFirst(headings);
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < headings.size(); c++) {
        int column = c;
        int width = all.stream().mapToInt(r -> length(r.get(column))).max().orElse(0);
        String blanks = " ".repeat(width - length(row.get(c)));
        line.append("  ");
        line.append(alignment.charAt(c) == 'r' ? blanks + row.get(c) : row.get(c) + blanks);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
