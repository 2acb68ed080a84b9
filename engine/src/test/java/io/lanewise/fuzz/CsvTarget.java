package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CSV files of cells of all kinds, and damaged ones. The other reader splits them character by
/// character; the type of a column, which is a matter of rules, it takes from ours.
final class CsvTarget implements Target {
  private static final String[] NUMBERS = {
    "0",
    "1",
    "-1",
    "1.5",
    "-0",
    "-0.0",
    "1e3",
    "1E-400",
    "1e400",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "+inf",
    "Infinity",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "007",
    "+5",
    " 7",
    "8 ",
    "1_000",
    "0x10",
    ".5",
    "5.",
    "1,5",
    "--1",
    "1e",
    "16777217",
    "0.1"
  };
  private static final String[] WORDS = {
    "",
    "\"\"",
    "a",
    "b c",
    " padded ",
    "\"quoted\"",
    "\"with, comma\"",
    "\"two\nlines\"",
    "\"a \"\"word\"\"\"",
    "NA",
    "n/a",
    "null",
    "None",
    "<NA>",
    "#N/A",
    "true",
    "false",
    "True",
    "t",
    "no",
    "ü",
    "\uD83D\uDE00",
    "\\N",
    "#",
    "'",
    "\"",
    "a\"b",
    "\u0000",
    "\t",
    "2020-01-01",
    "12:30",
    "\uFEFF",
    "\u00A0"
  };
  private static final Set<String> MISSING = Set.of("na", "n/a", "#n/a", "<na>", "null", "none");

  private final OpenFolder folder = new OpenFolder();

  @Override
  public String name() {
    return "csv";
  }

  @Override
  public byte[] mutant(Random random) {
    String separator = random.nextInt(3) == 0 ? ";" : random.nextInt(4) == 0 ? "\t" : ",";
    String end = random.nextInt(4) == 0 ? "\r\n" : "\n";
    int columns = 1 + random.nextInt(4);
    int[] kinds = random.ints(columns, 0, 6).toArray();
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < columns; c++) {
      text.append(c == 0 ? "" : separator).append((char) ('a' + c));
    }
    int rows = random.nextInt(8);
    for (int r = 0; r < rows; r++) {
      text.append(end);
      int cells = random.nextInt(40) == 0 ? columns + random.nextInt(-1, 2) : columns;
      for (int c = 0; c < cells; c++) {
        text.append(c == 0 ? "" : separator).append(cell(kinds[c % columns], random));
      }
    }
    text.append(random.nextInt(4) == 0 ? "" : end);
    byte[] bytes = text.toString().getBytes(UTF_8);
    return switch (random.nextInt(6)) {
      case 0 -> {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        yield bytes;
      }
      case 1 -> Damage.pieces(bytes, random);
      default -> bytes;
    };
  }

  /// Most columns are of one kind, as real ones are.
  private static String cell(int kind, Random random) {
    return switch (kind) {
      case 0 -> Integer.toString(random.nextInt(-100, 100));
      case 1 -> Double.toString(random.nextGaussian());
      case 2 -> NUMBERS[random.nextInt(NUMBERS.length)];
      case 3 -> WORDS[random.nextInt(WORDS.length)];
      case 4 -> random.nextInt(4) == 0 ? "" : NUMBERS[random.nextInt(9)];
      default -> random.nextBoolean() ? "true" : "false";
    };
  }

  @Override
  public Rows read(Path file, Random random) {
    folder.keep(file);
    return Rows.read(file, random.nextBoolean() ? 100 : 3, false);
  }

  @Override
  public @Nullable Rows independent(Path file, byte[] bytes, Rows ours) throws IOException {
    String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    int line = text.indexOf('\n') < 0 ? text.length() : text.indexOf('\n');
    String header = text.substring(0, line);
    char separator = header.contains("\t") ? '\t' : header.contains(";") ? ';' : ',';
    if (header.contains("\"") || header.chars().filter(c -> c == ',' || c == ';').count() > 9) {
      return null;
    }
    List<List<String>> lines = split(text, separator);
    List<String> names = lines.removeFirst();
    Map<String, List<@Nullable Object>> columns = new LinkedHashMap<>();
    for (int c = 0; c < names.size(); c++) {
      List<@Nullable Object> column = ours.columns().get(names.get(c));
      if (column == null) {
        return null;
      }
      Object first = column.stream().filter(value -> value != null).findFirst().orElse("");
      List<@Nullable Object> values = new ArrayList<>();
      for (List<String> cells : lines) {
        if (cells.size() != names.size()) {
          throw new IllegalArgumentException(cells.toString());
        }
        values.add(value(cells.get(c), first, separator == ';'));
      }
      columns.put(names.get(c), values);
    }
    return Rows.of(columns);
  }

  /// Cells as they stand there, quotes included; lines without anything are none, but for a file of
  /// one column, where they are empty cells.
  private static List<List<String>> split(String text, char separator) {
    List<List<String>> lines = new ArrayList<>();
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? '\n' : text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      }
      if (quoted && i < text.length() || c != separator && c != '\n' && c != '\r') {
        cell.append(c);
        continue;
      }
      cells.add(cell.toString());
      cell.setLength(0);
      if (c != separator) {
        if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
          i++;
        }
        boolean oneColumn = !lines.isEmpty() && lines.getFirst().size() == 1;
        if (cells.size() > 1 || !cells.getFirst().isEmpty() || (oneColumn && i < text.length())) {
          lines.add(cells);
        }
        cells = new ArrayList<>();
      }
    }
    return lines;
  }

  private static @Nullable Object value(String cell, Object like, boolean decimalComma) {
    if (cell.isEmpty()) {
      return null;
    }
    boolean quoted = cell.length() > 1 && cell.startsWith("\"") && cell.endsWith("\"");
    String text = quoted ? cell.substring(1, cell.length() - 1).replace("\"\"", "\"") : cell;
    if (like instanceof String) {
      if (!quoted && text.contains("\"")) {
        throw new IllegalArgumentException(cell);
      }
      return text;
    }
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (MISSING.contains(word)) {
      return null;
    }
    if (like instanceof Integer) {
      return switch (word) {
        case "true", "t", "1", "yes", "y" -> 1;
        case "false", "f", "0", "no", "n" -> 0;
        default -> throw new IllegalArgumentException(cell);
      };
    }
    if (like instanceof Long) {
      return Long.parseLong(word);
    }
    String number = decimalComma ? word.replace(',', '.') : word;
    return switch (number) {
      case "nan" -> Double.NaN;
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(number);
    };
  }

  @Override
  public void close() {
    folder.close();
  }
}
