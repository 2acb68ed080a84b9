package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every command line and every plan of the pages of four families runs: over the rows of a golden
/// case of its objective, written to files of the names and with the columns that it asks for.
class DocsCommandsTest {
  private static final Path ROOT = Path.of("..");
  private static final List<String> FAMILIES =
      List.of("likelihood", "variational", "adversarial", "flow");
  private static final Pattern FILE = Pattern.compile("[\\w-]+\\.(arrow|parquet|npz|npy)");
  private static final Pattern PLAN = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COLUMNS = Pattern.compile("columns: \\{(.*?)}\\n");

  /// What a page says, and what it takes to run it.
  ///
  /// @param files data file by set of rows
  /// @param columns role to column, several separated by commas
  private record Example(
      String text, String objective, Map<String, String> files, Map<String, String> columns) {
    @Override
    public String toString() {
      return text;
    }
  }

  static Stream<Example> commands() {
    return pages()
        .flatMap(String::lines)
        .filter(l -> l.startsWith("    lanewise "))
        .map(line -> {
          List<String> words = List.of(line.strip().split(" +"));
          Descriptor objective = Objectives.get(words.get(1)).descriptor();
          Map<String, String> files = new LinkedHashMap<>();
          Map<String, String> columns = new LinkedHashMap<>();
          for (RowSet set : objective.sets()) {
            boolean single = objective.sets().size() == 1;
            files.put(set.name(), words.get(single ? 2 : words.indexOf("--" + set.name()) + 1));
            for (Role role : set.roles()) {
              int named = words.indexOf("--" + role.name());
              boolean parameter = named >= 0 && FILE.matcher(words.get(named + 1)).matches();
              if (named >= 0 && !parameter) {
                columns.put(role.name(), words.get(named + 1));
              }
            }
          }
          return new Example(line.strip(), objective.id(), files, columns);
        });
  }

  static Stream<Example> plans() {
    return pages()
        .flatMap(page -> PLAN.matcher(page).results())
        .map(match -> {
          String text = match.group(1);
          Descriptor objective = Objectives.get(value(text, "objective")).descriptor();
          String data = value(text, "data");
          Map<String, String> files = new LinkedHashMap<>();
          for (RowSet set : objective.sets()) {
            files.put(
                set.name(),
                data.startsWith("{")
                    ? pairs(data.substring(1, data.length() - 1)).get(set.name())
                    : data);
          }
          Matcher columns = COLUMNS.matcher(text);
          return new Example(
              text, objective.id(), files, columns.find() ? pairs(columns.group(1)) : Map.of());
        });
  }

