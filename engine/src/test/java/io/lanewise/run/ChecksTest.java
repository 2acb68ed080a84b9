package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.Evaluation;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Task;
import io.lanewise.result.CheckResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Checks of a plan. The KL of a row is mu^2 / 2: 0.5 and 2 of `a`, 2 and 4.5 of `b`. Their means
/// are 1.25 and 3.25; all rows have 2.25, with the standard error of NumPy 2.4.6, np.std([.5, 2, 2,
/// 4.5], ddof=1) / 2 = 0.82915619758885. Confident bounds are 1.6449 of it away, 0.886 and 3.614.
class ChecksTest {
  @TempDir Path folder;
  private String file = "";
  private String other = "";

  @BeforeEach
  void write() throws IOException {
    file =
        Files.writeString(
                folder.resolve("one.csv"), "mu,logvar,label\n1,0,a\n2,0,a\n-2,0,b\n3,0,b\n")
            .toString();
    other = Files.writeString(folder.resolve("v1.5.csv"), "mu,logvar,label\n0,0,a\n").toString();
  }

  private Evaluation.Builder evaluation() {
    return Evaluation.builder()
        .models(file, other)
        .evaluate(Task.of("gaussian-kl").named("kl").on("rows", "model").by(Bins.values("label")))
        .evaluate(Task.of("posterior-collapse").named("units").on("rows", "model"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kl[one].kl < 2.3                  | kl-one.kl < 2.3 2.25 true",
        "kl[v1.5].kl<=0                    | kl-v1-5.kl <= 0.0 0.0 true",
        "kl.kl > 1                         | kl-one.kl > 1.0 2.25 true; kl-v1-5.kl > 1.0 0.0 false",
        "kl[one].kl{label=a} < 1.3         | kl-one.kl{label=a} < 1.3 1.25 true",
        "kl[one].kl{label=*} < 3           | kl-one.kl{label=a} < 3.0 1.25 true; kl-one.kl{label=b} < 3.0 3.25 false",
        "kl.kl{label=b} > 0                | kl-one.kl{label=b} > 0.0 3.25 true; kl-v1-5.kl{label=b} > 0.0 NaN false no such group",
        "kl[one].kl confidently < 3.6      | kl-one.kl confidently < 3.6 2.25 false standard error 0.82915619758885",
        "kl[one].kl confidently < 3.62     | kl-one.kl confidently < 3.62 2.25 true standard error 0.82915619758885",
        "kl[one].kl confidently > 0.88     | kl-one.kl confidently > 0.88 2.25 true standard error 0.82915619758885",
        "kl[one].kl confidently >= 0.89    | kl-one.kl confidently >= 0.89 2.25 false standard error 0.82915619758885",
        "kl[one].collapse is pass          | kl-one.collapse is pass NaN false no such judgement; there are: ",
      })
  void hold(String check, String results) {
    assertThat(
            evaluation().check(Check.parse(check)).build().run().checks().stream()
                .map(ChecksTest::text)
                .toList())
        .satisfies(found -> {
          String[] expected = results.split("; (?=kl-)");
          assertThat(found).hasSize(expected.length);
          for (int i = 0; i < expected.length; i++) {
            assertThat(found.get(i)).startsWith(expected[i]);
          }
        });
  }

  private static String text(CheckResult check) {
    return "%s %s %s %s%s"
        .formatted(
            check.measure(),
            check.expected(),
            check.found(),
            check.passed(),
            check.note() == null ? "" : " " + check.note());
  }

  @Test
  void judgements() {
    var report =
        Evaluation.builder()
            .data("rows", file)
            .evaluate(Task.of("diversity").column("samples", "mu"))
            .build()
            .run();
    var verdict = report.evaluations().getFirst().verdicts().getFirst();
    for (String status : new String[] {"pass", "warn", "fail", "unknown"}) {
      CheckResult check =
          Evaluation.builder()
              .data("rows", file)
              .evaluate(Task.of("diversity").column("samples", "mu"))
              .check(Check.parse("diversity.%s is %s".formatted(verdict.name(), status)))
              .build()
              .run()
              .checks()
              .getFirst();
      assertThat(check.passed()).isEqualTo(verdict.status().toString().equals(status));
      assertThat(check.note()).isEqualTo(verdict.status().toString());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kl[two].kl < 1       | unknown model of 'kl' in a check 'two'",
        "kl.kll < 1           | unknown measure of 'kl' in a check 'kll'",
        "kl.kl{t=1} < 1       | unknown column of groups of 'kl' in a check 't'",
        "units.kl{label=a} < 1 | unknown column of groups of 'units' in a check 'label'",
      })
  void nameWhatIsThere(String check, String problem) {
    assertThatThrownBy(() -> evaluation().check(Check.parse(check)).build().run())
        .isInstanceOf(PlanException.class)
        .hasMessageStartingWith(problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kl.kl = 1",
        "kl.kl < x",
        "kl.kl is good",
        "kl.kl{a=b} is pass",
        "kl[].kl < 1",
        "kl.kl{a} < 1",
        "kl < 1",
        "kl.kl < 1 2",
        "kl.kl confidently is pass"
      })
  void areOfTheForm(String check) {
    assertThatThrownBy(() -> Check.parse(check)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kl.kl < 1.0",
        "kl[v1.5].kl{t=[0, 250)} confidently >= -0.5",
        "a.b-c is pass",
        "a.b{c=*} > 0.0"
      })
  void areTheirTexts(String check) {
    assertThat(Check.parse(check).text()).isEqualTo(check);
  }
}
