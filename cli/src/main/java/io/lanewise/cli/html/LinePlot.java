package io.lanewise.cli.html;

import static io.lanewise.cli.html.Canvas.px;

import io.lanewise.report.Digits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// A measure over ordered groups, such as the loss by timestep: a line with a marker and an error
/// bar for each group, or with a band where there are too many. The value axis is logarithmic if
/// all values are positive and span more than two decades.
final class LinePlot {
  /// One group.
  ///
  /// @param label the group as text
  /// @param lower where it begins
  /// @param upper where it ends; equal to `lower` for a single value
  /// @param value the measure; a gap if not finite
  /// @param standardError NaN if unknown
  /// @param n the rows it rests on
  record Point(
      String label, double lower, double upper, double value, double standardError, long n) {
    double x() {
      return lower / 2 + upper / 2;
    }
  }

  private static final int MOST_MARKERS = 60;

  /// A band reaches this many standard errors: 95 % of a normal distribution.
  private static final double BAND = 1.96;

  private static final double DECADES = 100;
  private static final int HEIGHT = 330;

  private final List<Point> points;
  private final boolean band;
  private final Axis x;
  private final Axis y;
  private final Canvas canvas;

  private LinePlot(String id, String title, String noun, List<Point> points, boolean band) {
    this.points = points;
    this.band = band;
    List<Point> seen = points.stream().filter(p -> Double.isFinite(p.value())).toList();
    double least = least(seen, Point::value);
    double most = most(seen, Point::value);
    this.canvas =
        new Canvas(
            id,
            title,
            "%d %s; lowest %s, highest %s."
                .formatted(points.size(), noun, Digits.of(least), Digits.of(most)),
            HEIGHT);
    double first = least(points, Point::lower);
    double last = most(points, Point::upper);
    boolean integers = points.stream().allMatch(p -> isInteger(p.lower()) && isInteger(p.upper()));
    int count = integers ? (int) Math.clamp(last - first, 1, 10) : 10; // no half classes
    this.x = Axis.linear(first, last, Canvas.LEFT + 8, Canvas.RIGHT - 4, count, false);
    double high = most(seen, p -> p.value() + reach(p));
    double bottom = canvas.bottom();
    double top = canvas.top();
    if (least > 0 && most / least > DECADES) {
      // An error bar that reaches zero must not stretch the axis by decades.
      double low = least(seen, p -> Math.max(p.value() - reach(p), Math.min(p.value(), least) / 2));
      this.y = Axis.log(low, high, bottom, top);
    } else {
      double low = least(seen, p -> p.value() - reach(p));
      boolean fromZero = least >= 0 && low < 0.5 * high;
      this.y = Axis.linear(fromZero ? Math.min(0, low) : low, high, bottom, top, 5, true);
    }
  }

  /// The plot; empty if no group has both a place and a finite value.
  ///
  /// @param id unique within the page
  static Html of(String id, String title, String xLabel, String yLabel, List<Point> points) {
    return of(id, title, "groups", xLabel, yLabel, points, false);
  }

  /// The same over steps, with a band of 95 % instead of bars of one standard error.
  static Html overSteps(String id, String title, String yLabel, List<Point> points) {
    return of(id, title, "steps", "step", yLabel, points, true);
  }

  private static Html of(
      String id,
      String title,
      String noun,
      String xLabel,
      String yLabel,
      List<Point> points,
      boolean band) {
    List<Point> placed = points.stream().filter(p -> Double.isFinite(p.x())).toList();
    if (placed.stream().noneMatch(p -> Double.isFinite(p.value()))) {
      return new Html();
    }
    LinePlot plot = new LinePlot(id, title, noun, placed, band);
    plot.canvas.axes(plot.x, xLabel, plot.y, yLabel + (plot.y.isLog() ? ", log scale" : ""));
    plot.draw();
    return plot.canvas.svg();
  }

  private double reach(Point point) {
    double error = Double.isFinite(point.standardError()) ? Math.abs(point.standardError()) : 0;
    return band ? BAND * error : error;
  }

  private void draw() {
    boolean markers = points.size() <= MOST_MARKERS;
    for (List<Point> run : runs()) {
      if (markers && !band) {
        run.forEach(this::bars);
      } else {
        band(run);
      }
      StringBuilder path = new StringBuilder();
      for (Point point : run) {
        path.append(path.isEmpty() ? "M" : "L").append(place(point.x(), point.value()));
      }
      // Of zero length for a lone group: its round ends make a dot.
      canvas.add("<path class='line' d='{}'/>\n", path.append("h0"));
    }
    if (markers) {
      points.stream().filter(p -> Double.isFinite(p.value())).forEach(this::marker);
    }
  }

  /// The groups between gaps.
  private List<List<Point>> runs() {
    List<List<Point>> runs = new ArrayList<>();
    List<Point> run = new ArrayList<>();
    for (Point point : points) {
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

  private void band(List<Point> run) {
    StringBuilder path = new StringBuilder();
    for (Point point : run) {
      path.append(path.isEmpty() ? "M" : "L")
          .append(place(point.x(), point.value() + reach(point)));
    }
    for (Point point : run.reversed()) {
      path.append("L").append(place(point.x(), point.value() - reach(point)));
    }
    canvas.add("<path class='band' d='{}Z'/>\n", path);
  }

  private void bars(Point point) {
    if (point.upper() > point.lower()) {
      canvas.add(
          "<path class='width' d='M{}H{}'/>",
          place(point.lower(), point.value()),
          px(x.at(point.upper())));
    }
    if (reach(point) > 0) {
      canvas.add(
          "<path class='error' d='M{}V{}'/>\n",
          place(point.x(), point.value() + reach(point)),
          px(y.at(point.value() - reach(point))));
    }
  }

  private void marker(Point point) {
    canvas.add(
        "<circle class='marker' cx='{}' cy='{}' r='3.5'><title>{}: {}{}</title></circle>\n",
        px(x.at(point.x())),
        px(y.at(point.value())),
        point.label(),
        Digits.of(point.value(), point.standardError()),
        band ? "" : " (n = %d)".formatted(point.n()));
  }

  private String place(double horizontal, double vertical) {
    return px(x.at(horizontal)) + " " + px(y.at(vertical));
  }

  private static boolean isInteger(double value) {
    return value == Math.rint(value);
  }

  private static double least(List<Point> points, ToDoubleFunction<Point> of) {
    return points.stream().mapToDouble(of).min().orElseThrow();
  }

  private static double most(List<Point> points, ToDoubleFunction<Point> of) {
    return points.stream().mapToDouble(of).max().orElseThrow();
  }
}
