package io.lanewise.run;

import io.lanewise.result.Report;

/// Runs a plan.
public final class Runner {
  private Runner() {}

  /// Runs it.
  public static Report run(Plan plan) {
    throw new UnsupportedOperationException(plan.title());
  }
}
