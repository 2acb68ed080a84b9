package io.lanewise.objective.sample;

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
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Inception score: how sure a classifier is of each sample, and how many classes it sees over all,
/// `exp(mean_i KL(p_i | mean_i p_i))`, the mean over parts of the rows. From 1, where every row
/// says the same, to the number of classes.
///
/// The score of a part is biased downwards by rows that are few, so parts of other sizes give other
/// scores: `inception-score-whole` is that of all rows as one part.
public final class InceptionScore implements SampleMetric {
  private static final String LOGITS = "logits";
  private static final String PROBABILITIES = "probabilities";

  /// How far the probabilities of a row may be from 1 in sum: float32, and some rounding of others.
  private static final double SUM_TOLERANCE = 1e-3;

  private static final Parameter<Long> SPLITS =
      Parameter.integer("splits", "10", 1, 1_000_000, "Parts, each of n/splits rows.");
  private static final Parameter<Long> SPLIT_ROWS =
      Parameter.integer(
          "split-rows",
          "0",
          0,
          Integer.MAX_VALUE,
          "Rows of each part, instead of splits, such as the 5000 of guided-diffusion; 0 means that splits counts.");
  private static final Parameter<String> SHUFFLE =
      Parameter.choice(
          "shuffle",
          "numpy",
          "numpy: rows in the order of NumPy's RandomState(seed).permutation, as torch-fidelity;"
              + " torch: of torch.randperm after manual_seed(seed), as torchmetrics; none: in the order"
              + " they come.",
          List.of("numpy", "torch", "none"));
  private static final Parameter<String> REMAINDER =
      Parameter.choice(
          "remainder",
          "keep",
          "Rows that do not fill equal parts: keep: some parts have one more (the last fewer, with"
              + " split-rows); drop: left out, as in dgm-eval.",
          List.of("keep", "drop"));
  private static final Parameter<Long> SEED =
      Parameter.integer("seed", "2020", 0, 0xFFFFFFFFL, "Seed of the shuffle.");
  private static final Parameter<Long> DDOF =
      Parameter.integer(
          "ddof", "0", 0, 1, "0 or 1: the deviation between parts is over parts - ddof.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "inception-score",
        List.of("is"),
        Family.SAMPLE,
        "Inception score",
        "mean over parts of exp(1/m sum_i sum_k p_ik ln(p_ik / q_k)), q the mean of p in the part",
        "Salimans et al., Improved Techniques for Training GANs, arXiv:1606.03498, section 4",
        List.of(
            RowSet.rows(
                    Role.vector(
                            LOGITS,
                            "class",
                            "Logits of the classes, -infinity for a probability of 0; or:")
                        .in(Range.LOGIT)
                        .optional(),
                    Role.vector(PROBABILITIES, "class", "probabilities of the classes.").optional())
                .choosing(Choice.oneOf(LOGITS, PROBABILITIES))),
        List.of(SPLITS, SPLIT_ROWS, REMAINDER, SHUFFLE, SEED, DDOF),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    return new Predictions(binding, binding.has(LOGITS) ? LOGITS : PROBABILITIES);
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("inception-score", "inception-score-deviation", "inception-score-whole");
  }

  private static final class Predictions implements State {
    private final Binding binding;
    private final String role;
    private final int classes;
    private final HeldRows rows;

    Predictions(Binding binding, String role) {
      this.binding = binding;
      this.role = role;
      classes = binding.width(role);
      rows = HeldRows.of(binding, new MemoryClaim(binding.workers()), RowSet.ROWS, role);
    }

    @Override
    public void update(String set, Rows in) {
      rows.update(in, role);
    }

    @Override
    public void merge(State later) {
      rows.merge(((Predictions) later).rows);
    }

    @Override
    public void fields(StateFields fields) {
      throw StateFields.notStorable("keeps every row");
    }

