package io.lanewise.cli.html;

import static io.lanewise.cli.html.Canvas.px;

import io.lanewise.report.Digits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// One or more curves over ordered groups as a picture that stands alone: SVG with its own colours,
/// a line a run and a band of 1.96 standard errors about it, a legend, named axes. The value axis
/// is logarithmic if all values are positive and span more than two decades.
public final class CurvePlot {
  /// How far the band reaches, in standard errors: 95 % of a normal distribution.
  public static final double BAND = 1.96;

  private static final int WIDTH = 960;
  private static final int HEIGHT = 560;
  private static final double LEFT = 92;
  private static final double RIGHT = WIDTH - 28;
  private static final double LEGEND = 68;
  private static final double LEGEND_ROW = 22;
  private static final int MOST_MARKERS = 60;
  private static final int MOST_DASHED = 200;
  private static final double DECADES = 100;
  private static final String[] COLOURS = {"#1d5fa6", "#c4541a"};
  private static final String INK = "#1c2127";
  private static final String QUIET = "#59636e";
  private static final String FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

  /// One group of a curve.
  ///
  /// @param lower where it begins
  /// @param upper where it ends; equal to `lower` for a single value
  /// @param value the measure; a gap if not finite
  /// @param standardError NaN if unknown
  public record Point(double lower, double upper, double value, double standardError) {
    double x() {
      return lower / 2 + upper / 2;
    }

    double reach() {
      return Double.isFinite(standardError) ? BAND * Math.abs(standardError) : 0;
    }
  }

  /// One curve.
  ///
  /// @param name what the legend calls it
  /// @param points in ascending order
  public record Series(String name, List<Point> points) {
    public Series {
      points = points.stream().filter(p -> Double.isFinite(p.x())).toList();
    }

    private List<Point> seen() {
      return points.stream().filter(p -> Double.isFinite(p.value())).toList();
    }
  }

  private final List<Series> series;
  private final double top;
  private final double bottom = HEIGHT - 66;
  private final Axis x;
  private final Axis y;
  private final Html shapes = new Html();

  private CurvePlot(List<Series> series) {
    this.series = series;
    top = LEGEND + LEGEND_ROW * (series.size() + 1);
    List<Point> all = series.stream().flatMap(s -> s.points().stream()).toList();
    List<Point> seen = series.stream().flatMap(s -> s.seen().stream()).toList();
    x = Axis.linear(least(all, Point::lower), most(all, Point::upper), LEFT + 10, RIGHT, 10, false);
    y = valueAxis(seen);
  }

  private Axis valueAxis(List<Point> seen) {
    double least = least(seen, Point::value);
    double most = most(seen, Point::value);
    double high = most(seen, p -> p.value() + p.reach());
    if (least > 0 && most / least > DECADES) {
      // A band that reaches zero must not stretch the axis by decades.
      double low = least(seen, p -> Math.max(p.value() - p.reach(), least / 2));
      return Axis.log(low, high, bottom, top);
    }
    double low = least(seen, p -> p.value() - p.reach());
    boolean fromZero = least >= 0 && low < 0.5 * high;
    return Axis.linear(fromZero ? Math.min(0, low) : low, high, bottom, top, 6, true);
  }

  /// The picture; empty if no curve has two groups with a finite place and value.
  ///
  /// @param title what it shows
  /// @param subtitle how rows were put into groups
  /// @param xLabel what the groups are by, with its unit
  /// @param yLabel the measure, with its unit
  /// @param series one or two
  public static String svg(
      String title, String subtitle, String xLabel, String yLabel, List<Series> series) {
    if (series.isEmpty() || series.stream().allMatch(s -> s.seen().size() < 2)) {
      return "";
    }
    CurvePlot plot = new CurvePlot(series);
    plot.frame(title, subtitle, xLabel, yLabel + (plot.y.isLog() ? ", log scale" : ""));
    for (int i = 0; i < series.size(); i++) {
      plot.band(series.get(i), COLOURS[i % COLOURS.length]);
    }
    for (int i = 0; i < series.size(); i++) {
      plot.curve(series.get(i), COLOURS[i % COLOURS.length], i > 0);
    }
    return Html.of(
            """
            <svg xmlns='http://www.w3.org/2000/svg' width='{}' height='{}' viewBox='0 0 {} {}' font-family='{}' font-size='14'>
            <title>{}</title>
            <rect width='{}' height='{}' fill='#ffffff'/>
            {}</svg>
            """,
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT,
            FONT,
            title,
            WIDTH,
            HEIGHT,
            plot.shapes)
        .toString();
  }

  private void frame(String title, String subtitle, String xLabel, String yLabel) {
    text(LEFT, 30, "start", INK, "18", title);
    text(LEFT, 52, "start", QUIET, "13", shortened(subtitle));
    for (int i = 0; i < series.size(); i++) {
      legend(i);
    }
    if (series.stream().flatMap(s -> s.seen().stream()).anyMatch(p -> p.reach() > 0)) {
      text(
          LEFT,
          LEGEND + LEGEND_ROW * series.size() + 5,
          "start",
          QUIET,
          "13",
          "band: mean ± %s standard errors".formatted(BAND));
    }
    for (Axis.Tick tick : y.ticks()) {
      double at = y.at(tick.value());
      line(LEFT, at, RIGHT, at, "#dde2e7");
      text(LEFT - 10, at + 5, "end", QUIET, "13", tick.label());
    }
    for (Axis.Tick tick : x.ticks()) {
      double at = x.at(tick.value());
      line(at, bottom, at, bottom + 6, QUIET);
      text(at, bottom + 23, "middle", QUIET, "13", tick.label());
    }
    line(LEFT, bottom, RIGHT, bottom, QUIET);
    line(LEFT, top, LEFT, bottom, QUIET);
    text((LEFT + RIGHT) / 2, HEIGHT - 14, "middle", INK, "14", xLabel);
    double middle = (top + bottom) / 2;
    shapes.add(
        "<text x='22' y='{}' text-anchor='middle' fill='{}' transform='rotate(-90 22 {})'>{}</text>\n",
        px(middle),
        INK,
        px(middle),
        yLabel);
  }

