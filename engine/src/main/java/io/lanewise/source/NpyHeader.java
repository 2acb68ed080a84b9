package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The header of a `.npy` array, format versions 1 to 3.
///
/// An array of N dimensions is read as rows along the first: one dimension gives scalars, more give
/// vectors of the product of the rest, flattened in C order. An array without dimensions has no
/// rows, and is refused.
///
/// @param place the file and the array, for messages
/// @param length bytes before the data
/// @param dtype NumPy's type string, or what stands in its place
/// @param element how numbers are stored; null for text and for what cannot be read
/// @param textWidth characters a text, 0 unless the array is text
/// @param swap whether the data is in the other byte order
/// @param fortran whether the first dimension varies fastest
/// @param shape the dimensions; meaningless if [#refusal] is not null
/// @param refusal why the array cannot be read, or null
record NpyHeader(
    String place,
    int length,
    String dtype,
    @Nullable Element element,
    int textWidth,
    boolean swap,
    boolean fortran,
    List<Long> shape,
    @Nullable String refusal) {

  /// The magic, the version and the length field, at most.
  static final int PREAMBLE = 12;

  /// Real headers take 128 bytes; structured types that cannot be read anyway can take more.
  private static final int MAX_LENGTH = 1 << 20;

  private static final int MAX_EMPTY_WIDTH = 1 << 20;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static boolean hasMagic(MemorySegment bytes) {
    return bytes.byteSize() >= 6
        && (bytes.get(JAVA_BYTE, 0) & 0xFF) == 0x93
        && new String(bytes.asSlice(1, 5).toArray(JAVA_BYTE), StandardCharsets.ISO_8859_1)
            .equals("NUMPY");
  }

  /// The bytes before the data, as the first [#PREAMBLE] bytes of a file say.
  static int lengthOf(String place, MemorySegment preamble) {
    if (!hasMagic(preamble) || preamble.byteSize() < 8) {
      throw new DataException(place, "found no NumPy magic, expected \\x93NUMPY");
    }
    int version = preamble.get(JAVA_BYTE, 6) & 0xFF;
    if (version < 1 || version > 3) {
      throw new DataException(
          place, "found .npy format version " + version + ", expected 1, 2 or 3");
    }
    int fixed = version == 1 ? 10 : 12;
    if (preamble.byteSize() < fixed) {
      throw new DataException(
          place, "found %d bytes, expected a header".formatted(preamble.byteSize()));
    }
    long rest =
        version == 1
            ? Short.toUnsignedLong(preamble.get(U16, 8))
            : Integer.toUnsignedLong(preamble.get(U32, 8));
    if (rest > MAX_LENGTH) {
      throw new DataException(
          place, "found a header of %d bytes, expected at most %d".formatted(rest, MAX_LENGTH));
    }
    return fixed + (int) rest;
  }

  /// Parses a header; `bytes` may go on beyond it.
  static NpyHeader parse(String place, MemorySegment bytes) {
    int length = lengthOf(place, bytes.asSlice(0, Math.min(PREAMBLE, bytes.byteSize())));
    if (length > bytes.byteSize()) {
      throw new DataException(
          place, "found %d bytes, expected a header of %d".formatted(bytes.byteSize(), length));
    }
    int version = bytes.get(JAVA_BYTE, 6);
    int fixed = version == 1 ? 10 : 12;
    String literal =
        new String(
            bytes.asSlice(fixed, length - fixed).toArray(JAVA_BYTE),
            version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    return new Literal(place, literal).header(length);
  }

  /// Rows, as [#column] counts them.
  long rows() {
    return shape.getFirst();
  }

  /// Bytes a row takes in the file.
  long rowBytes() {
    long bytes = element == null ? 4L * textWidth : element.bytes();
    return shape.size() < 2 ? bytes : bytes * width();
  }

  /// Bytes of data after the header.
  long dataBytes() {
    return rows() * rowBytes();
  }

  private int width() {
    long width = 1;
    for (int i = 1; i < shape.size(); i++) {
      width *= shape.get(i);
    }
    return Math.toIntExact(width);
  }

  /// The column that the array is read as.
  ///
  /// @throws DataException if it cannot be
  ColumnType column(String name) {
    if (refusal != null) {
      throw new DataException(place, refusal);
    }
    if (element == null) {
      return new ColumnType(name, Shape.SCALAR, DType.TEXT, 1);
    }
    return shape.size() < 2
        ? new ColumnType(name, Shape.SCALAR, element.type(), 1)
        : new ColumnType(name, Shape.VECTOR, element.type(), width());
  }

  /// The array's data as a column chunk.
  ///
  /// @param data exactly [#dataBytes]
  ColumnChunk chunk(ColumnType column, MemorySegment data) {
    if (element == null) {
      return new UnicodeChunk(column.name(), textWidth, swap, data);
    }
    // With one dimension, or one row, or one column, both orders are the same.
    if (!fortran || shape.size() < 2 || rows() == 0) {
      return new NumberChunk(
          column,
          element,
          swap,
          data,
          io.lanewise.batch.Validity.ALL,
          io.lanewise.batch.Validity.ALL);
    }
    long[] offsets = new long[column.width()];
    for (int c = 0; c < offsets.length; c++) {
      // c counts in C order: the last index varies fastest; in the file the first one does.
      long rest = c;
      long stride = dataBytes() / element.bytes();
      for (int d = shape.size() - 1; d > 0; d--) {
        stride /= shape.get(d);
        offsets[c] += (rest % shape.get(d)) * stride;
        rest /= shape.get(d);
      }
    }
    return new FortranChunk(column, element, swap, data, offsets);
  }

  /// Reads the Python dict that NumPy writes: three keys, a string, a boolean and a tuple.
  private static final class Literal {
    private final String place;
    private final String text;
    private int at;

    Literal(String place, String text) {
      this.place = place;
      this.text = text;
    }

    NpyHeader header(int length) {
      @Nullable String descr = null;
      @Nullable Boolean fortran = null;
      @Nullable List<Long> shape = null;
      expect('{');
      while (!next('}')) {
        String key = string();
        expect(':');
        switch (key) {
          case "descr" -> {
            if (descr != null) {
              throw malformed("descr once");
            }
            // Structured types are lists of fields. There is no telling where such a header goes
            // on.
            if (peek() == '[' || peek() == '(') {
              return refused(length, "structured array");
            }
            descr = string();
          }
          case "fortran_order" -> fortran = bool();
          case "shape" -> shape = tuple();
          default -> throw malformed("descr, fortran_order or shape, not " + key);
        }
        if (!next(',') && peek() != '}') {
          throw malformed("',' or '}'");
        }
      }
      if (!text.substring(at).isBlank()) {
        throw malformed("nothing more");
      }
      if (descr == null || fortran == null || shape == null) {
        throw malformed("descr, fortran_order and shape");
      }
      return typed(length, descr, fortran, shape);
    }

    private NpyHeader typed(int length, String descr, boolean fortran, List<Long> shape) {
      if (!descr.matches("[<>|=]?[a-zA-Z][0-9]{0,9}")) {
        return refused(length, withUnit(descr));
      }
      boolean hasOrder = !Character.isLetter(descr.charAt(0));
      boolean swap =
          hasOrder
              && (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                  ? descr.startsWith(">")
                  : descr.startsWith("<"));
      String kind = hasOrder ? descr.substring(1) : descr;
      @Nullable Element element =
          switch (kind) {
            case "b1" -> Element.BYTE_BOOL;
            case "i1" -> Element.INT8;
            case "u1" -> Element.UINT8;
            case "i2" -> Element.INT16;
            case "u2" -> Element.UINT16;
            case "i4" -> Element.INT32;
            case "u4" -> Element.UINT32;
            case "i8" -> Element.INT64;
            case "u8" -> Element.UINT64;
            case "f2" -> Element.FLOAT16;
            case "f4" -> Element.FLOAT32;
            case "f8" -> Element.FLOAT64;
            // How ml_dtypes, JAX and TensorFlow write bfloat16: as two bytes of no type.
            case "V2" -> Element.BFLOAT16;
            default -> null;
          };
      int textWidth = 0;
      if (element == null) {
        long width = kind.length() < 2 ? 0 : Long.parseLong(kind.substring(1));
        if (!kind.startsWith("U") || width < 1 || width > Integer.MAX_VALUE / 8) {
          return refused(length, described(kind, descr));
        }
        if (shape.size() > 1) {
          return refused(length, "array of texts with %d dimensions".formatted(shape.size()));
        }
        textWidth = (int) width;
      }
      if (shape.isEmpty()) {
        return new NpyHeader(
            place,
            length,
            "array without dimensions",
            null,
            0,
            false,
            false,
            List.of(),
            "found an array without dimensions, expected at least one; save numpy.atleast_1d(x)");
      }
      checkSize(element == null ? 4L * textWidth : element.bytes(), shape);
      return new NpyHeader(
          place, length, descr, element, textWidth, swap, fortran, List.copyOf(shape), null);
    }

    /// A type that is more than a letter and a number, as `<M8[ns]`.
    private static String withUnit(String descr) {
      if (descr.matches("[<>|=]?[Mm]8(\\[.{1,20}])?")) {
        return descr.contains("M")
            ? "array of dates and times ('%s'; numpy.datetime_as_string(x) makes texts of them)"
                .formatted(descr)
            : "array of durations ('%s'; x / numpy.timedelta64(1, 's') makes float64 of them)"
                .formatted(descr);
      }
      return "array of type '" + descr + "'";
    }

    private static String described(String kind, String descr) {
      return switch (kind.charAt(0)) {
        case 'O' -> "object array, which holds Python pickles";
        case 'c' -> "array of complex numbers ('" + descr + "')";
        case 'S', 'a' -> "array of byte strings ('" + descr + "')";
        case 'f' -> "array of extended floats ('" + descr + "')";
        default -> "array of type '" + descr + "'";
      };
    }

    private NpyHeader refused(int length, String what) {
      return new NpyHeader(
          place,
          length,
          what,
          null,
          0,
          false,
          false,
          List.of(),
          ("aeiou".indexOf(what.charAt(0)) < 0 ? "found a " : "found an ")
              + what
              + ", expected booleans, integers, bfloat16, float16/32/64 or text ('<U')");
    }

    private void checkSize(long elementBytes, List<Long> shape) {
      long bytes = elementBytes;
      long width = 1;
      try {
        for (int i = 0; i < shape.size(); i++) {
          if (i > 0) {
            width = Math.multiplyExact(width, shape.get(i));
            if (shape.get(i) == 0) {
              throw new DataException(
                  place, "found shape %s, expected at least one element a row".formatted(shape));
            }
          }
          bytes = Math.multiplyExact(bytes, shape.get(i));
        }
      } catch (ArithmeticException e) {
        throw new DataException(
            place, "found shape %s, expected fewer than 2^63 bytes".formatted(shape), e);
      }
      // The rest of a shape with no rows is a mere claim: no data stands behind it.
      long most = shape.getFirst() == 0 ? MAX_EMPTY_WIDTH : Integer.MAX_VALUE;
      if (width > most) {
        throw new DataException(
            place,
            "found shape %s, expected at most %d elements a row%s"
                .formatted(shape, most, shape.getFirst() == 0 ? " of an array without rows" : ""));
      }
    }

    private char peek() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean next(char c) {
      if (peek() != c) {
        return false;
      }
      at++;
      return true;
    }

    private void expect(char c) {
      if (!next(c)) {
        throw malformed("'" + c + "'");
      }
    }

    private String string() {
      char quote = peek();
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (end < 0) {
        throw malformed("a string");
      }
      String value = text.substring(at + 1, end);
      at = end + 1;
      return value;
    }

    private boolean bool() {
      peek();
      for (String value : List.of("True", "False")) {
        if (text.startsWith(value, at)) {
          at += value.length();
          return value.equals("True");
        }
      }
      throw malformed("True or False");
    }

    private List<Long> tuple() {
      List<Long> values = new ArrayList<>();
      expect('(');
      while (!next(')')) {
        peek();
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
          at++;
        }
        // 18 digits always fit into a long; NumPy allows 64 dimensions.
        if (at == start || at - start > 18 || values.size() == 64) {
          throw malformed("a dimension");
        }
        values.add(Long.parseLong(text, start, at, 10));
        // Python 2 wrote long integers as 10L.
        next('L');
        if (!next(',') && peek() != ')') {
          throw malformed("',' or ')'");
        }
      }
      return values;
    }

    private DataException malformed(String expected) {
      String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text.strip();
      return new DataException(
          place, "found header %s, expected %s at character %d".formatted(shown, expected, at));
    }
  }
}
