package io.lanewise.objective.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.objective.likelihood.RollingWindows.Window;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Cases A8 and A11 of lm-evaluation-harness's own tests (tests/test_utils.py), and laws.
class RollingWindowsTest {
  @Test
  void caseA8() {
    assertThat(RollingWindows.of(34, 10, 1))
        .containsExactly(
            new Window(-1, 9, 0, 10),
            new Window(9, 19, 10, 20),
            new Window(19, 29, 20, 30),
            new Window(23, 33, 30, 34));
  }

  @Test
  void caseA11() {
    assertThat(RollingWindows.of(30, 10, 1))
        .containsExactly(
            new Window(-1, 9, 0, 10), new Window(9, 19, 10, 20), new Window(19, 29, 20, 30));
    assertThat(RollingWindows.of(9, 2, 1))
        .containsExactly(
            new Window(-1, 1, 0, 2),
            new Window(1, 3, 2, 4),
            new Window(3, 5, 4, 6),
            new Window(5, 7, 6, 8),
            new Window(6, 8, 8, 9));
    assertThat(RollingWindows.of(0, 10, 1)).isEmpty();
  }

  /// make_disjoint_window(([1,2,3,4,5], [2,3,4,5,6])) is ([1], [2,3,4,5,6]), (([1,2,3,4,5],
  /// [4,5,6])) is ([1,2,3], [4,5,6]).
  @Test
  void disjointAsTheHarness() {
    assertThat(new Window(1, 6, 2, 7).disjoint()).isEqualTo(new Window(1, 2, 2, 7));
    assertThat(new Window(1, 6, 4, 7).disjoint()).isEqualTo(new Window(1, 4, 4, 7));
  }

  @Test
  void everyTokenIsPredictedOnceWithEnoughContext() {
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 500; trial++) {
      long tokens = random.nextLong(200);
      int length = random.nextInt(1, 30);
      int context = random.nextInt(1, length + 1);
      long next = 0;
      for (Window window : RollingWindows.of(tokens, length, context)) {
        assertThat(window.targetFrom()).isEqualTo(next);
        assertThat(window.targetTo()).isGreaterThan(next).isEqualTo(window.inputTo() + 1);
        assertThat(window.inputTo() - window.inputFrom()).isLessThanOrEqualTo(length);
        assertThat(window.disjoint().inputTo()).isEqualTo(window.targetFrom());
        if (next > 0) {
          assertThat(window.targetFrom() - window.inputFrom()).isGreaterThanOrEqualTo(context);
        }
        next = window.targetTo();
      }
      assertThat(next).isEqualTo(tokens);
    }
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> RollingWindows.of(5, 4, 5))
        .hasMessage("contextLength: found 5, expected 1 to maxLength = 4");
    assertThatThrownBy(() -> RollingWindows.of(-1, 4, 1)).hasMessageContaining("found -1");
  }
}
