package io.lanewise.objective.flow;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
import io.lanewise.result.Direction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Elementwise affine flow `f(z) = scale * z + shift` with standard normal base, for rows of D
/// elements, float32 or float64. Direction `inverse`, the default here, takes data x to latents `z
/// = (x - shift) / scale`; direction `forward` takes latents x to data, `scale * x + shift`, in the
/// same output `z`. Either way `log-density` is the density of the data side, `ln N(latent; 0, I) -
/// sum_j ln|scale_j|`, in nats. Scale and shift are columns (a row each) or one number for all
/// elements. A scale of 0 gives a non-finite result.
public final class AffineFlow implements Transform {
  private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  private static final Parameter<String> DIRECTION =
      Parameter.choice(
          "direction",
          "inverse",
          "inverse: x is data, z its latents; forward: x is latents, z the data.",
          List.of("inverse", "forward"));
  private static final Parameter<Double> SCALE =
      Parameter.number(
          "scale",
          "1",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "a in f(z) = a z + b, where no column gives it.");
  private static final Parameter<Double> SHIFT =
      Parameter.number(
          "shift",
          "0",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "b in f(z) = a z + b, where no column gives it.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "affine-flow",
        List.of(),
        Family.FLOW,
        "Affine flow change of variables",
        "data = scale * z + shift; ln p(data) = ln N(z; 0, I) - sum_j ln|scale_j|",
        "Rezende and Mohamed, Variational Inference with Normalizing Flows, arXiv:1505.05770",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "Data; latents with direction forward."),
                Role.vector("scale", "data", "Scale of each element.").optional(),
                Role.vector("shift", "data", "Shift of each element.").optional())),
        List.of(DIRECTION, SCALE, SHIFT),
        List.of(
            Output.vector("z", "x", "1", "(x - shift) / scale; forward: scale * x + shift"),
            Output.number("log-density", "nats", "ln p of the data side"),
            Output.number("logdet", "nats", "ln|det dz/dx| in the direction taken").onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    if (binding.has("scale") != binding.has("shift")) {
      throw new IllegalArgumentException(
          "found only one of the roles 'scale' and 'shift', expected both or none");
    }
    Function function = new Function(binding.kernels(), binding.get(DIRECTION).equals("inverse"));
    if (binding.has("scale")) {
      return (in, out) ->
          function.evaluate(in, in.vector("shift"), in.vector("scale"), in.count(), out);
    }
    int width = binding.width("x");
    double scale = binding.get(SCALE);
    double shift = binding.get(SHIFT);
    return (in, out) ->
        function.evaluate(
            in, filled(in.type(), width, shift), filled(in.type(), width, scale), 1, out);
  }

  private static MemorySegment filled(DType type, int width, double value) {
    MemorySegment row = Arena.ofAuto().allocate((long) width * type.bytes(), 8);
    for (int j = 0; j < width; j++) {
      set(row, type, j, value);
    }
    return row;
  }

  private static void set(MemorySegment data, DType type, long i, double value) {
    switch (type) {
      case FLOAT32 -> {
        data.set(JAVA_FLOAT_UNALIGNED, 4 * i, (float) value);
      }
      case FLOAT64 -> {
        data.set(JAVA_DOUBLE_UNALIGNED, 8 * i, value);
      }
      case INT32, INT64, TEXT -> throw type.notFloat();
    }
  }

  private static double get(MemorySegment data, DType type, long i) {
    return switch (type) {
      case FLOAT32 -> data.get(JAVA_FLOAT_UNALIGNED, 4 * i);
      case FLOAT64 -> data.get(JAVA_DOUBLE_UNALIGNED, 8 * i);
      case INT32, INT64, TEXT -> throw type.notFloat();
    };
  }

  private record Function(Kernels kernels, boolean inverse) {
    void evaluate(
        Rows in, MemorySegment shift, MemorySegment scale, int parameterRows, RowOutputs out) {
      if (inverse) {
        toLatents(in, shift, scale, parameterRows, out);
      }
      if (inverse && !out.wants("logdet")) {
        return;
      }
      int width = in.width("x");
      MemorySegment x = in.vector("x");
      double[] logdet = out.wants("logdet") ? out.number("logdet") : new double[in.count()];
      for (int i = 0; i < in.count(); i++) {
        double sum = 0;
        double squares = 0;
        for (int j = 0; j < width; j++) {
          long parameter = parameterRows == 1 ? j : (long) i * width + j;
          double a = get(scale, in.type(), parameter);
          sum += StrictMath.log(Math.abs(a));
          if (!inverse) {
            long at = (long) i * width + j;
            double z = get(x, in.type(), at);
            squares += z * z;
            set(out.vector("z"), in.type(), at, Math.fma(a, z, get(shift, in.type(), parameter)));
          }
        }
        logdet[i] = inverse ? -sum : sum;
        if (!inverse) {
          out.number("log-density")[i] = -0.5 * squares - width * HALF_LOG_TWO_PI - sum;
        }
      }
    }

    private void toLatents(
        Rows in, MemorySegment shift, MemorySegment scale, int parameterRows, RowOutputs out) {
      double[] density = out.number("log-density");
      MemorySegment x = in.vector("x");
      MemorySegment y = out.vector("z");
      int width = in.width("x");
      kernels
          .affineFlow()
          .rows(
              in.matrix(x, width),
              Matrix.of(in.type(), shift, parameterRows, width),
              Matrix.of(in.type(), scale, parameterRows, width),
              in.matrix(y, width),
              density);
    }
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    double dimensions = binding.width("x");
    return List.of(
        Statistic.mean("log-density", "nats", Direction.HIGHER, "mean over rows", "log-density"),
        new Statistic(
            "bits-per-dimension",
            "bits",
            Direction.LOWER,
            "-log-density / (D ln 2)",
            List.of("log-density"),
            means -> means.mean("log-density").times(-1 / (dimensions * Math.log(2)))));
  }
}
