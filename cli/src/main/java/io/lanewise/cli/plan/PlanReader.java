package io.lanewise.cli.plan;

import io.lanewise.batch.Names;
import io.lanewise.batch.Shape;
import io.lanewise.cli.plan.PlanNode.Field;
import io.lanewise.cli.plan.PlanNode.Fields;
import io.lanewise.cli.plan.PlanNode.Items;
import io.lanewise.cli.plan.PlanNode.Nothing;
import io.lanewise.cli.plan.PlanNode.Text;
import io.lanewise.kernel.Precision;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Checks the tree of a plan file and interprets it. Every error starts with `file:line`.
final class PlanReader {
  private static final String VERSION = "1";
  private static final List<String> BIN_RULES = List.of("equal-width", "equal-count", "quartiles");
  private static final List<String> ROW_FORMATS = List.of("arrow", "parquet", "npz", "csv");

  /// An evaluation's name becomes part of file names and of `evaluation.measure`.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

  private static final Pattern CHECK =
      Pattern.compile("\\s*([^\\s.]+)\\.([^\\s<>=]+)\\s*(<=|>=|<|>)\\s*(\\S+)\\s*");

  private final Path file;
  private final List<Descriptor> objectives;

  PlanReader(Path file, List<Descriptor> objectives) {
    this.file = file;
    this.objectives = objectives;
  }

  PlanFile read(PlanNode root) {
    Fields plan =
        keys(
            root,
            "a plan",
            "lanewise",
            "title",
            "data",
            "evaluate",
            "checks",
            "facts",
            "policy",
            "precision");
    version(plan);
    SequencedMap<String, List<String>> data =
        data(required(plan, "data", "a mapping of data sets"));
    List<Task> tasks =
        tasks(required(plan, "evaluate", "a list of evaluations"), List.copyOf(data.keySet()));
    return new PlanFile(
        title(plan),
        data,
        tasks,
        list(plan, "checks", check(tasks)),
        facts(plan),
        word(plan, "policy", Policy.values()),
        word(plan, "precision", Precision.values()));
  }

  private void version(Fields plan) {
    PlanNode version = required(plan, "lanewise", "the plan version, " + VERSION);
    if (!text(version, "the plan version, " + VERSION).equals(VERSION)) {
      throw at(
          version.line(),
          "key 'lanewise': found %s, expected the plan version %s"
              .formatted(version.found(), VERSION));
    }
  }

  private String title(Fields plan) {
    Field title = plan.fields().get("title");
    return title == null ? PlanFile.stem(file) : text(title.value(), "a title");
  }

  private SequencedMap<String, List<String>> data(PlanNode node) {
    SequencedMap<String, List<String>> data = new LinkedHashMap<>();
    mapping(node, "a mapping of data sets")
        .forEach((name, field) -> {
          List<String> files = texts(field.value(), "a file, a glob, or a list of them");
          if (files.isEmpty()) {
            throw at(field.line(), "data set '%s': found no file, expected one".formatted(name));
          }
          data.put(name, files.stream().map(one -> resolve(field.line(), one)).toList());
        });
    return data;
  }

  private String resolve(int line, String name) {
    Path folder = file.getParent();
    try {
      boolean relative = !name.equals("-") && !Path.of(name).isAbsolute();
      return relative && folder != null ? folder.resolve(name).toString() : name;
    } catch (InvalidPathException e) {
      throw at(line, "found '%s', expected the name of a file or a glob".formatted(name));
    }
  }

  private List<Task> tasks(PlanNode node, List<String> dataSets) {
    SequencedMap<String, Task> tasks = new LinkedHashMap<>();
    for (PlanNode item : items(node, "a list of evaluations")) {
      Task task = task(item, dataSets);
      if (tasks.putIfAbsent(task.name(), task) != null) {
        throw at(
            item.line(),
            "evaluation '%s': found the name a second time, expected another 'name'"
                .formatted(task.name()));
      }
    }
    if (tasks.isEmpty()) {
      throw at(node.line(), "key 'evaluate': found no evaluation, expected one");
    }
    return List.copyOf(tasks.values());
  }

