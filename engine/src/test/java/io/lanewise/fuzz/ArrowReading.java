package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.RunEndEncodedVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.jspecify.annotations.Nullable;

/// What Arrow's own library reads in a file.
final class ArrowReading {
  private ArrowReading() {}

  /// @throws RuntimeException of whatever kind, if that library refuses the file
  static Rows read(byte[] bytes, boolean file, Set<String> names) throws IOException {
    // Not closed: a vector that was only half loaded cannot be told from one that is leaked.
    BufferAllocator memory = new RootAllocator(64L << 20);
    ArrowReader reader =
        file
            ? new ArrowFileReader(
                new ByteArrayReadableSeekableByteChannel(bytes),
                memory,
                CommonsCompressionFactory.INSTANCE)
            : new ArrowStreamReader(
                new ByteArrayInputStream(bytes), memory, CommonsCompressionFactory.INSTANCE);
    try {
      Map<String, List<@Nullable Object>> columns = new LinkedHashMap<>();
      names.forEach(name -> columns.put(name, new ArrayList<>()));
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        for (FieldVector vector : root.getFieldVectors()) {
          List<@Nullable Object> values =
              columns.get(Objects.requireNonNullElse(vector.getName(), ""));
          for (int i = 0; values != null && i < root.getRowCount(); i++) {
            values.add(value(reader, vector, i));
          }
        }
      }
      return Rows.of(columns);
    } finally {
      try {
        reader.close();
      } catch (IOException | RuntimeException _) {
        // It has said all that it has to say.
      }
    }
  }

  private static @Nullable Object value(ArrowReader reader, FieldVector vector, int i)
      throws IOException {
    DictionaryEncoding encoding = vector.getField().getDictionary();
    if (encoding != null) {
      Dictionary dictionary = reader.getDictionaryVectors().get(encoding.getId());
      Object index = value(vector, i);
      if (index == null) {
        return null;
      }
      FieldVector values = dictionary.getVector();
      int at = Math.toIntExact(((Number) index).longValue());
      if (at < 0 || at >= values.getValueCount()) {
        throw new IndexOutOfBoundsException(at);
      }
      return value(values, at);
    }
    return value(vector, i);
  }

  private static @Nullable Object value(FieldVector vector, int i) {
    if (vector instanceof RunEndEncodedVector runs) {
      return value(runs.getValuesVector(), runs.getPhysicalIndex(i));
    }
    if (vector.isNull(i)) {
      return null;
    }
    return switch (vector) {
      case UInt1Vector v -> v.get(i) & 0xFF;
      case UInt2Vector v -> (int) v.get(i);
      case UInt4Vector v -> Integer.toUnsignedLong(v.get(i));
      case BitVector v -> v.get(i);
      case Float2Vector v -> v.getValueAsFloat(i);
      case ListVector v ->
          list(v.getDataVector(), v.getElementStartIndex(i), v.getElementEndIndex(i));
      case LargeListVector v ->
          list(v.getDataVector(), v.getElementStartIndex(i), v.getElementEndIndex(i));
      case ListViewVector v ->
          list(v.getDataVector(), v.getElementStartIndex(i), v.getElementEndIndex(i));
      case FixedSizeListVector v ->
          list(v.getDataVector(), i * v.getListSize(), (i + 1) * v.getListSize());
      default -> {
        Object object = vector.getObject(i);
        yield switch (object) {
          case byte[] bytes -> label(bytes);
          case org.apache.arrow.vector.util.Text text -> label(text.copyBytes());
          case Byte number -> number.intValue();
          case Short number -> number.intValue();
          default -> object;
        };
      }
    };
  }

  /// Lists of lists follow each other.
  private static List<@Nullable Object> list(FieldVector elements, long from, long to) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = Math.toIntExact(from); i < to; i++) {
      if (elements instanceof FixedSizeListVector inner) {
        List<@Nullable Object> each =
            list(inner.getDataVector(), i * inner.getListSize(), (i + 1) * inner.getListSize());
        if (inner.isNull(i)) {
          each.replaceAll(_ -> null);
        }
        values.addAll(each);
      } else {
        values.add(value(elements, i));
      }
    }
    return values;
  }

  /// As bytes are documented to be read.
  private static String label(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      if (bytes.length <= 32) {
        return "0x" + HexFormat.of().formatHex(bytes);
      }
      try {
        return "sha256:"
            + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
