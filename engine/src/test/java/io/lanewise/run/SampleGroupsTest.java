package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.Evaluation;
import io.lanewise.objective.RowFile;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Task;
import io.lanewise.report.CsvReport;
import io.lanewise.report.JsonReport;
import io.lanewise.report.MarkdownReport;
import io.lanewise.result.Breakdown;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.result.RowCounts;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sample metrics by group: each group is what the metric says of its rows alone.
class SampleGroupsTest {
  private static final int DIM = 3;
  private static final int ROWS = 240;
  @TempDir Path folder;
  private final Random random = new Random(4);
  private double[] real = new double[0];
  private double[] fake = new double[0];
  private double[] realLabel = new double[0];
  private double[] fakeLabel = new double[0];

  /// Labels 0 to 2 are common, 7 is real only, 8 generated only, 9 has one real row.
  @BeforeEach
  void draw() {
    real = random.doubles((long) ROWS * DIM).map(d -> 5 + random.nextGaussian()).toArray();
    fake = random.doubles((long) ROWS * DIM).map(d -> 5 + 2 * random.nextGaussian()).toArray();
    realLabel = IntStream.range(0, ROWS).mapToDouble(i -> i % 11 == 0 ? 7 : i % 3).toArray();
    fakeLabel = IntStream.range(0, ROWS).mapToDouble(i -> i % 7 == 0 ? 8 : i * 5 % 3).toArray();
    realLabel[50] = 9;
    fakeLabel[60] = 9;
    fakeLabel[61] = 9;
  }

