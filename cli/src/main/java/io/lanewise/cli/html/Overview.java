package io.lanewise.cli.html;

import io.lanewise.cli.html.Cells.Heading;
import io.lanewise.report.Digits;
import io.lanewise.result.CheckResult;
import io.lanewise.result.ChecklistItem;
import io.lanewise.result.Direction;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.result.RowCounts;
import io.lanewise.result.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// The first part of the page: whether anything failed, the measures that rank models, the checks
/// of the plan and the checklist.
final class Overview {
  /// A verdict and where it was made.
  private record Judged(int evaluation, EvaluationResult result, Verdict verdict) {}

  private final Report report;

  Overview(Report report) {
    this.report = report;
  }

  /// The verdict in a line, and what failed beneath it.
  Html banner() {
    List<CheckResult> failed = report.checks().stream().filter(c -> !c.passed()).toList();
    List<Judged> bad = judged(Verdict.Status.FAIL);
    List<Judged> doubtful = judged(Verdict.Status.WARN);
    Html items = new Html();
    for (CheckResult check : failed) {
      items.add(
          "<li>{} check <b>{}</b>: found {}, expected {}</li>\n",
          Cells.status(Verdict.Status.FAIL),
          linked(check.measure()),
          Digits.found(check),
          Cells.bound(check.expected()));
    }
    bad.forEach(judged -> items.add(item(judged)));
    doubtful.forEach(judged -> items.add(item(judged)));
    for (int i = 0; i < report.evaluations().size(); i++) {
      items.add(leftOut(i + 1, report.evaluations().get(i)));
    }
    boolean failure = !failed.isEmpty() || !bad.isEmpty();
    return Html.of(
        "<div class='banner {}'>\n<p class='verdict'>{}</p>\n{}</div>\n",
        failure ? "failed" : "fine",
        verdict(failed.size(), bad),
        items.isEmpty() ? items : Html.of("<ul>\n{}</ul>\n", items));
  }

