package io.lanewise.cli.html;

import static io.lanewise.cli.html.Canvas.px;

import io.lanewise.report.Digits;
import java.util.Arrays;
import java.util.List;

/// One bar for each dimension, or for several neighbours, of which the one farthest from zero is
/// shown.
final class BarPlot {
  private static final int MOST_BARS = 300;
  private static final int HEIGHT = 190;
  private static final double WIDEST = 28;

  private BarPlot() {}

  /// How many dimensions share a bar.
  static int dimensionsPerBar(int dimensions) {
    return Math.ceilDiv(dimensions, MOST_BARS);
  }

  /// The plot; empty if no value is finite.
  ///
  /// @param id unique within the page
  static Html of(String id, String title, String yLabel, List<Double> values) {
    double[] finite = values.stream().mapToDouble(v -> v).filter(Double::isFinite).toArray();
    if (finite.length == 0) {
      return new Html();
    }
    double least = Math.min(0, Arrays.stream(finite).min().orElseThrow());
    double most = Math.max(0, Arrays.stream(finite).max().orElseThrow());
    Canvas canvas =
        new Canvas(
            id,
            title,
            "%d dimensions; lowest %s, highest %s."
                .formatted(values.size(), Digits.of(least), Digits.of(most)),
            HEIGHT);
    Axis x =
        Axis.linear(
            -0.5,
            values.size() - 0.5,
            Canvas.LEFT + 2,
            Canvas.RIGHT,
            Math.min(10, values.size()),
            false);
    Axis y = Axis.linear(least, most, canvas.bottom(), canvas.top(), 3, true);
    canvas.axes(x, "dimension", y, yLabel);
    int each = dimensionsPerBar(values.size());
    double pitch = x.at(each) - x.at(0);
    double width = Math.min(WIDEST, pitch > 3 ? pitch - 1 : pitch);
    for (int first = 0; first < values.size(); first += each) {
      int last = Math.min(values.size(), first + each) - 1;
      double value = farthest(values.subList(first, last + 1));
      if (Double.isFinite(value)) {
        double middle = x.at((first + last) / 2.0);
        double end = y.at(value);
        double zero = y.at(0);
        canvas.add(
            "<rect class='bar' x='{}' y='{}' width='{}' height='{}'><title>{}: {}</title></rect>\n",
            px(middle - width / 2),
            px(Math.min(end, zero)),
            px(width),
            px(Math.abs(end - zero)),
            first == last ? first : first + " to " + last,
            Digits.of(value));
      }
    }
    return canvas.svg();
  }

  private static double farthest(List<Double> values) {
    double farthest = Double.NaN;
    for (double value : values) {
      if (Double.isFinite(value)
          && (Double.isNaN(farthest) || Math.abs(value) > Math.abs(farthest))) {
        farthest = value;
      }
    }
    return farthest;
  }
}
