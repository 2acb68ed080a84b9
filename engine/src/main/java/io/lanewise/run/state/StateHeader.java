package io.lanewise.run.state;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Precision;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.Parameters;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Workers;
import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Options;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.Provenance;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.run.bind.ParameterFile;
import io.lanewise.run.bind.SetBinding;
import io.lanewise.source.DataException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The header of a state file: everything needed to rebuild the states, and the provenance of the
/// rows.
///
/// @param version the Lanewise that wrote it
/// @param title the plan's
/// @param policy the plan's
/// @param precision the plan's
/// @param facts the plan's
/// @param checks the plan's
/// @param evaluations what was evaluated
/// @param inputs the files by data set
/// @param runs the runs that read them
public record StateHeader(
    String version,
    String title,
    Policy policy,
    Precision precision,
    SequencedMap<String, String> facts,
    List<Check> checks,
    List<Bound> evaluations,
    Map<String, List<Provenance.InputFile>> inputs,
    List<Provenance.Run> runs) {
  /// The format's name and version; the number changes if a reader of the old version would misread
  /// the new one.
  public static final String SCHEMA = "lanewise-state/1";

  private static final String FAMILY = "lanewise-state/";
  private static final JsonFactory FACTORY = JsonFactory.builder().build();

  /// An evaluation and the columns it was bound to.
  ///
  /// @param task with all parameters and the data set of each set
  /// @param sets the columns in the roles of each set
  /// @param whole for each column of `by`, the sets it does not group
  public record Bound(Task task, SequencedMap<String, SetBinding> sets, List<Set<String>> whole) {}

  /// Whether every file of a data set has its SHA-256.
  public boolean hasHashes(String dataSet) {
    return inputs.getOrDefault(dataSet, List.of()).stream().allMatch(file -> file.sha256() != null);
  }

  /// Whether an evaluation reads rows of a data set.
  public boolean reads(String dataSet) {
    return evaluations.stream().anyMatch(bound -> bound.task.data().containsValue(dataSet));
  }

  public static StateHeader of(Plan plan, List<BoundTask> tasks, Provenance provenance) {
    List<Bound> bound = new ArrayList<>();
    for (BoundTask task : tasks) {
      Task asked = task.task();
      bound.add(
          new Bound(
              new Task(
                  asked.name(),
                  task.descriptor().id(),
                  asked.data(),
                  new LinkedHashMap<>(),
                  task.binding().parameters().asText(),
                  task.by(),
                  asked.outputs(),
                  null,
                  task.quantiles()),
              task.sets(),
              task.by().stream().map(task::ungroupedSets).toList()));
    }
    return new StateHeader(
        provenance.version(),
        plan.title(),
        plan.options().policy(),
        plan.options().precision(),
        plan.facts(),
        plan.checks(),
        bound,
        provenance.inputs(),
        provenance.runs().isEmpty() ? List.of(provenance.run()) : provenance.runs());
  }

  /// The plan that this came from; its files are those that were read.
  public Plan plan(Options options) {
    SequencedMap<String, List<String>> data = new LinkedHashMap<>();
    inputs.forEach(
        (name, files) -> data.put(name, files.stream().map(Provenance.InputFile::path).toList()));
    return new Plan(
        title,
        data,
        evaluations.stream().map(Bound::task).toList(),
        checks,
        facts,
        options.toBuilder().policy(policy).precision(precision).build());
  }

  /// The evaluations, bound as they were.
  ///
  /// @throws DataException if they do not fit the objectives of this Lanewise
  public List<BoundTask> tasks(String place, Workers workers) {
    List<BoundTask> result = new ArrayList<>();
    for (Bound bound : evaluations) {
      String here = "%s: evaluation '%s'".formatted(place, bound.task.name());
      try {
        result.add(task(here, bound, workers));
      } catch (IllegalArgumentException e) {
        throw new DataException(here, String.valueOf(e.getMessage()), e);
      } catch (ArithmeticException | NegativeArraySizeException | OutOfMemoryError e) {
        // No run has written such a width: its own state would not have fitted either.
        throw new DataException(
            here, "found columns too wide for the memory, expected narrower ones", e);
      }
    }
    return result;
  }

  private BoundTask task(String place, Bound bound, Workers workers) {
    Objective objective = Objectives.get(bound.task.objective());
    Descriptor descriptor = objective.descriptor();
    Map<String, Map<String, ColumnType>> roles = new LinkedHashMap<>();
    Map<String, OptionalLong> rowCounts = new LinkedHashMap<>();
    for (RowSet set : descriptor.sets()) {
      SetBinding binding = bound.sets.get(set.name());
      if (binding != null) {
        roles.put(set.name(), binding.types());
        rowCounts.put(set.name(), OptionalLong.empty());
      } else if (set.required()) {
        throw new DataException(place, "found no set '%s', expected it".formatted(set.name()));
      }
    }
    Binding binding =
        new Binding(
            new Parameters(descriptor.parameters(), bound.task.parameters(), ParameterFile::expand),
            roles,
            rowCounts,
            Set.of(),
            Kernels.active().in(precision),
            workers);
    Map<Bins, Set<String>> whole = new LinkedHashMap<>();
    for (int i = 0; i < bound.whole.size(); i++) {
      whole.put(bound.task.by().get(i), bound.whole.get(i));
    }
    return new BoundTask(
        bound.task, objective, bound.sets, binding, bound.task.by(), whole, policy);
  }

  /// Refuses another state unless it has the same plan over columns of the same types, and comes
  /// from the same version of Lanewise.
  ///
  /// @throws IllegalArgumentException naming the first difference
  public void requireSame(String place, StateHeader other, String otherPlace) {
    SequencedMap<String, String> mine = identity();
    SequencedMap<String, String> theirs = other.identity();
    SequencedSet<String> keys = new LinkedHashSet<>(mine.sequencedKeySet());
    keys.addAll(theirs.sequencedKeySet());
    for (String key : keys) {
      String expected = mine.getOrDefault(key, "nothing");
      String found = theirs.getOrDefault(key, "nothing");
      if (!expected.equals(found)) {
        throw new IllegalArgumentException(
            "%s: %s: found %s, expected %s as in %s"
                .formatted(otherPlace, key, found, expected, place));
      }
    }
  }

  /// What must be equal for states to be merged, by its name.
  private SequencedMap<String, String> identity() {
    SequencedMap<String, String> all = new LinkedHashMap<>();
    all.put("title", quoted(title));
    all.put("policy", policy.toString());
    all.put("precision", precision.toString());
    all.put("evaluations", evaluations.stream().map(e -> e.task.name()).toList().toString());
    for (Bound bound : evaluations) {
      String place = "evaluation '%s', ".formatted(bound.task.name());
      all.put(place + "objective", quoted(bound.task.objective()));
      bound
          .task
          .parameters()
          .forEach((name, text) -> all.put(place + "parameter " + quoted(name), quoted(text)));
      all.put(place + "outputs", bound.task.outputs().toString());
      all.put(place + "quantiles", String.valueOf(bound.task.quantiles()));
      for (int i = 0; i < bound.task.by().size(); i++) {
        all.put(
            place + "by " + quoted(bound.task.by().get(i).column()),
            bound.task.by().get(i) + ", whole sets " + bound.whole.get(i));
      }
      bound.sets.forEach((set, binding) -> {
        all.put(
            place + "data of set " + quoted(set), quoted(bound.task.data().getOrDefault(set, "")));
        binding
            .types()
            .forEach((role, type) ->
                all.put(
                    "%srole '%s.%s'".formatted(place, set, role),
                    "column '%s' of %s, seen as %s of %s"
                        .formatted(
                            binding.columnTexts().getOrDefault(role, ""),
                            type.signature(),
                            type.shape(),
                            binding.type())));
      });
    }
    for (int i = 0; i < checks.size(); i++) {
      all.put("check %d".formatted(i + 1), checks.get(i).toString());
    }
    facts.forEach((name, text) -> all.put("fact " + quoted(name), quoted(text)));
    return all;
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }

  // JSON: one method to write a thing, and beside it the one that reads it.

  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("schema", SCHEMA);
      json.writeStringProperty("version", version);
      json.writeStringProperty("title", title);
      json.writeStringProperty("policy", policy.toString());
      json.writeStringProperty("precision", precision.toString());
      texts(json, "facts", facts);
      each(json, "checks", checks, check -> write(json, check));
      each(json, "evaluations", evaluations, bound -> write(json, bound));
      json.writeObjectPropertyStart("inputs");
      inputs.forEach((name, files) -> each(json, name, files, file -> write(json, file)));
      json.writeEndObject();
      each(json, "runs", runs, run -> write(json, run));
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  /// @throws DataException for anything that is not a header of this format
  public static StateHeader parse(String place, String text) {
    JsonTree json = JsonTree.parse(place, text);
    String schema = json.get("schema").text();
    if (!schema.equals(SCHEMA)) {
      throw new DataException(
          place,
          "found %s '%s', expected '%s'"
              .formatted(
                  schema.startsWith(FAMILY) ? "a state of another version," : "schema",
                  schema,
                  SCHEMA));
    }
    Map<String, List<Provenance.InputFile>> inputs = new LinkedHashMap<>();
    json.get("inputs")
        .fields()
        .forEach((name, files) -> inputs.put(name, files.list(StateHeader::readInput)));
    return new StateHeader(
        json.get("version").text(),
        json.get("title").text(),
        word(json.get("policy"), Policy.values()),
        word(json.get("precision"), Precision.values()),
        json.get("facts").texts(),
        json.get("checks").list(StateHeader::readCheck),
        json.get("evaluations").list(StateHeader::readBound),
        inputs,
        json.get("runs").list(StateHeader::readRun));
  }

  private static void write(JsonGenerator json, Check check) {
    json.writeStringProperty("evaluation", check.evaluation());
    json.writeStringProperty("measure", check.measure());
    json.writeStringProperty("comparison", check.comparison());
    json.writeStringProperty("bound", Double.toString(check.bound()));
  }

  private static Check readCheck(JsonTree json) {
    String evaluation = json.get("evaluation").text();
    String measure = json.get("measure").text();
    double bound = json.get("bound").number();
    return json.get("comparison")
        .as("<, <=, > or >=", word -> new Check(evaluation, measure, word, bound));
  }

  private static void write(JsonGenerator json, Bound bound) {
    Task task = bound.task;
    json.writeStringProperty("name", task.name());
    json.writeStringProperty("objective", task.objective());
    texts(json, "parameters", task.parameters());
    list(json, "outputs", task.outputs());
    List<Double> quantiles = Objects.requireNonNullElse(task.quantiles(), List.of());
    list(json, "quantiles", quantiles.stream().map(q -> Double.toString(q)).toList());
    json.writeArrayPropertyStart("by");
    for (int i = 0; i < task.by().size(); i++) {
      Bins bins = task.by().get(i);
      json.writeStartObject();
      write(json, bins);
      list(json, "whole", bound.whole.get(i));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectPropertyStart("sets");
    bound.sets.forEach((set, binding) -> {
      json.writeObjectPropertyStart(set);
      json.writeStringProperty("data", task.data().getOrDefault(set, ""));
      json.writeStringProperty("type", binding.type().toString());
      json.writeObjectPropertyStart("roles");
      binding
          .types()
          .forEach((role, type) -> {
            json.writeObjectPropertyStart(role);
            json.writeStringProperty("column", type.name());
            json.writeStringProperty("shape", type.shape().toString());
            json.writeStringProperty("type", type.type().toString());
            json.writeNumberProperty("width", type.width());
            json.writeEndObject();
          });
      json.writeEndObject();
      json.writeEndObject();
    });
    json.writeEndObject();
  }

  private static Bound readBound(JsonTree json) {
    String id = json.get("objective").text();
    Descriptor descriptor =
        json.get("objective").as("an objective", text -> Objectives.get(text).descriptor());
    List<Bins> by = json.get("by").list(StateHeader::readBins);
    SequencedMap<String, String> data = new LinkedHashMap<>();
    SequencedMap<String, SetBinding> sets = new LinkedHashMap<>();
    json.get("sets")
        .fields()
        .forEach((name, set) -> {
          RowSet rowSet = named(set.place(), "set", name, descriptor.sets(), RowSet::name);
          data.put(name, set.get("data").text());
          sets.put(name, readSet(rowSet, set));
        });
    return new Bound(
        new Task(
            json.get("name").text(),
            id,
            data,
            new LinkedHashMap<>(),
            json.get("parameters").texts(),
            by,
            json.get("outputs").list(JsonTree::text),
            null,
            json.get("quantiles").list(JsonTree::number)),
        sets,
        json.get("by").list(bins -> new TreeSet<>(bins.get("whole").list(JsonTree::text))));
  }

  private static void write(JsonGenerator json, Bins bins) {
    json.writeStringProperty("column", bins.column());
    json.writeStringProperty("axis", bins.axis().axis().toString());
    json.writeStringProperty("schedule", bins.axis().schedule());
    json.writeNumberProperty("timesteps", bins.axis().timesteps());
    switch (bins.cut()) {
      case Bins.EachValue() -> json.writeStringProperty("cut", "values");
      case Bins.Quartiles(double total) -> {
        json.writeStringProperty("cut", "quartiles");
        json.writeStringProperty("total", Double.toString(total));
      }
      case Bins.EqualWidth(int count, double lower, double upper) -> {
        json.writeStringProperty("cut", "equal-width");
        json.writeNumberProperty("bins", count);
        json.writeStringProperty("lower", Double.toString(lower));
        json.writeStringProperty("upper", Double.toString(upper));
      }
      case Bins.DataWidth cut -> throw new IllegalStateException(cut.toString());
      case Bins.EqualCount cut -> throw new IllegalStateException(cut.toString());
    }
  }

  private static Bins readBins(JsonTree json) {
    String column = json.get("column").text();
    String schedule = json.get("schedule").text();
    int timesteps = json.get("timesteps").size();
    Axis scale =
        json.get("axis")
            .as(
                "an axis that fits the schedule",
                axis -> new Axis(Axis.Kind.of(axis), schedule, timesteps));
    return json.get("cut")
        .as("a way to cut that fits the edges", cut -> new Bins(column, scale, readCut(json, cut)));
  }

  private static Bins.Cut readCut(JsonTree json, String cut) {
    return switch (cut) {
      case "values" -> new Bins.EachValue();
      case "quartiles" -> new Bins.Quartiles(json.get("total").number());
      case "equal-width" ->
          new Bins.EqualWidth(
              json.get("bins").size(), json.get("lower").number(), json.get("upper").number());
      default ->
          throw new IllegalArgumentException(
              "found '%s', expected values, quartiles or equal-width".formatted(cut));
    };
  }

  private static SetBinding readSet(RowSet set, JsonTree json) {
    SequencedMap<String, List<ColumnType>> columns = new LinkedHashMap<>();
    SequencedMap<String, ColumnType> types = new LinkedHashMap<>();
    json.get("roles")
        .fields()
        .forEach((name, role) -> {
          Role declared = named(role.place(), "role", name, set.roles(), Role::name);
          ColumnType type =
              new ColumnType(
                  role.get("column").text(),
                  word(role.get("shape"), Shape.values()),
                  word(role.get("type"), DType.values()),
                  role.get("width").size());
          int least = type.shape() == Shape.SEQUENCE ? 0 : 1;
          if (type.shape() != declared.shape() || type.width() < least) {
            throw new DataException(
                role.place(),
                "found a %s of width %d, expected a %s of width %d or more"
                    .formatted(type.shape(), type.width(), declared.shape(), least));
          }
          columns.put(name, List.of(type));
          types.put(name, type);
        });
    for (Role role : set.roles()) {
      if (role.required() && !types.containsKey(role.name())) {
        throw new DataException(
            json.place(), "found no role '%s', expected it".formatted(role.name()));
      }
    }
    return new SetBinding(set, columns, types, word(json.get("type"), DType.values()), List.of());
  }

  private static void write(JsonGenerator json, Provenance.InputFile file) {
    json.writeStringProperty("path", file.path());
    json.writeStringProperty("format", file.format());
    json.writeNumberProperty("bytes", file.bytes());
    json.writeNumberProperty("rows", file.rows());
    if (file.sha256() != null) {
      json.writeStringProperty("sha256", file.sha256());
    } else {
      json.writeNullProperty("sha256");
    }
  }

  private static Provenance.InputFile readInput(JsonTree json) {
    return new Provenance.InputFile(
        json.get("path").text(),
        json.get("format").text(),
        json.get("bytes").integer(),
        json.get("rows").integer(),
        json.get("sha256").textOrNull());
  }

  private static void write(JsonGenerator json, Provenance.Run run) {
    json.writeStringProperty("started", run.started().toString());
    json.writeStringProperty("wall_seconds", Double.toString(run.wallSeconds()));
    json.writeStringProperty("jvm", run.jvm());
    json.writeStringProperty("os", run.os());
    json.writeStringProperty("cpu", run.cpu());
    json.writeStringProperty("kernels", run.kernels());
    json.writeNumberProperty("threads", run.threads());
    json.writeNumberProperty("batch_rows", run.batchRows());
  }

  private static Provenance.Run readRun(JsonTree json) {
    return new Provenance.Run(
        "",
        json.get("started").as("an instant", Instant::parse),
        json.get("wall_seconds").number(),
        json.get("jvm").text(),
        json.get("os").text(),
        json.get("cpu").text(),
        json.get("kernels").text(),
        json.get("threads").size(),
        json.get("batch_rows").size());
  }

  private static <T> T named(
      String place,
      String what,
      String name,
      List<T> known,
      java.util.function.Function<T, String> nameOf) {
    for (T candidate : known) {
      if (nameOf.apply(candidate).equals(name)) {
        return candidate;
      }
    }
    throw new DataException(
        place,
        "found %s '%s', expected one of %s"
            .formatted(what, name, known.stream().map(nameOf).toList()));
  }

  private static <E> E word(JsonTree json, E[] known) {
    for (E candidate : known) {
      if (candidate.toString().equals(json.text())) {
        return candidate;
      }
    }
    throw new DataException(
        json.place(), "found '%s', expected one of %s".formatted(json.text(), List.of(known)));
  }

  private static <T> void each(
      JsonGenerator json, String name, Iterable<T> items, Consumer<T> properties) {
    json.writeArrayPropertyStart(name);
    for (T item : items) {
      json.writeStartObject();
      properties.accept(item);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void list(JsonGenerator json, String name, Iterable<String> texts) {
    json.writeArrayPropertyStart(name);
    texts.forEach(text -> json.writeString(Objects.requireNonNull(text)));
    json.writeEndArray();
  }

  private static void texts(JsonGenerator json, String name, Map<String, String> texts) {
    json.writeObjectPropertyStart(name);
    texts.forEach(json::writeStringProperty);
    json.writeEndObject();
  }
}