  private static Stream<String> pages() {
    return FAMILIES.stream()
        .map(family -> {
          try {
            return Files.readString(ROOT.resolve("docs/objectives/" + family + ".md"));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static String value(String plan, String key) {
    Matcher matcher = Pattern.compile(key + ": (.*)").matcher(plan);
    assertThat(matcher.find()).as("%s in %s", key, plan).isTrue();
    return matcher.group(1);
  }

  /// `a: b, c: [d, e]` as a map; a list becomes `d,e`.
  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    Matcher matcher = Pattern.compile("([\\w-]+): (\\[.*?]|[\\w-]+)").matcher(text);
    while (matcher.find()) {
      pairs.put(matcher.group(1), matcher.group(2).replaceAll("[\\[\\] ]", ""));
    }
    return pairs;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void commandRuns(Example example, @TempDir Path folder) throws IOException {
    runs(
        example,
        folder,
        here ->
            Arrays.stream(example.text().split(" +"))
                .skip(1)
                .map(word ->
                    FILE.matcher(word).matches() || word.equals("out")
                        ? here.resolve(word).toString()
                        : word)
                .toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("plans")
  void planRuns(Example example, @TempDir Path folder) throws IOException {
    runs(
        example,
        folder,
        here -> {
          StringBuilder plan = new StringBuilder("lanewise: 1\ndata:\n");
          example.files().values().stream()
              .distinct()
              .forEach(name -> plan.append("  %s: %s.arrow%n".formatted(name, name)));
          plan.append("evaluate:\n").append(example.text().indent(2));
          Path file = Files.writeString(here.resolve("plan.yaml"), plan);
          return new String[] {"run", file.toString(), "-o", here.resolve("report").toString()};
        });
  }

  private interface CommandLine {
    String[] in(Path folder) throws IOException;
  }

  /// Runs it over the rows of the first golden case that it can be run over.
  private static void runs(Example example, Path folder, CommandLine command) throws IOException {
    List<String> failures = new ArrayList<>();
    int tried = 0;
    for (JsonNode node : cases(example.objective())) {
      Path here = Files.createDirectory(folder.resolve("case" + tried++));
      if (!write(example, node, here)) {
        continue;
      }
      Shell shell = Shell.run(Objectives.all(), command.in(here));
      if (shell.exitCode() == ExitCode.DONE) {
        assertThat(shell.err()).isEmpty();
        assertThat(shell.out()).isNotBlank();
        return;
      }
      failures.add(node.get("name").asString() + ": " + shell.err());
      if (shell.exitCode() == 70) {
        break;
      }
    }
    throw new AssertionError("no golden case runs: " + failures);
  }

  private static List<JsonNode> cases(String objective) throws IOException {
    List<JsonNode> cases = new ArrayList<>();
    for (String family : FAMILIES) {
      List<Path> files;
      try (Stream<Path> all = Files.list(ROOT.resolve("data/golden/" + family))) {
        files = all.filter(f -> f.toString().endsWith(".golden.json")).sorted().toList();
      }
      for (Path file : files) {
        for (JsonNode node : JsonMapper.shared().readTree(file).get("cases")) {
          if (Objectives.get(node.get("objective").asString())
              .descriptor()
              .id()
              .equals(objective)) {
            cases.add(node);
          }
        }
      }
    }
    JsonMapper.shared()
        .readTree(ROOT.resolve("data/golden/core/core.golden.json"))
        .get("cases")
        .forEach(node -> {
          if (Objectives.get(node.get("objective").asString())
              .descriptor()
              .id()
              .equals(objective)) {
            cases.add(node);
          }
        });
    return cases;
  }

  /// @return whether the case has what the example asks for
  private static boolean write(Example example, JsonNode golden, Path folder) {
    Map<String, List<Column>> files = new LinkedHashMap<>();
    for (RowSet set : Objectives.get(example.objective()).descriptor().sets()) {
      JsonNode values = golden.get("sets").get(set.name());
      String file = example.files().get(set.name());
      if (values == null || file == null) {
        return false;
      }
      List<Column> columns = files.computeIfAbsent(file, name -> new ArrayList<>());
      for (Role role : set.roles()) {
        String[] names = example.columns().getOrDefault(role.name(), role.name()).split(",");
        JsonNode given = values.get(role.name());
        boolean asked = example.columns().containsKey(role.name());
        if (given == null || given.isObject() != names.length > 1) {
          if (asked || role.required()) {
            return false;
          }
        } else if (given.isObject()) {
          List<String> parts = List.copyOf(given.propertyNames());
          IntStream.range(0, names.length)
              .forEach(i -> columns.add(column(names[i], role, given.get(parts.get(i)))));
        } else if (asked || !file.endsWith(".npy")) {
          columns.add(column(names[0], role, given));
        }
      }
    }
    files.forEach((file, columns) -> {
      Path path = folder.resolve(FILE.matcher(file).matches() ? file : file + ".arrow");
      try (Sink sink = Sinks.create(path, columns.stream().map(Column::describe).toList(), false)) {
        sink.write(new Batch(0, columns.getFirst().rows(), columns, () -> {}));
        sink.commit();
      }
    });
    return true;
  }

  private static Column column(String name, Role role, JsonNode values) {
    int rows = values.size();
    if (role.kind() == Role.Kind.ID && values.get(0).isString()) {
      List<String> texts = new ArrayList<>();
      values.forEach(text -> texts.add(text.asString()));
      return new TextColumn(name, rows, texts, Validity.ALL);
    }
    List<JsonNode> elements = flat(values);
    boolean integer = role.kind() != Role.Kind.NUMBER;
    DType type = integer ? DType.INT64 : DType.FLOAT64;
    MemorySegment data =
        integer
            ? offHeap(
                MemorySegment.ofArray(elements.stream().mapToLong(JsonNode::asLong).toArray()))
            : offHeap(
                MemorySegment.ofArray(
                    elements.stream().mapToDouble(DocsCommandsTest::number).toArray()));
    return switch (role.shape()) {
      case SCALAR -> new ScalarColumn(name, type, rows, data, Validity.ALL);
      case VECTOR ->
          new VectorColumn(
              name, type, rows, elements.size() / rows, data, Validity.ALL, Validity.ALL);
      case SEQUENCE -> {
        long[] offsets = new long[rows + 1];
        for (int i = 0; i < rows; i++) {
          offsets[i + 1] = offsets[i] + values.get(i).size();
        }
        yield new SequenceColumn(name, type, rows, offsets, 0, data, Validity.ALL, Validity.ALL);
      }
    };
  }

  private static MemorySegment offHeap(MemorySegment data) {
    return Arena.ofAuto()
        .allocate(Math.max(1, data.byteSize()), 8)
        .asSlice(0, data.byteSize())
        .copyFrom(data);
  }

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
}
