package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lanewise.batch.ColumnType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files as safetensors 0.4 writes them: the header padded with blanks to a multiple of 8, tensors
/// by descending size of their elements.
class SafetensorsTest {
  @TempDir Path dir;

  private static final String HEADER =
      "{\"__metadata__\":{\"format\":\"pt\"},"
          + "\"x\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
          + "\"t\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[16,24]},"
          + "\"half\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]},"
          + "\"f8\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[32,34]}}";

  /// x = [[1.5, -2], [0.25, 8]], t = [3, -4]; half as `torch.tensor([1.5, -2, 3.140625,
  /// inf]).bfloat16()` stores it.
  private static byte[] data() {
    return ByteBuffer.allocate(34)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(1.5f)
        .putFloat(-2)
        .putFloat(0.25f)
        .putFloat(8)
        .putInt(3)
        .putInt(-4)
        .putShort((short) 0x3FC0)
        .putShort((short) 0xC000)
        .putShort((short) 0x4049)
        .putShort((short) 0x7F80)
        .put(new byte[2])
        .array();
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) & ~7;
    ByteBuffer bytes = ByteBuffer.allocate(8 + padded + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(text);
    while (bytes.position() < 8 + padded) {
      bytes.put((byte) ' ');
    }
    return Files.write(dir.resolve("x.safetensors"), bytes.put(data).array());
  }

  @Test
  void tensorsAreColumns() throws IOException {
    try (Source source = Sources.open(file(HEADER, data()).toString())) {
      assertThat(source.format()).isEqualTo("safetensors");
      assertThat(source.schema())
          .extracting(ColumnType::name, ColumnType::signature)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("x", "float32[2]"),
              org.assertj.core.groups.Tuple.tuple("t", "int32"),
              org.assertj.core.groups.Tuple.tuple("half", "float32"));
      assertThat(source.unsupported())
          .containsExactly(new Unsupported("f8", "tensor of type F8_E4M3"));
      for (int batchRows : new int[] {1, 3, 100}) {
        assertThat(Values.read(source, List.of("x", "t"), batchRows))
            .containsEntry("x", List.of(List.of(1.5f, -2f), List.of(0.25f, 8f)))
            .containsEntry("t", List.of(3, -4));
        assertThat(Values.read(source, List.of("half"), batchRows).get("half"))
            .isEqualTo(List.of(1.5f, -2f, 3.140625f, Float.POSITIVE_INFINITY));
      }
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> source.read(List.of("x", "half"), 10))
          .withMessageContaining("found columns of different lengths ('x' 2, 'half' 4 rows)");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [16,24]} | [16,25]} | column 't': found 9 bytes at 16, expected 8 for shape [2] of type I32
          [16,24]} | [15,24]} | column 't': found 9 bytes at 15, expected them at 16, behind the tensor before
          [32,34]} | [32,33]} | found 34 bytes of data, expected 33 as in the header
          "t" | "x" | column 'x': found it twice, expected each name once
          [2,2] | [4611686018427387904,4] | found a shape of more than 2^63 elements, expected fewer
          [2,2] | [0,9223372036854775807,3] | found a shape of more than 2^63 elements, expected fewer
          [2,2] | [-2,2] | found -2 in the header, expected 0 or more
          "dtype":"I32" | "dtype":"F32","dtype":"I32" | column 't': found 'dtype' twice, expected it once
          "dtype":"I32" | "type":"I32" | found no dtype, shape and two data_offsets that ascend
          {"dtype":"I32","shape":[2],"data_offsets":[16,24]} | 3 | found a header that is no map of tensors
          """)
  void headersThatSayWhatIsNotThere(String from, String to, String problem) throws IOException {
    Path file = file(HEADER.replace(from, to), data());
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Sources.open(file.toString()).close())
        .withMessageStartingWith(file.toString())
        .withMessageContaining(problem);
  }

  @Test
  void whateverByteIsDamagedReadingEndsWithRowsOrASentence() throws IOException {
    byte[] whole = Files.readAllBytes(file(HEADER, data()));
    Path file = dir.resolve("damaged.safetensors");
    for (int at = 0; at < whole.length; at++) {
      for (int value : new int[] {0, 0x22, 0x39, 0x7F, 0xFF}) {
        byte[] bytes = whole.clone();
        bytes[at] = (byte) value;
        Files.write(file, bytes);
        try (Source source = SafetensorsFile.open(file, Reading.DEFAULT)) {
          for (ColumnType column : source.schema()) {
            Values.read(source, List.of(column.name()), 3);
          }
        } catch (DataException | UncheckedIOException e) {
          assertThat(e.getMessage()).startsWith(file.toString());
        }
      }
    }
  }
}