    @Override
    public Finished finish() {
      int n = rows.count();
      List<Integer> edges = edges(n);
      int[] order = RowChoice.of(binding.get(SHUFFLE), binding.get(SEED)).order(n);
      int parts = edges.size() - 1;
      double[] scores = new double[parts + 1];
      binding
          .workers()
          .forEach(
              "inception score",
              parts + 1,
              k -> {
                int part = (int) k;
                scores[part] =
                    part == parts
                        ? score(inOrder(n), 0, n)
                        : score(order, edges.get(part), edges.get(part + 1));
              });
      double[] ofParts = Arrays.copyOf(scores, parts);
      double mean = Arrays.stream(ofParts).sum() / parts;
      double squares = Arrays.stream(ofParts).map(s -> (s - mean) * (s - mean)).sum();
      long ddof = binding.get(DDOF);
      String part =
          "exp(1/m sum_i sum_k p_ik ln(p_ik / q_k)) of %d parts, %s"
                  .formatted(
                      parts,
                      switch (binding.get(SHUFFLE)) {
                        case "none" -> "in file order";
                        case "torch" ->
                            "shuffled by torch.randperm of seed %d".formatted(binding.get(SEED));
                        default -> "shuffled by RandomState(%d)".formatted(binding.get(SEED));
                      })
              + (edges.getLast() < n
                  ? ", without the last %d rows".formatted(n - edges.getLast())
                  : "");
      List<Measure> measures = new ArrayList<>();
      measures.add(
          new Measure(
              "inception-score",
              mean,
              parts < 2 ? Double.NaN : Math.sqrt(squares / (parts - 1) / parts),
              parts < 2 ? "none" : "splits",
              n,
              "1",
              Direction.HIGHER,
              "mean of "
                  + part
                  + (parts < 2
                      ? "; no standard error: one part remains, expected 2 or more ('splits', 'split-rows')"
                      : "")));
      measures.add(
          measure(
              "inception-score-deviation",
              Math.sqrt(squares / (parts - ddof)),
              Direction.NEITHER,
              "standard deviation of %s, over parts - %d".formatted(part, ddof)));
      measures.add(
          measure(
              "inception-score-whole",
              scores[parts],
              Direction.HIGHER,
              "exp(1/n sum_i sum_k p_ik ln(p_ik / q_k)) of all rows as one part"));
      return new Finished(
          measures,
          List.of(
              new ArrayMeasure(
                  "score-of-part", Arrays.stream(ofParts).boxed().toList(), "1", part)),
          List.of());
    }

    private Measure measure(String name, double value, Direction better, String definition) {
      return new Measure(name, value, Double.NaN, "none", rows.count(), "1", better, definition);
    }

    /// Where parts begin, and the end.
    private List<Integer> edges(int n) {
      long size = binding.get(SPLIT_ROWS);
      boolean drop = binding.get(REMAINDER).equals("drop");
      long splits = size == 0 ? binding.get(SPLITS) : drop ? n / size : (n + size - 1) / size;
      if (n == 0 || n < splits || splits == 0) {
        throw new IllegalArgumentException(
            "found %d rows, expected at least %d, one for each part"
                .formatted(n, splits == 0 ? size : splits));
      }
      List<Integer> edges = new ArrayList<>();
      for (long i = 0; i <= splits; i++) {
        long edge = size > 0 ? i * size : drop ? i * (n / splits) : i * n / splits;
        edges.add((int) Math.min(edge, n));
      }
      return edges;
    }

    private static int[] inOrder(int n) {
      int[] order = new int[n];
      Arrays.setAll(order, i -> i);
      return order;
    }

    /// The score of some rows: `sum p ln p / q = sum p ln p - sum q ln q`.
    private double score(int[] order, int from, int to) {
      double[] mean = new double[classes];
      double[] p = new double[classes];
      double negativeEntropy = 0;
      for (int i = from; i < to; i++) {
        negativeEntropy += probabilities(order[i], p);
        for (int k = 0; k < classes; k++) {
          mean[k] += p[k];
        }
      }
      int count = to - from;
      double information = negativeEntropy / count;
      for (int k = 0; k < classes; k++) {
        double q = mean[k] / count;
        information -= q == 0 ? 0 : q * Math.log(q);
      }
      return Math.exp(information);
    }

    /// Fills in the probabilities of a row, and gives `sum p ln p`.
    private double probabilities(int row, double[] p) {
      return role.equals(LOGITS) ? softmax(row, p) : given(row, p);
    }

    private double given(int row, double[] p) {
      double sum = 0;
      double negativeEntropy = 0;
      for (int k = 0; k < classes; k++) {
        p[k] = rows.element(row, k);
        if (p[k] < 0) {
          throw new IllegalArgumentException(
              "row %d of those used, class %d: found probability %s, expected 0 or more"
                  .formatted(row, k, p[k]));
        }
        sum += p[k];
        negativeEntropy += p[k] == 0 ? 0 : p[k] * Math.log(p[k]);
      }
      if (Math.abs(sum - 1) > SUM_TOLERANCE) {
        throw new IllegalArgumentException(
            "row %d of those used: found probabilities of sum %s, expected 1; logits go into role 'logits'"
                .formatted(row, sum));
      }
      return negativeEntropy;
    }

    private double softmax(int row, double[] p) {
      double max = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        p[k] = rows.element(row, k);
        max = Math.max(max, p[k]);
      }
      if (Double.isInfinite(max)) {
        throw new IllegalArgumentException(
            "row %d of those used: found logit -infinity for every class, expected a number for some"
                .formatted(row));
      }
      double sum = 0;
      double weighted = 0;
      for (int k = 0; k < classes; k++) {
        double logit = p[k] - max;
        p[k] = Math.exp(logit);
        sum += p[k];
        weighted += p[k] == 0 ? 0 : p[k] * logit;
      }
      for (int k = 0; k < classes; k++) {
        p[k] /= sum;
      }
      return weighted / sum - Math.log(sum);
    }
  }
}
