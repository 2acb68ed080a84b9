package io.lanewise.cli.html;

import static io.lanewise.cli.html.LinePlotTest.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.result.CheckResult;
import io.lanewise.result.Report;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HtmlReportTest {
  private static final Pattern TAG = Pattern.compile("<(/?)([a-z0-9]+)([^>]*?)(/?)>");
  private static final Set<String> VOID = Set.of("meta", "br");

  static Stream<Report> reports() {
    return Stream.of(
        QuickstartReport.report(),
        HardReport.empty(),
        HardReport.hostile(),
        HardReport.undefined(),
        HardReport.large());
  }

  @ParameterizedTest
  @MethodSource("reports")
  void isWellFormedAndNeedsNothingElse(Report report) {
    String html = HtmlReport.toHtml(report);
    assertBalanced(html);
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("default-src 'none'")
        .doesNotContain(
            "<script", "<link", "<img", "src=", "url(", "@import", "http://", "https://");
    Matcher ids = Pattern.compile(" id='([^']*)'").matcher(html);
    Set<String> seen = new HashSet<>();
    while (ids.find()) {
      assertThat(seen.add(ids.group(1))).as(ids.group(1)).isTrue();
    }
    Matcher links = Pattern.compile("href='#([^']*)'").matcher(html);
    while (links.find()) {
      assertThat(seen).contains(links.group(1));
    }
  }

  @Test
  void saysFirstWhatFailed() {
    String html = HtmlReport.toHtml(QuickstartReport.report());
    assertThat(html)
        .contains(
            "<div class='banner failed'>",
            "✗ 1 of 6 checks failed; mode collapse in diversity-collapsed",
            "found 5.14600, expected ≤ 1.5");
    assertThat(html.indexOf("mode collapse")).isLessThan(html.indexOf("<h2>"));
    // Banner, summary, table of checks and the evaluation's own section.
    assertThat(count(html, "✗ FAIL")).isGreaterThanOrEqualTo(8);
  }

  @Test
  void showsNumbersToTheirErrorAndKeepsAllDigitsAtHand() {
    assertThat(HtmlReport.toHtml(QuickstartReport.report()))
        .contains(
            "title='0.10604451382007504 ± 0.006288372034914643'>0.1060</td>",
            ">± 0.0063</td>",
            "↓ lower",
            "mse by t",
            "mse, log scale",
            "variance by dimension",
            "a76aed1c44e79ae9");
  }

  @Test
  void passesQuietly() {
    Report report = QuickstartReport.report();
    Report fine =
        new Report(
            report.title(),
            report.provenance(),
            report.evaluations().subList(0, 5),
            report.checks().subList(0, 3),
            report.checklist().subList(0, 3));
    assertThat(HtmlReport.toHtml(fine)).contains("✓ All 3 checks passed").doesNotContain("FAIL");
  }

  @Test
  void doesNotHideAFailedVerdictBehindPassedChecks() {
    Report report = QuickstartReport.report();
    Report collapsed =
        new Report(
            report.title(),
            report.provenance(),
            report.evaluations(),
            report.checks().subList(0, 3),
            report.checklist());
    assertThat(HtmlReport.toHtml(collapsed))
        .contains(
            "<div class='banner failed'>",
            "✗ Mode collapse in diversity-collapsed; all 3 checks passed");
  }

  @Test
  void summaryShowsWhatIsCheckedInEachEvaluationOfTheObjective() {
    Report report = QuickstartReport.report();
    Report checked =
        new Report(
            report.title(),
            report.provenance(),
            report.evaluations(),
            List.of(new CheckResult("frechet-good.mean-term", "< 1", 0.0153351741415895, true)),
            report.checklist());
    String html = HtmlReport.toHtml(checked);
    String summary = html.substring(0, html.indexOf("<section id='checks'>"));
    assertThat(count(summary, ">mean-term</span>")).isEqualTo(3);
  }

  @Test
  void showsHostileNamesAsText() {
    assertThat(HtmlReport.toHtml(HardReport.hostile()))
        .contains("&lt;script&gt;alert(&#39;&quot;x&quot;&#39;)&lt;/script&gt;&amp;amp;")
        .doesNotContain("alert('");
  }

  @Test
  void tellsUndefinedValuesAndRowsLeftOut() {
    assertThat(HtmlReport.toHtml(HardReport.undefined()))
        .contains(
            ">NaN</td>",
            ">∞</td>",
            ">-∞</td>",
            "2 of 1,003 rows with a null, 1 not finite",
            "a gap for each of 4 groups without a finite value",
            "1 is exactly 0; 1 not finite");
  }

  @Test
  void foldsLongTablesAndStaysSmall() {
    String html = HtmlReport.toHtml(HardReport.large());
    assertThat(html).contains("<summary>Table by t: 1,000 groups</summary>");
    assertThat(html.length()).isLessThan(600_000);
  }

  private static void assertBalanced(String html) {
    Deque<String> open = new ArrayDeque<>();
    String body = html.replaceAll("(?s)<style>.*?</style>", "");
    Matcher tags = TAG.matcher(body);
    while (tags.find()) {
      String name = tags.group(2);
      if (!tags.group(1).isEmpty()) {
        assertThat(open.pop()).as("closed at %d", tags.start()).isEqualTo(name);
      } else if (tags.group(4).isEmpty() && !VOID.contains(name)) {
        open.push(name);
      }
    }
    assertThat(open).isEmpty();
  }
}
