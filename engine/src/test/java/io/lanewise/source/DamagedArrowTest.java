package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Arrow files that claim what they do not hold: each is refused before the claim is believed.
class DamagedArrowTest {
  private static final Path FAULTS = Path.of("src/test/resources/io/lanewise/source/faults");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          crash.arrows | does not expand to the 48 bytes it claims
          leak.arrow   | does not expand to the 32000 bytes it claims
          zs5.arrow    | of 7700 bytes that claims to hold 1099511627776, expected at most 252444672
          """)
  void compressedBuffersThatClaimMoreThanTheyHold(String file, String problem) {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> {
          try (Source source = Sources.open(FAULTS.resolve(file).toString())) {
            Values.read(source, 100);
          }
        })
        .withMessageStartingWith(FAULTS.resolve(file) + ": ")
        .withMessageContaining(problem);
  }

  /// Arrow's Java library believes the buffer, its C++ library the number.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          null-count.arrow              | column 'i16': found 1 nulls in its validity buffer, expected 0
          null-count-of-elements.arrows | column 'views': found 10 nulls in its validity buffer, expected 0
          short-validity.arrow          | column 'images': found 1 bytes in its validity buffer, expected none or at least 2
          short-validity.arrows         | column 'images': found 1 bytes in its validity buffer, expected none or at least 2
          """)
  void aNumberOfNullsThatIsNotTheBuffers(String file, String problem) {
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> {
          try (Source source = Sources.open(FAULTS.resolve(file).toString())) {
            Values.read(source, 100);
          }
        })
        .withMessageStartingWith(FAULTS.resolve(file) + ": ")
        .withMessageContaining(problem);
  }

  @Test
  void aSchemaOfFieldsThatShareOneNameIsRefusedByTheSizeItStandsFor() {
    byte[] stream = schema(100_000, 0, 100_000);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> ArrowStream.from(new ByteArrayInputStream(stream), "-"))
        .withMessageContaining("expected none to be shared");
  }

  @Test
  void aSchemaOfKeyValuesThatShareTheirTextsIsRefusedToo() {
    byte[] stream = schema(1, 100_000, 100_000);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> ArrowStream.from(new ByteArrayInputStream(stream), "-"))
        .withMessageContaining("expected none to be shared");
  }

  @Test
  void everyByteOfASchemaMayBeDamaged() {
    byte[] whole = schema(2, 2, 3);
    for (int at = 8; at < whole.length; at++) {
      for (int value : new int[] {0, 1, 0x7F, 0x80, 0xFF}) {
        byte[] bytes = whole.clone();
        bytes[at] = (byte) value;
        byte[] metadata = Arrays.copyOfRange(bytes, 8, bytes.length - 8);
        try {
          ArrowVerifier.message("-", metadata);
        } catch (DataException _) {
          continue;
        }
        // What passes can be followed everywhere: no accessor leaves the buffer.
        Message message =
            Message.getRootAsMessage(ByteBuffer.wrap(metadata).order(ByteOrder.LITTLE_ENDIAN));
        if (message.headerType() == MessageHeader.Schema) {
          follow((Schema) message.header(new Schema()));
        }
      }
    }
  }

  private static void follow(Schema schema) {
    for (int i = 0; i < schema.fieldsLength(); i++) {
      follow(schema.fields(i));
    }
    for (int i = 0; i < schema.customMetadataLength(); i++) {
      schema.customMetadata(i).key();
      schema.customMetadata(i).value();
    }
  }

  private static void follow(Field field) {
    field.name();
    field.typeType();
    if (field.typeType() == Type.Int) {
      ((Int) field.type(new Int())).bitWidth();
    }
    for (int i = 0; i < field.childrenLength(); i++) {
      follow(field.children(i));
    }
  }

  /// A stream of no rows whose fields share one name, and whose key-values share their texts.
  private static byte[] schema(int fields, int keyValues, int length) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int text = builder.createString("n".repeat(length));
    int keyValue = KeyValue.createKeyValue(builder, text, text);
    int metadata = Schema.createCustomMetadataVector(builder, filled(keyValues, keyValue));
    int type = Int.createInt(builder, 32, true);
    int children = Field.createChildrenVector(builder, new int[0]);
    Field.startField(builder);
    Field.addName(builder, text);
    Field.addTypeType(builder, Type.Int);
    Field.addType(builder, type);
    Field.addChildren(builder, children);
    int field = Field.endField(builder);
    int vector = Schema.createFieldsVector(builder, filled(fields, field));
    Schema.startSchema(builder);
    Schema.addFields(builder, vector);
    Schema.addCustomMetadata(builder, metadata);
    int schema = Schema.endSchema(builder);
    Message.startMessage(builder);
    Message.addVersion(builder, MetadataVersion.V5);
    Message.addHeaderType(builder, MessageHeader.Schema);
    Message.addHeader(builder, schema);
    builder.finish(Message.endMessage(builder));
    byte[] bytes = builder.sizedByteArray();
    int padded = (bytes.length + 7) & ~7;
    return ByteBuffer.allocate(16 + padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(-1)
        .putInt(padded)
        .put(bytes)
        .putInt(8 + padded, -1)
        .array();
  }

  private static int[] filled(int count, int offset) {
    int[] offsets = new int[count];
    Arrays.fill(offsets, offset);
    return offsets;
  }
}
