package io.lanewise.objective.likelihood;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernel;
import io.lanewise.kernel.KernelUse;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Estimate;
import io.lanewise.objective.Family;
import io.lanewise.objective.Means;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Log-likelihood of single tokens from the logits of a vocabulary, in nats: `x_target - ln sum_j
/// e^x_j`. A row is a token; no softmax is formed, so nothing underflows.
///
/// - A token whose target is the ignore index is left out: the row is empty, its outputs are null,
///   and it is counted as such and not among those that the measures rest on. Any other target
///   outside `[0, vocabulary)` is an error.
/// - A token is greedy if its target has the largest logit and no lower index has the same.
/// - Standard errors take tokens as independent; where a column tells which sequence a token
///   belongs to, [SequenceLogLikelihood] clusters by it.
public final class TokenLogLikelihood implements RowObjective {
  /// The target of tokens that are left out.
  static final Parameter<Long> IGNORE_INDEX =
      Parameter.integer(
          "ignore-index",
          "-100",
          Integer.MIN_VALUE,
          Integer.MAX_VALUE,
          "Target of tokens to leave out.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "token-log-likelihood",
        List.of("token-ll"),
        Family.LIKELIHOOD,
        "Token log-likelihood from logits",
        "log p(y) = x_y - ln sum_j exp(x_j)",
        "Bengio et al., A Neural Probabilistic Language Model, JMLR 3 (2003); ignore index as in"
            + " PyTorch's cross_entropy",
        List.of(
            RowSet.rows(
                Role.vector(
                    "logits",
                    "vocabulary",
                    "Logits of a token, one for each entry of the vocabulary."),
                Role.integer("target", "The token that followed, in [0, vocabulary)."))),
        List.of(IGNORE_INDEX),
        List.of(
            Output.number("log-likelihood", "nats", "x_y - ln sum_j exp(x_j)"),
            Output.number(
                "greedy",
                "1",
                "1 if y is the argmax of the logits (ties: the lowest index), else 0")));
  }

  @Override
  public List<KernelUse> kernels() {
    return List.of(Kernel.LOG_SUM_EXP.ofData());
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new Function(binding.kernels(), binding.get(IGNORE_INDEX));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    List<String> outputs = List.of("log-likelihood");
    return List.of(
        new Statistic(
            "total-log-likelihood",
            "nats",
            Direction.HIGHER,
            "sum over tokens",
            List.of("log-likelihood"),
            means -> means.total("log-likelihood")),
        new Statistic(
            "nll-per-token",
            "nats",
            Direction.LOWER,
            "-mean log-likelihood of the tokens that are not left out",
            outputs,
            TokenLogLikelihood::nll),
        new Statistic(
            "bits-per-token",
            "bits",
            Direction.LOWER,
            "nll-per-token / ln 2",
            outputs,
            means -> nll(means).times(1 / StrictMath.log(2))),
        new Statistic(
            "perplexity",
            "1",
            Direction.LOWER,
            "exp(nll-per-token); tokens taken as independent",
            outputs,
            means -> nll(means).exp()),
        Statistic.mean("accuracy", "1", Direction.HIGHER, "share of greedy tokens", "greedy"));
  }

  private static Estimate nll(Means means) {
    return means.mean("log-likelihood").times(-1);
  }

  /// One worker's evaluation; shared with [SequenceLogLikelihood].
  static final class Function implements RowFunction {
    private final Kernels kernels;
    private final long ignored;
    private int[] targets = new int[0];
    private double[] tokens = new double[0];

    Function(Kernels kernels, long ignored) {
      this.kernels = kernels;
      this.ignored = ignored;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      if (tokens.length < in.count()) {
        tokens = new double[in.count()];
      }
      evaluate(in, out.number("log-likelihood"), tokens, out.number("greedy"));
      for (int i = 0; i < in.count(); i++) {
        if (tokens[i] == 0 && !in.isNull(i)) {
          out.setEmpty(i);
        }
      }
    }

    void evaluate(Rows in, double[] logLikelihood, double[] tokens, double[] greedy) {
      int width = in.width("logits");
      MemorySegment logits = in.vector("logits");
      targets(in, width, tokens);
      kernels.logSumExp().rows(in.matrix(logits, width), targets, logLikelihood);
      for (int i = 0; i < in.count(); i++) {
        if (tokens[i] == 0) {
          logLikelihood[i] = 0;
          greedy[i] = 0;
        } else {
          greedy[i] = isGreedy(in, logits, (long) i * width, width, targets[i]) ? 1 : 0;
        }
      }
    }

    private void targets(Rows in, int width, double[] tokens) {
      if (targets.length < in.count()) {
        targets = new int[in.count()];
      }
      var column = in.integer("target");
      for (int i = 0; i < in.count(); i++) {
        long target = in.isNull(i) ? ignored : column.getLong(i);
        tokens[i] = target == ignored ? 0 : 1;
        if (target != ignored && (target < 0 || target >= width)) {
          throw new IllegalArgumentException(
              "column '%s' row %d: found target %d, expected 0 to %d or the ignore index %d"
                  .formatted(column.name(), in.firstInFile() + i, target, width - 1, ignored));
        }
        targets[i] = target == ignored ? 0 : (int) target;
      }
    }

    private static boolean isGreedyF32(MemorySegment x, long row, int width, int target) {
      float best = x.get(JAVA_FLOAT_UNALIGNED, 4 * (row + target));
      for (int j = 0; j < width; j++) {
        float other = x.get(JAVA_FLOAT_UNALIGNED, 4 * (row + j));
        if (j < target ? !(other < best) : !(other <= best)) {
          return false;
        }
      }
      return true;
    }

    static boolean isGreedy(Rows in, MemorySegment x, long row, int width, int target) {
      if (in.type() == DType.FLOAT32) {
        return isGreedyF32(x, row, width, target);
      }
      double best = in.element(x, row + target);
      for (int j = 0; j < width; j++) {
        double other = in.element(x, row + j);
        if (j < target ? !(other < best) : !(other <= best)) {
          return false;
        }
      }
      return true;
    }
  }
}
