package io.lanewise.report;

import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Breakdown;
import io.lanewise.result.CheckResult;
import io.lanewise.result.ChecklistItem;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Leaderboard;
import io.lanewise.result.Measure;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import io.lanewise.result.RowCounts;
import io.lanewise.result.Verdict;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/// A report as JSON: `results.json`. The format is described in `docs/results.md` and pinned by
/// `docs/results.schema.json`; [#SCHEMA] changes when a reader of the old one could misread the
/// new.
///
/// Keys come in a fixed order. Numbers are the shortest text that reads back as the same double;
/// those that JSON cannot say are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`; the value of
/// a measure that rests on no rows is null.
public final class JsonReport {
  /// The format's name and version.
  public static final String SCHEMA = "lanewise-results/2";

  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private final JsonGenerator json;

  private JsonReport(JsonGenerator json) {
    this.json = json;
  }

  /// The report as text, ending in a line feed.
  public static String toJson(Report report) {
    StringWriter text = new StringWriter();
    try {
      write(report, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not throw
    }
    return text.toString();
  }

  /// Writes the report and flushes, but does not close.
  public static void write(Report report, Writer target) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(new Indented(), target)) {
      new JsonReport(json).report(report);
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
    target.write('\n');
    target.flush();
  }

  private void report(Report report) {
    json.writeStartObject();
    json.writeStringProperty("schema", SCHEMA);
    json.writeStringProperty("title", report.title());
    json.writeBooleanProperty("passed", report.passed());
    each("evaluations", report.evaluations(), this::evaluation);
    if (!report.leaderboards().isEmpty()) {
      each("leaderboards", report.leaderboards(), this::leaderboard);
    }
    each("checks", report.checks(), this::check);
    each("checklist", report.checklist(), this::checklistItem);
    provenance(report.provenance());
    json.writeEndObject();
  }

  private void evaluation(EvaluationResult evaluation) {
    json.writeStringProperty("name", evaluation.name());
    EvaluationResult.Model model = evaluation.model();
    if (model != null) {
      json.writeObjectPropertyStart("model");
      json.writeStringProperty("evaluation", model.evaluation());
      json.writeStringProperty("name", model.name());
      numberOrNull("step", model.step() == null ? Double.NaN : model.step());
      json.writeEndObject();
    }
    json.writeStringProperty("objective", evaluation.objective());
    json.writeStringProperty("family", evaluation.family());
    json.writeStringProperty("title", evaluation.title());
    json.writeStringProperty("formula", evaluation.formula());
    json.writeStringProperty("reference", evaluation.reference());
    json.writeObjectPropertyStart("inputs");
    evaluation
        .inputs()
        .forEach((set, input) -> {
          json.writeObjectPropertyStart(set);
          json.writeStringProperty("data", input.data());
          texts("columns", input.columns());
          if (!input.warnings().isEmpty()) {
            json.writeArrayPropertyStart("warnings");
            input.warnings().forEach(json::writeString);
            json.writeEndArray();
          }
          json.writeEndObject();
        });
    json.writeEndObject();
    texts("parameters", evaluation.parameters());
    json.writeObjectPropertyStart("rows");
    evaluation.rows().forEach(this::rows);
    json.writeEndObject();
    each("measures", evaluation.measures(), this::measure);
    each("arrays", evaluation.arrays(), this::array);
    each("breakdowns", evaluation.breakdowns(), this::breakdown);
    each("verdicts", evaluation.verdicts(), this::verdict);
    json.writeArrayPropertyStart("row_files");
    evaluation.rowFiles().forEach(json::writeString);
    json.writeEndArray();
    number("seconds", evaluation.seconds());
  }

  private void leaderboard(Leaderboard board) {
    json.writeStringProperty("evaluation", board.evaluation());
    json.writeStringProperty("measure", board.measure());
    json.writeStringProperty("unit", board.unit());
    json.writeStringProperty("better", board.better().toString());
    json.writeStringProperty("basis", board.basis().toString());
    each("models", board.standings(), this::standing);
  }

  private void standing(Leaderboard.Standing standing) {
    json.writeStringProperty("model", standing.model());
    numberOrNull("step", standing.step() == null ? Double.NaN : standing.step());
    number("value", standing.value());
    numberOrNull("standard_error", standing.standardError());
    rank("rank", standing.rank());
    rank("rank_lower", standing.lowestRank());
    rank("rank_upper", standing.highestRank());
    numberOrNull("beats_next", standing.beatsNext());
    json.writeBooleanProperty("best", standing.best());
    json.writeBooleanProperty("tied", standing.tied());
  }

