package io.lanewise.cli;

import io.lanewise.batch.Quoted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A table of text: columns two blanks apart, as wide as their widest cell. Control and invisible
/// characters are escaped, and headings are capped. The caller caps names from data.
final class Table {
  private final List<String> headings;
  private final String alignment;
  private final List<List<String>> rows = new ArrayList<>();

  /// @param alignment one letter a column: `l` or `r`
  /// @param headings of the columns; all empty for none
  Table(String alignment, String... headings) {
    this.headings = Arrays.stream(headings).map(Quoted::capped).toList();
    this.alignment = alignment;
  }

  /// Adds a row.
  void add(String... cells) {
    rows.add(Arrays.stream(cells).map(Quoted::escaped).toList());
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
    int[] widths = new int[headings.size()];
    for (List<String> row : all) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], length(row.get(c)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String blanks = " ".repeat(widths[c] - length(row.get(c)));
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