  private String verdict(int failed, List<Judged> bad) {
    int checks = report.checks().size();
    List<String> parts = new ArrayList<>();
    bad.stream()
        .collect(
            Collectors.groupingBy(
                judged -> judged.verdict().name(),
                LinkedHashMap::new,
                Collectors.mapping(judged -> judged.result().name(), Collectors.joining(", "))))
        .forEach((name, where) -> parts.add("%s in %s".formatted(words(name), where)));
    if (failed > 0) {
      parts.addFirst("%d of %s failed".formatted(failed, Cells.counted(checks, "check")));
    } else if (checks > 0) {
      parts.add(checks == 1 ? "the only check passed" : "all %d checks passed".formatted(checks));
    } else {
      parts.add(
          Cells.counted(report.evaluations().size(), "evaluation") + ", no checks in the plan");
    }
    String mark = failed > 0 || !bad.isEmpty() ? "✗ " : checks > 0 ? "✓ " : "";
    String sentence = String.join("; ", parts);
    return mark + sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  private static Html item(Judged judged) {
    return Html.of(
        "<li>{} {} in <a href='#e{}'>{}</a>: {}</li>\n",
        Cells.status(judged.verdict().status()),
        words(judged.verdict().name()),
        judged.evaluation(),
        judged.result().name(),
        judged.verdict().evidence());
  }

  /// `evaluation.measure` with a link to the evaluation.
  private Html linked(String measure) {
    for (int i = 0; i < report.evaluations().size(); i++) {
      if (measure.startsWith(report.evaluations().get(i).name() + ".")) {
        return Html.of("<a href='#e{}'>{}</a>", i + 1, measure);
      }
    }
    return Html.of("{}", measure);
  }

  private List<Judged> judged(Verdict.Status status) {
    List<Judged> found = new ArrayList<>();
    for (int i = 0; i < report.evaluations().size(); i++) {
      EvaluationResult result = report.evaluations().get(i);
      for (Verdict verdict : result.verdicts()) {
        if (verdict.status() == status) {
          found.add(new Judged(i + 1, result, verdict));
        }
      }
    }
    return found;
  }

  private Html leftOut(int number, EvaluationResult evaluation) {
    RowCounts rows = evaluation.rows().values().stream().reduce(RowCounts.NONE, RowCounts::plus);
    if (rows.nulls() + rows.nonFinite() + rows.empty() == 0) {
      return new Html();
    }
    return Html.of(
        "<li>{} <a href='#e{}'>{}</a>: {} of {} with a null, {} not finite{}; policy: {}</li>\n",
        Cells.status(Verdict.Status.WARN),
        number,
        evaluation.name(),
        Cells.grouped(rows.nulls()),
        Cells.counted(rows.read(), "row"),
        Cells.grouped(rows.nonFinite()),
        rows.empty() == 0 ? "" : ", %s empty".formatted(Cells.grouped(rows.empty())),
        report.provenance().nonFinitePolicy());
  }

  /// The measures that rank models or are checked, by family; the first one of an evaluation that
  /// has none.
  Html summary() {
    SequencedMap<String, Html> families = new LinkedHashMap<>();
    for (int i = 0; i < report.evaluations().size(); i++) {
      EvaluationResult evaluation = report.evaluations().get(i);
      families
          .computeIfAbsent(evaluation.family(), family -> new Html())
          .add(summary(i + 1, evaluation));
    }
    Html body = new Html();
    families.forEach((family, rows) ->
        body.add(
            "<tbody><tr class='family'><th colspan='7' scope='rowgroup'>{}</th></tr>\n{}</tbody>\n",
            capital(family),
            rows));
    return body.isEmpty()
        ? Html.of("<p>The plan has no evaluations.</p>\n")
        : Cells.table(
            "Headline measures by family, ± one standard error",
            List.of(
                Heading.text("Evaluation"),
                Heading.text("Measure"),
                Heading.number("Value"),
                Heading.ERROR,
                Heading.text("Unit"),
                Heading.number("n"),
                Heading.text("Better")),
            body);
  }

  private Html summary(int number, EvaluationResult evaluation) {
    List<Measure> telling =
        evaluation.measures().stream()
            .filter(m -> m.better() != Direction.NEITHER || isChecked(evaluation.objective(), m))
            .toList();
    List<Measure> shown =
        telling.isEmpty() ? evaluation.measures().stream().limit(1).toList() : telling;
    Html rows = new Html();
    for (int i = 0; i < shown.size(); i++) {
      Measure measure = shown.get(i);
      boolean broken = isBroken(evaluation.name() + "." + measure.name());
      rows.add(broken || hasFailed(evaluation) ? "<tr class='bad'>" : "<tr>");
      if (i == 0) {
        rows.add(
            "<th scope='rowgroup' rowspan='{}'><a href='#e{}'>{}</a>{}</th>",
            shown.size(),
            number,
            evaluation.name(),
            worst(evaluation));
      }
      rows.add(
          "<td><span title='{}'>{}</span>{}</td>{}{}<td class='num'>{}</td>{}</tr>\n",
          measure.definition(),
          measure.name(),
          broken ? Html.of(" {}", Cells.status(Verdict.Status.FAIL)) : new Html(),
          Cells.value(measure.value(), measure.standardError()),
          Cells.unit(measure),
          Cells.grouped(measure.n()),
          Cells.better(measure.better()));
    }
    if (shown.isEmpty()) {
      rows.add(
          "<tr><th scope='row'><a href='#e{}'>{}</a>{}</th>"
              + "<td colspan='6' class='quiet'>per-row columns only</td></tr>\n",
          number,
          evaluation.name(),
          worst(evaluation));
    }
    return rows;
  }

  /// Whether the plan checks this measure here or in another evaluation of the objective, which one
  /// would then compare.
  private boolean isChecked(String objective, Measure measure) {
    return report.evaluations().stream()
        .filter(evaluation -> evaluation.objective().equals(objective))
        .map(evaluation -> evaluation.name() + "." + measure.name())
        .anyMatch(name -> report.checks().stream().anyMatch(c -> c.measure().equals(name)));
  }

  private boolean isBroken(String measure) {
    return report.checks().stream().anyMatch(c -> !c.passed() && c.measure().equals(measure));
  }

  private static boolean hasFailed(EvaluationResult evaluation) {
    return evaluation.verdicts().stream().anyMatch(v -> v.status() == Verdict.Status.FAIL);
  }

  /// The verdict that the summary must not hide.
  private static Html worst(EvaluationResult evaluation) {
    Html marks = new Html();
    for (Verdict verdict : evaluation.verdicts()) {
      if (verdict.status() == Verdict.Status.FAIL || verdict.status() == Verdict.Status.WARN) {
        marks.add("<br>{} {}", Cells.status(verdict.status()), words(verdict.name()));
      }
    }
    return marks;
  }

  /// The plan's checks.
  Html checks() {
    if (report.checks().isEmpty()) {
      return Html.of("<p>The plan has no checks.</p>\n");
    }
    Html rows = new Html().add("<tbody>");
    for (CheckResult check : report.checks()) {
      rows.add(
          "<tr{}><th scope='row'>{}</th><td>{}</td>{}<td>{}</td></tr>\n",
          check.passed() ? new Html() : Html.of(" class='bad'"),
          linked(check.measure()),
          Cells.bound(check.expected()),
          check.note() == null
              ? Cells.number(check.found())
              : Html.of("<td class='num'>{}</td>", Digits.found(check)),
          Cells.passed(check.passed()));
    }
    return Cells.table(
        "The plan's checks",
        List.of(
            Heading.text("Measure"),
            Heading.text("Expected"),
            Heading.number("Found"),
            Heading.text("Result")),
        rows.add("</tbody>\n"));
  }

  /// The final checklist.
  Html checklist() {
    if (report.checklist().isEmpty()) {
      return Html.of("<p>No checklist was asked for.</p>\n");
    }
    Html items = new Html();
    for (ChecklistItem item : report.checklist()) {
      items.add(
          "<li{}><div class='question'>{}{}</div><p>{}</p></li>\n",
          item.status() == Verdict.Status.FAIL ? Html.of(" class='bad'") : new Html(),
          Html.of("<b>{}</b> ", capital(item.question())),
          Cells.status(item.status()),
          item.answer());
    }
    return Html.of("<ol class='checklist'>\n{}</ol>\n", items);
  }

  private static String words(String kebab) {
    return kebab.replace('-', ' ');
  }

  private static String capital(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