  private Task task(PlanNode node, List<String> dataSets) {
    Fields entry =
        keys(
            node,
            "an evaluation",
            "objective",
            "name",
            "data",
            "columns",
            "parameters",
            "by",
            "outputs",
            "rows",
            "quantiles");
    PlanNode id = required(entry, "objective", "the id of an objective");
    Descriptor objective = objective(id);
    Field given = entry.fields().get("name");
    String name = given == null ? objective.id() : text(given.value(), "a name");
    if (!NAME.matcher(name).matches()) {
      throw at(
          given == null ? entry.line() : given.line(),
          "key 'name': found '%s', expected letters, digits, '-' and '_'".formatted(name));
    }
    Task task = Task.of(objective.id()).named(name);
    task = sets(task, entry, objective, dataSets);
    task = columns(task, entry, objective);
    task = parameters(task, entry, objective);
    for (Bins bins : list(entry, "by", this::bins)) {
      task = task.by(bins);
    }
    List<String> outputs = objective.outputs().stream().map(Output::name).toList();
    task =
        task.outputs(
            list(
                entry,
                "outputs",
                item -> known("output of " + objective.id(), item, "an output", outputs)));
    Field asked = entry.fields().get("quantiles");
    if (asked != null) {
      List<Double> quantiles = list(entry, "quantiles", item -> number(item, "a number in [0, 1]"));
      Task before = task;
      task = placed(asked.line(), () -> before.quantiles(quantiles));
    }
    Field rows = entry.fields().get("rows");
    return rows == null
        ? task
        : task.rows(known("format", rows.value(), "a file format", ROW_FORMATS));
  }

  private Descriptor objective(PlanNode node) {
    String id = text(node, "the id of an objective");
    for (Descriptor objective : objectives) {
      if (objective.id().equals(id) || objective.aliases().contains(id)) {
        return objective;
      }
    }
    throw unknown(node.line(), "objective", id, objectives.stream().map(Descriptor::id).toList());
  }

  /// One data set for all sets of rows, or one for each; the only one there is need not be named.
  private Task sets(Task task, Fields entry, Descriptor objective, List<String> dataSets) {
    List<String> sets = objective.sets().stream().map(RowSet::name).toList();
    String expected =
        "the name of a data set"
            + (sets.size() == 1
                ? ""
                : ", or a mapping of %s to them".formatted(String.join(", ", sets)));
    if (!entry.fields().containsKey("data") && dataSets.size() == 1) {
      return task.on(RowSet.ROWS, dataSets.getFirst());
    }
    PlanNode node = required(entry, "data", expected);
    if (node instanceof Text) {
      return task.on(RowSet.ROWS, known("data set", node, expected, dataSets));
    }
    Task result = task;
    SequencedMap<String, Field> given = mapping(node, expected);
    for (Map.Entry<String, Field> field : given.entrySet()) {
      if (!sets.contains(field.getKey())) {
        throw unknown(field.getValue().line(), "set of rows", field.getKey(), sets);
      }
      String name = known("data set", field.getValue().value(), "the name of a data set", dataSets);
      result = result.on(field.getKey(), name);
    }
    for (RowSet set : objective.sets()) {
      if (set.required() && !given.containsKey(set.name())) {
        throw at(
            node.line(),
            "key 'data': found nothing for '%s', expected %s".formatted(set.name(), expected));
      }
    }
    return result;
  }

  /// A key is a role, or `set.role` where sets have roles of the same name.
  private Task columns(Task task, Fields entry, Descriptor objective) {
    Set<String> roles = new LinkedHashSet<>();
    Set<String> qualified = new LinkedHashSet<>();
    Set<String> many = new LinkedHashSet<>();
    Set<String> sequences = new LinkedHashSet<>();
    for (RowSet set : objective.sets()) {
      for (Role role : set.roles()) {
        roles.add(role.name());
        qualified.add(set.name() + "." + role.name());
        if (role.shape() == Shape.SEQUENCE) {
          sequences.addAll(List.of(role.name(), set.name() + "." + role.name()));
        }
        if (role.many()) {
          many.addAll(List.of(role.name(), set.name() + "." + role.name()));
        }
      }
    }
    Task result = task;
    for (Map.Entry<String, Field> field : optionalMapping(entry, "columns", "roles").entrySet()) {
      if (!roles.contains(field.getKey()) && !qualified.contains(field.getKey())) {
        throw unknown(field.getValue().line(), "role of " + objective.id(), field.getKey(), roles);
      }
      PlanNode value = field.getValue().value();
      result =
          result.column(
              field.getKey(),
              sequences.contains(field.getKey()) && value instanceof Fields
                  ? List.of(ragged(value))
                  : many.contains(field.getKey())
                      ? texts(value, "the name of a column or a list of them")
                      : List.of(text(value, "the name of a column")));
    }
    return result;
  }

  /// `{values: V, offsets: O}`, for which the engine has the name `V[O]`.
  private String ragged(PlanNode node) {
    String expected = "the name of a column, or {values, offsets}";
    Fields fields = keys(node, expected, "values", "offsets");
    return "%s[%s]"
        .formatted(
            text(required(fields, "values", "the name of a column"), "the name of a column"),
            text(required(fields, "offsets", "the name of a column"), "the name of a column"));
  }

