package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lanewise.Evaluation;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Task;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A mistake in a plan that a program made has the path that it would have in a file.
class PlanPathTest {
  private static final Task KL = Task.of("gaussian-kl").named("kl");

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("mistakes")
  void says(Task task, String check, String path) {
    Path file = folder.resolve("empty.npz");
    try (Sink sink =
        Sinks.create(
            file,
            List.of(
                new ColumnType("mu", Shape.VECTOR, DType.FLOAT64, 3),
                new ColumnType("logvar", Shape.VECTOR, DType.FLOAT64, 3)),
            false)) {
      sink.commit();
    }
    Evaluation.Builder evaluation =
        Evaluation.builder()
            .data("rows", file.toString())
            .evaluate(KL)
            .evaluate(task)
            .check(new Check(check, "kl", "<", 1e9));
    PlanException found = catchThrowableOfType(PlanException.class, () -> evaluation.build().run());
    assertThat(found.path()).isEqualTo(path);
    assertThat(found.problem()).isNotBlank();
  }

  static Stream<Arguments> mistakes() {
    Task second = KL.named("second");
    return Stream.of(
        Arguments.of(KL, "kl", "evaluate[1]"),
        Arguments.of(Task.of("nothing"), "kl", "evaluate[1].objective"),
        Arguments.of(second.on("rows", "none"), "kl", "evaluate[1].data"),
        Arguments.of(second.on("left", "rows"), "kl", "evaluate[1].data.left"),
        Arguments.of(second.column("mean", "mu"), "kl", "evaluate[1].columns.mean"),
        Arguments.of(second.parameter("beta", "1"), "kl", "evaluate[1].parameters.beta"),
        Arguments.of(second.parameter("free-bits", "-1"), "kl", "evaluate[1].parameters.free-bits"),
        Arguments.of(second.outputs(List.of("kl", "z")), "kl", "evaluate[1].outputs[1]"),
        Arguments.of(
            second.by(Bins.values("file")).by(Bins.values("nowhere")), "kl", "evaluate[1].by[1]"),
        Arguments.of(
            second.by(new Bins("mu", Axis.LN, new Bins.DataWidth(3))), "kl", "evaluate[1].by[0]"),
        Arguments.of(
            second.by(
                new Bins("mu", new Axis(Axis.Kind.SIGMA, "linera", 10), new Bins.EqualCount(3))),
            "kl",
            "evaluate[1].by[0]"),
        Arguments.of(second, "third", "checks[0]"));
  }
}
