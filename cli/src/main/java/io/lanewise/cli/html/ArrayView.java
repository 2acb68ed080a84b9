package io.lanewise.cli.html;

import io.lanewise.report.Digits;
import io.lanewise.result.ArrayMeasure;
import java.util.List;
import java.util.Locale;

/// One number for each dimension: bars, their spread in words, and the numbers on demand.
final class ArrayView {
  private static final int MOST_LISTED = 4096;

  private final String id;
  private final ArrayMeasure array;

  /// @param id unique within the page
  ArrayView(String id, ArrayMeasure array) {
    this.id = id;
    this.array = array;
  }

  Html html() {
    List<Double> values = array.values();
    String title = array.name() + " by dimension";
    int each = BarPlot.dimensionsPerBar(values.size());
    String shared =
        each == 1 ? "" : "; a bar is the value farthest from zero of %d neighbours".formatted(each);
    Html listed = new Html();
    for (Double value : values.stream().limit(MOST_LISTED).toList()) {
      listed.add("<span title='{}'>{}</span> ", value, Digits.of(value));
    }
    if (values.size() > MOST_LISTED) {
      listed.add(
          "<br>The first {} of {} are listed; all are in results.json.",
          Cells.grouped(MOST_LISTED),
          Cells.grouped(values.size()));
    }
    return Html.of(
        """
        <figure><figcaption><b>{}</b> {}{}<br>{}</figcaption>
        <div class='plot'>{}</div>
        <details><summary>Values</summary><p class='values'>{}</p></details></figure>
        """,
        title,
        array.definition(),
        shared,
        spread(values),
        BarPlot.of(id, title, Cells.label(array.name(), array.unit()), values),
        listed);
  }

  /// What the bars are too small to show.
  private static String spread(List<Double> values) {
    double[] finite =
        values.stream().mapToDouble(v -> v).filter(Double::isFinite).sorted().toArray();
    StringBuilder text = new StringBuilder(Cells.counted(values.size(), "dimension"));
    if (finite.length > 0) {
      double median = (finite[(finite.length - 1) / 2] + finite[finite.length / 2]) / 2;
      text.append(
          String.format(
              Locale.ROOT,
              ": lowest %s, median %s, highest %s",
              Digits.of(finite[0]),
              Digits.of(median),
              Digits.of(finite[finite.length - 1])));
    }
    long zeros = values.stream().filter(v -> v == 0).count();
    if (zeros > 0) {
      text.append("; ")
          .append(Cells.grouped(zeros))
          .append(zeros == 1 ? " is" : " are")
          .append(" exactly 0");
    }
    int gaps = values.size() - finite.length;
    if (gaps > 0) {
      text.append("; ").append(Cells.grouped(gaps)).append(" not finite");
    }
    return text.toString();
  }
}
