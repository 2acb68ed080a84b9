package io.lanewise.objective.likelihood;

import io.lanewise.batch.DType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Log-likelihood of sequences under an autoregressive model, from the log-probability or
/// probability that the model gave to each token: `sum_i ln p(x_i | x_<i)`, in nats. A null token
/// is masked: it counts neither as probability nor as token. A probability of 0 gives -Infinity,
/// one below 0 NaN.
public final class LogLikelihood implements RowObjective {
  private static final String LOGPROB = "logprob";
  private static final String PROBABILITY = "probability";

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "log-likelihood",
        List.of("ll"),
        Family.LIKELIHOOD,
        "Autoregressive log-likelihood",
        "log p(x) = sum_i ln p(x_i | x_<i)",
        "Bengio et al., A Neural Probabilistic Language Model, JMLR 3 (2003)",
        List.of(
            RowSet.rows(
                Role.sequence(LOGPROB, "Natural log-probability of each token, or:").optional(),
                Role.sequence(PROBABILITY, "probability of each token.").optional())),
        List.of(),
        List.of(
            Output.number("log-likelihood", "nats", "sum_i ln p(x_i | x_<i)"),
            Output.number("tokens", "1", "number of tokens that are not null"),
            Output.number("probability", "1", "exp(log-likelihood); 0 where it underflows")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    binding.exactlyOne(set, LOGPROB, PROBABILITY);
    return new Function(binding.kernels(), binding.has(LOGPROB));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Statistic.mean(
            "log-likelihood",
            "nats",
            Direction.HIGHER,
            "mean over sequences of sum_i ln p(x_i | x_<i)",
            "log-likelihood"),
        new Statistic(
            "total-log-likelihood",
            "nats",
            Direction.HIGHER,
            "sum over sequences",
            List.of("log-likelihood"),
            means -> means.total("log-likelihood")),
        new Statistic(
            "nll-per-token",
            "nats",
            Direction.LOWER,
            "-sum log-likelihood / sum tokens",
            List.of("log-likelihood", "tokens"),
            means -> means.mean("log-likelihood").over(means.mean("tokens")).times(-1)),
        new Statistic(
            "bits-per-token",
            "bits",
            Direction.LOWER,
            "nll-per-token / ln 2",
            List.of("log-likelihood", "tokens"),
            means ->
                means.mean("log-likelihood").over(means.mean("tokens")).times(-1 / Math.log(2))),
        new Statistic(
            "perplexity",
            "1",
            Direction.LOWER,
            "exp(nll-per-token), weighted by token; standard error clustered by sequence",
            List.of("log-likelihood", "tokens"),
            means -> means.mean("log-likelihood").over(means.mean("tokens")).times(-1).exp()));
  }

  /// One worker's evaluation; holds the tokens that are not null where some are.
  private static final class Function implements RowFunction {
    private final Kernels kernels;
    private final boolean logs;
    private MemorySegment unmasked = MemorySegment.NULL;

    Function(Kernels kernels, boolean logs) {
      this.kernels = kernels;
      this.logs = logs;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      SequenceColumn tokens = in.sequence(logs ? LOGPROB : PROBABILITY);
      double[] logLikelihood = out.number("log-likelihood");
      double[] count = out.number("tokens");
      double[] probability = out.number("probability");
      for (int i = 0; i < in.count(); i++) {
        long length = tokens.length(i);
        if (tokens.elements().isAll()) {
          logLikelihood[i] = sum(in.type(), tokens.data(), tokens.start(i), length);
        } else {
          length = unmask(tokens, i);
          logLikelihood[i] = sum(in.type(), unmasked, 0, length);
        }
        count[i] = length;
        probability[i] = StrictMath.exp(logLikelihood[i]);
      }
    }

    private double sum(DType type, MemorySegment data, long from, long count) {
      if (type == DType.FLOAT32) {
        return logs
            ? kernels.rowSum().runF32(data, from, count)
            : kernels.logProbSum().f32(data, from, count);
      }
      return logs
          ? kernels.rowSum().runF64(data, from, count)
          : kernels.logProbSum().f64(data, from, count);
    }

    private long unmask(SequenceColumn tokens, int row) {
      long bytes = tokens.type().bytes();
      if (unmasked.byteSize() < tokens.length(row) * bytes) {
        unmasked = Arena.ofAuto().allocate(tokens.length(row) * bytes, 64);
      }
      long kept = 0;
      for (long i = tokens.start(row); i < tokens.start(row) + tokens.length(row); i++) {
        if (tokens.elements().isValid(i)) {
          MemorySegment.copy(tokens.data(), i * bytes, unmasked, kept++ * bytes, bytes);
        }
      }
      return kept;
    }
  }
}
