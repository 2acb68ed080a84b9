package io.lanewise.objective.flow;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.SequenceColumn;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Conclusion;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Log-density of data under a continuous flow by the instantaneous change of variables, from the
/// divergence of the field along each row's path and the step sizes: `ln p(x) = ln p_base(z) -
/// integral of div f dt` from base to data, in nats. Sequences of any length a row, float32 or
/// float64, summed in float64. Method `euler` has as many divergences as steps, `sum_k div_k dt_k`;
/// `trapezoid` one more, `sum_k (div_k + div_k+1)/2 dt_k`. Direction `forward`: the path goes from
/// base to data, the integral is subtracted; `inverse`: from data to base, as a solver runs to
/// evaluate a density, and the integral is added. dt carries its sign: it is negative where t falls
/// along the path. Lengths that do not fit are an error; a null element gives NaN.
public final class ContinuousFlow implements RowObjective {
  private static final String DIVERGENCE = "divergence";
  private static final String DT = "dt";

  private static final Parameter<String> METHOD =
      Parameter.choice(
          "method", "euler", "The quadrature that the solver used.", List.of("euler", "trapezoid"));
  private static final Parameter<String> DIRECTION =
      Parameter.choice(
          "direction",
          "forward",
          "forward: the path runs from base to data, its integral is subtracted; inverse: from data to "
              + "base, added.",
          List.of("forward", "inverse"));

  @Override
  public Descriptor descriptor() {
    List<Role> roles = new ArrayList<>();
    roles.add(Role.sequence(DIVERGENCE, "Divergence of the field at each point of the path."));
    roles.add(Role.sequence(DT, "Size of each step."));
    roles.addAll(BaseDensity.ROLES);
    roles.add(Preprocessing.ROLE);
    return new Descriptor(
        "continuous-flow",
        List.of(),
        Family.FLOW,
        "Continuous flow log-density",
        "ln p(x) = ln p_base(z) - integral div f(z(t), t) dt",
        "Chen et al., Neural Ordinary Differential Equations, arXiv:1806.07366, theorem 1; Grathwohl et "
            + "al., FFJORD, arXiv:1810.01367, equation 3",
        List.of(RowSet.rows(roles.toArray(Role[]::new))),
        Stream.of(List.of(METHOD, DIRECTION), BaseDensity.PARAMETERS, Preprocessing.PARAMETERS)
            .<Parameter<?>>flatMap(List::stream)
            .toList(),
        List.of(
            Output.number("base-log-density", "nats", "ln p_base(z)"),
            Output.number("divergence-integral", "nats", "integral of div f dt along the path"),
            Output.number("log-density", "nats", "ln p of what the model saw"),
            Preprocessing.OUTPUT));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    BaseDensity base = BaseDensity.of(binding);
    Preprocessing preprocessing = Preprocessing.of(binding);
    boolean trapezoid = binding.get(METHOD).equals("trapezoid");
    double sign = binding.get(DIRECTION).equals("inverse") ? 1 : -1;
    return (in, out) -> {
      double[] ofBase = out.number("base-log-density");
      double[] integral = out.number("divergence-integral");
      double[] density = out.number("log-density");
      base.evaluate(in, ofBase);
      for (int i = 0; i < in.count(); i++) {
        integral[i] = integral(in, i, trapezoid);
        density[i] = ofBase[i] + sign * integral[i];
      }
      preprocessing.evaluate(in, out);
    };
  }

  private static double integral(Rows in, int row, boolean trapezoid) {
    SequenceColumn divergence = in.sequence(DIVERGENCE);
    SequenceColumn dt = in.sequence(DT);
    if (!divergence.validity().isValid(row) || !dt.validity().isValid(row)) {
      return Double.NaN;
    }
    long steps = dt.length(row);
    long expected = trapezoid ? steps + 1 : steps;
    if (divergence.length(row) != expected) {
      throw new IllegalArgumentException(
          "column '%s' row %d: found %d elements, expected %d with %d of '%s' and method '%s'"
              .formatted(
                  divergence.name(),
                  in.firstInFile() + row,
                  divergence.length(row),
                  expected,
                  steps,
                  dt.name(),
                  trapezoid ? "trapezoid" : "euler"));
    }
    double sum = 0;
    for (long k = 0; k < steps; k++) {
      double rate = at(divergence, row, k);
      if (trapezoid) {
        rate = 0.5 * (rate + at(divergence, row, k + 1));
      }
      sum = Math.fma(rate, at(dt, row, k), sum);
    }
    return sum;
  }

  private static double at(SequenceColumn column, int row, long k) {
    long i = column.start(row) + k;
    if (!column.elements().isValid(i)) {
      return Double.NaN;
    }
    return switch (column.type()) {
      case FLOAT32 -> column.data().get(JAVA_FLOAT_UNALIGNED, 4 * i);
      case FLOAT64 -> column.data().get(JAVA_DOUBLE_UNALIGNED, 8 * i);
      case INT32, INT64, TEXT -> throw column.type().notFloat();
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics =
        new ArrayList<>(Preprocessing.of(binding).statistics("log-density"));
    statistics.add(
        Statistic.mean(
            "divergence-integral",
            "nats",
            Direction.NEITHER,
            "mean over rows",
            "divergence-integral"));
    return statistics;
  }

  @Override
  public Conclusion conclude(Binding binding, List<Measure> measures, List<Breakdown> breakdowns) {
    return Conclusion.of(Preprocessing.verdicts(binding, measures));
  }
}
