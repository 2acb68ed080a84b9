package io.lanewise.objective.flow;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;

/// Log-density of data under a normalizing flow with standard normal base, from the latents and the
/// log-determinants that the flow gave: `ln p(x) = ln N(z; 0, I) + ln |det dz/dx|`, in nats.
public final class FlowLogDensity implements RowObjective {
  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  private static final Parameter<String> DIRECTION =
      Parameter.choice(
          "direction",
          "inverse",
          "inverse: logdet is ln|det dz/dx| and is added; forward: ln|det dx/dz|, subtracted.",
          List.of("inverse", "forward"));
  private static final Parameter<Double> LEVELS =
      Parameter.number(
          "levels",
          "1",
          1,
          Double.POSITIVE_INFINITY,
          "1",
          "Number of levels of dequantized data scaled to [0, 1]: adds log2(levels) to bits per "
              + "dimension; 1 for data that is not quantized.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "flow-log-density",
        List.of("flow"),
        Family.FLOW,
        "Flow log-density from latents and log-determinants",
        "ln p(x) = -1/2 |z|^2 - D/2 ln(2 pi) + ln|det dz/dx|",
        "Dinh et al., Density estimation using Real NVP, arXiv:1605.08803, equation 3",
        List.of(
            RowSet.rows(
                Role.vector("z", "latent", "Latents of the data."),
                Role.scalar("logdet", "Log-absolute-determinant of the Jacobian, nats."))),
        List.of(DIRECTION, LEVELS),
        List.of(
            Output.number("base-log-density", "nats", "ln N(z; 0, I)"),
            Output.number("log-density", "nats", "ln p(x)")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    Kernels kernels = binding.kernels();
    double sign = binding.get(DIRECTION).equals("inverse") ? 1 : -1;
    return (in, out) -> {
      int width = in.width("z");
      double[] base = out.number("base-log-density");
      double[] density = in.numbers("logdet", out.number("log-density"));
      if (in.type() == DType.FLOAT32) {
        kernels.squaredNorm().f32(in.vector("z"), in.count(), width, base);
      } else {
        kernels.squaredNorm().f64(in.vector("z"), in.count(), width, base);
      }
      for (int i = 0; i < in.count(); i++) {
        base[i] = -0.5 * base[i] - width * HALF_LOG_TWO_PI;
        density[i] = base[i] + sign * density[i];
      }
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    double dimensions = binding.width("z");
    double offset = Math.log(binding.get(LEVELS)) / Math.log(2);
    return List.of(
        Statistic.mean("log-density", "nats", Direction.HIGHER, "mean over rows", "log-density"),
        Statistic.mean(
            "base-log-density", "nats", Direction.NEITHER, "mean over rows", "base-log-density"),
        new Statistic(
            "bits-per-dimension",
            "bits",
            Direction.LOWER,
            "-log-density / (D ln 2) + log2(levels)",
            List.of("log-density"),
            means ->
                means.mean("log-density").times(-1 / (dimensions * Math.log(2))).plus(offset)));
  }
}