  private Task parameters(Task task, Fields entry, Descriptor objective) {
    Task result = task;
    for (Map.Entry<String, Field> field :
        optionalMapping(entry, "parameters", "parameters").entrySet()) {
      PlanNode value = field.getValue().value();
      Parameter<?> parameter = null;
      for (Parameter<?> candidate : objective.parameters()) {
        if (candidate.name().equals(field.getKey())) {
          parameter = candidate;
        }
      }
      if (parameter == null) {
        throw unknown(
            field.getValue().line(),
            "parameter of " + objective.id(),
            field.getKey(),
            objective.parameters().stream().map(Parameter::name).toList());
      }
      Parameter<?> declared = parameter;
      String text = text(value, declared.accepts());
      placed(value.line(), () -> declared.parse(text));
      result = result.parameter(field.getKey(), text);
    }
    return result;
  }

  private Bins bins(PlanNode node) {
    String expected = "a column, or {column, bins, range}";
    if (node instanceof Text column) {
      return Bins.values(column.text());
    }
    Fields bins =
        keys(node, expected, "column", "axis", "schedule", "timesteps", "rule", "bins", "range");
    String column = text(required(bins, "column", "the name of a column"), "the name of a column");
    Axis scale = scale(bins);
    Bins.Cut cut = cut(bins);
    return placed(node.line(), () -> new Bins(column, scale, cut));
  }

  private Axis scale(Fields bins) {
    Field axis = bins.fields().get("axis");
    Field schedule = bins.fields().get("schedule");
    Field timesteps = bins.fields().get("timesteps");
    String name =
        axis == null
            ? Axis.Kind.VALUE.toString()
            : known("axis", axis.value(), "what bins are over", Axis.Kind.names());
    String of = schedule == null ? "" : text(schedule.value(), "a schedule or process");
    int steps =
        timesteps == null
            ? of.isEmpty() ? 0 : 1000
            : whole(timesteps.value(), "timesteps", "a whole number of timesteps");
    return placed(bins.line(), () -> new Axis(Axis.Kind.of(name), of, steps));
  }

  /// A group for each value, bins of a rule, or, without one, bins of equal width.
  private Bins.Cut cut(Fields bins) {
    Field rule = bins.fields().get("rule");
    boolean counted = bins.fields().containsKey("bins");
    boolean ranged = bins.fields().containsKey("range");
    if (rule == null && !counted && !ranged) {
      return new Bins.EachValue();
    }
    String word =
        rule == null ? "equal-width" : known("rule", rule.value(), "how to cut", BIN_RULES);
    if (word.equals("quartiles")) {
      PlanNode range = required(bins, "range", "[0, T]");
      double[] edges = edges(range, "[0, T]");
      if (edges[0] != 0 || counted) {
        throw at(
            range.line(),
            "rule 'quartiles': found a range from %s%s, expected [0, T] and no number of bins"
                .formatted(edges[0], counted ? " and a number of bins" : ""));
      }
      return new Bins.Quartiles(edges[1]);
    }
    PlanNode count = required(bins, "bins", "the number of bins");
    if (word.equals("equal-count")) {
      if (ranged) {
        throw at(bins.line(), "rule 'equal-count': found a range, expected none");
      }
      return new Bins.EqualCount(whole(count, "bins", "a whole number of bins"));
    }
    PlanNode range = required(bins, "range", "[lower, upper]");
    boolean ofData = range instanceof Text text && text.text().equals("data");
    double[] edges = ofData ? new double[2] : edges(range, "[lower, upper]");
    int number = whole(count, "bins", "a whole number of bins");
    return ofData ? new Bins.DataWidth(number) : new Bins.EqualWidth(number, edges[0], edges[1]);
  }

  private double[] edges(PlanNode range, String expected) {
    List<PlanNode> edges = items(range, expected);
    if (edges.size() != 2) {
      throw at(
          range.line(),
          "key 'range': found %d values, expected %s".formatted(edges.size(), expected));
    }
    return new double[] {number(edges.getFirst(), "a number"), number(edges.getLast(), "a number")};
  }

  private int whole(PlanNode node, String key, String expected) {
    double number = number(node, expected);
    if (number < 1 || number > Integer.MAX_VALUE || number != Math.rint(number)) {
      throw at(
          node.line(), "key '%s': found %s, expected %s".formatted(key, node.found(), expected));
    }
    return (int) number;
  }

