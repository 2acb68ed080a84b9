package io.lanewise.cli.html;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// A curve as a picture of its own: SVG, or PNG. The value axis is logarithmic if all values are
/// positive and span more than two decades; values that are not finite are gaps.
///
/// @param title what it shows
/// @param xLabel of the horizontal axis
/// @param yLabel of the vertical axis
/// @param x ascending
/// @param y as many
@SuppressWarnings("ArrayRecordComponent") // drawn once, never kept
public record CurvePlot(String title, String xLabel, String yLabel, double[] x, double[] y) {
  private static final double DECADES = 100;
  private static final int HEIGHT = 330;
  private static final String STYLE =
      "<style>text{font:12.5px system-ui,sans-serif;fill:#59636e}path{fill:none}"
          + ".grid{stroke:#dde2e7}.axis{stroke:#59636e}"
          + ".line{stroke:#1d5fa6;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}"
          + "svg{background:#fff}</style>\n";

  private double[] finite() {
    double[] values = Arrays.stream(y).filter(Double::isFinite).toArray();
    if (values.length == 0) {
      throw new IllegalArgumentException(
          "plot of %s: found no finite value, expected one".formatted(yLabel));
    }
    return values;
  }

  private boolean isLogarithmic() {
    double least = Arrays.stream(finite()).min().orElseThrow();
    return least > 0 && Arrays.stream(finite()).max().orElseThrow() / least > DECADES;
  }

  /// An SVG document.
  ///
  /// @throws IllegalArgumentException if no value is finite
  public String svg() {
    double least = Arrays.stream(finite()).min().orElseThrow();
    double most = Arrays.stream(finite()).max().orElseThrow();
    Canvas canvas = new Canvas("curve", title, yLabel + " by " + xLabel, HEIGHT);
    Axis across = Axis.linear(x[0], x[x.length - 1], Canvas.LEFT + 8, Canvas.RIGHT - 4, 10, false);
    Axis up =
        isLogarithmic()
            ? Axis.log(least, most, canvas.bottom(), canvas.top())
            : Axis.linear(least, most, canvas.bottom(), canvas.top(), 5, true);
    canvas.axes(across, xLabel, up, yLabel + (up.isLog() ? ", log scale" : ""));
    List<StringBuilder> runs = new ArrayList<>();
    boolean open = false;
    for (int i = 0; i < y.length; i++) {
      if (!Double.isFinite(y[i])) {
        open = false;
        continue;
      }
      if (!open) {
        runs.add(new StringBuilder());
      }
      runs.getLast()
          .append(open ? "L" : "M")
          .append(Canvas.px(across.at(x[i])))
          .append(' ')
          .append(Canvas.px(up.at(y[i])));
      open = true;
    }
    // Of zero length for a lone value: its round ends make a dot.
    runs.forEach(run -> canvas.add("<path class='line' d='{}'/>\n", run.append("h0")));
    String drawing = canvas.svg().toString();
    int body = drawing.indexOf('>') + 1;
    return "<svg xmlns='http://www.w3.org/2000/svg'"
        + drawing.substring("<svg".length(), body)
        + "\n"
        + STYLE
        + drawing.substring(body).stripLeading();
  }

  /// A PNG image, 1360 pixels wide.
  ///
  /// @throws IllegalArgumentException if no value is finite
  /// @throws UncheckedIOException if this machine cannot draw
  public byte[] png() {
    // Nothing is shown on a screen.
    System.setProperty("java.awt.headless", "true");
    XYChart chart =
        new XYChartBuilder()
            .width(1360)
            .height(2 * HEIGHT)
            .title(title)
            .xAxisTitle(xLabel)
            .yAxisTitle(yLabel)
            .build();
    chart.getStyler().setYAxisLogarithmic(isLogarithmic());
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisTickMarkSpacingHint(150);
    double[] gaps = Arrays.stream(y).map(v -> Double.isFinite(v) ? v : Double.NaN).toArray();
    chart.addSeries(yLabel, x, gaps).setMarker(SeriesMarkers.NONE);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", png);
      return png.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
