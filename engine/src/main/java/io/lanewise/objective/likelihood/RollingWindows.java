package io.lanewise.objective.likelihood;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Which windows a model must be shown so that every token of a long sequence is predicted exactly
/// once: lm-evaluation-harness's `get_rolling_token_windows` and `make_disjoint_window`, on
/// indices. Every window predicts as many tokens as fit while keeping at least `contextLength`
/// tokens of context; the first starts from the prefix token, which has index -1; the last is
/// filled up with context.
public final class RollingWindows {
  private RollingWindows() {}

  /// One call of the model. The model reads the tokens at `[inputFrom, inputTo)` and its last
  /// `targetTo - targetFrom` predictions are those of the tokens at `[targetFrom, targetTo)`.
  ///
  /// @param inputFrom the first token read; -1 is the prefix token
  /// @param inputTo one past the last token read
  /// @param targetFrom the first token predicted
  /// @param targetTo one past the last token predicted
  public record Window(long inputFrom, long inputTo, long targetFrom, long targetTo) {
    /// The same targets with the input cut to their context, none of which they repeat: what
    /// `make_disjoint_window` gives as context and continuation. The model is then shown context
    /// and targets, one after the other.
    public Window disjoint() {
      return new Window(inputFrom, inputTo - (targetTo - targetFrom - 1), targetFrom, targetTo);
    }
  }

  /// The windows over `tokens` tokens, in order; none for 0 tokens.
  ///
  /// @param maxLength most tokens that the model reads at once, at least 1
  /// @param contextLength tokens of context that each window but the first keeps at least, in `[1,
  ///   maxLength]`
  /// @throws IllegalArgumentException for numbers outside their range
  public static List<Window> of(long tokens, int maxLength, int contextLength) {
    return stream(tokens, maxLength, contextLength).toList();
  }

  /// The same, made as they are asked for.
  public static Stream<Window> stream(long tokens, int maxLength, int contextLength) {
    if (tokens < 0) {
      throw new IllegalArgumentException("tokens: found %d, expected at least 0".formatted(tokens));
    }
    if (contextLength < 1 || contextLength > maxLength) {
      throw new IllegalArgumentException(
          "contextLength: found %d, expected 1 to maxLength = %d"
              .formatted(contextLength, maxLength));
    }
    Iterable<Window> windows = () -> new Windows(tokens, maxLength, contextLength);
    return StreamSupport.stream(windows.spliterator(), false);
  }

  private static final class Windows implements Iterator<Window> {
    private final long tokens;
    private final int maxLength;
    private final int predictLength;
    private long predicted;

    Windows(long tokens, int maxLength, int contextLength) {
      this.tokens = tokens;
      this.maxLength = maxLength;
      predictLength = maxLength - contextLength + 1;
    }

    @Override
    public boolean hasNext() {
      return predicted < tokens;
    }

    @Override
    public Window next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      long from = predicted;
      boolean first = from == 0;
      predicted += Math.min(tokens - from, first ? maxLength : predictLength);
      long inputFrom = first ? -1 : predicted - maxLength - 1;
      return new Window(inputFrom, predicted - 1, from, predicted);
    }
  }
}
