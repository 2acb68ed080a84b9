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
import java.util.List;

/// Kullback-Leibler divergence between discrete distributions, in nats: `sum_j p_j ln(p_j / q_j)`.
/// An outcome with `p = 0` counts 0; one with `p > 0` and `q = 0` makes it +Infinity, which is an
/// error under policy `fail` and flows under `propagate`.
public final class DiscreteKl implements RowObjective {
  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "discrete-kl",
        List.of(),
        Family.VARIATIONAL,
        "KL between discrete distributions",
        "KL(p || q) = sum_j p_j ln(p_j / q_j)",
        "Kullback and Leibler, Annals of Mathematical Statistics 22 (1951)",
        List.of(Distributions.ROWS),
        List.of(Distributions.INPUTS),
        List.of(Output.number("kl", "nats", "KL of p from q")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new Function(binding.get(Distributions.INPUTS));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return KlStatistics.of("mean over rows");
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
      int width = in.width("p");
      if (inputs.equals("logits")) {
        for (int i = 0; i < in.count(); i++) {
          out.number("kl")[i] = ofLogits(i * width, width);
        }
        return;
      }
      Distributions.normalize(in, "p", inputs, p);
      Distributions.normalize(in, "q", inputs, q);
      for (int i = 0; i < in.count(); i++) {
        double sum = 0;
        for (int j = i * width; j < (i + 1) * width; j++) {
          sum += Distributions.term(p[j], q[j]);
        }
        out.number("kl")[i] = sum;
      }
    }

    /// In logarithms throughout, so that no probability underflows to 0.
    private double ofLogits(int from, int width) {
      double logSumP = Distributions.logSum(p, from, width);
      double logSumQ = Distributions.logSum(q, from, width);
      double sum = 0;
      for (int j = from; j < from + width; j++) {
        double logP = p[j] - logSumP;
        double probability = StrictMath.exp(logP);
        sum += probability == 0 ? 0 : probability * (logP - (q[j] - logSumQ));
      }
      return sum;
    }
  }
}
