package io.lanewise.objective.adversarial;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Estimate;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Cycle consistency of two generators F: X -> Y and G: Y -> X, `(mean |x - G(F(x))| + mean |y -
/// F(G(y))|) / 2`, means over all elements, in the unit of the data. Each set has rows of one
/// width, float32 or float64; the two sets may differ in width and in number of rows. NaN and
/// infinities flow into the row's error.
public final class CycleConsistency implements RowObjective {
  private static final String DATA = "data";
  private static final String RECONSTRUCTION = "reconstruction";

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "cycle-consistency",
        List.of(),
        Family.ADVERSARIAL,
        "Cycle consistency loss",
        "(mean |x - G(F(x))| + mean |y - F(G(y))|) / 2",
        "Zhu et al., Unpaired Image-to-Image Translation, arXiv:1703.10593, equation 2; reduction of "
            + "TF-GAN, tuple_losses_impl.py",
        List.of(set("x", "G(F(x))"), set("y", "F(G(y))")),
        List.of(),
        List.of(
            Output.number("x-error", "1", "mean over elements |x - G(F(x))|").of("x"),
            Output.number("y-error", "1", "mean over elements |y - F(G(y))|").of("y")));
  }

  private static RowSet set(String name, String cycle) {
    return new RowSet(
        name,
        true,
        "Rows of domain %s.".formatted(name.equals("x") ? "X" : "Y"),
        List.of(
            Role.vector(DATA, name, "Data."),
            Role.vector(RECONSTRUCTION, name, cycle + ", the same rows after both generators.")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new Function(binding.kernels(), set + "-error")::evaluate;
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        new Statistic(
            "cycle-consistency",
            "1",
            Direction.LOWER,
            "(mean |x - G(F(x))| + mean |y - F(G(y))|) / 2, means over elements",
            List.of("x-error", "y-error"),
            means -> {
              Estimate sum = means.mean("x-error").plus(means.mean("y-error"));
              return sum.times(0.5);
            }),
        Statistic.mean("error-x", "1", Direction.LOWER, "mean |x - G(F(x))|", "x-error"),
        Statistic.mean("error-y", "1", Direction.LOWER, "mean |y - F(G(y))|", "y-error"));
  }

  /// One worker's evaluation; holds the errors of one row.
  private static final class Function {
    private final Kernels kernels;
    private final String output;
    private MemorySegment errors = MemorySegment.NULL;

    Function(Kernels kernels, String output) {
      this.kernels = kernels;
      this.output = output;
    }

    void evaluate(Rows in, io.lanewise.objective.RowOutputs out) {
      double[] error = out.number(output);
      int width = in.width(DATA);
      if (errors.byteSize() < 8L * width) {
        errors = java.lang.foreign.Arena.ofAuto().allocate(8L * width, 64);
      }
      MemorySegment data = in.vector(DATA);
      MemorySegment back = in.vector(RECONSTRUCTION);
      boolean single = in.type() == io.lanewise.batch.DType.FLOAT32;
      for (int i = 0; i < in.count(); i++) {
        for (int j = 0; j < width; j++) {
          long at = (long) i * width + j;
          double difference = at(data, single, at) - at(back, single, at);
          errors.set(ValueLayout.JAVA_DOUBLE, 8L * j, Math.abs(difference));
        }
        error[i] = kernels.rowSum().run(FloatType.FLOAT64, errors, 0, width) / width;
      }
    }

    private static double at(MemorySegment data, boolean single, long i) {
      return single
          ? data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i)
          : data.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8 * i);
    }
  }
}
