package io.lanewise.run.state;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.kernel.Precision;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Model;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.plan.codec.BinsCodec;
import io.lanewise.plan.codec.JsonText;
import io.lanewise.plan.codec.Tree;
import io.lanewise.result.Provenance;
import io.lanewise.run.bind.SetBinding;
import io.lanewise.source.DataException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A state's header as JSON: a method that writes each thing, and beside it the one that reads it.
final class StateHeaderCodec {
  /// The format's name and version; the number changes when a reader of the old one would misread
  /// the new.
  private static final String SCHEMA = "lanewise-state/1";

  private static final String FAMILY = "lanewise-state/";
  private static final JsonFactory FACTORY = JsonFactory.builder().build();

  private StateHeaderCodec() {}

  /// The text of a header.
  static String write(StateHeader header) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("schema", SCHEMA);
      json.writeStringProperty("version", header.version());
      json.writeStringProperty("title", header.title());
      json.writeStringProperty("policy", header.policy().toString());
      json.writeStringProperty("precision", header.precision().toString());
      texts(json, "facts", header.facts());
      list(json, "checks", header.checks().stream().map(Check::text).toList());
      each(json, "evaluations", header.evaluations(), bound -> write(json, bound));
      json.writeObjectPropertyStart("inputs");
      header.inputs().forEach((name, files) -> each(json, name, files, file -> write(json, file)));
      json.writeEndObject();
      each(json, "runs", header.runs(), run -> write(json, run));
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  /// The header of a text.
  ///
  /// @param place the file, for messages
  /// @throws DataException for anything that is not a header of this format
  static StateHeader read(String place, String text) {
    try {
      return read(JsonText.parse(text));
    } catch (PlanException e) {
      throw new DataException(e.path().isEmpty() ? place : place + "." + e.path(), e.problem(), e);
    }
  }

  private static StateHeader read(Tree json) {
    String schema = json.get("schema").text();
    if (!schema.equals(SCHEMA)) {
      throw json.wrong(
          "found %s '%s', expected '%s'"
              .formatted(
                  schema.startsWith(FAMILY) ? "a state of another version," : "schema",
                  schema,
                  SCHEMA));
    }
    Map<String, List<Provenance.InputFile>> inputs = new LinkedHashMap<>();
    json.get("inputs")
        .mapping("an object")
        .forEach((name, files) -> inputs.put(name, files.list(StateHeaderCodec::readInput)));
    return new StateHeader(
        json.get("version").text(),
        json.get("title").text(),
        word(json.get("policy"), Policy.values()),
        word(json.get("precision"), Precision.values()),
        json.get("facts").textsByKey(),
        json.get("checks").list(check -> check.as("a check", Check::parse)),
        json.get("evaluations").list(StateHeaderCodec::readBound),
        inputs,
        json.get("runs").list(StateHeaderCodec::readRun));
  }

