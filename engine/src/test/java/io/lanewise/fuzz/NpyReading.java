package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A second reader of `.npy` arrays, as plain as can be: one element at a time.
final class NpyReading {
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-zA-Z]\\d+)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L,\\s]*)\\)");

  private final ByteBuffer data;
  private final String kind;

  private NpyReading(ByteBuffer data, String kind) {
    this.data = data;
    this.kind = kind;
  }

  /// The rows of an array.
  ///
  /// @throws RuntimeException if it is none that this reader knows
  static List<@Nullable Object> read(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int version = bytes[6];
    int begin = version == 1 ? 10 : 12;
    int length = version == 1 ? buffer.getShort(8) & 0xFFFF : buffer.getInt(8);
    String header = new String(bytes, begin, length, version == 3 ? UTF_8 : ISO_8859_1);
    Matcher descr = find(DESCR, header);
    boolean fortran = find(ORDER, header).group(1).equals("True");
    int[] shape =
        Stream.of(find(SHAPE, header).group(1).replace("L", "").split(","))
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    ByteBuffer data = buffer.slice(begin + length, bytes.length - begin - length);
    data.order(descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    return new NpyReading(data, descr.group(2)).rows(shape, fortran);
  }

  /// The rows of numbers in C order.
  ///
  /// @param kind NumPy's letter and the bytes of an element
  static List<@Nullable Object> rows(ByteBuffer data, String kind, int[] shape) {
    return new NpyReading(data, kind).rows(shape, false);
  }

  private static Matcher find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalArgumentException(text);
    }
    return matcher;
  }

  private List<@Nullable Object> rows(int[] shape, boolean fortran) {
    int width = 1;
    for (int d = 1; d < shape.length; d++) {
      width *= shape[d];
    }
    List<@Nullable Object> rows = new ArrayList<>();
    for (int row = 0; row < shape[0]; row++) {
      if (shape.length == 1) {
        rows.add(element(row));
        continue;
      }
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        values.add(element(fortran ? fortranPlace(shape, row, i) : row * width + i));
      }
      rows.add(values);
    }
    return rows;
  }

  /// Where element `i` of a row, counted in C order, lies when the first dimension varies fastest.
  private static int fortranPlace(int[] shape, int row, int i) {
    int[] index = new int[shape.length];
    index[0] = row;
    for (int d = shape.length - 1; d > 0; d--) {
      index[d] = i % shape[d];
      i /= shape[d];
    }
    int place = 0;
    for (int d = shape.length - 1; d >= 0; d--) {
      place = place * shape[d] + index[d];
    }
    return place;
  }

  private Object element(int i) {
    return switch (kind) {
      case "b1" -> data.get(i) == 0 ? 0 : 1;
      case "i1" -> (int) data.get(i);
      case "u1" -> data.get(i) & 0xFF;
      case "i2" -> (int) data.getShort(2 * i);
      case "u2" -> data.getShort(2 * i) & 0xFFFF;
      case "i4" -> data.getInt(4 * i);
      case "u4" -> data.getInt(4 * i) & 0xFFFF_FFFFL;
      case "i8" -> data.getLong(8 * i);
      case "u8" -> {
        if (data.getLong(8 * i) < 0) {
          throw new ArithmeticException();
        }
        yield data.getLong(8 * i);
      }
      case "f2" -> Float.float16ToFloat(data.getShort(2 * i));
      case "f4" -> data.getFloat(4 * i);
      case "f8" -> data.getDouble(8 * i);
      case "V2" -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
      default -> text(i, Integer.parseInt(kind.substring(1)));
    };
  }

  private String text(int row, int width) {
    StringBuilder text = new StringBuilder();
    int zeros = 0;
    for (int i = 0; i < width; i++) {
      int c = data.getInt(4 * (row * width + i));
      if (c == 0) {
        zeros++;
      } else {
        text.append("\0".repeat(zeros)).appendCodePoint(c);
        zeros = 0;
      }
    }
    return text.toString();
  }
}
