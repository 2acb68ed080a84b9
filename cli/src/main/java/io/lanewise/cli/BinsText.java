package io.lanewise.cli;

import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Bins as the text of an option: `t`, `t:4:0:1000`, `sigma@ln:20`,
/// `t@log-snr/linear/1000:20:equal-count`, `t:quartiles:1000`.
final class BinsText {
  private static final String EXPECTED =
      "COLUMN or COLUMN:BINS:LOWER:UPPER, COLUMN:BINS, COLUMN:BINS:equal-count, COLUMN:quartiles:T;"
          + " COLUMN may end in @ln or @sigma/SCHEDULE/T (or ln-sigma, log-snr)";

  private static final Pattern CUT =
      Pattern.compile("(.+?)(?::(\\d+)(?::(equal-count)|:([^:]+):([^:]+))?|:quartiles:([^:]+))?");

  private static final Pattern AXIS =
      Pattern.compile("(.+)@(ln|sigma|ln-sigma|log-snr)(?:/([^/]+)(?:/(\\d+))?)?");

  private BinsText() {}

  static Bins parse(String text) {
    Matcher cut = CUT.matcher(text);
    if (!cut.matches()) {
      throw new IllegalArgumentException(
          "option '--by': found '%s', expected %s".formatted(text, EXPECTED));
    }
    try {
      Matcher axis = AXIS.matcher(cut.group(1));
      boolean scaled = axis.matches();
      Axis scale = scaled ? scale(axis) : Axis.VALUE;
      return new Bins(scaled ? axis.group(1) : cut.group(1), scale, cut(cut));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "option '--by': found '%s', expected %s".formatted(text, EXPECTED), e);
    }
  }

  private static Axis scale(Matcher axis) {
    String schedule = axis.group(3) == null ? "" : axis.group(3);
    int timesteps = axis.group(4) == null ? 1000 : Integer.parseInt(axis.group(4));
    return new Axis(Axis.Kind.of(axis.group(2)), schedule, schedule.isEmpty() ? 0 : timesteps);
  }

  private static Bins.Cut cut(Matcher text) {
    if (text.group(6) != null) {
      return new Bins.Quartiles(Double.parseDouble(text.group(6)));
    }
    if (text.group(2) == null) {
      return new Bins.EachValue();
    }
    int count = Integer.parseInt(text.group(2));
    if (text.group(3) != null) {
      return new Bins.EqualCount(count);
    }
    return text.group(4) == null
        ? new Bins.DataWidth(count)
        : new Bins.EqualWidth(
            count, Double.parseDouble(text.group(4)), Double.parseDouble(text.group(5)));
  }
}
