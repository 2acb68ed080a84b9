package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.plan.Task;
import io.lanewise.run.bind.UnboundRoleException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The command of one objective, `lanewise gaussian-kl posterior.parquet --mu mean`, derived from
/// its [Descriptor]: an option for each role and parameter, files as arguments, or as an option for
/// each set of rows if there are several. An option whose name is taken gets its kind appended, as
/// in `--real-column`.
final class ObjectiveCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Descriptor objective;
  private final RunOptions options = new RunOptions();
  private final SequencedMap<String, ArgSpec> files = new LinkedHashMap<>();
  private @Nullable ArgSpec inOrder;
  private final SequencedMap<String, OptionSpec> columns = new LinkedHashMap<>();
  private final SequencedMap<String, OptionSpec> parameters = new LinkedHashMap<>();
  private final OptionSpec by =
      OptionSpec.builder("--by")
          .paramLabel("COLUMN[@AXIS][:BINS]")
          .type(List.class)
          .auxiliaryTypes(String.class)
          .description(
              "Break results down by the values of a column, by bins of it, or by 'file'. Bins:"
                  + " N:LOWER:UPPER (equal width), N (equal width over the data's range), N:equal-count,"
                  + " quartiles:T. AXIS: ln, or sigma/SCHEDULE/T, ln-sigma/SCHEDULE/T,"
                  + " log-snr/SCHEDULE/T of a column of timesteps. May be repeated.")
          .build();
  private final OptionSpec outputs =
      OptionSpec.builder("--output")
          .paramLabel("NAME")
          .type(List.class)
          .auxiliaryTypes(String.class)
          .description("Compute this per-row output too; see 'lanewise describe'. May be repeated.")
          .build();
  private final OptionSpec quantiles =
      OptionSpec.builder("--quantiles")
          .paramLabel("Q,Q")
          .type(String.class)
          .description(
              "Report these quantiles of per-row numbers, with the least and the greatest value; 'none'"
                  + " for none. Default: the objective's own.")
          .build();
  private final OptionSpec rows =
      OptionSpec.builder("--rows")
          .paramLabel("FORMAT")
          .type(String.class)
          .description("Write per-row outputs to the folder of -o, as arrow, parquet, npz or csv.")
          .build();

  private final OptionSpec printPlan =
      OptionSpec.builder("--print-plan")
          .type(boolean.class)
          .description("Print the plan that 'lanewise run' would take instead of running it.")
          .build();

  ObjectiveCommand(Terminal terminal, Descriptor objective) {
    this.terminal = terminal;
    this.objective = objective;
  }

  /// The command with its options.
  CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(objective.id());
    spec.aliases(objective.aliases().toArray(String[]::new));
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .hidden(true)
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .description(plain(objective.title() + ": " + objective.formula()))
        .footer("", plain("'lanewise describe " + objective.id() + "' says more."));
    CommandSpec shared = CommandSpec.forAnnotatedObject(options);
    if (objective.sets().size() == 1) {
      RowSet only = objective.sets().getFirst();
      files.put(only.name(), addFiles(spec, only));
    } else {
      inOrder = addFilesInOrder(spec);
      objective.sets().forEach(set -> files.put(set.name(), addFileOption(spec, set)));
    }
    addColumns(spec, shared);
    for (Parameter<?> parameter : objective.parameters()) {
      String name = free(parameter.name(), "-parameter", spec, shared);
      parameters.put(parameter.name(), add(spec, name, "VALUE", parameterText(parameter)));
    }
    spec.addOption(by).addOption(outputs).addOption(quantiles).addOption(rows).addOption(printPlan);
    spec.addMixin("run", shared);
    return spec;
  }

  @Override
  public Integer call() throws IOException {
    if (rows.getValue() != null && options.out == null) {
      throw new IllegalArgumentException(
          "option '--rows': found no -o DIR, expected one to write to");
    }
    Evaluation.Builder evaluation = Evaluation.builder().title(objective.title());
    Task task = Task.of(objective.id());
    SequencedMap<String, List<String>> data = new LinkedHashMap<>();
    List<String> models = filesBySet(data);
    for (var set : data.entrySet()) {
      evaluation.data(set.getKey(), set.getValue().toArray(String[]::new));
      task = task.on(set.getKey(), set.getKey());
    }
    for (var column : columns.entrySet()) {
      if (column.getValue().getValue() instanceof String text) {
        task = task.column(column.getKey(), text);
      }
    }
    for (var parameter : parameters.entrySet()) {
      if (parameter.getValue().getValue() instanceof String text) {
        task = task.parameter(parameter.getKey(), text);
      }
    }
    for (String text : values(by)) {
      task = task.by(BinsText.parse(text));
    }
    task = task.outputs(values(outputs)).rows(rows.getValue());
    if (quantiles.getValue() instanceof String text) {
      task = task.quantiles(quantiles(text));
    }
    if (!models.isEmpty()) {
      String set = GivenModels.setOf(objective);
      task = task.on(set, new GivenModels(models).addTo(evaluation, set));
    }
    evaluation.evaluate(task);
    Execution execution = new Execution(terminal, options);
    if (Boolean.TRUE.equals(printPlan.getValue())) {
      return execution.print(evaluation);
    }
    try {
      return execution.run(evaluation, options.out, null);
    } catch (UnboundRoleException e) {
      OptionSpec option = columns.get(e.role());
      throw new IllegalArgumentException(
          "%s; add %s COLUMN"
              .formatted(e.getMessage(), option == null ? "--" + e.role() : option.longestName()),
          e);
    }
  }

  /// Sorts the files: those of options by their set, those given in order to the sets that are
  /// needed.
  ///
  /// @return files that are a model each: those of the last set
  private List<String> filesBySet(SequencedMap<String, List<String>> data) {
    for (RowSet set : objective.sets()) {
      List<String> given = values(files.get(set.name()));
      if (!given.isEmpty()) {
        data.put(set.name(), given);
      }
    }
    List<String> needed =
        objective.sets().stream().filter(RowSet::required).map(RowSet::name).toList();
    List<String> words = values(inOrder);
    if (words.isEmpty()) {
      for (String set : inOrder == null ? List.<String>of() : needed) {
        if (!data.containsKey(set)) {
          throw new IllegalArgumentException(
              "found no files of set '%s', expected them as %s or with --%s"
                  .formatted(set, label(needed), set));
        }
      }
      return List.of();
    }
    for (String set : needed) {
      if (data.containsKey(set)) {
        throw new IllegalArgumentException(
            "option '--%s': found '%s' as an argument too, expected files in one of the two ways"
                .formatted(set, words.getFirst()));
      }
    }
    if (needed.size() == 1) {
      data.put(needed.getFirst(), words);
      return List.of();
    }
    if (words.size() < needed.size()) {
      throw new IllegalArgumentException(
          "found %d file, expected %s".formatted(words.size(), label(needed)));
    }
    int last = needed.size() - 1;
    for (int i = 0; i < last; i++) {
      data.put(needed.get(i), List.of(words.get(i)));
    }
    return words.subList(last, words.size());
  }

  private static String label(List<String> needed) {
    return needed.stream()
        .map(set -> set.toUpperCase(Locale.ROOT))
        .collect(Collectors.joining(" "));
  }

  private static List<Double> quantiles(String text) {
    if (text.equals("none")) {
      return List.of();
    }
    try {
      return Arrays.stream(text.split(",", -1)).map(Double::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "option '--quantiles': found '%s', expected numbers in [0, 1] with commas, or none"
              .formatted(text),
          e);
    }
  }

  /// An option for each role; where several sets have it, one for all of them and one for each.
  private void addColumns(CommandSpec spec, CommandSpec shared) {
    SequencedMap<String, List<RowSet>> setsByRole = new LinkedHashMap<>();
    for (RowSet set : objective.sets()) {
      for (Role role : set.roles()) {
        setsByRole.computeIfAbsent(role.name(), name -> new ArrayList<>()).add(set);
      }
    }
    for (RowSet set : objective.sets()) {
      for (Role role : set.roles()) {
        if (!columns.containsKey(role.name())) {
          String name = free(role.name(), "-column", spec, shared);
          columns.put(role.name(), add(spec, name, "COLUMN", roleText(role)));
        }
      }
    }
    for (RowSet set : objective.sets()) {
      for (Role role : set.roles()) {
        if (setsByRole.getOrDefault(role.name(), List.of()).size() > 1) {
          String name = free(set.name() + "-" + role.name(), "-column", spec, shared);
          String text = "The same in the files of --%s only.".formatted(set.name());
          columns.put(set.name() + "." + role.name(), add(spec, name, "COLUMN", text));
        }
      }
    }
  }

  private static ArgSpec addFiles(CommandSpec spec, RowSet set) {
    PositionalParamSpec argument =
        PositionalParamSpec.builder()
            .paramLabel("FILE")
            .arity("1..*")
            .required(true)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(plain(set.doc() + " Files or globs; - is standard input."))
            .build();
    spec.addPositional(argument);
    return argument;
  }

  private ArgSpec addFilesInOrder(CommandSpec spec) {
    List<String> needed =
        objective.sets().stream().filter(RowSet::required).map(RowSet::name).toList();
    PositionalParamSpec argument =
        PositionalParamSpec.builder()
            .paramLabel(label(needed))
            .arity("0..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                needed.size() == 1
                    ? "Files of --%s.".formatted(needed.getFirst())
                    : "A file for each of %s; each further file is another model, evaluated on its own."
                        .formatted(
                            needed.stream().map("--"::concat).collect(Collectors.joining(", "))))
            .build();
    spec.addPositional(argument);
    return argument;
  }

  private static ArgSpec addFileOption(CommandSpec spec, RowSet set) {
    OptionSpec option =
        OptionSpec.builder("--" + set.name())
            .paramLabel("FILE")
            .arity("1..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(plain(set.doc() + " Files or globs; - is standard input."))
            .build();
    spec.addOption(option);
    return option;
  }

  private static OptionSpec add(CommandSpec spec, String name, String label, String description) {
    OptionSpec option =
        OptionSpec.builder(name)
            .paramLabel(label)
            .type(String.class)
            .description(plain(description))
            .build();
    spec.addOption(option);
    return option;
  }

  /// The option's name, with `suffix` if another one has it already.
  private String free(String name, String suffix, CommandSpec spec, CommandSpec shared) {
    String option = "--" + name;
    boolean taken =
        spec.optionsMap().containsKey(option)
            || shared.optionsMap().containsKey(option)
            || List.of("--by", "--output", "--quantiles", "--rows", "--print-plan", "--debug")
                .contains(option);
    return taken ? option + suffix : option;
  }

  private static String roleText(Role role) {
    String elements =
        switch (role.kind()) {
          case NUMBER -> "";
          case INTEGER -> "integer ";
          case ID -> "integer or text ";
        };
    return "%s Column: %s%s%s. Default: the column '%s'."
        .formatted(
            role.doc(), elements, role.shape(), role.required() ? "" : ", optional", role.name());
  }

  private static String parameterText(Parameter<?> parameter) {
    String unit = parameter.unit().isEmpty() ? "" : ", in " + parameter.unit();
    String otherwise =
        parameter.defaultText() == null ? "Required." : "Default: " + parameter.defaultText() + ".";
    return "%s Accepts %s%s. %s".formatted(parameter.doc(), parameter.accepts(), unit, otherwise);
  }

  private static List<String> values(@Nullable ArgSpec arg) {
    List<String> values = arg == null ? null : arg.getValue();
    return values == null ? List.of() : List.copyOf(values);
  }

  /// Picocli formats descriptions.
  private static String plain(String text) {
    return text.replace("%", "%%");
  }
}
