package io.lanewise.objective.likelihood;

import io.lanewise.batch.DType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.kernel.Kernel;
import io.lanewise.kernel.KernelUse;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Range;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Statistic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Log-likelihood of sequences under an autoregressive model, in nats: `sum_i ln p(x_i | x_<i)`,
/// from the log-probability or probability that the model gave to each token, from its logits, or
/// from the sequence's total.
///
/// - With `logits` a row holds tokens x vocabulary numbers, one token's after the other's, and
///   `target` the tokens that came: `ln p = x_target - ln sum_j e^x_j`. The sequence is greedy if
///   every token that is not left out has the largest logit, and no lower index has the same.
/// - A token is left out, counting neither as probability nor as token, where it, one of its logits
///   or its target is null, where `mask` is 0 or null, or where `target` is the ignore index. What
///   stands there may be NaN.
/// - A probability of 0 gives -Infinity (an error under policy `fail`), one below 0 NaN;
///   perplexities that overflow are +Infinity.
/// - A sequence without tokens is empty: its outputs are null, and it is counted as such and not
///   among those that the measures rest on. If every sequence is, measures are NaN with n = 0.
/// - With columns `bytes`, `words` or `dims` there are bits per byte, byte and word perplexity,
///   bits per dimension; each is a quotient of totals. Standard errors are clustered by sequence.
public final class LogLikelihood implements RowObjective {
  private static final String LOGPROB = "logprob";
  private static final String PROBABILITY = "probability";
  private static final String LOGITS = "logits";
  private static final String TOTAL = "total";
  private static final List<String> COUNTS = List.of("bytes", "words", "dims");

