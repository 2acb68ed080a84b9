package io.lanewise.cli;

import io.lanewise.cli.plan.PlanFile;
import io.lanewise.cli.plan.PlanLines;
import io.lanewise.objective.Objective;
import io.lanewise.plan.PlanException;
import io.lanewise.run.bind.UnboundRoleException;
import io.lanewise.source.DataException;
import io.lanewise.source.Source;
import io.lanewise.source.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `lanewise run PLAN`.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Evaluates what a plan file says and writes a report.",
    footer = {
      "",
      "Exit codes: 0 done, 1 a check of the plan failed, 2 usage, 3 bad input data, 4 input or output.",
      "docs/plan.md describes plan files."
    })
final class RunCommand implements Callable<Integer> {
  private static final List<String> DATA =
      List.of(
          ".npy",
          ".npz",
          ".arrow",
          ".arrows",
          ".feather",
          ".parquet",
          ".csv",
          ".tsv",
          ".safetensors");

  private final Terminal terminal;
  private final Catalog objectives;

  @Parameters(paramLabel = "PLAN", description = "The plan file, YAML or JSON.")
  @Nullable Path plan;

  @Mixin RunOptions options = new RunOptions();

  RunCommand(Terminal terminal, Catalog objectives) {
    this.terminal = terminal;
    this.objectives = objectives;
  }

  private static boolean isData(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return DATA.stream().anyMatch(name::endsWith);
  }

  /// Whether the bytes of a file without a known name are those of data.
  private static boolean isBinaryData(Path file) {
    try (Source source = Sources.open(file.toString())) {
      return !source.format().equals("csv");
    } catch (DataException | UncheckedIOException e) {
      return false;
    }
  }

  private static String dataFound(Path file) {
    return "%s: found a data file, expected a plan; 'lanewise inspect %s' says what to run"
        .formatted(file, file);
  }

  @Override
  public Integer call() throws IOException {
    Path file = Objects.requireNonNull(plan);
    if (isData(file)) {
      throw new IllegalArgumentException(dataFound(file));
    }
    PlanLines lines;
    try {
      lines = PlanLines.read(file);
    } catch (IllegalArgumentException e) {
      throw isBinaryData(file) ? new IllegalArgumentException(dataFound(file), e) : e;
    }
    PlanFile read = lines.plan(objectives.all().stream().map(Objective::descriptor).toList());
    Path directory = options.out == null ? Path.of(PlanFile.stem(file) + "-report") : options.out;
    try {
      return new Execution(terminal, options).run(read.toEvaluation(), directory, file);
    } catch (UnboundRoleException e) {
      throw new IllegalArgumentException(
          "%s%s; add 'columns: {%s: COLUMN}'".formatted(lines.place(e), e.getMessage(), e.role()),
          e);
    } catch (PlanException e) {
      throw new IllegalArgumentException(lines.place(e) + e.getMessage(), e);
    }
  }
}
