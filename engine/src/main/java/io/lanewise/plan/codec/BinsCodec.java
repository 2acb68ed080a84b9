package io.lanewise.plan.codec;

import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import io.lanewise.plan.PlanException;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Bins as plan files say them, `{column: t, bins: 4, range: [0, 1000]}`, and as states store them,
/// with every key.
public final class BinsCodec {
  private static final List<String> RULES = List.of("equal-width", "equal-count", "quartiles");

  private BinsCodec() {}

  /// Bins of a plan file: a column, or a mapping.
  public static Bins read(Tree bins) {
    if (bins.isText()) {
      return Bins.values(bins.text());
    }
    bins.keys(
        "a column, or {column, bins, range}",
        "column",
        "axis",
        "schedule",
        "timesteps",
        "rule",
        "bins",
        "range");
    String column = bins.required("column", "the name of a column").text("the name of a column");
    Axis axis = axis(bins);
    Bins.Cut cut = cut(bins);
    try {
      return new Bins(column, axis, cut);
    } catch (IllegalArgumentException e) {
      throw new PlanException("", bins.path(), String.valueOf(e.getMessage()), e);
    }
  }

  private static Axis axis(Tree bins) {
    Tree axis = bins.find("axis");
    Tree schedule = bins.find("schedule");
    Tree timesteps = bins.find("timesteps");
    String kind =
        axis == null
            ? Axis.Kind.VALUE.toString()
            : axis.known("axis", "what bins are over", Axis.Kind.names());
    String of = schedule == null ? "" : schedule.text("a schedule or process");
    int steps =
        timesteps == null
            ? of.isEmpty() ? 0 : Axis.DEFAULT_TIMESTEPS
            : timesteps.positive("timesteps", "a whole number of timesteps");
    try {
      return new Axis(Axis.Kind.of(kind), of, steps);
    } catch (IllegalArgumentException e) {
      throw new PlanException("", bins.path(), String.valueOf(e.getMessage()), e);
    }
  }

  /// A group for each value, bins of a rule, or, without one, bins of equal width.
  private static Bins.Cut cut(Tree bins) {
    Tree rule = bins.find("rule");
    boolean counted = bins.find("bins") != null;
    Tree ranged = bins.find("range");
    if (rule == null && !counted && ranged == null) {
      return new Bins.EachValue();
    }
    String word = rule == null ? "equal-width" : rule.known("rule", "how to cut", RULES);
    if (word.equals("quartiles")) {
      Tree range = bins.required("range", "[0, T]");
      double[] edges = edges(range, "[0, T]");
      if (edges[0] != 0 || counted) {
        throw range.wrong(
            "rule 'quartiles': found a range from %s%s, expected [0, T] and no number of bins"
                .formatted(edges[0], counted ? " and a number of bins" : ""));
      }
      return new Bins.Quartiles(edges[1]);
    }
    int count =
        bins.required("bins", "the number of bins").positive("bins", "a whole number of bins");
    if (word.equals("equal-count")) {
      if (ranged != null) {
        throw bins.wrong("rule 'equal-count': found a range, expected none");
      }
      return new Bins.EqualCount(count);
    }
    Tree range = bins.required("range", "[lower, upper]");
    if (range.isText() && range.text().equals("data")) {
      return new Bins.DataWidth(count);
    }
    double[] edges = edges(range, "[lower, upper]");
    return new Bins.EqualWidth(count, edges[0], edges[1]);
  }

  private static double[] edges(Tree range, String expected) {
    List<Tree> edges = range.items(expected);
    if (edges.size() != 2) {
      throw range.wrong(
          "key 'range': found %d values, expected %s".formatted(edges.size(), expected));
    }
    return new double[] {edges.getFirst().finite("a number"), edges.getLast().finite("a number")};
  }

  /// Writes the properties of bins whose edges are given.
  public static void store(JsonGenerator json, Bins bins) {
    json.writeStringProperty("column", bins.column());
    json.writeStringProperty("axis", bins.axis().kind().toString());
    json.writeStringProperty("schedule", bins.axis().schedule());
    json.writeNumberProperty("timesteps", bins.axis().timesteps());
    switch (bins.cut()) {
      case Bins.EachValue() -> json.writeStringProperty("cut", "values");
      case Bins.Quartiles(double total) -> {
        json.writeStringProperty("cut", "quartiles");
        json.writeStringProperty("total", Double.toString(total));
      }
      case Bins.EqualWidth(int count, double lower, double upper) -> {
        json.writeStringProperty("cut", "equal-width");
        json.writeNumberProperty("bins", count);
        json.writeStringProperty("lower", Double.toString(lower));
        json.writeStringProperty("upper", Double.toString(upper));
      }
      case Bins.DataWidth cut -> throw new IllegalStateException(cut.toString());
      case Bins.EqualCount cut -> throw new IllegalStateException(cut.toString());
    }
  }

  /// Bins that [#store] wrote.
  public static Bins stored(Tree json) {
    String column = json.get("column").text();
    String schedule = json.get("schedule").text();
    int timesteps = json.get("timesteps").size();
    Axis axis =
        json.get("axis")
            .as(
                "an axis that fits the schedule",
                kind -> new Axis(Axis.Kind.of(kind), schedule, timesteps));
    return json.get("cut")
        .as(
            "a way to cut that fits the edges",
            cut -> new Bins(column, axis, storedCut(json, cut)));
  }

  private static Bins.Cut storedCut(Tree json, String cut) {
    return switch (cut) {
      case "values" -> new Bins.EachValue();
      case "quartiles" -> new Bins.Quartiles(json.get("total").number());
      case "equal-width" ->
          new Bins.EqualWidth(
              json.get("bins").size(), json.get("lower").number(), json.get("upper").number());
      default ->
          throw new IllegalArgumentException(
              "found '%s', expected values, quartiles or equal-width".formatted(cut));
    };
  }
}
