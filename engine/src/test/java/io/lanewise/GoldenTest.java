package io.lanewise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.plan.codec.BinsCodec;
import io.lanewise.plan.codec.JsonText;
import io.lanewise.result.ArrayMeasure;
import io.lanewise.result.Breakdown;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataSet;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Every objective against values that are not ours: the files of `data/golden`, whose README says
/// how they are written. An objective without a case fails.
public class GoldenTest {
  private static final Path GOLDEN = Path.of("..", "data", "golden");
  private static final Set<Family> FAMILIES =
      EnumSet.of(Family.LIKELIHOOD, Family.VARIATIONAL, Family.ADVERSARIAL, Family.FLOW);

  /// A case of a file.
  @SuppressWarnings("exports") // no module reads the tests
  public record Case(Path file, JsonNode node) {
    /// What it is called, with its file.
    public String name() {
      return file.getFileName() + ": " + node.get("name").asString();
    }

    /// The objective's id.
    public String objective() {
      return node.get("objective").asString();
    }
  }

  /// All cases.
  public static List<Case> cases() {
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      List<Case> cases = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".golden.json")).sorted().toList()) {
        JsonNode root = JsonMapper.shared().readTree(file);
        assertThat(root.path("tool").asString("")).as("tool of %s", file).isNotBlank();
        root.get("cases").forEach(node -> cases.add(new Case(file, node)));
      }
      return cases;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void everyObjectiveHasACase() {
    Set<String> missing = new TreeSet<>();
    Objectives.all().forEach(o -> missing.add(o.descriptor().id()));
    cases().forEach(c -> missing.remove(Objectives.get(c.objective()).descriptor().id()));
    assertThat(missing).as("objectives without a golden case").isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> agrees(@TempDir Path temp) {
    List<Case> cases = cases();
    return java.util.stream.IntStream.range(0, cases.size())
        .mapToObj(i ->
            DynamicTest.dynamicTest(
                cases.get(i).name(), () -> check(cases.get(i), temp.resolve("case" + i))));
  }

  /// Rows in another order, in two files, by two workers in small batches: the same digits.
  @TestFactory
  Stream<DynamicTest> orderAndSplitDoNotShow(@TempDir Path temp) {
    List<Case> cases = cases().stream().filter(GoldenTest::isOrderFree).toList();
    return java.util.stream.IntStream.range(0, cases.size())
        .mapToObj(i ->
            DynamicTest.dynamicTest(
                cases.get(i).name(), () -> same(cases.get(i), temp.resolve("case" + i))));
  }

  /// The families whose states promise it, but for noise that is drawn by row.
  private static boolean isOrderFree(Case golden) {
    Descriptor descriptor = Objectives.get(golden.objective()).descriptor();
    return FAMILIES.contains(descriptor.family())
        && !(descriptor.id().equals("reparameterize")
            && !golden.node().path("parameters").path("noise").asString("").equals("given"));
  }

  private static void same(Case golden, Path temp) throws IOException {
    EvaluationResult plain = evaluate(golden, temp.resolve("plain"), false);
    EvaluationResult other = evaluate(golden, temp.resolve("other"), true);
    assertThat(other.measures().stream().filter(m -> !m.name().equals("worst-row")).toList())
        .isEqualTo(plain.measures().stream().filter(m -> !m.name().equals("worst-row")).toList());
    assertThat(other.arrays()).isEqualTo(plain.arrays());
    assertThat(other.rows()).isEqualTo(plain.rows());
    assertThat(other.verdicts()).isEqualTo(plain.verdicts());
  }

  /// A number has a standard error, or says why not.
  private static void errorsAreSaid(EvaluationResult result) {
    for (Measure measure : result.measures()) {
      String definition = measure.definition();
      if (measure.errorMethod().equals("none")) {
        assertThat(definition).as(measure.name()).contains("no standard error");
      } else if (measure.n() > 3 && Double.isFinite(measure.value())) {
        assertThat(measure.standardError()).as(measure.name()).isFinite();
      }
    }
  }

  private static void check(Case golden, Path temp) throws IOException {
    JsonNode node = golden.node();
    Objective objective = Objectives.get(golden.objective());
    Descriptor descriptor = objective.descriptor();
    EvaluationResult result = evaluate(golden, temp, false);
    if (FAMILIES.contains(descriptor.family())) {
      errorsAreSaid(result);
    }
    JsonNode rows = node.path("rows");
    double tolerance = node.path("relative").asDouble(1e-13);
    double floor = node.path("absolute").asDouble(0);
    for (String name : node.path("measures").propertyNames()) {
      Measure measure = result.measure(name);
      assertThat(measure).as("measure %s", name).isNotNull();
      close(name, measure.value(), node.get("measures").get(name), tolerance, floor);
    }
    for (String name : node.path("errors").propertyNames()) {
      Measure measure = result.measure(name);
      assertThat(measure).as("measure %s", name).isNotNull();
      close("se of " + name, measure.standardError(), node.get("errors").get(name), 1e-9, floor);
    }
    for (String name : node.path("arrays").propertyNames()) {
      List<Double> values =
          result.arrays().stream()
              .filter(a -> a.name().equals(name))
              .map(ArrayMeasure::values)
              .findFirst()
              .orElseThrow(() -> new AssertionError("no array " + name));
      JsonNode expected = node.get("arrays").get(name);
      assertThat(values).hasSize(expected.size());
      for (int i = 0; i < values.size(); i++) {
        close(name + "[" + i + "]", values.get(i), expected.get(i), tolerance, floor);
      }
    }
    for (int i = 0; i < node.path("groups").size(); i++) {
      groups(result.breakdowns().get(i), node.get("groups").get(i), tolerance, floor);
    }
    for (String name : rows.propertyNames()) {
      String set =
          descriptor.outputs().stream()
              .filter(o -> o.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no output " + name))
              .set();
      String file = result.inputs().size() == 1 ? "case.arrow" : "case-" + set + ".arrow";
      Double[] values = read(temp.resolve(file), name);
      List<JsonNode> expected = flat(rows.get(name));
      assertThat(values).as(name).hasSize(expected.size());
      for (int i = 0; i < values.length; i++) {
        String what = name + "[" + i + "]";
        if (expected.get(i).isNull()) {
          assertThat(values[i]).as(what).isNull();
        } else {
          assertThat(values[i]).as(what).isNotNull();
          close(what, values[i], expected.get(i), tolerance, floor);
        }
      }
    }
  }

  /// @param scrambled whether to give the rows backwards, in two files and small batches
  private static EvaluationResult evaluate(Case golden, Path temp, boolean scrambled)
      throws IOException {
    Files.createDirectories(temp);
    Evaluation.Builder builder = Evaluation.builder().hashInputs(false).output(temp, false);
    Task task = prepare(golden, temp, builder, scrambled);
    JsonNode rows = golden.node().path("rows");
    if (!rows.isMissingNode()) {
      List<String> outputs = new ArrayList<>();
      rows.propertyNames().forEach(outputs::add);
      task = task.outputs(outputs).rows("arrow");
    }
    for (JsonNode by : golden.node().path("by")) {
      task = task.by(bins(by));
    }
    if (scrambled) {
      builder.threads(2).batchRows(3);
    }
    return Objects.requireNonNull(builder.evaluate(task).build().run().evaluation("case"));
  }

  /// Writes the input of a case as files, and says what to evaluate.
  public static Task prepare(Case golden, Path temp, Evaluation.Builder builder) {
    return prepare(golden, temp, builder, false);
  }

  private static Task prepare(
      Case golden, Path temp, Evaluation.Builder builder, boolean scrambled) {
    JsonNode node = golden.node();
    Descriptor descriptor = Objectives.get(golden.objective()).descriptor();
    Task task = Task.of(descriptor.id()).named("case");
    for (RowSet set : descriptor.sets()) {
      JsonNode columns = node.get("sets").get(set.name());
      if (columns != null) {
        Path file = temp.resolve(set.name() + ".arrow");
        String dtype = node.path("dtype").asString("float64");
        List<Column> data = columns(set, columns, dtype);
        if (scrambled) {
          Path second = temp.resolve(set.name() + "-2.arrow");
          int half = data.getFirst().rows() / 2;
          write(file, data, data.getFirst().rows() - 1, half - 1);
          write(second, data, half - 1, -1);
          builder.data(set.name(), file.toString(), second.toString());
        } else {
          write(file, data);
          builder.data(set.name(), file.toString());
        }
        task = task.on(set.name(), set.name());
        for (String role : columns.propertyNames()) {
          task = task.column(set.name() + "." + role, names(role, columns.get(role)));
        }
      }
    }
    for (String name : node.path("parameters").propertyNames()) {
      task = task.parameter(name, node.get("parameters").get(name).asString());
    }
    builder.policy(
        Policy.valueOf(node.path("policy").asString("fail").toUpperCase(java.util.Locale.ROOT)));
    return task;
  }

  /// A role of several columns is given as an object of them, any other as its values.
  private static List<String> names(String role, JsonNode values) {
    return values.isObject() ? List.copyOf(values.propertyNames()) : List.of(role);
  }

  /// As a plan says them, but that bins of equal width without a range are over that of the data.
  private static Bins bins(JsonNode by) {
    ObjectNode bins = (ObjectNode) by.deepCopy();
    if (by.path("rule").asString("").equals("equal-width") && !by.has("range")) {
      bins.put("range", "data");
    }
    return BinsCodec.read(JsonText.parse(bins.toString()));
  }

  private static void groups(
      Breakdown breakdown, JsonNode expected, double relative, double floor) {
    assertThat(breakdown.groups()).as(breakdown.by()).hasSize(expected.size());
    for (int g = 0; g < expected.size(); g++) {
      Breakdown.Group group = breakdown.groups().get(g);
      JsonNode node = expected.get(g);
      if (node.has("label")) {
        assertThat(group.label()).isEqualTo(node.get("label").asString());
      }
      assertThat(group.rows().used()).as(group.label()).isEqualTo(node.get("n").asLong());
      close("lower", group.lower(), node.get("lower"), relative, floor);
      close("upper", group.upper(), node.get("upper"), relative, floor);
      for (String name : node.path("measures").propertyNames()) {
        Measure measure =
            group.measures().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
        JsonNode values = node.get("measures").get(name);
        close(name, measure.value(), values.get(0), relative, floor);
        if (values.size() > 1) {
          close("se of " + name, measure.standardError(), values.get(1), 1e-9, floor);
        }
      }
    }
  }

  private static void close(
      String what, double found, JsonNode expected, double relative, double floor) {
    double value = number(expected);
    if (Double.isNaN(value)) {
      assertThat(found).as(what).isNaN();
    } else if (Double.isInfinite(value) || found == value) {
      assertThat(found).as(what).isEqualTo(value);
    } else {
      assertThat(Math.abs(found - value))
          .as("%s: found %s, expected %s", what, found, value)
          .isLessThanOrEqualTo(Math.max(relative * Math.abs(value), floor));
    }
  }

  /// JSON has no NaN and no infinities: they are written as text.
  private static double number(JsonNode node) {
    return node.isString() ? Double.parseDouble(node.asString()) : node.doubleValue();
  }

  private static List<JsonNode> flat(JsonNode node) {
    List<JsonNode> values = new ArrayList<>();
    for (JsonNode element : node) {
      if (element.isArray()) {
        values.addAll(flat(element));
      } else {
        values.add(element);
      }
    }
    return values;
  }

  private static List<Column> columns(RowSet set, JsonNode columns, String dtype) {
    List<Column> result = new ArrayList<>();
    for (String name : columns.propertyNames()) {
      Role role =
          set.roles().stream()
              .filter(r -> r.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no role " + name));
      DType type =
          role.kind() != Role.Kind.NUMBER
              ? DType.INT64
              : dtype.equals("float32") ? DType.FLOAT32 : DType.FLOAT64;
      JsonNode values = columns.get(name);
      for (String column : names(name, values)) {
        result.add(column(column, role, type, values.isObject() ? values.get(column) : values));
      }
    }
    return result;
  }

  private static void write(Path file, List<Column> columns) {
    try (Sink sink = Sinks.create(file, schema(columns), false)) {
      sink.write(new Batch(0, columns.getFirst().rows(), columns, () -> {}));
      sink.commit();
    }
  }

  /// Writes rows `from` down to `to`, which is not written.
  private static void write(Path file, List<Column> columns, int from, int to) {
    try (Sink sink = Sinks.create(file, schema(columns), false)) {
      for (int i = from; i > to; i--) {
        int row = i;
        sink.write(new Batch(0, 1, columns.stream().map(c -> c.slice(row, 1)).toList(), () -> {}));
      }
      sink.commit();
    }
  }

  private static List<ColumnType> schema(List<Column> columns) {
    return columns.stream().map(Column::describe).toList();
  }

  private static Column column(String name, Role role, DType type, JsonNode values) {
    if (!values.isEmpty() && role.kind() == Role.Kind.ID && values.get(0).isString()) {
      List<String> texts = new ArrayList<>();
      values.forEach(text -> texts.add(text.asString()));
      return new TextColumn(name, texts.size(), texts, Validity.ALL);
    }
    List<JsonNode> elements = flat(values);
    MemorySegment data = memory(type, elements);
    int rows = values.size();
    return switch (role.shape()) {
      case SCALAR -> new ScalarColumn(name, type, rows, data, Validity.ALL);
      case VECTOR ->
          new VectorColumn(
              name,
              type,
              rows,
              rows == 0 ? 1 : elements.size() / rows,
              data,
              Validity.ALL,
              Validity.ALL);
      case SEQUENCE -> {
        long[] offsets = new long[rows + 1];
        for (int i = 0; i < rows; i++) {
          offsets[i + 1] = offsets[i] + values.get(i).size();
        }
        yield new SequenceColumn(name, type, rows, offsets, 0, data, Validity.ALL, Validity.ALL);
      }
    };
  }

  private static MemorySegment memory(DType type, List<JsonNode> elements) {
    return switch (type) {
      case FLOAT32 -> {
        float[] values = new float[elements.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) number(elements.get(i));
        }
        yield MemorySegment.ofArray(values);
      }
      case INT64 -> MemorySegment.ofArray(elements.stream().mapToLong(JsonNode::asLong).toArray());
      default -> MemorySegment.ofArray(elements.stream().mapToDouble(GoldenTest::number).toArray());
    };
  }

  /// The elements of a column; those of null rows are null.
  private static Double[] read(Path file, String column) {
    try (DataSet data = DataSet.of(file.toString());
        Cursor cursor = data.read(List.of(column), Integer.MAX_VALUE);
        Batch batch = Objects.requireNonNull(cursor.next())) {
      return switch (Objects.requireNonNull(batch.column(column))) {
        case ScalarColumn s -> doubles(s, s.validity(), 1);
        case VectorColumn v ->
            doubles(
                new ScalarColumn(v.name(), v.type(), v.rows() * v.width(), v.data(), Validity.ALL),
                v.validity(),
                v.width());
        case Column other -> throw new AssertionError(other.describe().signature());
      };
    }
  }

  private static Double[] doubles(ScalarColumn column, Validity rows, int width) {
    Double[] values = new Double[column.rows()];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.isValid(i / width) ? (Double) column.getDouble(i) : null;
    }
    return values;
  }
}
