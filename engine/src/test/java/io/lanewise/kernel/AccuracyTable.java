package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;

/// One line of the accuracy table: collects errors, prints the largest, and fails if it is above
/// the declared bound.
final class AccuracyTable {
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

  void check() {
    System.out.printf(
        "accuracy | %-20s | %-34s | max %.3f %s at %s | bound %.2f%n",
        name, domain, worst, unit, where, bound);
    assertThat(worst).as("%s on %s, at %s", name, domain, where).isLessThanOrEqualTo(bound);
  }
}
