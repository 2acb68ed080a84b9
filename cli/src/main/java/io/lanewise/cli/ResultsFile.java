package io.lanewise.cli;

import io.lanewise.report.JsonReport;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Direction;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.RowCounts;
import io.lanewise.source.DataException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The evaluations of a `results.json`, as far as comparing them needs: names, parameters,
/// measures, breakdowns.
final class ResultsFile {
  private final Path file;

  private ResultsFile(Path file) {
    this.file = file;
  }

  /// The file that a place means: itself, or the one in a folder.
  static Path of(Path place) {
    return Files.isDirectory(place) ? place.resolve("results.json") : place;
  }

  /// Reads a file, or the one in a folder.
  ///
  /// @throws DataException if it is not a results file of our version
  static List<EvaluationResult> read(Path place) throws NoSuchFileException {
    Path file = of(place);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return new ResultsFile(file).evaluations();
  }

  private List<EvaluationResult> evaluations() {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(file);
    } catch (JacksonException e) {
      throw new DataException(
          file.toString(),
          "found no JSON (%s), expected results.json".formatted(e.getOriginalMessage()),
          e);
    }
    String schema = root.path("schema").asString("none");
    if (!schema.equals(JsonReport.SCHEMA)) {
      throw new DataException(
          file.toString(), "found schema '%s', expected '%s'".formatted(schema, JsonReport.SCHEMA));
    }
    List<EvaluationResult> evaluations = new ArrayList<>();
    for (JsonNode node : root.path("evaluations")) {
      evaluations.add(evaluation(node));
    }
    return evaluations;
  }

  private EvaluationResult evaluation(JsonNode node) {
    SequencedMap<String, String> parameters = new LinkedHashMap<>();
    for (String name : node.path("parameters").propertyNames()) {
      parameters.put(name, text(node.path("parameters"), name));
    }
    List<Measure> measures = new ArrayList<>();
    for (JsonNode measure : node.path("measures")) {
      measures.add(
          measure(
              measure,
              number(measure.path("value")),
              number(measure.path("standard_error")),
              text(measure, "error_method"),
              measure.path("n").asLong(0)));
    }
    List<Breakdown> breakdowns = new ArrayList<>();
    for (JsonNode breakdown : node.path("breakdowns")) {
      breakdowns.add(breakdown(breakdown));
    }
    return new EvaluationResult(
        text(node, "name"),
        model(node.path("model")),
        text(node, "objective"),
        text(node, "family"),
        text(node, "title"),
        text(node, "formula"),
        text(node, "reference"),
        new LinkedHashMap<>(),
        parameters,
        new LinkedHashMap<>(),
        measures,
        List.<ArrayMeasure>of(),
        breakdowns,
        List.of(),
        List.of(),
        Double.NaN);
  }

  private EvaluationResult.@Nullable Model model(JsonNode node) {
    return node.isObject()
        ? new EvaluationResult.Model(
            text(node, "evaluation"),
            text(node, "name"),
            node.path("step").isNumber() ? Double.valueOf(node.path("step").doubleValue()) : null)
        : null;
  }

  /// Arrays by column become groups; where an array may be absent, so may its elements.
  private Breakdown breakdown(JsonNode node) {
    JsonNode groups = node.path("groups");
    JsonNode rows = groups.path("rows");
    List<Breakdown.Group> list = new ArrayList<>();
    for (int g = 0; g < groups.path("label").size(); g++) {
      RowCounts counts =
          new RowCounts(
              rows.path("read").path(g).asLong(0),
              rows.path("used").path(g).asLong(0),
              rows.path("nulls").path(g).asLong(0),
              rows.path("non_finite").path(g).asLong(0),
              rows.path("empty").path(g).asLong(0));
      List<Measure> measures = new ArrayList<>();
      for (JsonNode measure : node.path("measures")) {
        JsonNode method = measure.path("error_method");
        measures.add(
            measure(
                measure,
                number(measure.path("value").path(g)),
                number(measure.path("standard_error").path(g)),
                (method.isArray() ? method.path(g) : method).asString("none"),
                measure.path("n").path(g).asLong(counts.used())));
      }
      JsonNode label = groups.path("label").path(g);
      if (!label.isString()) {
        throw missing("'label' as texts");
      }
      list.add(
          new Breakdown.Group(
              label.asString(),
              number(groups.path("lower").path(g)),
              number(groups.path("upper").path(g)),
              counts,
              measures));
    }
    return new Breakdown(
        text(node, "by"), node.path("ordered").asBoolean(false), text(node, "rule"), list);
  }

  private Measure measure(
      JsonNode meaning, double value, double standardError, String errorMethod, long n) {
    String better = text(meaning, "better");
    for (Direction direction : Direction.values()) {
      if (direction.toString().equals(better)) {
        return new Measure(
            text(meaning, "name"),
            value,
            standardError,
            errorMethod,
            n,
            text(meaning, "unit"),
            direction,
            text(meaning, "definition"));
      }
    }
    throw missing("'better' of a measure, one of higher, lower, neither");
  }

  /// Null is NaN, and numbers that JSON cannot say are text.
  private double number(JsonNode node) {
    if (node.isNull() || node.isMissingNode()) {
      return Double.NaN;
    }
    if (node.isNumber()) {
      return node.doubleValue();
    }
    return switch (node.asString("")) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw missing("a number");
    };
  }

  private String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isString()) {
      throw missing("'%s' as text".formatted(key));
    }
    return value.asString();
  }

  private DataException missing(String expected) {
    return new DataException(
        file.toString(), "found a results file without %s, expected it".formatted(expected));
  }
}
