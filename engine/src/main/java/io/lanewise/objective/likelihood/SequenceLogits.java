package io.lanewise.objective.likelihood;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Rows;
import java.lang.foreign.MemorySegment;

/// Log-likelihood, token count and greedy flag of sequences of logits: `logits` holds tokens x
/// vocabulary numbers a row, `target` the tokens that came. Runs of tokens that are not left out go
/// to the kernel at once; tokens that are left out are not looked at. Used by one worker.
final class SequenceLogits {
  private final Kernels kernels;
  private final long ignored;
  private final int vocabulary;
  private final boolean masked;
  private int[] targets = new int[0];
  private double[] run = new double[0];
  private double[] kept = new double[0];

  /// @param vocabulary logits of a token; 0 for as many as each row's lengths tell
  SequenceLogits(Kernels kernels, long ignored, int vocabulary, boolean masked) {
    this.kernels = kernels;
    this.ignored = ignored;
    this.vocabulary = vocabulary;
    this.masked = masked;
  }

  /// Evaluates every row; one that is null or without tokens has log-likelihood 0 and count 0.
  ///
  /// @throws IllegalArgumentException for lengths that do not fit each other and for a target
  ///   outside the vocabulary
  void evaluate(Rows in, double[] logLikelihood, double[] tokens, double[] greedy) {
    SequenceColumn logits = in.sequence("logits");
    SequenceColumn target = in.sequence("target");
    for (int i = 0; i < in.count(); i++) {
      logLikelihood[i] = 0;
      tokens[i] = 0;
      greedy[i] = 0;
      int length = Math.toIntExact(target.length(i));
      if (in.isNull(i) || length == 0 && logits.length(i) == 0) {
        continue;
      }
      int width = width(in, logits, target, i);
      allocate(length);
      boolean all = true;
      int count = 0;
      int from = 0;
      while (from < length) {
        int to = from;
        while (to < length && counts(in, i, to, width)) {
          to++;
        }
        if (to > from) {
          all &= run(in, i, from, to, width);
          System.arraycopy(run, 0, kept, count, to - from);
          count += to - from;
        }
        from = to + 1;
      }
      logLikelihood[i] =
          kernels.rowSum().run(FloatType.FLOAT64, MemorySegment.ofArray(kept), 0, count);
      tokens[i] = count;
      greedy[i] = all && count > 0 ? 1 : 0;
    }
  }

  private void allocate(int length) {
    if (targets.length < length) {
      targets = new int[length];
      run = new double[length];
      kept = new double[length];
    }
  }

  private int width(Rows in, SequenceColumn logits, SequenceColumn target, int row) {
    long tokens = target.length(row);
    long found = logits.length(row);
    boolean fits =
        vocabulary > 0
            ? found == tokens * vocabulary
            : tokens > 0 && found > 0 && found % tokens == 0;
    if (!fits) {
      throw new IllegalArgumentException(
          "column '%s' row %d: found %d elements, expected %s for each of the %d of column '%s'"
              .formatted(
                  logits.name(),
                  in.firstInFile() + row,
                  found,
                  vocabulary > 0 ? vocabulary : "the same number",
                  tokens,
                  target.name()));
    }
    return tokens == 0 ? 1 : Math.toIntExact(found / tokens);
  }

  /// Whether token `k` of a row is not left out; if so, notes its target.
  private boolean counts(Rows in, int row, int k, int width) {
    SequenceColumn target = in.sequence("target");
    long at = target.start(row) + k;
    if (!LogLikelihood.Function.isTarget(target, at, ignored)) {
      return false;
    }
    if (masked) {
      SequenceColumn mask = LogLikelihood.Function.parallel(in, "mask", target, row);
      if (!LogLikelihood.Function.selects(in, mask, mask.start(row) + k)) {
        return false;
      }
    }
    SequenceColumn logits = in.sequence("logits");
    long first = logits.start(row) + (long) k * width;
    for (int j = 0; !logits.elements().isAll() && j < width; j++) {
      if (!logits.elements().isValid(first + j)) {
        return false;
      }
    }
    long token = target.getLong(at);
    if (token < 0 || token >= width) {
      throw new IllegalArgumentException(
          "column '%s' row %d: found target %d at %d, expected 0 to %d or the ignore index %d"
              .formatted(target.name(), in.firstInFile() + row, token, k, width - 1, ignored));
    }
    targets[k] = (int) token;
    return true;
  }

  /// Log-softmax of tokens `[from, to)` of a row, into `run`.
  ///
  /// @return whether all of them are greedy
  private boolean run(Rows in, int row, int from, int to, int width) {
    SequenceColumn logits = in.sequence("logits");
    long first = logits.start(row) + (long) from * width;
    long bytes = in.type().bytes();
    MemorySegment data = logits.data().asSlice(first * bytes, (long) (to - from) * width * bytes);
    System.arraycopy(targets, from, targets, 0, to - from);
    kernels.logSumExp().rows(Matrix.of(in.type(), data, to - from, width), targets, run);
    boolean all = true;
    for (int k = 0; all && k < to - from; k++) {
      all = TokenLogLikelihood.Function.isGreedy(in, data, (long) k * width, width, targets[k]);
    }
    return all;
  }
}
