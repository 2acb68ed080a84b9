package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Safetensors files: headers with one thing wrong, and plain damage. The other reader finds the
/// tensors of a header by a pattern, and decodes them one element at a time.
final class SafetensorsTarget implements Target {
  /// Each type by the name that NumPy gives it.
  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("F64", "f8"),
          Map.entry("F32", "f4"),
          Map.entry("F16", "f2"),
          Map.entry("BF16", "V2"),
          Map.entry("I64", "i8"),
          Map.entry("I32", "i4"),
          Map.entry("I16", "i2"),
          Map.entry("I8", "i1"),
          Map.entry("U64", "u8"),
          Map.entry("U32", "u4"),
          Map.entry("U16", "u2"),
          Map.entry("U8", "u1"),
          Map.entry("BOOL", "b1"));

  private static final List<String> TYPES = KINDS.keySet().stream().sorted().toList();
  private static final String[] ODD_TYPES = {"F8_E4M3", "F4", "f32", "", "C64", "\\u0046\\u00332"};
  private static final String[] NUMBERS = {
    "0",
    "1",
    "2",
    "7",
    "2147483647",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "-1",
    "1.0",
    "1e2",
    "\"2\"",
    "null",
    "[]",
    "01",
    ""
  };

  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Pattern TENSOR =
      Pattern.compile(
          "\"([^\"\\\\]*)\":\\{\"dtype\":\"(\\w+)\",\"shape\":\\[([0-9,]*)],"
              + "\"data_offsets\":\\[(\\d+),(\\d+)]}");

  /// What is left of a header without its tensors, if the pattern finds them all.
  private static final Pattern REST =
      Pattern.compile("\\{,*(\"__metadata__\":\\{\"format\":\"pt\"})?,*}\\s*");

  @Override
  public String name() {
    return "safetensors";
  }

  @Override
  public byte[] mutant(Random random) {
    List<String> tensors = new ArrayList<>();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      tensors.add(tensor(i, random, data));
    }
    if (random.nextInt(4) == 0) {
      tensors.add(random.nextInt(tensors.size() + 1), "\"__metadata__\":{\"format\":\"pt\"}");
    }
    String header = "{" + String.join(",", tensors) + "}";
    header =
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> oneNumber(header, random);
          case 3 -> oddHeader(header, tensors, random);
          default -> header;
        };
    byte[] bytes = assembled(header, data.toByteArray());
    return switch (random.nextInt(8)) {
      case 0 -> {
        Damage.number(bytes, 0, 8, random);
        yield bytes;
      }
      case 1, 2 -> {
        Damage.number(bytes, 0, bytes.length, random);
        yield bytes;
      }
      case 3 -> Damage.pieces(bytes, random);
      default -> bytes;
    };
  }

  private static String tensor(int i, Random random, ByteArrayOutputStream data) {
    boolean odd = random.nextInt(20) == 0;
    String type =
        odd ? ODD_TYPES[random.nextInt(ODD_TYPES.length)] : TYPES.get(random.nextInt(TYPES.size()));
    int[] shape = random.ints(random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(3), 1, 6).toArray();
    if (shape.length > 0 && random.nextInt(12) == 0) {
      shape[random.nextInt(shape.length)] = 0;
    }
    int begin = data.size();
    int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    byte[] values = new byte[size * (odd ? 1 : KINDS.getOrDefault(type, "u1").charAt(1) - '0')];
    random.nextBytes(values);
    if (type.equals("U64")) {
      // Mostly below 2^63.
      for (int k = 7; k < values.length && random.nextInt(9) > 0; k += 8) {
        values[k] &= 0x7F;
      }
    }
    data.writeBytes(values);
    String name = random.nextInt(16) == 0 ? "ü \uD83D\uDE00" : "layer." + i;
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, type, Arrays.toString(shape).replace(" ", ""), begin, data.size());
  }

  /// One number of the header is another.
  private static String oneNumber(String header, Random random) {
    List<MatchResult> numbers = NUMBER.matcher(header).results().toList();
    MatchResult number = numbers.get(random.nextInt(numbers.size()));
    String other =
        random.nextBoolean()
            ? NUMBERS[random.nextInt(NUMBERS.length)]
            : Long.toString(Long.parseLong(number.group()) + random.nextInt(-9, 10));
    return header.substring(0, number.start()) + other + header.substring(number.end());
  }

  private static String oddHeader(String header, List<String> tensors, Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> header.replace("\"", "'");
      case 1 -> header.replace(",", " ,\n ");
      case 2 -> header.replace("dtype", "type");
      case 3 -> header.replaceFirst("\"dtype\"", "\"dtype\":\"F32\",\"dtype\"");
      case 4 -> header.replaceFirst("\"shape\"", "\"shape\":[1],\"more\":{\"a\":[1]},\"shape\"");
      case 5 -> header + header;
      case 6 -> header.replaceFirst("\\{", "{" + tensors.getLast() + ",");
      case 7 -> "[" + header + "]";
      case 8 -> header.replaceFirst("\\[", "[".repeat(random.nextInt(2000)));
      default -> header.substring(0, random.nextInt(header.length()));
    };
  }

  private static byte[] assembled(String header, byte[] data) {
    byte[] text = header.getBytes(UTF_8);
    int padded = Math.ceilDiv(text.length, 8) * 8;
    ByteBuffer bytes = ByteBuffer.allocate(8 + padded + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(text);
    while (bytes.position() < 8 + padded) {
      bytes.put((byte) ' ');
    }
    return bytes.put(data).array();
  }

  @Override
  public Rows read(Path file, Random random) {
    // Tensors of one file may have different lengths.
    return Rows.read(file, random.nextBoolean() ? 100 : 2, true);
  }

  @Override
  public @Nullable Rows independent(Path file, byte[] bytes, Rows ours) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(buffer.getLong(0));
    String header = new String(bytes, 8, length, UTF_8);
    if (!REST.matcher(TENSOR.matcher(header).replaceAll("")).matches()) {
      return null;
    }
    Map<String, List<@Nullable Object>> columns = new LinkedHashMap<>();
    for (MatchResult tensor : TENSOR.matcher(header).results().toList()) {
      String kind = KINDS.get(tensor.group(2));
      int[] shape =
          Pattern.compile(",")
              .splitAsStream(tensor.group(3))
              .filter(text -> !text.isEmpty())
              .mapToInt(Integer::parseInt)
              .toArray();
      long width =
          Arrays.stream(shape)
              .skip(1)
              .mapToLong(d -> d)
              .reduce(1, (a, b) -> Math.multiplyExact(a, b));
      if (kind == null || shape.length == 0 || width == 0 || width > Integer.MAX_VALUE) {
        // Columns that are listed, but not read.
        continue;
      }
      int begin = Integer.parseInt(tensor.group(4));
      ByteBuffer data =
          buffer
              .slice(8 + length + begin, Integer.parseInt(tensor.group(5)) - begin)
              .order(ByteOrder.LITTLE_ENDIAN);
      if (columns.put(tensor.group(1), NpyReading.rows(data, kind, shape)) != null) {
        throw new IllegalArgumentException(header);
      }
    }
    return Rows.of(columns);
  }
}
