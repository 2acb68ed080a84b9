package io.lanewise.objective.likelihood;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Estimate;
import io.lanewise.objective.Means;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.ArrayList;
import java.util.List;

/// The statistics of [LogLikelihood], by which columns are given.
final class LikelihoodStatistics {
  private static final String LL = "log-likelihood";
  private static final double LN2 = StrictMath.log(2);

  private LikelihoodStatistics() {}

  static List<Statistic> of(Binding binding, String reduction) {
    List<Statistic> result = new ArrayList<>();
    result.add(
        Statistic.mean(
            LL, "nats", Direction.HIGHER, "mean over sequences of sum_i ln p(x_i | x_<i)", LL));
    result.add(
        new Statistic(
            "total-log-likelihood",
            "nats",
            Direction.HIGHER,
            "sum over sequences",
            List.of(LL),
            means -> means.total(LL)));
    if (!binding.has("total") || binding.has("token-count")) {
      result.add(nll("nll-per-token", "nats", "-sum log-likelihood / sum tokens", "tokens", 1));
      result.add(nll("bits-per-token", "bits", "nll-per-token / ln 2", "tokens", 1 / LN2));
      result.add(perplexity(reduction));
    } else if (reduction.equals("document")) {
      result.add(perplexity(reduction));
    }
    if (binding.has("logits")) {
      result.add(
          Statistic.mean(
              "greedy",
              "1",
              Direction.HIGHER,
              "share of sequences all of whose tokens are the argmax",
              "greedy"));
    }
    if (binding.has("bytes")) {
      result.add(
          nll(
              "bits-per-byte",
              "bits",
              "-sum log-likelihood / (sum bytes * ln 2)",
              "bytes",
              1 / LN2));
      result.add(
          exp(
              "byte-perplexity",
              "exp(-sum log-likelihood / sum bytes) = 2^bits-per-byte",
              "bytes"));
    }
    if (binding.has("words")) {
      result.add(exp("word-perplexity", "exp(-sum log-likelihood / sum words)", "words"));
    }
    if (binding.has("dims")) {
      result.add(
          nll("bits-per-dim", "bits", "-sum log-likelihood / (sum dims * ln 2)", "dims", 1 / LN2));
    }
    return result;
  }

  private static Statistic perplexity(String reduction) {
    return switch (reduction) {
      case "token" ->
          exp(
              "perplexity",
              "reduction token: exp(nll-per-token), weighted by token; standard error clustered by"
                  + " sequence",
              "tokens");
      case "sequence-mean" ->
          new Statistic(
              "perplexity",
              "1",
              Direction.LOWER,
              "reduction sequence-mean: mean of exp(-log-likelihood / tokens) over sequences",
              List.of("sequence-perplexity"),
              means -> means.mean("sequence-perplexity"));
      case "document" ->
          new Statistic(
              "perplexity",
              "1",
              Direction.LOWER,
              "reduction document: exp(-mean log-likelihood of a sequence), lengths ignored",
              List.of(LL),
              means -> means.mean(LL).times(-1).exp());
      default -> throw new IllegalStateException(reduction);
    };
  }

  private static Statistic nll(
      String name, String unit, String definition, String count, double factor) {
    return new Statistic(
        name,
        unit,
        Direction.LOWER,
        definition,
        List.of(LL, count),
        means -> per(means, count).times(factor));
  }

  private static Statistic exp(String name, String definition, String count) {
    return new Statistic(
        name,
        "1",
        Direction.LOWER,
        definition,
        List.of(LL, count),
        means -> per(means, count).exp());
  }

  private static Estimate per(Means means, String count) {
    return means.mean(LL).over(means.mean(count)).times(-1);
  }
}
