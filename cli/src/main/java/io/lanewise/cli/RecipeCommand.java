package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.plan.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Option;

/// The command of a [Recipe].
@Command(mixinStandardHelpOptions = true)
final class RecipeCommand implements Callable<Integer> {
  private static final String REAL = "real";
  private static final String GENERATED = "generated";

  /// What columns of predictions are called in programs, and what their targets may be.
  private static final SequencedMap<String, List<String>> TARGETS = new LinkedHashMap<>();

  static {
    TARGETS.put("eps_pred", List.of("eps", "noise", "epsilon"));
    TARGETS.put("noise_pred", List.of("noise", "eps", "epsilon"));
  }

  private final Terminal terminal;
  private final Recipe recipe;
  private final List<Descriptor> objectives;

  @Option(
      names = "--column",
      paramLabel = "ROLE=COLUMN",
      description =
          "The column of a role, for every objective that has the role. May be repeated. Default: the"
              + " column of the role's name or of a usual name.")
  Map<String, String> columns = new LinkedHashMap<>();

  @Option(
      names = "--parameter",
      paramLabel = "NAME=VALUE",
      description =
          "A parameter, for every objective that has it; see 'lanewise describe'. May be repeated.")
  Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--by",
      paramLabel = "COLUMN[@AXIS][:BINS]",
      description = "Break results down, as for the command of one objective. May be repeated.")
  List<String> by = new ArrayList<>();

  @Option(
      names = "--print-plan",
      description = "Print the plan that 'lanewise run' would take instead of running it.")
  boolean printPlan;

  @Mixin RunOptions options = new RunOptions();

  private final PositionalParamSpec files;

  RecipeCommand(Terminal terminal, Recipe recipe, Catalog catalog) {
    this.terminal = terminal;
    this.recipe = recipe;
    objectives =
        recipe.objectives().stream()
            .flatMap(id -> catalog.find(id).stream())
            .map(Objective::descriptor)
            .toList();
    boolean models = recipe.sets() == Recipe.Sets.REAL_AND_MODELS;
    files =
        PositionalParamSpec.builder()
            .paramLabel(models ? "REAL GENERATED" : "FILE")
            .arity(models ? "2..*" : "1..*")
            .required(true)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                models
                    ? "The file of real samples or features, then one or more of generated ones, each a model."
                    : "The rows to evaluate. Files or globs.")
            .build();
  }

  CommandSpec spec() {
    CommandSpec spec = CommandSpec.forAnnotatedObject(this).name(recipe.name());
    spec.usageMessage().description(recipe.description());
    spec.addPositional(files);
    return spec;
  }

  @Override
  public Integer call() throws IOException {
    List<String> given = files.getValue();
    Evaluation.Builder evaluation =
        switch (recipe.sets()) {
          case ROWS -> ofRows(given);
          case REAL_AND_MODELS -> ofModels(given);
        };
    Execution execution = new Execution(terminal, options);
    return printPlan ? execution.print(evaluation) : execution.run(evaluation, options.out, null);
  }

  private Evaluation.Builder ofModels(List<String> given) {
    if (given.size() < 2) {
      throw new IllegalArgumentException(
          "found 1 file, expected one of real samples and one or more of generated ones");
    }
    GivenModels models = new GivenModels(given.subList(1, given.size()));
    Evaluation.Builder evaluation = empty().data(REAL, given.getFirst());
    String dataSet = models.addTo(evaluation, GENERATED);
    for (Task task : tasks()) {
      Descriptor objective = descriptor(task);
      String set = GivenModels.setOf(objective);
      Task with = task.on(set, dataSet);
      for (RowSet other : objective.sets()) {
        if (!other.name().equals(set) && List.of(REAL, "reference").contains(other.name())) {
          with = with.on(other.name(), REAL);
        }
      }
      evaluation.evaluate(with);
    }
    return evaluation;
  }

  /// Whether an objective of the recipe finds its columns in a file.
  boolean fits(String file) {
    return recipe.sets() == Recipe.Sets.ROWS
        && !objectives.isEmpty()
        && !fitting(List.of(file), new LinkedHashMap<>()).isEmpty();
  }

  /// The tasks that find their columns.
  ///
  /// @param misfits gets what the others miss
  private List<Task> fitting(List<String> given, SequencedMap<String, String> misfits) {
    List<Task> tasks = tasks();
    misfits.putAll(rows(given, tasks).build().misfits());
    List<Task> fit = new ArrayList<>();
    for (Task task : tasks) {
      if (!misfits.containsKey(task.name())) {
        fit.add(task);
        continue;
      }
      withTarget(given, task)
          .ifPresent(guessed -> {
            fit.add(guessed);
            misfits.remove(task.name());
          });
    }
    return fit;
  }

  /// Of the objectives that find their columns. What the others miss is said.
  private Evaluation.Builder ofRows(List<String> given) {
    if (given.contains("-")) {
      throw new IllegalArgumentException(
          "standard input: found '-', expected a file, whose columns decide what is evaluated; the"
              + " command of one objective reads it, such as 'lanewise %s -'"
                  .formatted(recipe.objectives().getFirst()));
    }
    SequencedMap<String, String> misfits = new LinkedHashMap<>();
    List<Task> fit = fitting(given, misfits);
    if (fit.isEmpty()) {
      var first = misfits.firstEntry();
      throw new IllegalArgumentException(
          "%s: %s; name columns with --column ROLE=COLUMN, or try 'lanewise inspect'"
              .formatted(first.getKey(), first.getValue()));
    }
    if (!misfits.isEmpty()) {
      terminal.tell(
          "left out %s: no columns of their names; 'lanewise describe OBJECTIVE' names them"
              .formatted(String.join(", ", misfits.sequencedKeySet())));
    }
    return rows(given, fit);
  }

  /// The task with the target that the name of the prediction's column tells, if it fits then.
  private Optional<Task> withTarget(List<String> given, Task task) {
    if (!task.objective().equals("denoising-mse") || task.columns().containsKey("target")) {
      return Optional.empty();
    }
    for (var pair : TARGETS.entrySet()) {
      String prediction = columns.getOrDefault("prediction", pair.getKey());
      for (String target : prediction.equals(pair.getKey()) ? pair.getValue() : List.<String>of()) {
        Task guessed = task.column("prediction", prediction).column("target", target);
        if (rows(given, List.of(guessed)).build().misfits().isEmpty()) {
          return Optional.of(guessed);
        }
      }
    }
    return Optional.empty();
  }

  private Evaluation.Builder rows(List<String> given, List<Task> tasks) {
    Evaluation.Builder evaluation = empty().data("rows", given.toArray(String[]::new));
    tasks.forEach(task -> evaluation.evaluate(task.on(Task.ALL_SETS, "rows")));
    return evaluation;
  }

  private Evaluation.Builder empty() {
    return Evaluation.builder().title(recipe.name());
  }

  /// The tasks with the columns and parameters that their objectives have.
  private List<Task> tasks() {
    refuseUnknown(
        "--column", columns, objectives.stream().flatMap(o -> roles(o).stream()).toList());
    refuseUnknown(
        "--parameter", parameters, objectives.stream().flatMap(o -> names(o).stream()).toList());
    List<Task> tasks = new ArrayList<>();
    for (Descriptor objective : objectives) {
      Task task = Task.of(objective.id());
      for (var column : columns.entrySet()) {
        if (roles(objective).contains(column.getKey())) {
          task = task.column(column.getKey(), column.getValue());
        }
      }
      for (var parameter : parameters.entrySet()) {
        if (names(objective).contains(parameter.getKey())) {
          task = task.parameter(parameter.getKey(), parameter.getValue());
        }
      }
      for (String text : by) {
        task = task.by(BinsText.parse(text));
      }
      tasks.add(task);
    }
    return tasks;
  }

  private Descriptor descriptor(Task task) {
    return objectives.stream()
        .filter(o -> o.id().equals(task.objective()))
        .findFirst()
        .orElseThrow();
  }

  private static void refuseUnknown(String option, Map<String, String> given, List<String> known) {
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "option '%s': %s"
                .formatted(
                    option,
                    io.lanewise.batch.Names.unknown(
                            "name", name, known.stream().distinct().sorted().toList())
                        .getMessage()));
      }
    }
  }

  private static List<String> roles(Descriptor objective) {
    return objective.sets().stream().flatMap(set -> set.roles().stream()).map(Role::name).toList();
  }

  private static List<String> names(Descriptor objective) {
    return objective.parameters().stream().map(Parameter::name).toList();
  }
}
