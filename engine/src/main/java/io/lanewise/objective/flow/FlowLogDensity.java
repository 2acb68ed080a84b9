package io.lanewise.objective.flow;

import io.lanewise.kernel.Kernels;
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

/// Log-density of data under a normalizing flow, from what the flow gave: latents or their base
/// density, and the log-absolute-determinants of its steps, which are summed: `ln p(x) = ln
/// p_base(z) + sum_k ln|det dz_k/dz_k-1|`, in nats. Log-determinants come in any number of columns
/// of role `logdet`, each with one number a row or a vector of them; they are added if they belong
/// to the inverse pass (data to latents), subtracted if to the forward pass. float32 or float64;
/// NaN and infinities flow into the row's density; a latent outside a uniform base has -Infinity.
public final class FlowLogDensity implements RowObjective {
  private static final String LOGDET = "logdet";

  private static final Parameter<String> DIRECTION =
      Parameter.choice(
          "direction",
          "inverse",
          "inverse: logdet is ln|det dz/dx| and is added; forward: ln|det dx/dz|, subtracted.",
          List.of("inverse", "forward"));

  @Override
  public Descriptor descriptor() {
    List<Role> roles = new ArrayList<>(BaseDensity.ROLES);
    roles.add(
        Role.columns(
            LOGDET,
            "Logarithms of the absolute determinants of the steps of the flow, or of the whole flow, nats."));
    roles.add(Preprocessing.ROLE);
    return new Descriptor(
        "flow-log-density",
        List.of("flow"),
        Family.FLOW,
        "Flow log-density from latents and log-determinants",
        "ln p(x) = ln p_base(z) + sum_k ln|det dz_k/dz_k-1|",
        "Dinh et al., Density estimation using Real NVP, arXiv:1605.08803, equation 3",
        List.of(RowSet.rows(roles.toArray(Role[]::new))),
        Stream.of(List.of(DIRECTION), BaseDensity.PARAMETERS, Preprocessing.PARAMETERS)
            .<Parameter<?>>flatMap(List::stream)
            .toList(),
        List.of(
            Output.number("base-log-density", "nats", "ln p_base(z)"),
            Output.number("log-density", "nats", "ln p of what the model saw"),
            Preprocessing.OUTPUT));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    BaseDensity base = BaseDensity.of(binding);
    Preprocessing preprocessing = Preprocessing.of(binding);
    double sign = binding.get(DIRECTION).equals("inverse") ? 1 : -1;
    Kernels kernels = binding.kernels();
    return (in, out) -> {
      double[] ofBase = out.number("base-log-density");
      double[] density = out.number("log-density");
      base.evaluate(in, ofBase);
      sum(kernels, in, density);
      for (int i = 0; i < in.count(); i++) {
        density[i] = ofBase[i] + sign * density[i];
      }
      preprocessing.evaluate(in, out);
    };
  }

  private static void sum(Kernels kernels, Rows in, double[] out) {
    kernels.rowSum().rows(in.matrix(LOGDET), out);
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<Statistic> statistics =
        new ArrayList<>(Preprocessing.of(binding).statistics("log-density"));
    statistics.add(
        1,
        Statistic.mean(
            "base-log-density", "nats", Direction.NEITHER, "mean over rows", "base-log-density"));
    return statistics;
  }

  @Override
  public Conclusion conclude(Binding binding, List<Measure> measures, List<Breakdown> breakdowns) {
    return Conclusion.of(Preprocessing.verdicts(binding, measures));
  }
}
