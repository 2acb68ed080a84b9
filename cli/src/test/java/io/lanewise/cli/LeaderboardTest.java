package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.objective.Objectives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models of a plan by the command. The files have the log-likelihood of each sequence.
class LeaderboardTest {
  private static final int ROWS = 400;

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    model("gen-100", 0.02);
    model("gen-200", 0);
    model("gen-1000", 0.01);
  }

  /// Worse by `worse` on the mean, and by chance from row to row.
  private void model(String name, double worse) throws IOException {
    StringBuilder rows = new StringBuilder("total\n");
    for (int i = 0; i < ROWS; i++) {
      double row = -2 + Math.sin(i) - worse + 0.03 * Math.cos(i * (1 + worse));
      rows.append(row).append('\n');
    }
    Files.writeString(folder.resolve(name + ".csv"), rows);
  }

  private Shell run(String rest, String... options) throws IOException {
    Files.writeString(
        folder.resolve("plan.yaml"),
        """
        lanewise: 1
        models: gen-{step}.csv
        evaluate:
          - objective: log-likelihood
            name: ll
        """
            + rest);
    String[] args = new String[options.length + 5];
    String[] first = {
      "run",
      folder.resolve("plan.yaml").toString(),
      "-o",
      folder.resolve("out").toString(),
      "--replace"
    };
    System.arraycopy(first, 0, args, 0, first.length);
    System.arraycopy(options, 0, args, first.length, options.length);
    return Shell.run(Objectives.all(), args);
  }

  @Test
  void theLeaderboardIsPrintedFirst() throws IOException {
    Shell shell = run("");
    assertThat(shell.exitCode()).as(shell.err()).isZero();
    assertThat(shell.out().lines().skip(2))
        .first()
        .isEqualTo("Leaderboard (* best, = cannot be told from the best)");
    assertThat(shell.out())
        .containsPattern("ll +log-likelihood, nats ↑")
        .containsPattern("\n +1  gen-200 +\\* -[12].\\d+ ± 0.0\\d+ +1–3 ")
        .containsPattern("\n +100 +=")
        .contains("best step 200; from step 100 on, some cannot be told from it")
        .contains("Intervals: values and standard errors, models taken as independent");
  }

  @Test
  void keptRowsPairTheModels() throws IOException {
    Shell shell = run("    rows: npz\n");
    assertThat(shell.exitCode()).as(shell.err()).isZero();
    assertThat(shell.out())
        .containsPattern("\n +1  gen-200 +\\* -[12].\\d+ ± 0.0\\d+ +1 ")
        .contains("Intervals: the same rows of all models, drawn anew (log-likelihood)");
  }

  @Test
  void everyFormatHasIt() throws IOException {
    assertThat(run("", "--format", "csv").out())
        .contains(",model,step,rank,rank_lower,rank_upper,beats_next,tied\n")
        .containsPattern(
            "\nll-gen-100,log-likelihood,log-likelihood,,,.*,gen-100,100.0,3,1,3,,true\n");
    assertThat(run("", "--format", "markdown").out())
        .startsWith("# plan\n\n## Leaderboard\n\n| Model | log-likelihood, nats ↑ |")
        .containsPattern("\n\\| gen-200 \\| \\*\\*-[12].");
    assertThat(run("", "--format", "json").out())
        .contains("\"leaderboards\": [", "\"basis\": \"normal\"", "\"beats_next\": 0.");
    assertThat(folder.resolve("out/report.html"))
        .content()
        .contains(
            "<a href='#leaderboard'>Leaderboard</a>",
            "<section id='leaderboard'>",
            "<figcaption><b>ll.log-likelihood by step</b> band: ± 1.96 standard errors; best step 200",
            "<path class='band'");
  }
}