  private Function<PlanNode, Check> check(List<Task> tasks) {
    List<String> names = tasks.stream().map(Task::name).toList();
    return node -> {
      String expected = "EVALUATION.MEASURE COMPARISON NUMBER, as in 'elbo.elbo >= 16'";
      String text = text(node, expected);
      Matcher matcher = CHECK.matcher(text);
      if (!matcher.matches()) {
        throw at(node.line(), "check: found '%s', expected %s".formatted(text, expected));
      }
      if (!names.contains(matcher.group(1))) {
        throw unknown(node.line(), "evaluation", matcher.group(1), names);
      }
      double bound = number(new Text(node.line(), matcher.group(4)), "a number as bound");
      return new Check(matcher.group(1), matcher.group(2), matcher.group(3), bound);
    };
  }

  private SequencedMap<String, String> facts(Fields plan) {
    SequencedMap<String, String> facts = new LinkedHashMap<>();
    optionalMapping(plan, "facts", "facts")
        .forEach((name, field) -> {
          if (!Plan.FACTS.contains(name)) {
            throw unknown(field.line(), "fact", name, Plan.FACTS);
          }
          facts.put(name, text(field.value(), "a text or number"));
        });
    return facts;
  }

  private <E extends Enum<E>> @Nullable E word(Fields plan, String key, E[] values) {
    Field field = plan.fields().get(key);
    if (field == null) {
      return null;
    }
    List<String> words = Arrays.stream(values).map(Enum::toString).toList();
    String word = known(key, field.value(), String.join("|", words), words);
    return values[words.indexOf(word)];
  }

  // What every kind of value has in common.

  private Fields keys(PlanNode node, String what, String... known) {
    if (!(node instanceof Fields fields)) {
      throw at(
          node.line(),
          "found %s, expected %s with the keys %s"
              .formatted(node.found(), what, String.join(", ", known)));
    }
    fields
        .fields()
        .forEach((key, field) -> {
          if (!List.of(known).contains(key)) {
            throw unknown(field.line(), "key", key, List.of(known));
          }
        });
    return fields;
  }

  private PlanNode required(Fields fields, String key, String expected) {
    Field field = fields.fields().get(key);
    if (field == null || field.value() instanceof Nothing) {
      throw at(
          field == null ? fields.line() : field.line(),
          "key '%s': found nothing, expected %s".formatted(key, expected));
    }
    return field.value();
  }

  private SequencedMap<String, Field> optionalMapping(Fields fields, String key, String of) {
    Field field = fields.fields().get(key);
    return field == null ? new LinkedHashMap<>() : mapping(field.value(), "a mapping of " + of);
  }

  private SequencedMap<String, Field> mapping(PlanNode node, String expected) {
    if (node instanceof Fields fields) {
      return fields.fields();
    }
    throw at(node.line(), "found %s, expected %s".formatted(node.found(), expected));
  }

  private List<PlanNode> items(PlanNode node, String expected) {
    if (node instanceof Items items) {
      return items.items();
    }
    throw at(node.line(), "found %s, expected %s".formatted(node.found(), expected));
  }

  private <T> List<T> list(Fields fields, String key, Function<PlanNode, T> read) {
    Field field = fields.fields().get(key);
    if (field == null) {
      return List.of();
    }
    List<T> list = new ArrayList<>();
    for (PlanNode item : items(field.value(), "a list")) {
      list.add(read.apply(item));
    }
    return list;
  }

  private List<String> texts(PlanNode node, String expected) {
    return node instanceof Items items
        ? items.items().stream().map(item -> text(item, expected)).toList()
        : List.of(text(node, expected));
  }

  private String text(PlanNode node, String expected) {
    if (node instanceof Text text) {
      return text.text();
    }
    throw at(node.line(), "found %s, expected %s".formatted(node.found(), expected));
  }

  private double number(PlanNode node, String expected) {
    try {
      double number = Double.parseDouble(text(node, expected));
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, with the line.
    }
    throw at(node.line(), "found %s, expected %s".formatted(node.found(), expected));
  }

  private String known(String what, PlanNode node, String expected, Collection<String> known) {
    String name = text(node, expected);
    if (!known.contains(name)) {
      throw unknown(node.line(), what, name, known);
    }
    return name;
  }

  private <T> T placed(int line, Supplier<T> read) {
    try {
      return read.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s:%d: %s".formatted(file, line, e.getMessage()), e);
    }
  }

  private IllegalArgumentException unknown(
      int line, String what, String name, Collection<String> known) {
    return at(line, String.valueOf(Names.unknown(what, name, known).getMessage()));
  }

  private IllegalArgumentException at(int line, String problem) {
    return new IllegalArgumentException("%s:%d: %s".formatted(file, line, problem));
  }
}
