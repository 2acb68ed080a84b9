package io.lanewise.cli.html;

import io.lanewise.report.Digits;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import java.util.List;
import java.util.Locale;

/// The parts of tables that look the same wherever they are.
final class Cells {
  private Cells() {}

  /// The head of a column.
  ///
  /// @param text what it says
  /// @param style the class of its cells
  record Heading(String text, String style) {
    /// Over the second cell of [#value].
    static final Heading ERROR = new Heading("± se", "error");

    /// Over text.
    static Heading text(String text) {
      return new Heading(text, "text");
    }

    /// Over numbers.
    static Heading number(String text) {
      return new Heading(text, "num");
    }
  }

  /// A table with its caption, in a box of its own that scrolls sideways on a narrow screen.
  static Html table(String caption, List<Heading> headings, Html rows) {
    Html head = new Html();
    for (Heading heading : headings) {
      head.add("<th scope='col' class='{}'>{}</th>", heading.style(), heading.text());
    }
    return Html.of(
        """
        <div class='scroll' tabindex='0' role='region' aria-label='{}'><table>
        <caption>{}</caption>
        <thead><tr>{}</tr></thead>
        {}</table></div>
        """,
        caption,
        caption,
        head,
        rows);
  }

  /// Two cells: the value, right-aligned, and `± se`, so that the signs stand in a line.
  static Html value(double value, double standardError) {
    String text = Digits.of(value, standardError);
    int sign = text.startsWith("(") ? -1 : text.indexOf(" ± ");
    String first = sign < 0 ? text : text.substring(0, sign);
    String second = sign < 0 ? "" : text.substring(sign + 1);
    String exact =
        Double.isNaN(standardError) ? Double.toString(value) : value + " ± " + standardError;
    return Html.of(
        "<td class='num{}' title='{}'>{}</td><td class='error' title='{}'>{}</td>",
        Double.isFinite(value) ? "" : " undefined",
        exact,
        first,
        exact,
        second);
  }

  /// One cell with a number.
  static Html number(double value) {
    return Html.of("<td class='num' title='{}'>{}</td>", value, Digits.of(value));
  }

  /// One cell with a count; a `warning` stands out unless it is zero.
  static Html count(long count, boolean warning) {
    return Html.of(
        warning && count > 0
            ? "<td class='num'><strong>{}</strong></td>"
            : "<td class='num'>{}</td>",
        grouped(count));
  }

  /// One cell with the unit; pure numbers have none to show.
  static Html unit(Measure measure) {
    return Html.of("<td>{}</td>", measure.unit().equals("1") ? "" : measure.unit());
  }

  /// One cell that says which values are better.
  static Html better(Direction better) {
    return Html.of(
        "<td class='better'>{}</td>",
        switch (better) {
          case HIGHER -> "↑ higher";
          case LOWER -> "↓ lower";
          case NEITHER -> "–";
        });
  }

  /// A status that is not told by colour alone.
  static Html status(Verdict.Status status) {
    return switch (status) {
      case PASS -> Html.of("<span class='status pass'>✓ pass</span>");
      case WARN -> Html.of("<span class='status warn'>! warn</span>");
      case FAIL -> Html.of("<span class='status fail'>✗ FAIL</span>");
      case UNKNOWN -> Html.of("<span class='status unknown'>? unknown</span>");
    };
  }

  /// The status of a check.
  static Html passed(boolean passed) {
    return status(passed ? Verdict.Status.PASS : Verdict.Status.FAIL);
  }

  /// A name with its unit, if it has one.
  static String label(String name, String unit) {
    return unit.equals("1") ? name : name + ", " + unit;
  }

  static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// A bound such as `<= 0.5`, typeset.
  static String bound(String expected) {
    return expected.replace("<=", "≤").replace(">=", "≥");
  }

  /// `1 check`, `2 checks`.
  static String counted(long count, String noun) {
    return grouped(count) + " " + noun + (count == 1 ? "" : "s");
  }
}
