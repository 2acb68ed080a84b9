package io.lanewise.cli.html;

import java.util.Locale;

/// An SVG drawing with a frame for data, coloured by the page's style sheet.
final class Canvas {
  static final int WIDTH = 680;
  static final double LEFT = 60;
  static final double RIGHT = WIDTH - 14;

  private static final double TOP = 30;
  private static final double BELOW = 46;

  private final String id;
  private final String title;
  private final String description;
  private final int height;
  private final Html shapes = new Html();

  /// @param id unique within the page
  /// @param title what it shows, for those who do not see it
  /// @param description what is to be seen
  Canvas(String id, String title, String description, int height) {
    this.id = id;
    this.title = title;
    this.description = description;
    this.height = height;
  }

  double top() {
    return TOP;
  }

  double bottom() {
    return height - BELOW;
  }

  Canvas add(String template, Object... holes) {
    shapes.add(template, holes);
    return this;
  }

  /// The lines, ticks and labels of both axes.
  Canvas axes(Axis x, String xLabel, Axis y, String yLabel) {
    for (Axis.Tick tick : y.ticks()) {
      String at = px(y.at(tick.value()));
      add("<path class='grid' d='M{} {}H{}'/>", px(LEFT), at, px(RIGHT));
      add(
          "<text class='tick' x='{}' y='{}' dy='.32em' text-anchor='end'>{}</text>\n",
          px(LEFT - 8),
          at,
          tick.label());
    }
    for (Axis.Tick tick : x.ticks()) {
      String at = px(x.at(tick.value()));
      add("<path class='axis' d='M{} {}v5'/>", at, px(bottom()));
      add(
          "<text class='tick' x='{}' y='{}' text-anchor='middle'>{}</text>\n",
          at,
          px(bottom() + 19),
          tick.label());
    }
    add("<path class='axis' d='M{} {}H{}'/>\n", px(LEFT), px(bottom()), px(RIGHT));
    add(
        "<text class='label' x='{}' y='{}' text-anchor='middle'>{}</text>\n",
        px((LEFT + RIGHT) / 2),
        px(height - 6),
        xLabel);
    add("<text class='label' x='4' y='14'>{}</text>\n", yLabel);
    return this;
  }

  Html svg() {
    return Html.of(
        """
        <svg viewBox='0 0 {} {}' role='img' aria-labelledby='{}-t {}-d'>
        <title id='{}-t'>{}</title>
        <desc id='{}-d'>{}</desc>
        {}</svg>
        """,
        WIDTH,
        height,
        id,
        id,
        id,
        title,
        id,
        description,
        shapes);
  }

  /// A coordinate, to a tenth of a pixel.
  static String px(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
