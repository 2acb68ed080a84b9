package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// One line of the accuracy table: collects errors, prints the largest, and fails if it is above
/// one of two bounds. The first to fail is an alarm: twice the error that was measured when the
/// line was last written, on 1 000 rows where the kernel works on rows. The other is proved, and
/// promised to users.
///
/// Measured errors are in `accuracy.txt`, one line of `name | domain | error` each. After a change
/// that is meant to change them, write it anew from the output of
///
///     -Dlanewise.accuracy.rows=1000
final class AccuracyTable {
  private static final String ROWS_PROPERTY = "lanewise.accuracy.rows";

  /// Whether errors are measured, and not compared with those that were.
  private static final boolean MEASURING = System.getProperty(ROWS_PROPERTY) != null;

  /// Rows of kernels that work on rows: few, unless errors are measured.
  static final int ROWS = Integer.getInteger(ROWS_PROPERTY, 5);

  /// Errors below this are no alarm, in units of the line.
  private static final double LEAST = 0.01;

  private static final Map<String, Double> MEASURED = measured();

  private final String name;
  private final String domain;
  private final String unit;
  private final double bound;
  private double worst;
  private String where = "none";

  AccuracyTable(String name, String domain, double bound) {
    this(name, domain, "ulp", bound);
  }

  AccuracyTable(String name, String domain, String unit, double bound) {
    this.unit = unit;
    this.name = name;
    this.domain = domain;
    this.bound = bound;
  }

  /// Records a double against the truth, in ulp of the truth.
  void add(double found, BigDecimal truth, Object at) {
    addError(Exact.ulps(found, truth), at);
  }

  /// Records an error already in units of the line.
  void addError(double error, Object at) {
    if (!(error <= worst)) {
      worst = error;
      where = String.valueOf(at);
    }
  }

  private static Map<String, Double> measured() {
    Map<String, Double> errors = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                AccuracyTable.class.getResourceAsStream("accuracy.txt"), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int last = line.lastIndexOf('|');
        errors.put(line.substring(0, last).strip(), Double.parseDouble(line.substring(last + 1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return errors;
  }

  void check() {
    System.out.printf(
        "accuracy | %-20s | %-34s | max %.3f %s at %s | bound %.2f%n",
        name, domain, worst, unit, where, bound);
    String line = name + " | " + domain;
    if (!MEASURING) {
      assertThat(MEASURED).as("lines of accuracy.txt").containsKey(line);
      assertThat(worst)
          .as("%s, at %s: expected at most twice the measured error", line, where)
          .isLessThanOrEqualTo(2 * MEASURED.get(line) + LEAST);
    }
    assertThat(worst)
        .as("%s, at %s: expected at most the proved bound", line, where)
        .isLessThanOrEqualTo(bound);
  }
}
