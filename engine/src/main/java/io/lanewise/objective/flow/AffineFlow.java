package io.lanewise.objective.flow;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
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

/// Change of variables under an elementwise affine flow with standard normal base: `x = scale * z +
/// shift`, so `z = (x - shift) / scale` and `ln p(x) = ln N(z; 0, I) - sum_j ln|scale_j|`, in nats.
/// Scale and shift are columns (a row each) or one number for all elements. A scale of 0 gives a
/// non-finite result.
public final class AffineFlow implements Transform {
  private static final Parameter<Double> SCALE =
      Parameter.number(
          "scale",
          "1",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "a in x = a z + b, where no column gives it.");
  private static final Parameter<Double> SHIFT =
      Parameter.number(
          "shift",
          "0",
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          "1",
          "b in x = a z + b, where no column gives it.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "affine-flow",
        List.of(),
        Family.FLOW,
        "Affine flow change of variables",
        "z = (x - shift) / scale; ln p(x) = ln N(z; 0, I) - sum_j ln|scale_j|",
        "Rezende and Mohamed, Variational Inference with Normalizing Flows, arXiv:1505.05770",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "Data."),
                Role.vector("scale", "data", "Scale of each element.").optional(),
                Role.vector("shift", "data", "Shift of each element.").optional())),
        List.of(SCALE, SHIFT),
        List.of(
            Output.vector("z", "x", "1", "(x - shift) / scale"),
            Output.number("log-density", "nats", "ln p(x)")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    if (binding.has("scale") != binding.has("shift")) {
      throw new IllegalArgumentException(
          "found only one of the roles 'scale' and 'shift', expected both or none");
    }
    Kernels kernels = binding.kernels();
    if (binding.has("scale")) {
      return (in, out) ->
          evaluate(kernels, in, in.vector("shift"), in.vector("scale"), in.count(), out);
    }
    int width = binding.width("x");
    double scale = binding.get(SCALE);
    double shift = binding.get(SHIFT);
    return (in, out) ->
        evaluate(
            kernels, in, filled(in.type(), width, shift), filled(in.type(), width, scale), 1, out);
  }

  private static MemorySegment filled(DType type, int width, double value) {
    MemorySegment row = Arena.ofAuto().allocate((long) width * type.bytes(), 8);
    for (int j = 0; j < width; j++) {
      if (type == DType.FLOAT32) {
        row.set(JAVA_FLOAT_UNALIGNED, 4L * j, (float) value);
      } else {
        row.set(JAVA_DOUBLE_UNALIGNED, 8L * j, value);
      }
    }
    return row;
  }

  private static void evaluate(
      Kernels kernels,
      Rows in,
      MemorySegment shift,
      MemorySegment scale,
      int parameterRows,
      RowOutputs out) {
    double[] density = out.number("log-density");
    MemorySegment x = in.vector("x");
    MemorySegment z = out.vector("z");
    int width = in.width("x");
    if (in.type() == DType.FLOAT32) {
      kernels.affineFlow().f32(x, shift, scale, parameterRows, in.count(), width, z, density);
    } else {
      kernels.affineFlow().f64(x, shift, scale, parameterRows, in.count(), width, z, density);
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