  private static void write(JsonGenerator json, StateHeader.Bound bound) {
    Task task = bound.task();
    json.writeStringProperty("name", task.name());
    json.writeStringProperty("objective", task.objective());
    Model model = task.model();
    if (model != null) {
      json.writeObjectPropertyStart("model");
      json.writeStringProperty("evaluation", task.evaluation());
      json.writeStringProperty("name", model.name());
      if (model.step() != null) {
        json.writeStringProperty("step", Double.toString(model.step()));
      }
      json.writeEndObject();
    }
    texts(json, "parameters", task.parameters());
    list(json, "outputs", task.outputs());
    List<Double> quantiles = Objects.requireNonNullElse(task.quantiles(), List.of());
    list(json, "quantiles", quantiles.stream().map(q -> Double.toString(q)).toList());
    json.writeArrayPropertyStart("by");
    for (int i = 0; i < task.by().size(); i++) {
      Bins bins = task.by().get(i);
      json.writeStartObject();
      BinsCodec.store(json, bins);
      list(json, "whole", bound.ungroupedSets().get(i));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectPropertyStart("sets");
    bound
        .sets()
        .forEach((set, binding) -> {
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
          list(json, "warnings", binding.warnings());
          json.writeEndObject();
        });
    json.writeEndObject();
  }

  private static StateHeader.Bound readBound(Tree json) {
    String id = json.get("objective").text();
    Descriptor descriptor =
        json.get("objective").as("an objective", text -> Objectives.get(text).descriptor());
    List<Bins> by = json.get("by").list(BinsCodec::stored);
    SequencedMap<String, String> data = new LinkedHashMap<>();
    SequencedMap<String, SetBinding> sets = new LinkedHashMap<>();
    json.get("sets")
        .mapping("an object")
        .forEach((name, set) -> {
          RowSet rowSet = named(set, "set", name, descriptor.sets(), RowSet::name);
          data.put(name, set.get("data").text());
          sets.put(name, readSet(rowSet, set));
        });
    Task task =
        Task.of(id)
            .named(json.get("name").text())
            .on(data)
            .outputs(json.get("outputs").list(Tree::text))
            .quantiles(json.get("quantiles").list(Tree::number));
    Tree model = json.find("model");
    if (model != null) {
      Tree step = model.find("step");
      Double number = step == null ? null : step.number();
      task =
          task.of(
              model.get("name").as("the name of a model", name -> new Model(name, number)),
              model.get("evaluation").text());
    }
    for (var parameter : json.get("parameters").textsByKey().entrySet()) {
      task = task.parameter(parameter.getKey(), parameter.getValue());
    }
    for (Bins bins : by) {
      task = task.by(bins);
    }
    return new StateHeader.Bound(
        task, sets, json.get("by").list(bins -> new TreeSet<>(bins.get("whole").list(Tree::text))));
  }

  private static SetBinding readSet(RowSet set, Tree json) {
    SequencedMap<String, List<ColumnType>> columns = new LinkedHashMap<>();
    SequencedMap<String, ColumnType> types = new LinkedHashMap<>();
    json.get("roles")
        .mapping("an object")
        .forEach((name, role) -> {
          Role declared = named(role, "role", name, set.roles(), Role::name);
          ColumnType type =
              new ColumnType(
                  role.get("column").text(),
                  word(role.get("shape"), Shape.values()),
                  word(role.get("type"), DType.values()),
                  role.get("width").size());
          int least = type.shape() == Shape.SEQUENCE ? 0 : 1;
          if (type.shape() != declared.shape() || type.width() < least) {
            throw role.wrong(
                "found a %s of width %d, expected a %s of width %d or more"
                    .formatted(type.shape(), type.width(), declared.shape(), least));
          }
          columns.put(name, List.of(type));
          types.put(name, type);
        });
    for (Role role : set.roles()) {
      if (role.required() && !types.containsKey(role.name())) {
        throw json.wrong("found no role '%s', expected it".formatted(role.name()));
      }
    }
    return new SetBinding(
        set,
        columns,
        types,
        word(json.get("type"), DType.values()),
        json.get("warnings").list(Tree::text));
  }

  private static void write(JsonGenerator json, Provenance.InputFile file) {
    json.writeStringProperty("path", file.path());
    json.writeStringProperty("format", file.format());
    json.writeNumberProperty("bytes", file.bytes());
    json.writeNumberProperty("rows", file.rows());
    write(json, "fingerprint", file.fingerprint());
    write(json, "sha256", file.sha256());
  }

  private static void write(JsonGenerator json, String name, @Nullable String value) {
    if (value != null) {
      json.writeStringProperty(name, value);
    } else {
      json.writeNullProperty(name);
    }
  }

  private static Provenance.InputFile readInput(Tree json) {
    return new Provenance.InputFile(
        json.get("path").text(),
        json.get("format").text(),
        json.get("bytes").integer(),
        json.get("rows").integer(),
        json.get("fingerprint").textOrNull(),
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

  private static Provenance.Run readRun(Tree json) {
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
      Tree place, String what, String name, List<T> known, Function<T, String> nameOf) {
    for (T candidate : known) {
      if (nameOf.apply(candidate).equals(name)) {
        return candidate;
      }
    }
    throw place.wrong(
        "found %s '%s', expected one of %s"
            .formatted(what, name, known.stream().map(nameOf).toList()));
  }

  private static <E> E word(Tree json, E[] known) {
    for (E candidate : known) {
      if (candidate.toString().equals(json.text())) {
        return candidate;
      }
    }
    throw json.wrong("found '%s', expected one of %s".formatted(json.text(), List.of(known)));
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
