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

/// Flow `f(x) = L x + b` with a lower triangular L, `ln|det| = sum_i ln|L_ii|`, for rows of d
/// elements, float32 or float64; the inverse is forward substitution, never an inverted matrix. L
/// is a vector role of d * d elements a row (row-major, as a model that conditions L on the row
/// gives it), or, one for all rows, the parameter `matrix`. Elements above the diagonal are not
/// read. A zero on the diagonal gives non-finite results.
public final class TriangularFlow implements Transform {
  private static final Parameter<double[]> MATRIX =
      new Parameter<>(
          "matrix",
          "column",
          "column, or d * d numbers separated by commas",
          "1",
          "L for all rows, row-major, if no column gives it.",
          TriangularFlow::numbers);

  private static double[] numbers(String text) {
    if (text.equals("column")) {
      return new double[0];
    }
    String[] parts = text.split(",", -1);
    double[] values = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = Double.parseDouble(parts[i].strip());
    }
    return values;
  }

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "triangular-flow",
        List.of(),
        Family.FLOW,
        "Lower triangular flow",
        "f(x) = L x + b; ln|det| = sum_i ln|L_ii|",
        "TensorFlow Probability, ScaleMatvecTriL; Kingma et al., arXiv:1606.04934, section 3",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "Rows to transform."),
                Role.vector("matrix", "", "L of the row, d * d elements, row-major.")
                    .optional()
                    .when("matrix", "column"),
                Role.vector("shift", "data", "b; 0 if not given.").optional())),
        List.of(TransformedRows.DIRECTION, MATRIX),
        TransformedRows.outputs("L x + b; inverse: L^-1 (x - b)"));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    double[] constant = binding.get(MATRIX);
    if (binding.has("matrix") == (constant.length > 0)) {
      throw new IllegalArgumentException(
          "found %s of role 'matrix' and parameter 'matrix', expected exactly one"
              .formatted(binding.has("matrix") ? "both" : "neither"));
    }
    int d = binding.width("x");
    int elements = binding.has("matrix") ? binding.width("matrix") : constant.length;
    if (elements != d * d) {
      throw new IllegalArgumentException(
          "matrix: found %d elements, expected %d * %d as 'x' has %d".formatted(elements, d, d, d));
    }
    boolean inverse = TransformedRows.inverse(binding);
    boolean shifted = binding.has("shift");
    return (in, out) -> {
      RoleRows matrix = constant.length > 0 ? null : new RoleRows(in, "matrix");
      double[] zero = new double[d];
      RoleRows shift = shifted ? new RoleRows(in, "shift") : null;
      TransformedRows.evaluate(
          in,
          out,
          (row, x, y) -> {
            double[] l = matrix == null ? constant : matrix.row(row);
            double[] b = shift == null ? zero : shift.row(row);
            return inverse ? inverse(l, b, x, y) : forward(l, b, x, y);
          });
    };
  }

  private static double forward(double[] l, double[] b, double[] x, double[] y) {
    int d = x.length;
    double logdet = 0;
    for (int i = 0; i < d; i++) {
      double sum = b[i];
      for (int j = 0; j <= i; j++) {
        sum = Math.fma(l[i * d + j], x[j], sum);
      }
      y[i] = sum;
      logdet += StrictMath.log(Math.abs(l[i * d + i]));
    }
    return logdet;
  }

  private static double inverse(double[] l, double[] b, double[] x, double[] y) {
    int d = x.length;
    double logdet = 0;
    for (int i = 0; i < d; i++) {
      double rest = x[i] - b[i];
      for (int j = 0; j < i; j++) {
        rest = Math.fma(-l[i * d + j], y[j], rest);
      }
      y[i] = rest / l[i * d + i];
      logdet -= StrictMath.log(Math.abs(l[i * d + i]));
    }
    return logdet;
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return TransformedRows.statistics();
  }
}