  private void legend(int place) {
    double at = LEGEND + LEGEND_ROW * place;
    String colour = COLOURS[place % COLOURS.length];
    shapes.add(
        "<rect x='{}' y='{}' width='34' height='12' fill='{}' fill-opacity='0.22'/>\n",
        px(LEFT),
        px(at - 6),
        colour);
    stroke("M%s %sh34".formatted(px(LEFT), px(at)), colour, place > 0, "2");
    mark(LEFT + 17, at, colour, place > 0);
    text(LEFT + 44, at + 5, "start", INK, "14", shortened(series.get(place).name()));
  }

  private void band(Series curve, String colour) {
    for (List<Point> run : runs(curve)) {
      StringBuilder path = new StringBuilder();
      for (Point point : run) {
        path.append(path.isEmpty() ? "M" : "L")
            .append(place(point.x(), point.value() + point.reach()));
      }
      for (Point point : run.reversed()) {
        path.append("L").append(place(point.x(), point.value() - point.reach()));
      }
      shapes.add("<path d='{}Z' fill='{}' fill-opacity='0.22'/>\n", path, colour);
    }
  }

  private void curve(Series curve, String colour, boolean second) {
    for (List<Point> run : runs(curve)) {
      StringBuilder path = new StringBuilder();
      for (Point point : run) {
        path.append(path.isEmpty() ? "M" : "L").append(place(point.x(), point.value()));
      }
      // A thousand dashes are no line.
      boolean dense = run.size() > MOST_DASHED;
      stroke(path.toString(), colour, second && !dense, dense ? "1.2" : "2");
    }
    List<Point> seen = curve.seen();
    if (seen.size() <= MOST_MARKERS) {
      for (Point point : seen) {
        if (point.upper() > point.lower()) {
          shapes.add(
              "<path d='M{}H{}' fill='none' stroke='{}' stroke-width='2' stroke-opacity='0.35'/>\n",
              place(point.lower(), point.value()),
              px(x.at(point.upper())),
              colour);
        }
        mark(x.at(point.x()), y.at(point.value()), colour, second);
      }
    }
  }

  /// The groups between gaps.
  private static List<List<Point>> runs(Series curve) {
    List<List<Point>> runs = new ArrayList<>();
    List<Point> run = new ArrayList<>();
    for (Point point : curve.points()) {
      if (Double.isFinite(point.value())) {
        run.add(point);
      } else if (!run.isEmpty()) {
        runs.add(run);
        run = new ArrayList<>();
      }
    }
    if (!run.isEmpty()) {
      runs.add(run);
    }
    return runs;
  }

  private void stroke(String path, String colour, boolean dashed, String width) {
    shapes.add(
        "<path d='{}' fill='none' stroke='{}' stroke-width='{}' stroke-linejoin='round'{}/>\n",
        path,
        colour,
        width,
        dashed ? Html.of(" stroke-dasharray='7 4'") : new Html());
  }

  private void mark(double centre, double height, String colour, boolean square) {
    if (square) {
      shapes.add(
          "<rect x='{}' y='{}' width='7' height='7' fill='{}' stroke='#ffffff'/>\n",
          px(centre - 3.5),
          px(height - 3.5),
          colour);
    } else {
      shapes.add(
          "<circle cx='{}' cy='{}' r='4' fill='{}' stroke='#ffffff'/>\n",
          px(centre),
          px(height),
          colour);
    }
  }

  private void line(double fromX, double fromY, double toX, double toY, String colour) {
    shapes.add(
        "<path d='M{} {}L{} {}' stroke='{}'/>\n", px(fromX), px(fromY), px(toX), px(toY), colour);
  }

  private void text(
      double at, double base, String anchor, String colour, String size, String text) {
    shapes.add(
        "<text x='{}' y='{}' text-anchor='{}' fill='{}' font-size='{}'>{}</text>\n",
        px(at),
        px(base),
        anchor,
        colour,
        size,
        text);
  }

  private static String shortened(String text) {
    return text.length() <= 110 ? text : text.substring(0, 109) + "…";
  }

  private String place(double horizontal, double vertical) {
    return px(x.at(horizontal)) + " " + px(y.at(vertical));
  }

  private static double least(List<Point> points, ToDoubleFunction<Point> of) {
    return points.stream().mapToDouble(of).min().orElseThrow();
  }

  private static double most(List<Point> points, ToDoubleFunction<Point> of) {
    return points.stream().mapToDouble(of).max().orElseThrow();
  }

  /// A run in words: its name, its total with standard error, its rows.
  public static String legend(String name, String measure, double total, double error, long n) {
    return String.format(
        java.util.Locale.ROOT, "%s: %s %s, n = %,d", name, measure, Digits.of(total, error), n);
  }
}
