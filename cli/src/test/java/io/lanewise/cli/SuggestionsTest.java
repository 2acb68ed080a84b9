package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Objectives;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "perplexity | 'lm', 'log-likelihood'",
        "FIDS | 'fid'",
        "gausian_kl | 'gaussian-kl'",
        "recall | 'precision-recall'",
        "frechet-dist | 'frechet-distance'",
        "inspct | 'inspect'",
        "diff | 'compare'",
      })
  void namesWhatWasMeant(String typed, String meant) {
    Shell shell = Shell.run(Objectives.all(), typed);

    assertThat(shell.err())
        .startsWith("lanewise: unknown command '%s'; did you mean %s".formatted(typed, meant))
        .hasLineCount(1);
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void namesNothingThatIsFar() {
    assertThat(Shell.run(Objectives.all(), "qwertyuiop").err())
        .isEqualTo(
            "lanewise: unknown command 'qwertyuiop'; 'lanewise list' names the objectives (see"
                + " 'lanewise --help')\n");
  }

  @Test
  void namesAtMostFive() {
    List<String> known = new ArrayList<>();
    for (char c = 'a'; c < 'z'; c++) {
      known.add("name-" + c);
    }

    assertThat(Suggestions.meant("name-", known))
        .containsExactly("name-a", "name-b", "name-c", "name-d", "name-e");
  }

  @Test
  void everySynonymIsOfSomethingThereIs() {
    for (String word :
        List.of("perplexity", "ppl", "nll", "bpb", "cross-entropy", "accuracy", "jsd", "rhat")) {
      assertThat(Shell.run(Objectives.all(), word).err()).contains("did you mean '");
    }
  }
}