  private static final Parameter<String> REDUCTION =
      Parameter.choice(
          "reduction",
          "token",
          "What 'perplexity' is: exp(total NLL / total tokens); the mean over sequences of"
              + " exp(NLL / tokens); or exp(mean NLL of a sequence), lengths ignored.",
          List.of("token", "sequence-mean", "document"));
  private static final Parameter<Long> IGNORE_INDEX =
      Parameter.integer(
          "ignore-index",
          "-100",
          Long.MIN_VALUE,
          Long.MAX_VALUE,
          "With role target: the id of tokens to leave out.");
  private static final Parameter<Long> VOCABULARY =
      Parameter.integer(
          "vocabulary",
          "0",
          0,
          Integer.MAX_VALUE,
          "With role logits: the number of logits of a token; 0 means the logits of each row divided by its targets.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "log-likelihood",
        List.of("ll"),
        Family.LIKELIHOOD,
        "Autoregressive log-likelihood",
        "log p(x) = sum_i ln p(x_i | x_<i)",
        "Bengio et al., A Neural Probabilistic Language Model, JMLR 3 (2003); bits per byte and word"
            + " perplexity as in EleutherAI lm-evaluation-harness",
        List.of(
            RowSet.rows(
                    Role.sequence(LOGPROB, "Natural log-probability of each token, or:").optional(),
                    Role.sequence(PROBABILITY, "probability of each token, or:").optional(),
                    Role.sequence(LOGITS, "logits, vocabulary numbers a token, with target; or:")
                        .optional(),
                    Role.scalar(TOTAL, "log-likelihood of the whole sequence, nats.").optional(),
                    Role.integer("token-count", "With role total: the number of tokens.")
                        .optional(),
                    Role.sequence("mask", "Tokens where it is 0 or null are left out.").optional(),
                    Role.integers(
                            "target",
                            "The tokens that followed; those equal to ignore-index are left out.")
                        .optional(),
                    Role.integer("bytes", "UTF-8 length of the sequence's text.").optional(),
                    Role.integer("words", "Number of words of the sequence's text.").optional(),
                    Role.integer("dims", "Number of dimensions, for images.").optional())
                .choosing(
                    Choice.oneOf(
                        Choice.Way.of(LOGPROB).with("mask", "target"),
                        Choice.Way.of(PROBABILITY).with("mask", "target"),
                        Choice.Way.of(LOGITS, "target").with("mask"),
                        Choice.Way.of(TOTAL).with("token-count")))),
        List.of(REDUCTION, IGNORE_INDEX, VOCABULARY),
        List.of(
            Output.number("log-likelihood", "nats", "sum_i ln p(x_i | x_<i)"),
            Output.number("tokens", "1", "number of tokens that are not left out").onRequest(),
            Output.number("probability", "1", "exp(log-likelihood); 0 where it underflows"),
            Output.number(
                    "greedy",
                    "1",
                    "with logits: 1 if every token is the argmax (ties: the lowest index), else 0")
                .onRequest(),
            Output.number("sequence-perplexity", "1", "exp(-log-likelihood / tokens)").onRequest(),
            Output.number("bytes", "1", "bytes of the sequence, as given").onRequest(),
            Output.number("words", "1", "words of the sequence, as given").onRequest(),
            Output.number("dims", "1", "dimensions of the sequence, as given").onRequest()));
  }

  @Override
  public List<KernelUse> kernels() {
    return List.of(Kernel.ROW_SUM.ofData());
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    List<String> given =
        List.of(LOGPROB, PROBABILITY, LOGITS, TOTAL).stream().filter(binding::has).toList();
    boolean total = binding.has(TOTAL);
    if (binding.wants("greedy") && !binding.has(LOGITS)) {
      throw new IllegalArgumentException(
          "output 'greedy': found no column for role 'logits', expected one");
    }
    if (binding.get(VOCABULARY) > 0 && !binding.has(LOGITS)) {
      throw new IllegalArgumentException(
          "parameter 'vocabulary': found %d without role 'logits', expected 0"
              .formatted(binding.get(VOCABULARY)));
    }
    for (String count : COUNTS) {
      if (binding.wants(count) && !binding.has(count)) {
        throw new IllegalArgumentException(
            "output '%s': found no column for role '%s', expected one".formatted(count, count));
      }
    }
    boolean needsTokens =
        List.of("tokens", "sequence-perplexity").stream().anyMatch(binding::wants);
    if (total && needsTokens && !binding.has("token-count")) {
      throw new IllegalArgumentException(
          "found no column for role 'token-count', expected one for tokens, or reduction 'document'");
    }
    return new Function(binding, given.getFirst());
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return LikelihoodStatistics.of(binding, binding.get(REDUCTION));
  }

  /// One worker's evaluation; holds the tokens that are not left out where some are.
  static final class Function implements RowFunction {
    private final Kernels kernels;
    private final String input;
    private final SequenceLogits logits;
    private final boolean masked;
    private final boolean ids;
    private final boolean counted;
    private final long ignored;

    /// What tokens can be. Likelihoods over dimensions of data are those of densities as well.
    private final Range range;

    private MemorySegment kept = MemorySegment.NULL;

    Function(Binding binding, String input) {
      kernels = binding.kernels();
      this.input = input;
      logits =
          new SequenceLogits(
              kernels,
              binding.get(IGNORE_INDEX),
              Math.toIntExact(binding.get(VOCABULARY)),
              binding.has("mask"));
      masked = binding.has("mask");
      ids = binding.has("target");
      counted = binding.has("token-count");
      range =
          binding.has("dims")
              ? Range.ANY
              : input.equals(PROBABILITY) ? Range.PROBABILITY : Range.LOG_PROBABILITY;
      ignored = binding.get(IGNORE_INDEX);
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      double[] logLikelihood = out.number("log-likelihood");
      double[] tokens = out.wants("tokens") ? out.number("tokens") : new double[in.count()];
      if (input.equals(TOTAL)) {
        in.numbers(TOTAL, logLikelihood);
        for (int i = 0; i < in.count(); i++) {
          if (range.excludes(logLikelihood[i]) && !in.isNull(i)) {
            throw range.outside(TOTAL, in.firstInFile() + i, -1, logLikelihood[i]);
          }
        }
        if (counted) {
          Counts.read(in, "token-count", tokens);
        }
      } else if (input.equals(LOGITS)) {
        double[] greedy = out.wants("greedy") ? out.number("greedy") : new double[in.count()];
        logits.evaluate(in, logLikelihood, tokens, greedy);
      } else {
        sums(in, logLikelihood, tokens);
      }
      for (int i = 0; i < in.count() && (counted || !input.equals(TOTAL)); i++) {
        if (tokens[i] == 0 && !in.isNull(i)) {
          out.setEmpty(i);
        }
      }
      for (String count : COUNTS) {
        if (out.wants(count)) {
          Counts.read(in, count, out.number(count));
        }
      }
      double[] probability = out.number("probability");
      for (int i = 0; i < in.count(); i++) {
        probability[i] = StrictMath.exp(logLikelihood[i]);
      }
      perSequence(in.count(), logLikelihood, tokens, out);
    }

    private static void perSequence(
        int count, double[] logLikelihood, double[] tokens, RowOutputs out) {
      for (int i = 0; i < count && out.wants("sequence-perplexity"); i++) {
        out.number("sequence-perplexity")[i] = StrictMath.exp(-logLikelihood[i] / tokens[i]);
      }
    }

    private void sums(Rows in, double[] logLikelihood, double[] count) {
      SequenceColumn tokens = in.sequence(input);
      for (int i = 0; i < in.count(); i++) {
        if (in.isNull(i)) {
          logLikelihood[i] = 0;
          count[i] = 0;
        } else if (tokens.elements().isAll() && !masked && !ids) {
          long wrong =
              range.firstOutside(in.type(), tokens.data(), tokens.start(i), tokens.length(i));
          if (wrong >= 0) {
            throw outside(in, tokens, i, wrong);
          }
          logLikelihood[i] = sum(in.type(), tokens.data(), tokens.start(i), tokens.length(i));
          count[i] = tokens.length(i);
        } else {
          long length = keep(in, tokens, i);
          logLikelihood[i] = sum(in.type(), kept, 0, length);
          count[i] = length;
        }
      }
    }

    private double sum(DType type, MemorySegment data, long from, long count) {
      return input.equals(LOGPROB)
          ? kernels.rowSum().run(type.floatType(), data, from, count)
          : kernels.logProbSum().run(type.floatType(), data, from, count);
    }

    private long keep(Rows in, SequenceColumn tokens, int row) {
      long bytes = tokens.type().bytes();
      if (kept.byteSize() < tokens.length(row) * bytes) {
        kept = Arena.ofAuto().allocate(tokens.length(row) * bytes, 64);
      }
      SequenceColumn mask = masked ? parallel(in, "mask", tokens, row) : tokens;
      SequenceColumn id = ids ? parallel(in, "target", tokens, row) : tokens;
      long count = 0;
      for (long k = 0; k < tokens.length(row); k++) {
        long at = tokens.start(row) + k;
        if (tokens.elements().isValid(at)
            && (!masked || selects(in, mask, mask.start(row) + k))
            && (!ids || isTarget(id, id.start(row) + k, ignored))) {
          if (range.excludes(in.element(tokens.data(), at))) {
            throw outside(in, tokens, row, k);
          }
          MemorySegment.copy(tokens.data(), at * bytes, kept, count++ * bytes, bytes);
        }
      }
      return count;
    }

    private IllegalArgumentException outside(Rows in, SequenceColumn tokens, int row, long k) {
      double value = in.element(tokens.data(), tokens.start(row) + k);
      return range.outside(tokens.name(), in.firstInFile() + row, k, value);
    }

    static boolean selects(Rows in, SequenceColumn mask, long at) {
      return mask.elements().isValid(at) && in.element(mask.data(), at) != 0;
    }

    /// Whether an integer is given and not the ignore index.
    static boolean isTarget(SequenceColumn ids, long at, long ignored) {
      return ids.elements().isValid(at) && ids.getLong(at) != ignored;
    }

    static SequenceColumn parallel(Rows in, String role, SequenceColumn to, int row) {
      SequenceColumn column = in.sequence(role);
      if (column.length(row) != to.length(row)) {
        throw new IllegalArgumentException(
            "column '%s' row %d: found %d elements, expected %d as in column '%s'"
                .formatted(
                    column.name(),
                    in.firstInFile() + row,
                    column.length(row),
                    to.length(row),
                    to.name()));
      }
      return column;
    }
  }
}
