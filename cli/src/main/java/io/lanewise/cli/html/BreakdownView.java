package io.lanewise.cli.html;

import io.lanewise.cli.html.Cells.Heading;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/// The measures by group: a plot of each loss if the groups are ordered, and a table, folded if it
/// is long.
final class BreakdownView {
  private static final int MOST_OPEN = 24;
  private static final int MOST_LISTED = 4096;

  private final String id;
  private final String evaluation;
  private final Breakdown breakdown;

  /// @param id unique within the page
  /// @param evaluation the evaluation's name
  BreakdownView(String id, String evaluation, Breakdown breakdown) {
    this.id = id;
    this.evaluation = evaluation;
    this.breakdown = breakdown;
  }

  Html html() {
    List<Measure> measures = meanings(breakdown);
    return plots(measures).add(groups(measures));
  }

  /// A plot for each loss, or for the first measure where none is one.
  private Html plots(List<Measure> measures) {
    Html figures = new Html();
    int plotted = 0;
    if (!breakdown.ordered()) {
      return figures;
    }
    List<Measure> losses = measures.stream().filter(m -> m.better() == Direction.LOWER).toList();
    for (Measure measure : losses.isEmpty() ? measures.stream().limit(1).toList() : losses) {
      List<LinePlot.Point> points = new ArrayList<>();
      for (Breakdown.Group group : breakdown.groups()) {
        Measure found = find(group, measure.name());
        points.add(
            new LinePlot.Point(
                group.label(),
                group.lower(),
                group.upper(),
                found == null ? Double.NaN : found.value(),
                found == null ? Double.NaN : found.standardError(),
                found == null ? 0 : found.n()));
      }
      String title = measure.name() + " by " + breakdown.by();
      Html plot =
          LinePlot.of(
              id + "p" + ++plotted,
              title,
              breakdown.by(),
              Cells.label(measure.name(), measure.unit()),
              points);
      long gaps = points.stream().filter(p -> !Double.isFinite(p.value())).count();
      if (!plot.isEmpty()) {
        figures.add(
            "<figure><figcaption><b>{}</b> ± one standard error; groups: {}{}</figcaption>\n<div class='plot'>{}</div></figure>\n",
            title,
            rule(),
            gaps == 0
                ? ""
                : "; a gap for each of %s without a finite value"
                    .formatted(Cells.counted(gaps, "group")),
            plot);
      }
    }
    return figures;
  }

  private Html groups(List<Measure> measures) {
    List<Heading> headings = new ArrayList<>();
    headings.add(Heading.text(breakdown.by()));
    headings.add(Heading.number("Read"));
    headings.add(Heading.number("Used"));
    for (Measure measure : measures) {
      headings.add(Heading.number(Cells.label(measure.name(), measure.unit())));
      if (hasError(measure)) {
        headings.add(Heading.ERROR);
      }
    }
    Html rows = new Html().add("<tbody>");
    for (Breakdown.Group group : breakdown.groups().stream().limit(MOST_LISTED).toList()) {
      rows.add(
          "<tr><th scope='row'>{}</th>{}{}",
          group.label(),
          Cells.count(group.rows().read(), false),
          Cells.count(group.rows().used(), false));
      if (group.undefined() != null) {
        rows.add(
            "<td colspan='{}'>{}</td></tr>\n",
            Integer.toString(2 * measures.size()),
            "undefined: " + group.undefined());
        continue;
      }
      for (Measure measure : measures) {
        Measure found = find(group, measure.name());
        rows.add(
            hasError(measure)
                ? found == null
                    ? Html.of("<td></td><td></td>")
                    : Cells.value(found.value(), found.standardError())
                : found == null ? Html.of("<td></td>") : Cells.number(found.value()));
      }
      rows.add("</tr>\n");
    }
    int count = breakdown.groups().size();
    String caption =
        "%s by %s (%s: %s)"
            .formatted(evaluation, breakdown.by(), Cells.counted(count, "group"), rule());
    Html table = Cells.table(caption, headings, rows.add("</tbody>\n"));
    if (count > MOST_LISTED) {
      table.add(
          "<p class='quiet'>The first {} of {} are listed; all are in results.json.</p>\n",
          Cells.grouped(MOST_LISTED),
          Cells.grouped(count));
    }
    return count <= MOST_OPEN
        ? table
        : Html.of(
            "<details><summary>Table by {}: {}</summary>\n{}</details>\n",
            breakdown.by(),
            Cells.counted(count, "group"),
            table);
  }

  /// Least and greatest values and quantiles have none, so no column for it either.
  private static boolean hasError(Measure measure) {
    return !measure.errorMethod().equals("none");
  }

  /// The groups' measures in order of appearance; a group without rows may lack some.
  private static List<Measure> meanings(Breakdown breakdown) {
    SequencedSet<String> names = new LinkedHashSet<>();
    List<Measure> measures = new ArrayList<>();
    for (Breakdown.Group group : breakdown.groups()) {
      for (Measure measure : group.measures()) {
        if (names.add(measure.name())) {
          measures.add(measure);
        }
      }
    }
    return measures;
  }

  private static @Nullable Measure find(Breakdown.Group group, String name) {
    return group.measures().stream().filter(m -> m.name().equals(name)).findFirst().orElse(null);
  }

  private String rule() {
    return breakdown.rule().equals("value") ? "one for each value" : breakdown.rule();
  }
}
