package io.lanewise.objective.flow;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
import io.lanewise.objective.support.Float64Memory;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Affine coupling of RealNVP: of each row's d elements some pass unchanged, the others become `x
/// exp(s) + t` with log-scale s and shift t that a network gave from those that pass (in both
/// directions the same columns, since they do not change); `ln|det| = sum s`. `log-scale` and
/// `shift` have one element for each transformed element, in order, so the split index is d minus
/// their width; `pass` says which elements pass: the `first` or `last` of them, or the `even` or
/// `odd` ones counted from 0 (checkerboard). float32 or float64.
public final class CouplingFlow implements Transform {
  private static final Parameter<String> PASS =
      Parameter.choice(
          "pass",
          "first",
          "Which elements pass unchanged.",
          List.of("first", "last", "even", "odd"));

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "coupling-flow",
        List.of("realnvp"),
        Family.FLOW,
        "Affine coupling flow",
        "y_pass = x_pass; y_rest = x_rest exp(s) + t; ln|det| = sum_j s_j",
        "Dinh et al., Density estimation using Real NVP, arXiv:1605.08803, equations 4 to 8",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "Rows to transform."),
                Role.vector("log-scale", "rest", "s, for each transformed element."),
                Role.vector("shift", "rest", "t, for each transformed element."))),
        List.of(TransformedRows.DIRECTION, PASS),
        TransformedRows.outputs("x exp(s) + t; inverse: (x - t) exp(-s); or x where it passes"));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    int[] rest = transformed(binding.get(PASS), binding.width("x"), binding.width("log-scale"));
    boolean inverse = TransformedRows.inverse(binding);
    return new Function(binding.kernels(), rest, inverse);
  }

  /// One worker's evaluation; the transformed elements of all rows go to the kernel together.
  private static final class Function implements RowFunction {
    private final Kernels kernels;
    private final int[] rest;
    private final boolean inverse;
    private final Float64Memory elements = new Float64Memory();
    private final Float64Memory logvars = new Float64Memory();
    private final Float64Memory shifts = new Float64Memory();
    private double[] x = new double[0];
    private double[] scale = new double[0];
    private double[] shift = new double[0];

    Function(Kernels kernels, int[] rest, boolean inverse) {
      this.kernels = kernels;
      this.rest = rest;
      this.inverse = inverse;
    }

    /// `t + exp(s) x`, or `exp(-s) (x - t)`: the reparameterization with log-variance 2 s or -2 s.
    @Override
    public void evaluate(Rows in, RowOutputs out) {
      x = in.numbers("x", x);
      scale = in.numbers("log-scale", scale);
      shift = in.numbers("shift", shift);
      int width = in.width("x");
      int count = Math.multiplyExact(in.count(), rest.length);
      MemorySegment moved = elements.elements(count);
      MemorySegment logvar = logvars.elements(count);
      MemorySegment mean = shifts.elements(count);
      for (int i = 0; i < in.count(); i++) {
        for (int k = 0; k < rest.length; k++) {
          int at = i * rest.length + k;
          double element = x[i * width + rest[k]];
          Float64Memory.set(moved, at, inverse ? element - shift[at] : element);
          Float64Memory.set(logvar, at, (inverse ? -2 : 2) * scale[at]);
          Float64Memory.set(mean, at, inverse ? 0 : shift[at]);
        }
      }
      double[] logdet = out.number("logdet");
      kernels.rowSum().rows(new Matrix(FloatType.FLOAT64, logvar, in.count(), rest.length), logdet);
      kernels
          .reparameterize()
          .each(
              Matrix.values(FloatType.FLOAT64, mean, count),
              Matrix.values(FloatType.FLOAT64, logvar, count),
              Matrix.values(FloatType.FLOAT64, moved, count),
              Matrix.values(FloatType.FLOAT64, moved, count));
      MemorySegment y = out.vector("y");
      for (int i = 0; i < in.count(); i++) {
        logdet[i] *= 0.5;
        for (int j = 0; j < width; j++) {
          in.put(y, (long) i * width + j, x[i * width + j]);
        }
        for (int k = 0; k < rest.length; k++) {
          double value = Float64Memory.get(moved, (long) i * rest.length + k);
          in.put(y, (long) i * width + rest[k], value);
        }
      }
    }
  }

  /// The indices of the transformed elements.
  private static int[] transformed(String pass, int d, int count) {
    int first =
        switch (pass) {
          case "first" -> d - count;
          case "last", "odd" -> 0;
          case "even" -> 1;
          default -> throw new IllegalStateException(pass);
        };
    boolean alternate = pass.equals("even") || pass.equals("odd");
    int expected = alternate ? (d + 1 - first) / 2 : Math.min(count, d);
    if (count != expected) {
      throw new IllegalArgumentException(
          "role 'log-scale': found %d elements, expected %s with pass '%s' and %d elements of 'x'"
              .formatted(count, alternate ? expected : "at most " + d, pass, d));
    }
    int[] rest = new int[count];
    for (int k = 0; k < count; k++) {
      rest[k] = first + (alternate ? 2 * k : k);
    }
    return rest;
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return TransformedRows.statistics();
  }
}
