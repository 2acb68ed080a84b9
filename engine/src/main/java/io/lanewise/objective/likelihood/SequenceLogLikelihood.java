package io.lanewise.objective.likelihood;

import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Range;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// Likelihood of sequences from flat rows of tokens with a sequence id, from log-probabilities or
/// from logits and targets. A sequence's id is an integer or a text. Standard errors are clustered
/// by sequence: `n` is the number of sequences.
///
/// Tokens of a sequence need not follow each other. One entry is held for each sequence, so memory
/// grows with their number, up to `max-sequences`. Targets equal to the ignore index are left out;
/// a sequence of which every token is left out is not counted. Without any token measures are NaN
/// with n = 0. A sequence ends where the rows do, so there is no per-row output of it: for greedy
/// flags by sequence give [LogLikelihood] its logits as a list a row.
public final class SequenceLogLikelihood implements SampleMetric {
  private static final Parameter<Long> MAX_SEQUENCES =
      Parameter.integer(
          "max-sequences",
          "10000000",
          1,
          Integer.MAX_VALUE / 2,
          "The most sequences, at about 100 bytes each plus their ids; more are an error.");
  private static final List<String> MEASURES =
      List.of(
          "sequences",
          "tokens",
          "log-likelihood",
          "total-log-likelihood",
          "nll-per-token",
          "bits-per-token",
          "perplexity",
          "sequence-mean-perplexity",
          "document-perplexity");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "sequence-log-likelihood",
        List.of("sequence-ll"),
        Family.LIKELIHOOD,
        "Sequence likelihood from flat token rows",
        "log p(s) = sum_(i in s) ln p(x_i | x_<i)",
        "Standard errors: ratio estimator clustered by sequence, Cochran, Sampling Techniques (1977),"
            + " 6.3",
        List.of(
            RowSet.rows(
                    Role.id("sequence", "The sequence to which the token belongs."),
                    Role.scalar("logprob", "Natural log-probability of the token, or:")
                        .in(Range.LOG_PROBABILITY)
                        .optional(),
                    Role.vector("logits", "vocabulary", "its logits, with:")
                        .in(Range.LOGIT)
                        .optional(),
                    Role.integer("target", "the token that came, in [0, vocabulary).").optional())
                .choosing(
                    Choice.oneOf(Choice.Way.of("logprob"), Choice.Way.of("logits", "target")))),
        List.of(TokenLogLikelihood.IGNORE_INDEX, MAX_SEQUENCES),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    return new Sequences(
        new TokenLogLikelihood.Function(
            binding.kernels(), binding.get(TokenLogLikelihood.IGNORE_INDEX)),
        binding.has("logits"),
        binding.get(MAX_SEQUENCES));
  }

  @Override
  public List<String> measures(Binding binding) {
    if (!binding.has("logits")) {
      return MEASURES;
    }
    return java.util.stream.Stream.concat(MEASURES.stream(), java.util.stream.Stream.of("greedy"))
        .toList();
  }

  /// A sequence: its sum in twice float64's digits, so that neither order nor split shows.
  private static final class Sequence {
    private double sum;
    private double rest;
    private long tokens;
    private boolean greedy = true;

    void add(double x) {
      double total = sum + x;
      double part = total - sum;
      rest += (sum - (total - part)) + (x - part);
      sum = total;
    }

    void merge(Sequence other) {
      add(other.sum);
      rest += other.rest;
      tokens += other.tokens;
      greedy &= other.greedy;
    }

    double logLikelihood() {
      return sum + rest;
    }

    double perplexity() {
      return StrictMath.exp(-logLikelihood() / tokens);
    }
  }

  private static final class Sequences implements State {
    private final TokenLogLikelihood.Function function;
    private final boolean logits;
    private final long most;
    private final Map<Object, Sequence> byId = new HashMap<>();
    private double[] logLikelihood = new double[0];
    private double[] tokens = new double[0];
    private double[] greedy = new double[0];

    Sequences(TokenLogLikelihood.Function function, boolean logits, long most) {
      this.function = function;
      this.logits = logits;
      this.most = most;
    }

    @Override
    public void update(String set, Rows rows) {
      if (logLikelihood.length < rows.count()) {
        logLikelihood = new double[rows.count()];
        tokens = new double[rows.count()];
        greedy = new double[rows.count()];
      }
      if (logits) {
        function.evaluate(rows, logLikelihood, tokens, greedy);
      } else {
        rows.numbers("logprob", logLikelihood);
        java.util.Arrays.fill(tokens, 1);
      }
      for (int i = 0; i < rows.count(); i++) {
        if (tokens[i] > 0) {
          Sequence sequence = byId.computeIfAbsent(rows.id("sequence", i), id -> new Sequence());
          sequence.add(logLikelihood[i]);
          sequence.tokens++;
          sequence.greedy &= greedy[i] == 1;
        }
      }
      checkCount(rows.idColumn("sequence"));
    }

    @Override
    public void merge(State later) {
      ((Sequences) later)
          .byId.forEach((id, s) -> byId.computeIfAbsent(id, any -> new Sequence()).merge(s));
      checkCount("sequence");
    }

    private void checkCount(String column) {
      if (byId.size() > most) {
        throw new IllegalArgumentException(
            "column '%s': found more than %d sequences, expected at most max-sequences"
                .formatted(column, most));
      }
    }

    /// By ascending id, so that the same content is the same file. Ids are all texts or all
    /// numbers.
    @Override
    public void fields(StateFields fields) {
      boolean text = byId.keySet().stream().anyMatch(id -> id instanceof String);
      text = fields.size("text-ids", text ? 1 : 0) == 1;
      int size = fields.size("sequences", byId.size());
      Map<Object, Sequence> sorted = new TreeMap<>(byId);
      List<Sequence> sequences = List.copyOf(sorted.values());
      List<?> ids;
      if (text) {
        ids = fields.texts("id", sorted.keySet().stream().map(String::valueOf).toList());
      } else {
        long[] numbers = sorted.keySet().stream().mapToLong(id -> (Long) id).toArray();
        ids = Arrays.stream(fields.list("id", numbers, size)).boxed().toList();
      }
      double[] sums = sequences.stream().mapToDouble(q -> q.sum).toArray();
      double[] rests = sequences.stream().mapToDouble(q -> q.rest).toArray();
      long[] counts = sequences.stream().mapToLong(q -> q.tokens).toArray();
      long[] allGreedy = sequences.stream().mapToLong(q -> q.greedy ? 1 : 0).toArray();
      sums = fields.list("sum", sums, size);
      rests = fields.list("sum-low", rests, size);
      counts = fields.list("tokens", counts, size);
      allGreedy = fields.list("greedy", allGreedy, size);
      if (ids.size() != size) {
        throw new IllegalArgumentException(
            "sequences: found %d ids, expected %d".formatted(ids.size(), size));
      }
      byId.clear();
      for (int i = 0; i < size; i++) {
        Sequence sequence = new Sequence();
        sequence.sum = sums[i];
        sequence.rest = rests[i];
        sequence.tokens = counts[i];
        sequence.greedy = allGreedy[i] == 1;
        byId.put(ids.get(i), sequence);
      }
    }

    @Override
    public Finished finish() {
      List<Sequence> all = List.copyOf(byId.values());
      double n = all.size();
      double total = sum(all, Sequence::logLikelihood);
      double count = sum(all, s -> s.tokens);
      double nll = -total / count;
      double nllError =
          deviation(all, s -> -s.logLikelihood() - nll * s.tokens) / Math.sqrt(n) / (count / n);
      double mean = total / n;
      double meanError = deviation(all, s -> s.logLikelihood() - mean) / Math.sqrt(n);
      double sequenceMean = sum(all, Sequence::perplexity) / n;
      double sequenceError = deviation(all, s -> s.perplexity() - sequenceMean) / Math.sqrt(n);
      double perplexity = StrictMath.exp(nll);
      double document = StrictMath.exp(-mean);
      double ln2 = StrictMath.log(2);
      List<Measure> measures =
          new java.util.ArrayList<>(
              List.of(
                  count(n, "sequences", "number of sequences with a token"),
                  count(count, "tokens", "number of tokens that are not left out"),
                  nats("log-likelihood", mean, meanError, "mean over sequences"),
                  nats("total-log-likelihood", total, n * meanError, "sum over tokens"),
                  lower("nll-per-token", "nats", nll, nllError, "-sum log-likelihood / sum tokens"),
                  lower(
                      "bits-per-token", "bits", nll / ln2, nllError / ln2, "nll-per-token / ln 2"),
                  lower("perplexity", "1", perplexity, perplexity * nllError, "exp(nll-per-token)"),
                  lower(
                      "sequence-mean-perplexity",
                      "1",
                      sequenceMean,
                      sequenceError,
                      "mean over sequences of exp(-log-likelihood / tokens)"),
                  lower(
                      "document-perplexity",
                      "1",
                      document,
                      document * meanError,
                      "exp(-mean log-likelihood of a sequence), lengths ignored")));
      if (logits) {
        double share = sum(all, s -> s.greedy ? 1 : 0) / n;
        double error = deviation(all, s -> (s.greedy ? 1 : 0) - share) / Math.sqrt(n);
        measures.add(
            measure(
                "greedy",
                "1",
                share,
                error,
                Direction.HIGHER,
                "share of sequences all of whose tokens are the argmax"));
      }
      return new Finished(measures, List.of(), List.of());
    }

    private static double sum(List<Sequence> all, ToDoubleFunction<Sequence> of) {
      ExactSum sum = new ExactSum();
      all.forEach(s -> sum.add(of.applyAsDouble(s)));
      return sum.value();
    }

    /// The standard deviation over n - 1 of what has mean 0; NaN for one sequence.
    private static double deviation(List<Sequence> all, ToDoubleFunction<Sequence> of) {
      ExactSum squares = new ExactSum();
      for (Sequence s : all) {
        double d = of.applyAsDouble(s);
        squares.addProduct(d, d);
      }
      return all.size() < 2 ? Double.NaN : Math.sqrt(squares.value() / (all.size() - 1));
    }

    private Measure count(double value, String name, String definition) {
      return new Measure(
          name,
          value,
          Double.NaN,
          "none",
          byId.size(),
          "1",
          Direction.NEITHER,
          definition + "; no standard error: counted, not estimated");
    }

    private Measure nats(String name, double value, double error, String definition) {
      return measure(name, "nats", value, error, Direction.HIGHER, definition);
    }

    private Measure lower(String name, String unit, double value, double error, String definition) {
      return measure(name, unit, value, error, Direction.LOWER, definition);
    }

    private Measure measure(
        String name, String unit, double value, double error, Direction better, String definition) {
      return new Measure(
          name,
          value,
          error,
          "delta",
          byId.size(),
          unit,
          better,
          definition + "; standard error clustered by sequence");
    }
  }
}
