package io.lanewise.cli.html;

import io.lanewise.cli.html.Cells.Heading;
import io.lanewise.report.Digits;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Breakdown;
import io.lanewise.result.CheckResult;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.RowCounts;
import io.lanewise.result.Verdict;
import java.util.List;

/// Everything about one evaluation, results first.
final class EvaluationSection {
  private final String id;
  private final EvaluationResult evaluation;
  private final List<CheckResult> checks;

  /// @param id unique within the page
  /// @param checks the plan's checks, of all evaluations
  EvaluationSection(String id, EvaluationResult evaluation, List<CheckResult> checks) {
    this.id = id;
    this.evaluation = evaluation;
    this.checks = checks;
  }

  Html html() {
    Html section = new Html();
    int figures = 0;
    section.add(
        """
        <section id='{}' class='evaluation'>
        <h3>{} <small>{} · <code>{}</code></small></h3>
        """,
        id,
        evaluation.name(),
        evaluation.title(),
        evaluation.objective());
    section.add(verdicts());
    section.add(
        "<p class='formula'><code>{}</code><br><span class='quiet'>{}</span></p>\n",
        evaluation.formula(),
        evaluation.reference());
    section.add(measures());
    for (Breakdown breakdown : evaluation.breakdowns()) {
      section.add(new BreakdownView(id + "b" + ++figures, evaluation.name(), breakdown).html());
    }
    for (ArrayMeasure array : evaluation.arrays()) {
      section.add(new ArrayView(id + "a" + ++figures, array).html());
    }
    section.add(inputs());
    section.add(warnings());
    section.add(parameters());
    return section.add("</section>\n");
  }

  private Html verdicts() {
    Html items = new Html();
    for (Measure measure : evaluation.measures()) {
      String name = evaluation.name() + "." + measure.name();
      for (CheckResult check : checks) {
        if (!check.passed() && check.measure().equals(name)) {
          items.add(
              "<li class='bad'>{} check of <b>{}</b>: found {}, expected {}</li>\n",
              Cells.passed(false),
              measure.name(),
              Digits.found(check),
              Cells.bound(check.expected()));
        }
      }
    }
    for (Verdict verdict : evaluation.verdicts()) {
      items.add(
          "<li{}>{} <b>{}</b>: {} <span class='quiet'>Rule: {}</span></li>\n",
          verdict.status() == Verdict.Status.FAIL ? Html.of(" class='bad'") : new Html(),
          Cells.status(verdict.status()),
          verdict.name().replace('-', ' '),
          verdict.evidence(),
          verdict.rule());
    }
    return items.isEmpty() ? items : Html.of("<ul class='verdicts'>\n{}</ul>\n", items);
  }

  private Html measures() {
    if (evaluation.measures().isEmpty()) {
      return new Html();
    }
    Html rows = new Html().add("<tbody>");
    for (Measure measure : evaluation.measures()) {
      rows.add(
          "<tr><th scope='row'>{}</th>{}{}<td class='num'>{}</td>{}<td class='definition'>{}{}</td></tr>\n",
          measure.name(),
          Cells.value(measure.value(), measure.standardError()),
          Cells.unit(measure),
          Cells.grouped(measure.n()),
          Cells.better(measure.better()),
          measure.definition(),
          measure.errorMethod().equals("delta") ? " (standard error by the delta method)" : "");
    }
    return Cells.table(
        "Measures of " + evaluation.name() + ", ± one standard error",
        List.of(
            Heading.text("Measure"),
            Heading.number("Value"),
            Heading.ERROR,
            Heading.text("Unit"),
            Heading.number("n"),
            Heading.text("Better"),
            Heading.text("Definition")),
        rows.add("</tbody>\n"));
  }

  private Html inputs() {
    Html rows = new Html().add("<tbody>");
    evaluation
        .inputs()
        .forEach((set, input) -> {
          RowCounts counts = evaluation.rows().getOrDefault(set, RowCounts.NONE);
          Html columns = new Html();
          input
              .columns()
              .forEach((role, column) ->
                  columns.add(
                      columns.isEmpty()
                          ? "<span>{} ← <code>{}</code></span>"
                          : ", <span>{} ← <code>{}</code></span>",
                      role,
                      column));
          rows.add(
              "<tr><th scope='row'>{}</th><td>{}</td><td class='roles'>{}</td>{}{}{}{}{}</tr>\n",
              set,
              input.data(),
              columns,
              Cells.count(counts.read(), false),
              Cells.count(counts.used(), false),
              Cells.count(counts.nulls(), true),
              Cells.count(counts.nonFinite(), true),
              Cells.count(counts.empty(), false));
        });
    return evaluation.inputs().isEmpty()
        ? new Html()
        : Cells.table(
            "Inputs of " + evaluation.name(),
            List.of(
                Heading.text("Set"),
                Heading.text("Data"),
                Heading.text("Role ← column"),
                Heading.number("Read"),
                Heading.number("Used"),
                Heading.number("Null"),
                Heading.number("Non-finite"),
                Heading.number("Empty")),
            rows.add("</tbody>\n"));
  }

  /// Columns that look intended but are not used.
  private Html warnings() {
    Html items = new Html();
    evaluation
        .inputs()
        .forEach((set, input) ->
            input.warnings().forEach(warning -> items.add("<li>{}: {}</li>\n", set, warning)));
    return items.isEmpty() ? items : Html.of("<ul class='verdicts'>\n{}</ul>\n", items);
  }

  private Html parameters() {
    Html line = new Html();
    evaluation
        .parameters()
        .forEach((name, value) -> line.add("<span>{} = <code>{}</code></span> ", name, value));
    Html html = new Html();
    if (!line.isEmpty()) {
      html.add("<p class='parameters'><b>Parameters</b> {}</p>\n", line);
    }
    for (String file : evaluation.rowFiles()) {
      html.add("<p class='parameters'><b>Per-row columns</b> <code>{}</code></p>\n", file);
    }
    return html;
  }
}
