package io.lanewise.objective.adversarial;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
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
import java.util.ArrayList;
import java.util.List;

/// The classification losses of an auxiliary-classifier GAN: softmax cross-entropy of the
/// classifier's logits (one vector of K a row, float32 or float64) with the class label (an integer
/// in [0, K)), in nats. `D: mean CE(real) + mean CE(fake)`, `G: mean CE(fake)`; the adversarial
/// part of the loss is `gan` over the other output. Label smoothing s replaces the one-hot label q
/// by `q (1 - s) + s / K`. A label outside [0, K) is an error; NaN and infinities flow into the
/// row's loss.
public final class Acgan implements RowObjective {
  private static final String REAL = "real";
  private static final String FAKE = "fake";
  private static final String LOGITS = "logits";
  private static final String LABEL = "label";

  private static final Parameter<Double> SMOOTHING =
      Parameter.number(
          "label-smoothing", "0", 0, 1, "1", "s: the label q becomes q (1 - s) + s / K.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "acgan",
        List.of(),
        Family.ADVERSARIAL,
        "Auxiliary-classifier GAN losses",
        "D: mean CE(real) + mean CE(fake); G: mean CE(fake); CE = logsumexp(l) - sum_k q_k l_k",
        "Odena et al., Conditional Image Synthesis with Auxiliary Classifier GANs, arXiv:1610.09585, "
            + "section 3",
        List.of(set(REAL, "real"), set(FAKE, "generated")),
        List.of(SMOOTHING),
        List.of(
            Output.number("real-loss", "nats", "w CE(real)").of(REAL),
            Output.number(
                    "real-correct",
                    "1",
                    "1 if the largest logit, the first of equals, is the label's")
                .of(REAL),
            Weights.countedOutput(REAL),
            Output.number("fake-loss", "nats", "w CE(fake)").of(FAKE),
            Output.number(
                    "fake-correct",
                    "1",
                    "1 if the largest logit, the first of equals, is the label's")
                .of(FAKE),
            Weights.countedOutput(FAKE)));
  }

  private static RowSet set(String name, String of) {
    return new RowSet(
        name,
        true,
        "Rows of " + of + " data, as the classifier sees them.",
        List.of(
            Role.vector(LOGITS, "class", "Logit of each class."),
            Role.integer(LABEL, "Class of the row, from 0."),
            Weights.ROLE));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return new Function(binding.kernels(), Weights.of(binding, set), set, binding.get(SMOOTHING));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    Weights real = Weights.of(binding, REAL);
    Weights fake = Weights.of(binding, FAKE);
    List<Statistic> statistics = new ArrayList<>();
    statistics.add(
        Weights.loss(
            "discriminator-loss",
            "nats",
            Direction.LOWER,
            "mean CE(real) + mean CE(fake)",
            0,
            List.of(real.term(1, "real-loss"), fake.term(1, "fake-loss"))));
    statistics.add(
        Weights.loss(
            "generator-loss",
            "nats",
            Direction.LOWER,
            "mean CE(fake)",
            0,
            List.of(fake.term(1, "fake-loss"))));
    for (String set : List.of(REAL, FAKE)) {
      statistics.add(
          Statistic.mean(
              "accuracy-" + set,
              "1",
              Direction.HIGHER,
              "share of rows whose largest logit is the label's",
              set + "-correct"));
    }
    return statistics;
  }

  /// One worker's evaluation of one set.
  private record Function(Kernels kernels, Weights weights, String set, double smoothing)
      implements RowFunction {
    @Override
    public void evaluate(Rows in, RowOutputs out) {
      int classes = in.width(LOGITS);
      MemorySegment logits = in.vector(LOGITS);
      double[] loss = out.number(set + "-loss");
      double[] correct = out.number(set + "-correct");
      int[] labels = labels(in, classes);
      // -log softmax at the label keeps the digits of large logits.
      kernels.logSumExp().rows(in.matrix(logits, classes), labels, loss);
      double[] row = new double[classes];
      for (int i = 0; i < in.count(); i++) {
        int best = 0;
        double mean = 0;
        for (int k = 0; k < classes; k++) {
          long at = (long) i * classes + k;
          row[k] =
              in.type() == DType.FLOAT32
                  ? logits.get(JAVA_FLOAT_UNALIGNED, 4 * at)
                  : logits.get(JAVA_DOUBLE_UNALIGNED, 8 * at);
          best = row[k] > row[best] ? k : best;
        }
        for (int k = 0; k < classes && smoothing > 0; k++) {
          mean += row[k] - row[labels[i]];
        }
        loss[i] = smoothing == 0 ? -loss[i] : -loss[i] - smoothing * (mean / classes);
        correct[i] = best == labels[i] ? 1 : 0;
      }
      weights.apply(in, out, loss);
    }

    private static int[] labels(Rows in, int classes) {
      ScalarColumn column = in.integer(LABEL);
      int[] labels = new int[in.count()];
      for (int i = 0; i < in.count(); i++) {
        long label = column.validity().isValid(i) ? column.getLong(i) : 0;
        if (label < 0 || label >= classes) {
          throw new IllegalArgumentException(
              "column '%s' row %d: found label %d, expected 0 to %d"
                  .formatted(column.name(), in.firstInFile() + i, label, classes - 1));
        }
        labels[i] = (int) label;
      }
      return labels;
    }
  }
}