  /// Null where there is none.
  private void rank(String name, int rank) {
    count(name, rank == 0 ? -1 : rank);
  }

  private void rows(String name, RowCounts rows) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("read", rows.read());
    json.writeNumberProperty("used", rows.used());
    json.writeNumberProperty("nulls", rows.nulls());
    json.writeNumberProperty("non_finite", rows.nonFinite());
    json.writeNumberProperty("empty", rows.empty());
    json.writeEndObject();
  }

  private void measure(Measure measure) {
    value(measure);
    meaning(measure);
  }

  private void value(Measure measure) {
    json.writeStringProperty("name", measure.name());
    if (measure.n() == 0) {
      numberOrNull("value", measure.value());
    } else {
      number("value", measure.value());
    }
    numberOrNull("standard_error", measure.standardError());
    json.writeStringProperty("error_method", measure.errorMethod());
    json.writeNumberProperty("n", measure.n());
  }

  private void meaning(Measure measure) {
    json.writeStringProperty("unit", measure.unit());
    json.writeStringProperty("better", measure.better().toString());
    json.writeStringProperty("definition", measure.definition());
  }

  private void array(ArrayMeasure array) {
    json.writeStringProperty("name", array.name());
    json.writeStringProperty("unit", array.unit());
    json.writeStringProperty("definition", array.definition());
    json.writeArrayPropertyStart("values");
    array.values().forEach(this::number);
    json.writeEndArray();
  }

  /// By column: what is the same for each of a hundred thousand groups is said once.
  private void breakdown(Breakdown breakdown) {
    json.writeStringProperty("by", breakdown.by());
    json.writeBooleanProperty("ordered", breakdown.ordered());
    json.writeStringProperty("rule", breakdown.rule());
    List<Breakdown.Group> groups = breakdown.groups();
    json.writeObjectPropertyStart("groups");
    row("label", groups, group -> json.writeString(group.label()));
    row("lower", groups, group -> numberOrNull(group.lower()));
    row("upper", groups, group -> numberOrNull(group.upper()));
    json.writeObjectPropertyStart("rows");
    row("read", groups, group -> json.writeNumber(group.rows().read()));
    row("used", groups, group -> json.writeNumber(group.rows().used()));
    row("nulls", groups, group -> json.writeNumber(group.rows().nulls()));
    row("non_finite", groups, group -> json.writeNumber(group.rows().nonFinite()));
    row("empty", groups, group -> json.writeNumber(group.rows().empty()));
    json.writeEndObject();
    if (groups.stream().anyMatch(group -> group.undefined() != null)) {
      row("undefined", groups, group -> text(group.undefined()));
    }
    json.writeEndObject();
    SequencedMap<String, @Nullable Measure[]> byName = new LinkedHashMap<>();
    for (int g = 0; g < groups.size(); g++) {
      for (Measure measure : groups.get(g).measures()) {
        byName.computeIfAbsent(measure.name(), name -> new Measure[groups.size()])[g] = measure;
      }
    }
    each("measures", byName.sequencedValues(), measures -> groupMeasure(groups, measures));
  }

  /// One measure of all groups; null for a group that has no such measure.
  private void groupMeasure(List<Breakdown.Group> groups, @Nullable Measure[] measures) {
    List<@Nullable Measure> all = Arrays.asList(measures);
    Measure any = all.stream().filter(Objects::nonNull).findFirst().orElseThrow();
    json.writeStringProperty("name", any.name());
    row(
        "value",
        all,
        measure -> {
          if (measure == null || measure.n() == 0 && Double.isNaN(measure.value())) {
            json.writeNull();
          } else {
            number(measure.value());
          }
        });
    if (all.stream().anyMatch(m -> m != null && !Double.isNaN(m.standardError()))) {
      row("standard_error", all, m -> numberOrNull(m == null ? Double.NaN : m.standardError()));
    }
    if (all.stream().allMatch(m -> m == null || m.errorMethod().equals(any.errorMethod()))) {
      json.writeStringProperty("error_method", any.errorMethod());
    } else {
      row("error_method", all, m -> json.writeString(m == null ? "none" : m.errorMethod()));
    }
    boolean ofAllRows = true;
    for (int g = 0; g < measures.length; g++) {
      Measure measure = measures[g];
      ofAllRows &= measure == null || measure.n() == groups.get(g).rows().used();
    }
    if (!ofAllRows) {
      row("n", all, m -> json.writeNumber(m == null ? 0 : m.n()));
    }
    meaning(any);
  }

  private void verdict(Verdict verdict) {
    json.writeStringProperty("name", verdict.name());
    json.writeStringProperty("status", verdict.status().toString());
    json.writeStringProperty("rule", verdict.rule());
    json.writeStringProperty("evidence", verdict.evidence());
  }

  private void check(CheckResult check) {
    json.writeStringProperty("measure", check.measure());
    json.writeStringProperty("expected", check.expected());
    number("found", check.found());
    json.writeBooleanProperty("passed", check.passed());
    if (check.note() != null) {
      text("note", check.note());
    }
  }

  private void checklistItem(ChecklistItem item) {
    json.writeStringProperty("question", item.question());
    json.writeStringProperty("status", item.status().toString());
    json.writeStringProperty("answer", item.answer());
  }

  private void provenance(Provenance provenance) {
    json.writeObjectPropertyStart("provenance");
    json.writeStringProperty("version", provenance.version());
    json.writeStringProperty("started", provenance.started().toString());
    number("wall_seconds", provenance.wallSeconds());
    json.writeStringProperty("jvm", provenance.jvm());
    json.writeStringProperty("os", provenance.os());
    json.writeStringProperty("cpu", provenance.cpu());
    json.writeStringProperty("kernels", provenance.kernels());
    json.writeStringProperty("linear_algebra", provenance.linearAlgebra());
    json.writeNumberProperty("threads", provenance.threads());
    json.writeNumberProperty("batch_rows", provenance.batchRows());
    json.writeStringProperty("non_finite_policy", provenance.nonFinitePolicy());
    json.writeObjectPropertyStart("inputs");
    new TreeMap<>(provenance.inputs()).forEach((data, files) -> each(data, files, this::inputFile));
    json.writeEndObject();
    if (!provenance.parameterFiles().isEmpty()) {
      each("parameter_files", provenance.parameterFiles(), this::inputFile);
    }
    if (!provenance.runs().isEmpty()) {
      each("runs", provenance.runs(), this::run);
    }
    json.writeEndObject();
  }

  private void run(Provenance.Run run) {
    json.writeStringProperty("state", run.state());
    json.writeStringProperty("started", run.started().toString());
    number("wall_seconds", run.wallSeconds());
    json.writeStringProperty("jvm", run.jvm());
    json.writeStringProperty("os", run.os());
    json.writeStringProperty("cpu", run.cpu());
    json.writeStringProperty("kernels", run.kernels());
    json.writeNumberProperty("threads", run.threads());
    json.writeNumberProperty("batch_rows", run.batchRows());
  }

  private void inputFile(Provenance.InputFile file) {
    json.writeStringProperty("path", file.path());
    json.writeStringProperty("format", file.format());
    count("bytes", file.bytes());
    count("rows", file.rows());
    text("fingerprint", file.fingerprint());
    text("sha256", file.sha256());
  }

  private <T> void each(String name, Iterable<T> items, Consumer<? super T> properties) {
    json.writeArrayPropertyStart(name);
    for (T item : items) {
      json.writeStartObject();
      properties.accept(item);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void texts(String name, SequencedMap<String, String> entries) {
    json.writeObjectPropertyStart(name);
    entries.forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  private void text(String name, @Nullable String value) {
    json.writeName(name);
    text(value);
  }

  private void text(@Nullable String value) {
    if (value == null) {
      json.writeNull();
    } else {
      json.writeString(value);
    }
  }

  /// Null where it is not known.
  private void count(String name, long count) {
    if (count < 0) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, count);
    }
  }

  private void number(String name, double value) {
    json.writeName(name);
    number(value);
  }

  private void numberOrNull(String name, double value) {
    json.writeName(name);
    numberOrNull(value);
  }

  private void numberOrNull(double value) {
    if (Double.isNaN(value)) {
      json.writeNull();
    } else {
      number(value);
    }
  }

  /// An array with an element for each item.
  private <T extends @Nullable Object> void row(
      String name, List<T> items, Consumer<? super T> element) {
    json.writeArrayPropertyStart(name);
    items.forEach(element);
    json.writeEndArray();
  }

  private void number(double value) {
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeString(Double.toString(value));
    }
  }

  /// Two spaces, line feeds on every system, arrays of numbers on one line.
  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }

    @Override
    public PrettyPrinter getPrettyPrinter() {
      Separators separators =
          Separators.createDefaultInstance()
              .withObjectNameValueSpacing(Separators.Spacing.AFTER)
              .withObjectEmptySeparator("")
              .withArrayEmptySeparator("");
      return new DefaultPrettyPrinter(separators)
          .withObjectIndenter(new DefaultIndenter("  ", "\n"));
    }
  }
}
