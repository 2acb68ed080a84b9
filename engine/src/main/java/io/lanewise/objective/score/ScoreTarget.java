package io.lanewise.objective.score;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A normal distribution or a mixture of them, from JSON:
///
/// ```json
/// {"weights": [1, 3], "means": [[0, 0], [3, 1]], "covariances": [[[1, 0.5], [0.5, 1]], [[2, 0], [0, 2]]]}
/// ```
///
/// `means` is K rows of D numbers. `weights`, K numbers above 0, are equal if left out, and scaled
/// to sum to 1. Of `covariances`, K matrices, and `deviations`, K standard deviations in all
/// directions, there is one.
final class ScoreTarget {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final List<String> KEYS = List.of("weights", "means", "covariances", "deviations");

  private ScoreTarget() {}

  /// @param text the JSON itself, or the name of a file that holds it, from the working directory
  /// @param dim the dimensions it must have
  /// @param single whether it must be one normal distribution
  /// @throws IllegalArgumentException if it is not that
  /// @throws UncheckedIOException if the file cannot be read
  static ScoreFunction parse(String text, int dim, boolean single) {
    Map<String, List<?>> values = values(text.stripLeading().startsWith("{") ? text : file(text));
    List<?> means = values.getOrDefault("means", List.of());
    int count = means.size();
    if (count == 0 || (single && count > 1)) {
      throw bad("%d means".formatted(count), single ? "one" : "at least one");
    }
    boolean full = values.containsKey("covariances");
    if (full == values.containsKey("deviations")) {
      throw bad(
          full ? "covariances and deviations" : "neither covariances nor deviations",
          "one of the two");
    }
    List<?> spreads = values.getOrDefault(full ? "covariances" : "deviations", List.of());
    double[] weights = new double[count];
    java.util.Arrays.fill(weights, 1);
    if (values.containsKey("weights")) {
      weights = numbers(values.getOrDefault("weights", List.of()), "weights");
    }
    if (spreads.size() != count || weights.length != count) {
      throw bad(
          "%d means, %d weights, %d %s"
              .formatted(
                  count, weights.length, spreads.size(), full ? "covariances" : "deviations"),
          "as many of each");
    }
    List<ScoreFunction> components = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      double[] mean = numbers(means.get(k), "means");
      if (mean.length != dim) {
        throw bad("a mean of %d numbers".formatted(mean.length), dim + " as in x");
      }
      components.add(
          full
              ? new GaussianScore(mean, matrix(spreads.get(k)))
              : GaussianScore.isotropic(mean, number(spreads.get(k), "deviations")));
    }
    return count == 1 ? components.getFirst() : new MixtureScore(weights, components);
  }

  private static String file(String name) {
    try {
      return Files.readString(Path.of(name));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s: found no readable file, expected a target in JSON".formatted(name), e);
    }
  }

  private static Map<String, List<?>> values(String json) {
    Map<String, List<?>> values = new LinkedHashMap<>();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw bad("no JSON object", "one");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        if (!KEYS.contains(key) || values.containsKey(key)) {
          throw bad("key '%s'".formatted(key), "each once of " + KEYS);
        }
        if (parser.nextToken() != JsonToken.START_ARRAY) {
          throw bad("no array at '%s'".formatted(key), "one");
        }
        values.put(key, array(parser));
      }
    } catch (JacksonException e) {
      throw bad("no JSON (%s)".formatted(e.getOriginalMessage()), "an object");
    }
    return values;
  }

  private static List<Object> array(JsonParser parser) {
    List<Object> list = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token == JsonToken.START_ARRAY) {
        list.add(array(parser));
      } else if (token != null && token.isNumeric()) {
        list.add(parser.getDoubleValue());
      } else {
        throw bad("'%s' in an array".formatted(parser.getString()), "numbers");
      }
    }
    return list;
  }

  private static double[][] matrix(Object value) {
    if (!(value instanceof List<?> rows)) {
      throw bad("a number in covariances", "K matrices");
    }
    return rows.stream().map(row -> numbers(row, "covariances")).toArray(double[][]::new);
  }

  private static double[] numbers(Object value, String key) {
    if (!(value instanceof List<?> list)) {
      throw bad("a number in " + key, "an array of them");
    }
    return list.stream().mapToDouble(element -> number(element, key)).toArray();
  }

  private static double number(Object value, String key) {
    if (value instanceof Double number && Double.isFinite(number)) {
      return number;
    }
    throw bad("no finite number in " + key, "one");
  }

  private static IllegalArgumentException bad(String found, String expected) {
    return new IllegalArgumentException(
        "parameter 'target': found %s, expected %s".formatted(found, expected));
  }
}
