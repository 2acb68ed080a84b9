package io.lanewise.cli;

import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lanewise describe OBJECTIVE`.
@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = "Says what an objective computes, from which columns, with which parameters.")
final class DescribeCommand implements Callable<Integer> {
  private static final String CHECKLIST = "checklist";

  private static final String CHECKLIST_TEXT =
      """
      checklist: what a report on a generative model should answer

      Every report ends with it. Items are answered from the results as far as they tell; what no file
      tells comes from the plan's 'facts'; what nothing tells stays open, as '?'.

        State whether the objective is likelihood, ELBO, adversarial loss, or denoising loss.
        Evaluate sample quality and diversity separately.
        Track likelihood only when it is meaningful for the model family.
        Inspect latent traversals or conditioning controls.     fact: latent-inspection
        Report sampling cost and number of generation steps.    facts: sampling-steps, sampling-seconds
        Check for mode collapse or timestep-specific failures.
      """;

  private final Terminal terminal;
  private final Catalog objectives;

  @Parameters(paramLabel = "OBJECTIVE", description = "The id of an objective, or 'checklist'.")
  @Nullable String id;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      converter = RunOptions.FormatConverter.class,
      description = "What to print: text or json. Default: text.")
  RunOptions.Format format = RunOptions.Format.TEXT;

  DescribeCommand(Terminal terminal, Catalog objectives) {
    this.terminal = terminal;
    this.objectives = objectives;
  }

  @Override
  public Integer call() {
    String name = Objects.requireNonNull(id);
    if (name.equals(CHECKLIST)) {
      terminal
          .out()
          .print(
              format == RunOptions.Format.TEXT
                  ? CHECKLIST_TEXT
                  : Json.of(Map.of("id", CHECKLIST, "text", CHECKLIST_TEXT)) + "\n");
      return ExitCode.DONE;
    }
    Objective objective = objectives.find(name).orElseThrow(() -> unknown(name));
    switch (format) {
      case TEXT -> terminal.out().print(text(objective));
      case JSON -> terminal.out().println(Json.of(entry(objective)));
    }
    return ExitCode.DONE;
  }

  private IllegalArgumentException unknown(String name) {
    List<String> known = new ArrayList<>(objectives.names());
    known.add(CHECKLIST);
    return new IllegalArgumentException(
        Suggestions.unknown("objective", name, known, "'lanewise list' names all"));
  }

  private static String text(Objective objective) {
    Descriptor descriptor = objective.descriptor();
    StringBuilder text = new StringBuilder();
    text.append(descriptor.id()).append(": ").append(descriptor.title()).append("\n\n");
    Table facts = new Table("ll", "", "");
    if (!descriptor.aliases().isEmpty()) {
      facts.add("also", String.join(", ", descriptor.aliases()));
    }
    facts.add("family", descriptor.family().toString());
    facts.add("kind", ListCommand.kind(objective));
    facts.add("formula", descriptor.formula());
    facts.add("reference", descriptor.reference());
    text.append(facts.text());
    for (RowSet set : descriptor.sets()) {
      text.append('\n').append(setHeading(descriptor, set)).append('\n');
      Table roles = new Table("lll", "", "", "");
      for (Role role : set.roles()) {
        roles.add(role.name(), shape(role), role.doc() + also(set, role));
      }
      text.append(roles.text());
    }
    if (!descriptor.parameters().isEmpty()) {
      text.append("\nParameters\n");
      Table parameters = new Table("llll", "", "", "", "");
      for (Parameter<?> parameter : descriptor.parameters()) {
        String unit = parameter.unit().isEmpty() ? "" : ", in " + parameter.unit();
        String otherwise = parameter.defaultText();
        parameters.add(
            parameter.name(),
            otherwise == null ? "required" : "default " + otherwise,
            parameter.accepts() + unit,
            parameter.doc());
      }
      text.append(parameters.text());
    }
    if (!descriptor.outputs().isEmpty()) {
      text.append("\nPer-row outputs\n");
      Table outputs = new Table("llll", "", "", "", "");
      for (Output output : descriptor.outputs()) {
        outputs.add(
            output.name(),
            output.isVector() ? "vector like " + output.vectorLike() : "number",
            output.always() ? output.unit() : output.unit() + ", on request",
            output.definition());
      }
      text.append(outputs.text());
    }
    return text.toString();
  }

  private static String setHeading(Descriptor descriptor, RowSet set) {
    String heading =
        descriptor.sets().size() == 1
            ? "Columns"
            : "Columns of '%s'%s".formatted(set.name(), set.required() ? "" : " (optional)");
    return descriptor.sets().size() == 1 ? heading : heading + ": " + set.doc();
  }

  /// The other names by which a column is found.
  private static String also(RowSet set, Role role) {
    List<String> synonyms = set.synonyms(role);
    return synonyms.isEmpty() ? "" : " Also: %s.".formatted(String.join(", ", synonyms));
  }

  private static String shape(Role role) {
    String dimension = role.dimension().isEmpty() ? "" : "[" + role.dimension() + "]";
    String elements =
        switch (role.kind()) {
          case NUMBER -> "";
          case INTEGER -> "integer ";
          case ID -> "integer or text ";
        };
    String many = role.many() ? " of one or more columns" : "";
    return elements + role.shape() + dimension + many + (role.required() ? "" : ", optional");
  }

  /// What `--format json` prints.
  static Map<String, Object> entry(Objective objective) {
    Descriptor descriptor = objective.descriptor();
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("id", descriptor.id());
    entry.put("aliases", descriptor.aliases());
    entry.put("title", descriptor.title());
    entry.put("family", descriptor.family().toString());
    entry.put("kind", ListCommand.kind(objective));
    entry.put("formula", descriptor.formula());
    entry.put("reference", descriptor.reference());
    List<Object> sets = new ArrayList<>();
    for (RowSet set : descriptor.sets()) {
      List<Object> roles = new ArrayList<>();
      for (Role role : set.roles()) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", role.name());
        fields.put("shape", role.shape().toString());
        fields.put("integer", role.kind() != Role.Kind.NUMBER);
        fields.put("dimension", role.dimension());
        fields.put("text", role.kind() == Role.Kind.ID);
        fields.put("many", role.many());
        fields.put("required", role.required());
        fields.put("synonyms", set.synonyms(role));
        fields.put(
            "rivals",
            set.roles().stream()
                .map(Role::name)
                .filter(other -> set.areRivals(role.name(), other))
                .toList());
        fields.put("doc", role.doc());
        roles.add(fields);
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", set.name());
      fields.put("required", set.required());
      fields.put("doc", set.doc());
      fields.put("roles", roles);
      sets.add(fields);
    }
    entry.put("sets", sets);
    List<Object> parameters = new ArrayList<>();
    for (Parameter<?> parameter : descriptor.parameters()) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("name", parameter.name());
      fields.put("default", parameter.defaultText());
      fields.put("accepts", parameter.accepts());
      fields.put("unit", parameter.unit());
      fields.put("doc", parameter.doc());
      parameters.add(fields);
    }
    entry.put("parameters", parameters);
    List<Object> outputs = new ArrayList<>();
    for (Output output : descriptor.outputs()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", output.name());
      fields.put("set", output.set());
      fields.put("vectorLike", output.vectorLike());
      fields.put("unit", output.unit());
      fields.put("always", output.always());
      fields.put("definition", output.definition());
      outputs.add(fields);
    }
    entry.put("outputs", outputs);
    return entry;
  }
}
