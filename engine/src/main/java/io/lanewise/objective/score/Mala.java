package io.lanewise.objective.score;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
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
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The acceptance probability of a Langevin proposal, from columns: state, proposal, the scores and
/// log-densities at both. Its mean is the acceptance rate.
public final class Mala implements RowObjective {
  private static final Parameter<Double> ETA =
      Parameter.number(
          "eta",
          null,
          Double.MIN_VALUE,
          Double.POSITIVE_INFINITY,
          "1",
          "Step size in x + eta * score + sqrt(2 eta) * noise; half of the h of MALA in TFP.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "mala-acceptance",
        List.of("mala"),
        Family.SCORE,
        "MALA acceptance probability",
        "min(1, p(x') q(x | x') / (p(x) q(x' | x))), q(y | x) = N(y; x + eta score(x), 2 eta I)",
        "Roberts and Tweedie, Exponential convergence of Langevin distributions, Bernoulli 2(4), 1996",
        List.of(
            RowSet.rows(
                Role.vector("x", "data", "The state."),
                Role.vector("x-next", "data", "The proposal."),
                Role.vector("score", "data", "Gradient of the log-density at x."),
                Role.vector("score-next", "data", "Gradient of the log-density at the proposal."),
                Role.scalar("logp", "Log-density at x, up to a constant."),
                Role.scalar("logp-next", "Log-density at the proposal, up to the same constant."))),
        List.of(ETA),
        List.of(
            Output.number("acceptance", "1", "min(1, exp(log-acceptance))"),
            Output.number("log-acceptance", "nats", "logarithm of the ratio, not cut at 0")
                .onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    double eta = binding.get(ETA);
    int width = binding.width("x");
    double[][] rows = new double[4][width];
    String[] roles = {"x", "x-next", "score", "score-next"};
    return (in, out) -> {
      double[] logp = in.numbers("logp", new double[in.count()]);
      double[] logpNext = in.numbers("logp-next", new double[in.count()]);
      double[] acceptance = out.number("acceptance");
      for (int i = 0; i < in.count(); i++) {
        for (int r = 0; r < roles.length; r++) {
          read(in.vector(roles[r]), in.type(), i, rows[r]);
        }
        double log = logAcceptance(rows[0], rows[1], rows[2], rows[3], logp[i], logpNext[i], eta);
        acceptance[i] = Math.min(1, StrictMath.exp(log));
        if (out.wants("log-acceptance")) {
          out.number("log-acceptance")[i] = log;
        }
      }
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Statistic.mean(
            "acceptance", "1", Direction.NEITHER, "mean over rows of min(1, ratio)", "acceptance"));
  }

  /// The logarithm of the Metropolis-Hastings ratio of a Langevin proposal.
  static double logAcceptance(
      double[] x,
      double[] proposal,
      double[] score,
      double[] scoreNext,
      double logp,
      double logpNext,
      double eta) {
    double back = 0;
    double forth = 0;
    for (int j = 0; j < x.length; j++) {
      double b = x[j] - proposal[j] - eta * scoreNext[j];
      double f = proposal[j] - x[j] - eta * score[j];
      back += b * b;
      forth += f * f;
    }
    return logpNext - logp + (forth - back) / (4 * eta);
  }

  private static void read(MemorySegment from, DType type, int row, double[] into) {
    long first = (long) row * into.length;
    for (int j = 0; j < into.length; j++) {
      into[j] =
          type == DType.FLOAT32
              ? from.getAtIndex(JAVA_FLOAT_UNALIGNED, first + j)
              : from.getAtIndex(JAVA_DOUBLE_UNALIGNED, first + j);
    }
  }
}
