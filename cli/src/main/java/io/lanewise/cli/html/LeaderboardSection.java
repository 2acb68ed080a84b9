package io.lanewise.cli.html;

import io.lanewise.cli.html.Cells.Heading;
import io.lanewise.report.Digits;
import io.lanewise.report.LeaderboardTable;
import io.lanewise.result.Leaderboard;
import io.lanewise.result.Leaderboard.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Models beside each other: a table of values for each evaluation, ranks by each measure, and the
/// trend over steps.
final class LeaderboardSection {
  private final List<Leaderboard> boards;

  LeaderboardSection(List<Leaderboard> boards) {
    this.boards = boards;
  }

  /// The section with its heading; empty if there are no models.
  Html html() {
    if (boards.isEmpty()) {
      return new Html();
    }
    Html html = new Html();
    int plots = 0;
    for (LeaderboardTable table : LeaderboardTable.of(boards)) {
      html.add(values(table));
      Html ranks = new Html();
      Html trends = new Html();
      for (Leaderboard board : table.boards()) {
        ranks.add(ranks(board));
        trends.add(trend("lp" + ++plots, board));
      }
      html.add(trends);
      html.add(
          "<details><summary>Ranks in {}</summary>\n{}</details>\n", table.evaluation(), ranks);
    }
    return Html.of(
        """
        <section id='leaderboard'><h2>Leaderboard</h2>
        <p class='quiet'><b>Bold</b>: best. <b>=</b>: cannot be told from the best. Intervals of 95 %: {}.</p>
        {}</section>
        """,
        LeaderboardTable.bases(boards), html);
  }

  private static Html values(LeaderboardTable table) {
    List<Heading> headings = new ArrayList<>(List.of(Heading.text("Model")));
    table.boards().forEach(board -> headings.add(Heading.number(LeaderboardTable.title(board))));
    Html rows = new Html().add("<tbody>");
    for (String model : table.models()) {
      rows.add("<tr><th scope='row'>{}</th>", model);
      for (Leaderboard board : table.boards()) {
        Standing standing = LeaderboardTable.find(board, model);
        rows.add(standing == null ? Html.of("<td></td>") : cell(standing));
      }
      rows.add("</tr>\n");
    }
    return Cells.table("Models in " + table.evaluation(), headings, rows.add("</tbody>\n"));
  }

  private static Html cell(Standing standing) {
    String text = Digits.of(standing.value(), standing.standardError());
    return Html.of(
        "<td class='num' title='{}'>{}</td>",
        standing.value() + " ± " + standing.standardError(),
        standing.best()
            ? Html.of("<strong>{}</strong>", text)
            : standing.tied() ? Html.of("= {}", text) : Html.of("{}", text));
  }

  private static Html ranks(Leaderboard board) {
    Html rows = new Html().add("<tbody>");
    for (Standing standing : board.standings()) {
      rows.add(
          "<tr><td class='num'>{}</td><th scope='row'>{}</th>{}<td>{}</td><td class='num'>{}</td></tr>\n",
          LeaderboardTable.rank(standing),
          standing.model(),
          cell(standing),
          LeaderboardTable.interval(standing),
          LeaderboardTable.beats(standing));
    }
    return Cells.table(
        "Ranks by %s of %s: %s"
            .formatted(LeaderboardTable.title(board), board.evaluation(), board.basis().words()),
        List.of(
            Heading.number("Rank"),
            Heading.text("Model"),
            Heading.number(Cells.label(board.measure(), board.unit())),
            Heading.text("Rank, 95 %"),
            Heading.number("Beats the next")),
        rows.add("</tbody>\n"));
  }

  private static Html trend(String id, Leaderboard board) {
    List<LinePlot.Point> points = new ArrayList<>();
    for (Standing standing : board.trend()) {
      double step = Objects.requireNonNull(standing.step());
      points.add(
          new LinePlot.Point(
              standing.model(), step, step, standing.value(), standing.standardError(), 0));
    }
    if (points.isEmpty()) {
      return new Html();
    }
    String title = "%s.%s by step".formatted(board.evaluation(), board.measure());
    return Html.of(
        "<figure><figcaption><b>{}</b> {}; {}</figcaption>\n<div class='plot'>{}</div></figure>\n",
        title,
        board.basis() == Leaderboard.Basis.NONE
            ? "no standard error"
            : "band: ± 1.96 standard errors",
        LeaderboardTable.bestStep(board),
        LinePlot.overSteps(id, title, LeaderboardTable.title(board), points));
  }
}
