package io.lanewise.cli.html;

import io.lanewise.result.Report;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// A report as one HTML file that needs nothing else: no scripts, no fonts, no network. Its content
/// security policy forbids all of them, should anything ever slip in.
public final class HtmlReport {
  private static final String STYLE = resource("report.css");

  private HtmlReport() {}

  /// The page as text.
  public static String toHtml(Report report) {
    Overview overview = new Overview(report);
    Html leaderboard = new LeaderboardSection(report.leaderboards()).html();
    ProvenanceSection provenance = new ProvenanceSection(report.provenance());
    String title = report.title().isBlank() ? "Evaluation" : report.title();
    Html sections = new Html();
    for (int i = 0; i < report.evaluations().size(); i++) {
      sections.add(
          new EvaluationSection("e" + (i + 1), report.evaluations().get(i), report.checks())
              .html());
    }
    if (sections.isEmpty()) {
      sections.add("<p>None.</p>\n");
    }
    return new Html()
        .add(
            """
            <!DOCTYPE html>
            <html lang='en'>
            <head>
            <meta charset='utf-8'>
            <meta http-equiv='Content-Security-Policy' content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name='viewport' content='width=device-width, initial-scale=1'>
            <meta name='color-scheme' content='light dark'>
            <meta name='generator' content='Lanewise {}'>
            <title>{}</title>
            <style>
            """,
            report.provenance().version(),
            title)
        .add(STYLE)
        .add(
            """
            </style>
            </head>
            <body>
            <header>
            <h1>{}</h1>
            <p class='quiet'>{} · {} · Lanewise {}</p>
            {}<nav aria-label='Sections'>{}<a href='#summary'>Summary</a> <a href='#checks'>Checks</a> \
            <a href='#checklist'>Checklist</a> <a href='#evaluations'>Evaluations</a> <a href='#provenance'>Provenance</a></nav>
            </header>
            <main>
            {}<section id='summary'><h2>Summary</h2>
            {}</section>
            <section id='checks'><h2>Checks</h2>
            {}</section>
            <section id='checklist'><h2>Checklist</h2>
            {}</section>
            <section id='evaluations'><h2>Evaluations</h2>
            {}</section>
            <section id='provenance'><h2>Provenance</h2>
            {}</section>
            </main>
            <footer>Numbers are rounded to what their standard errors support; hover for all digits. \
            The same numbers unrounded, for programs: <code>results.json</code>.</footer>
            </body>
            </html>
            """,
            title,
            Cells.counted(report.evaluations().size(), "evaluation"),
            provenance.started(),
            report.provenance().version(),
            overview.banner(),
            leaderboard.isEmpty()
                ? leaderboard
                : Html.of("<a href='#leaderboard'>Leaderboard</a> "),
            leaderboard,
            overview.summary(),
            overview.checks(),
            overview.checklist(),
            sections,
            provenance.html())
        .toString();
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(HtmlReport.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
