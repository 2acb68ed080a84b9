package io.lanewise.objective;

import io.lanewise.noise.Noise;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A parameter of an objective: typed, with a default, parsed from the text of a plan or an option.
///
/// @param name lower-kebab, unique within its objective
/// @param defaultText the default as text; null if a value must be given
/// @param accepts what is accepted, for messages: `a number > 0`, `logits|probabilities`
/// @param unit the unit of a number; empty for others
/// @param doc one sentence
/// @param parser turns text into the value; throws IllegalArgumentException for anything not
///   accepted
/// @param numbersFromFile whether `@FILE` or `@FILE#COLUMN` in the text stands for the numbers of
///   that file, with commas between
public record Parameter<T>(
    String name,
    @Nullable String defaultText,
    String accepts,
    String unit,
    String doc,
    Function<String, T> parser,
    boolean numbersFromFile) {
  private static final int LONGEST_IN_MESSAGE = 80;

  /// A parameter whose value is its text.
  public Parameter(
      String name,
      @Nullable String defaultText,
      String accepts,
      String unit,
      String doc,
      Function<String, T> parser) {
    this(name, defaultText, accepts, unit, doc, parser, false);
  }

  /// A finite number within `[min, max]`.
  public static Parameter<Double> number(
      String name, @Nullable String defaultText, double min, double max, String unit, String doc) {
    String accepts =
        range("a number", min, max, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    return new Parameter<>(
        name,
        defaultText,
        accepts,
        unit,
        doc,
        text -> {
          double value = Double.parseDouble(text);
          if (!(value >= min && value <= max) || Double.isInfinite(value)) {
            throw new IllegalArgumentException();
          }
          return value;
        });
  }

  /// An integer within `[min, max]`.
  public static Parameter<Long> integer(
      String name, @Nullable String defaultText, long min, long max, String doc) {
    return new Parameter<>(
        name,
        defaultText,
        range(
            "an integer",
            (double) min,
            (double) max,
            (double) Long.MIN_VALUE,
            (double) Long.MAX_VALUE),
        "",
        doc,
        text -> {
          long value = Long.parseLong(text);
          if (value < min || value > max) {
            throw new IllegalArgumentException();
          }
          return value;
        });
  }

  /// One of several words.
  public static Parameter<String> choice(
      String name, @Nullable String defaultText, String doc, List<String> words) {
    return new Parameter<>(
        name,
        defaultText,
        String.join("|", words),
        "",
        doc,
        text -> {
          if (!words.contains(text)) {
            throw new IllegalArgumentException();
          }
          return text;
        });
  }

  /// A source of standard normal noise; see [Noise#parse].
  public static Parameter<Noise> noise(String name, String defaultText, String doc) {
    return new Parameter<>(
        name,
        defaultText,
        "given|zero|philox:SEED|threefry:SEED|numpy:SEED[@SKIP]",
        "",
        doc,
        Noise::parse);
  }

  /// Any number of numbers, `0.1,0.2,0.7` or `@FILE`; none by default.
  public static Parameter<List<Double>> numbers(String name, String doc) {
    return new Parameter<>(
        name, "", "numbers with commas between, or @FILE[#COLUMN]", "", doc, Parameter::list, true);
  }

  private static List<Double> list(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(Double::valueOf).toList();
  }

  /// The value of `text`.
  ///
  /// @throws IllegalArgumentException saying what was found and what is accepted
  public T parse(String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "parameter '%s': found '%s', expected %s".formatted(name, shortened(text), accepts), e);
    }
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_IN_MESSAGE
        ? text
        : text.substring(0, LONGEST_IN_MESSAGE - 1) + "…";
  }

  private static String range(String what, double min, double max, double lowest, double highest) {
    if (min == lowest && max == highest) {
      return what;
    }
    if (max == highest) {
      return min == Double.MIN_VALUE ? what + " > 0" : what + " >= " + plain(min);
    }
    return min == lowest
        ? what + " <= " + plain(max)
        : what + " in [" + plain(min) + ", " + plain(max) + "]";
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
