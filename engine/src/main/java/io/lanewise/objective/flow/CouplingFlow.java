package io.lanewise.objective.flow;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import io.lanewise.objective.Transform;
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
    return (in, out) -> {
      RoleRows scales = new RoleRows(in, "log-scale");
      RoleRows shifts = new RoleRows(in, "shift");
      TransformedRows.evaluate(
          in,
          out,
          (row, x, y) -> {
            double[] s = scales.row(row);
            double[] t = shifts.row(row);
            System.arraycopy(x, 0, y, 0, x.length);
            double logdet = 0;
            for (int k = 0; k < rest.length; k++) {
              int j = rest[k];
              y[j] =
                  inverse
                      ? (x[j] - t[k]) * StrictMath.exp(-s[k])
                      : Math.fma(x[j], StrictMath.exp(s[k]), t[k]);
              logdet += s[k];
            }
            return inverse ? -logdet : logdet;
          });
    };
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
