package io.lanewise.objective.variational;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;

/// Jensen-Shannon divergence between discrete distributions, in nats: `1/2 KL(p || m) + 1/2 KL(q ||
/// m)`, `m = (p + q) / 2`; from 0 to ln 2, finite whatever the zeros.
public final class JensenShannon implements RowObjective {
  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "jensen-shannon",
        List.of(),
        Family.VARIATIONAL,
        "Jensen-Shannon divergence",
        "JS(p, q) = 1/2 KL(p || m) + 1/2 KL(q || m), m = (p + q) / 2",
        "Lin, IEEE Transactions on Information Theory 37 (1991)",
        List.of(Distributions.ROWS),
        List.of(Distributions.INPUTS),
        List.of(Output.number("jensen-shannon", "nats", "JS of p and q")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new Function(binding.get(Distributions.INPUTS));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Statistic.mean(
            "jensen-shannon", "nats", Direction.LOWER, "mean over rows", "jensen-shannon"));
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final String inputs;
    private double[] p = new double[0];
    private double[] q = new double[0];

    Function(String inputs) {
      this.inputs = inputs;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      p = in.numbers("p", p);
      q = in.numbers("q", q);
      Distributions.normalize(in, "p", inputs, p);
      Distributions.normalize(in, "q", inputs, q);
      int width = in.width("p");
      for (int i = 0; i < in.count(); i++) {
        double sum = 0;
        for (int j = i * width; j < (i + 1) * width; j++) {
          double m = 0.5 * (p[j] + q[j]);
          sum += 0.5 * (Distributions.term(p[j], m) + Distributions.term(q[j], m));
        }
        out.number("jensen-shannon")[i] = sum;
      }
    }
  }
}
