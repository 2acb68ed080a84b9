package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `.npy` and `.npz` files whose bytes are not what their headers say.
class DamagedNumpyTest {
  private static final Path FAULTS = Path.of("src/test/resources/io/lanewise/source/faults");

  @TempDir Path dir;

  private static byte[] npy(String descr, String shape, boolean fortran, byte[] data) {
    String header =
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
            .formatted(descr, fortran ? "True" : "False", shape);
    return ByteBuffer.allocate(10 + header.length() + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) header.length())
        .put(header.getBytes(StandardCharsets.ISO_8859_1))
        .put(data)
        .array();
  }

  /// A zip file of one stored array `x`.
  private static byte[] stored(byte[] array) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      ZipEntry entry = new ZipEntry("x.npy");
      CRC32 crc = new CRC32();
      crc.update(array);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(array.length);
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(array);
      zip.closeEntry();
    }
    return out.toByteArray();
  }

  private static byte[] doubles(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putDouble(i);
    }
    return bytes.array();
  }

  private static void read(Path file, int batchRows) {
    try (Source source = Sources.open(file.toString())) {
      Values.read(source, batchRows);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          crc.npz | : column 'x': found checksum 32fa1065, expected 2be12124 as the file says: it is damaged
          dup.npz | : entry 'x.npy': found it twice, expected each name once
          fw.npy  | : found shape [0, 2147483647], expected at most 1048576 elements a row of an array without rows
          """)
  void faults(String file, String problem) {
    Path path = FAULTS.resolve(file);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> read(path, 2))
        .withMessage(path + problem);
  }

  /// Every damaged byte of a stored array is found, whatever the batches, in either order of the
  /// elements.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDamagedByteOfAStoredArrayIsFound(boolean fortran) throws IOException {
    byte[] array = npy("<f8", "(5, 3)", fortran, doubles(15));
    byte[] whole = stored(array);
    int data = 30 + "x.npy".length() + array.length - 15 * 8;
    Path file = dir.resolve("x.npz");
    Files.write(file, whole);
    read(file, 2);
    for (int at = data; at < data + 15 * 8; at += 7) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      Files.write(file, damaged);
      for (int batchRows : new int[] {1, 2, 5, 100}) {
        assertThatExceptionOfType(DataException.class)
            .isThrownBy(() -> read(file, batchRows))
            .withMessageContaining("column 'x': found checksum");
      }
    }
  }

  @Test
  void theNameBeforeAnArrayMustBeTheDirectorys() throws IOException {
    byte[] whole = stored(npy("<f8", "(1,)", false, doubles(1)));
    whole[30] = 'y';
    Path file = dir.resolve("x.npz");
    Files.write(file, whole);
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> read(file, 2))
        .withMessageContaining(
            "entry 'x.npy': found the header of 'y.npy' in its place, expected the name");
  }

  /// Values as `ml_dtypes.bfloat16` stores them: the upper halves of 1.5, -2, 3.140625 and inf.
  @Test
  void bfloat16() throws IOException {
    Path file = dir.resolve("half.npy");
    Files.write(
        file,
        npy(
            "<V2",
            "(4,)",
            false,
            new byte[] {(byte) 0xC0, 0x3F, 0, (byte) 0xC0, 0x49, 0x40, (byte) 0x80, 0x7F}));
    try (Source source = Sources.open(file.toString())) {
      assertThat(Values.read(source, List.of("data"), 3).get("data"))
          .isEqualTo(List.of(1.5f, -2.0f, 3.140625f, Float.POSITIVE_INFINITY));
    }
  }
}
