package io.lanewise.cli.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LinePlotTest {
  @Test
  void drawsALineMarkersErrorBarsAndLabels() {
    String svg = plot(point(0, 1, 0.1), point(1, 2, 0.1), point(2, 1.5, Double.NaN));
    assertThat(count(svg, "class='line'")).isEqualTo(1);
    assertThat(count(svg, "class='marker'")).isEqualTo(3);
    assertThat(count(svg, "class='error'")).isEqualTo(2);
    assertThat(svg)
        .contains(">timestep</text>", ">loss</text>", "<title>1: 2.00 ± 0.10 (n = 9)</title>")
        .contains("role='img'", "<title id='p-t'>loss by timestep</title>");
  }

  @Test
  void isLogarithmicOverMoreThanTwoDecadesOfPositiveValues() {
    assertThat(plot(point(0, 1, 0.1), point(1, 0.001, 0.1))).contains("loss, log scale");
    assertThat(plot(point(0, 1, 0.1), point(1, 0.02, 0.1))).doesNotContain("log scale");
    assertThat(plot(point(0, 1, 0.1), point(1, 0.001, 0.1), point(2, 0, 0)))
        .doesNotContain("log scale");
  }

  @Test
  void leavesGapsWhereAValueIsNotFinite() {
    String svg =
        plot(
            point(0, 1, 0),
            point(1, Double.NaN, 0),
            point(2, Double.POSITIVE_INFINITY, 0),
            point(3, 2, 0),
            point(4, 3, 0));
    assertThat(count(svg, "class='line'")).isEqualTo(2);
    assertThat(svg).doesNotContain("NaN", "Infinity");
  }

  @Test
  void isEmptyWithoutAFiniteValue() {
    assertThat(LinePlot.of("p", "t", "x", "y", List.of()).isEmpty()).isTrue();
    assertThat(plot(point(0, Double.NaN, 1))).isEmpty();
    assertThat(plot(point(Double.NaN, 1, 1))).isEmpty();
  }

  @Test
  void drawsABandInsteadOfAThousandErrorBars() {
    List<LinePlot.Point> points = new ArrayList<>();
    for (int t = 0; t < 1000; t++) {
      points.add(point(t, 1 + t % 7, 0.5));
    }
    String svg = LinePlot.of("p", "t", "x", "y", points).toString();
    assertThat(count(svg, "class='band'")).isEqualTo(1);
    assertThat(svg).doesNotContain("class='marker'", "class='error'");
    assertThat(svg.length()).isLessThan(60_000);
  }

  @Test
  void staysInsideItsFrame() {
    String svg =
        plot(
            point(-1e300, -Double.MAX_VALUE, Double.POSITIVE_INFINITY),
            point(1e300, Double.MAX_VALUE, Double.MAX_VALUE));
    var numbers = Pattern.compile("c[xy]='(-?[0-9.]+)'").matcher(svg);
    int seen = 0;
    while (numbers.find()) {
      assertThat(Double.parseDouble(numbers.group(1))).isBetween(0.0, 680.0);
      seen++;
    }
    assertThat(seen).isEqualTo(4);
    assertThat(svg).doesNotContain("NaN");
  }

  private static String plot(LinePlot.Point... points) {
    return LinePlot.of("p", "loss by timestep", "timestep", "loss", List.of(points)).toString();
  }

  private static LinePlot.Point point(double x, double value, double standardError) {
    return new LinePlot.Point(Integer.toString((int) x), x, x, value, standardError, 9);
  }

  static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}
