package io.lanewise.objective.flow;

import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import io.lanewise.result.Verdict;
import io.lanewise.result.Verdict.Status;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/// Whether a flow is its own inverse's inverse: the largest `|x - f(f^-1(x))|` over all rows and
/// elements, in the unit of the data, and, where both log-determinants are given, the largest
/// `|ld_f + ld_f^-1|`, in nats, with verdicts against tolerances. float32 or float64. Maxima and
/// exact sums: the order of rows does not show, except that the row named is the first of equals.
public final class RoundTrip implements SampleMetric {
  private static final String FORWARD = "logdet-forward";
  private static final String INVERSE = "logdet-inverse";

  private static final Parameter<Double> TOLERANCE =
      Parameter.number(
          "tolerance", "1e-4", 0, Double.POSITIVE_INFINITY, "1", "The largest error that passes.");
  private static final Parameter<Double> LOGDET_TOLERANCE =
      Parameter.number(
          "logdet-tolerance",
          "1e-3",
          0,
          Double.POSITIVE_INFINITY,
          "nats",
          "The largest mismatch of log-determinants that passes.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "round-trip",
        List.of(),
        Family.FLOW,
        "Round-trip error and log-determinant consistency",
        "max |x - f(f^-1(x))|; max |ld_f + ld_f^-1|",
        "Behrmann et al., Understanding and Mitigating Exploding Inverses, arXiv:2006.09347, section 3",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "Rows."),
                Role.vector("reconstruction", "data", "The same rows after both directions."),
                Role.scalar(FORWARD, "ln|det| of the forward pass at the row, nats.").optional(),
                Role.scalar(INVERSE, "ln|det| of the inverse pass at its result, nats.")
                    .optional())),
        List.of(TOLERANCE, LOGDET_TOLERANCE),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    if (binding.has(FORWARD) != binding.has(INVERSE)) {
      throw new IllegalArgumentException(
          "found only one of the roles '%s' and '%s', expected both or none"
              .formatted(FORWARD, INVERSE));
    }
    return new Errors(binding.has(FORWARD), binding.get(TOLERANCE), binding.get(LOGDET_TOLERANCE));
  }

  @Override
  public List<String> measures(Binding binding) {
    List<String> names = new ArrayList<>(List.of("max-error", "mean-error", "worst-row"));
    if (binding.has(FORWARD)) {
      names.addAll(List.of("max-logdet-error", "mean-logdet-error"));
    }
    return names;
  }

  /// The largest of an error, its mean over rows, and where it is largest.
  private static final class Worst {
    private double max = -1;
    private long row;
    private long count;
    private final ExactSum sum = new ExactSum();
    private final ExactSum squares = new ExactSum();

    void add(double error) {
      if (error > max) {
        max = error;
        row = count;
      }
      sum.add(error);
      squares.addProduct(error, error);
      count++;
    }

    void merge(Worst other) {
      if (other.max > max) {
        max = other.max;
        row = count + other.row;
      }
      sum.merge(other.sum);
      squares.merge(other.squares);
      count += other.count;
    }

    void fields(StateFields fields) {
      max = fields.number("max", max);
      row = fields.count("row", row);
      count = fields.count("count", count);
      fields.sums("sums", sum, squares);
    }

    double mean() {
      return sum.value() / count;
    }

    double standardError() {
      if (count < 2) {
        return Double.NaN;
      }
      // Exact up to the quotient: nothing cancels.
      BigDecimal n = BigDecimal.valueOf(count);
      BigDecimal total = sum.exact();
      double variance =
          n.multiply(squares.exact())
              .subtract(total.multiply(total))
              .divide(n.multiply(n).multiply(BigDecimal.valueOf(count - 1)), MathContext.DECIMAL128)
              .doubleValue();
      return Math.sqrt(variance);
    }
  }

  private static final class Errors implements State {
    private final boolean logdets;
    private final double tolerance;
    private final double logdetTolerance;
    private final Worst error = new Worst();
    private final Worst mismatch = new Worst();

    Errors(boolean logdets, double tolerance, double logdetTolerance) {
      this.logdets = logdets;
      this.tolerance = tolerance;
      this.logdetTolerance = logdetTolerance;
    }

    @Override
    public void update(String set, Rows rows) {
      RoleRows xs = new RoleRows(rows, "x");
      RoleRows backs = new RoleRows(rows, "reconstruction");
      for (int i = 0; i < rows.count(); i++) {
        double[] x = xs.row(i);
        double[] back = backs.row(i);
        double max = 0;
        for (int j = 0; j < x.length; j++) {
          max = Math.max(max, Math.abs(x[j] - back[j]));
        }
        error.add(max);
      }
      if (logdets) {
        double[] forward = rows.numbers(FORWARD, new double[0]);
        double[] inverse = rows.numbers(INVERSE, new double[0]);
        for (int i = 0; i < rows.count(); i++) {
          mismatch.add(Math.abs(forward[i] + inverse[i]));
        }
      }
    }

    @Override
    public void merge(State later) {
      error.merge(((Errors) later).error);
      mismatch.merge(((Errors) later).mismatch);
    }

    @Override
    public void fields(StateFields fields) {
      error.fields(fields.part("error"));
      mismatch.fields(fields.part("logdet"));
    }

    @Override
    public Finished finish() {
      if (error.count == 0) {
        throw new IllegalArgumentException("found 0 rows, expected at least one");
      }
      List<Measure> measures = new ArrayList<>();
      List<Verdict> verdicts = new ArrayList<>();
      measures.add(measure("max-error", error.max, "1", "max over rows and elements"));
      measures.add(mean("mean-error", error, "1", "mean over rows of the largest error"));
      measures.add(
          new Measure(
              "worst-row",
              error.row,
              Double.NaN,
              "none",
              error.count,
              "1",
              Direction.NEITHER,
              "index, among the rows used, of the first with the largest error"));
      verdicts.add(verdict("round-trip", error.max, tolerance));
      if (logdets) {
        measures.add(
            measure("max-logdet-error", mismatch.max, "nats", "max over rows |ld_f + ld_f^-1|"));
        measures.add(
            mean("mean-logdet-error", mismatch, "nats", "mean over rows |ld_f + ld_f^-1|"));
        verdicts.add(verdict("logdet-consistency", mismatch.max, logdetTolerance));
      }
      return new Finished(measures, List.of(), verdicts);
    }

    private Measure measure(String name, double value, String unit, String definition) {
      return new Measure(
          name, value, Double.NaN, "none", error.count, unit, Direction.LOWER, definition);
    }

    private static Measure mean(String name, Worst worst, String unit, String definition) {
      return new Measure(
          name,
          worst.mean(),
          worst.standardError(),
          "mean",
          worst.count,
          unit,
          Direction.LOWER,
          definition);
    }

    private static Verdict verdict(String name, double max, double tolerance) {
      return new Verdict(
          name,
          max <= tolerance ? Status.PASS : Status.FAIL,
          "largest error at most " + tolerance,
          "largest error is " + max);
    }
  }
}