  private String file(String name, double[] values, double[] labels, IntPredicate kept) {
    int[] rows = IntStream.range(0, ROWS).filter(kept).toArray();
    double[] part = new double[rows.length * DIM];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, rows[i] * DIM, part, i * DIM, DIM);
    }
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put("features", part);
    columns.put("label", Arrays.stream(rows).mapToDouble(i -> labels[i]).toArray());
    return RowFile.write(folder.resolve(name + ".arrow"), rows.length, columns);
  }

  private Evaluation.Builder builder(String realFile, String... fakeFiles) {
    return Evaluation.builder().data("real", realFile).data("fake", fakeFiles).hashInputs(false);
  }

  private static Task frechet() {
    return Task.of("frechet-distance").named("fid").on("real", "real").on("generated", "fake");
  }

  private static EvaluationResult fid(Report report) {
    return Objects.requireNonNull(report.evaluation("fid"));
  }

  private static Breakdown.Group group(Breakdown breakdown, String label) {
    return breakdown.groups().stream()
        .filter(g -> g.label().equals(label))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 7", "3, 64"})
  void aGroupIsTheMetricOfItsRows(int threads, int batchRows) {
    Report report =
        builder(file("real", real, realLabel, i -> true), file("fake", fake, fakeLabel, i -> true))
            .evaluate(frechet().by(Bins.values("label")))
            .threads(threads)
            .batchRows(batchRows)
            .build()
            .run();
    Breakdown breakdown = fid(report).breakdowns().getFirst();
    assertThat(breakdown.groups())
        .extracting(Breakdown.Group::label)
        .containsExactly("0", "1", "2", "7", "8", "9");
    for (int label = 0; label < 3; label++) {
      int only = label;
      List<Measure> alone =
          fid(builder(
                      file("real-" + label, real, realLabel, i -> realLabel[i] == only),
                      file("fake-" + label, fake, fakeLabel, i -> fakeLabel[i] == only))
                  .evaluate(frechet())
                  .build()
                  .run())
              .measures();
      assertThat(breakdown.groups().get(label).measures()).isEqualTo(alone);
      assertThat(breakdown.groups().get(label).undefined()).isNull();
      assertThat(breakdown.groups().get(label).rows().used()).isEqualTo(alone.getFirst().n());
    }
    undefined(group(breakdown, "7"), "found no rows of set 'generated'");
    undefined(group(breakdown, "8"), "found no rows of set 'real'");
    undefined(
        group(breakdown, "9"), "set 'real': found 1 rows, expected at least 2 for a covariance");
    assertThat(group(breakdown, "9").rows()).isEqualTo(new RowCounts(3, 3, 0, 0));
    assertThat(fid(report).measures())
        .isEqualTo(
            fid(builder(
                        folder.resolve("real.arrow").toString(),
                        folder.resolve("fake.arrow").toString())
                    .evaluate(frechet())
                    .build()
                    .run())
                .measures());
    assertThat(JsonReport.toJson(report))
        .containsPattern("\"undefined\": \\[ [^\\]]*\"found no rows of set 'real'\"");
    assertThat(CsvReport.toCsv(report))
        .contains("fid,frechet-distance,frechet-distance,label,8,NaN,");
    assertThat(MarkdownReport.toMarkdown(report))
        .contains("| 8 | 35 |  | undefined: found no rows of set 'real' |");
  }

  private static void undefined(Breakdown.Group group, String why) {
    assertThat(group.undefined()).isEqualTo(why);
    assertThat(group.measures()).hasSize(9).allMatch(m -> Double.isNaN(m.value()));
  }

  @Test
  void aSetThatIsNotGroupedCountsWholeInEachGroup() {
    String all = file("real", real, realLabel, i -> true);
    String first = file("fake-a", fake, fakeLabel, i -> i < 100);
    String second = file("fake-b", fake, fakeLabel, i -> i >= 100);
    Breakdown byFile =
        fid(builder(all, first, second).evaluate(frechet().by(Bins.values("file"))).build().run())
            .breakdowns()
            .getFirst();
    assertThat(byFile.groups()).extracting(Breakdown.Group::label).containsExactly(first, second);
    assertThat(byFile.groups().get(0).measures())
        .isEqualTo(fid(builder(all, first).evaluate(frechet()).build().run()).measures());
    assertThat(byFile.groups().get(1).measures())
        .isEqualTo(fid(builder(all, second).evaluate(frechet()).build().run()).measures());

    String unlabelled =
        RowFile.write(folder.resolve("plain.arrow"), ROWS, Map.of("features", real));
    Breakdown byLabel =
        fid(builder(unlabelled, first).evaluate(frechet().by(Bins.values("label"))).build().run())
            .breakdowns()
            .getFirst();
    String ones = file("ones", fake, fakeLabel, i -> i < 100 && fakeLabel[i] == 1);
    assertThat(group(byLabel, "1").measures())
        .isEqualTo(fid(builder(unlabelled, ones).evaluate(frechet()).build().run()).measures());
  }

  @Test
  void groupsOfPartsMerge() {
    Task task =
        Task.of("posterior-collapse")
            .on("rows", "fake")
            .column("mu", "features")
            .column("logvar", "features")
            .by(Bins.values("label"));
    String all = file("real", real, realLabel, i -> true);
    Path a = folder.resolve("a.state");
    Path b = folder.resolve("b.state");
    builder(all, file("fake-a", fake, fakeLabel, i -> i < 97))
        .evaluate(task)
        .state(a, false)
        .build()
        .run();
    builder(all, file("fake-b", fake, fakeLabel, i -> i >= 97))
        .evaluate(task)
        .state(b, false)
        .build()
        .run();
    Report whole =
        builder(all, file("fake", fake, fakeLabel, i -> true)).evaluate(task).build().run();
    StateLawsTest.same(Evaluation.merge(a, b), whole);
  }

  @Test
  void tooManyGroupsForTheMemoryAreAnError() {
    double[] ids = IntStream.range(0, ROWS).mapToDouble(i -> i).toArray();
    Evaluation evaluation =
        builder(file("real", real, ids, i -> true), file("fake", fake, ids, i -> true))
            .evaluate(frechet().by(Bins.values("label")))
            .memory(100_000)
            .build();
    assertThatThrownBy(evaluation::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("by 'label': found ")
        .hasMessageContaining("raise the option 'memory' or use fewer groups");
  }

  @Test
  void aColumnThatNoSetHasIsAnError() {
    Evaluation evaluation =
        builder(file("real", real, realLabel, i -> true), file("fake", fake, fakeLabel, i -> true))
            .evaluate(frechet().by(Bins.values("lable")))
            .build();
    assertThatThrownBy(evaluation::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown column to break down by 'lable'; did you mean 'label'?");
  }
}
