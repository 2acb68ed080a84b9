package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flatbuf.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged files: whatever happens to the bytes, reading ends with rows or with a [DataException].
class HostileTest {
  private static final Path DATA = Path.of("../data/interop");

  /// `-Dlanewise.fuzz=100` looks a hundred times longer.
  private static final int MORE = Integer.getInteger("lanewise.fuzz", 1);

  @TempDir Path dir;

  /// Reads everything there is. Anything but the two allowed exceptions fails the test.
  private void read(Path file, String how) {
    try (Source source = Sources.open(file.toString())) {
      // A damaged schema may have nothing left that can be read; then there is nothing to ask for.
      if (!source.schema().isEmpty()) {
        Values.read(source, 100);
      }
    } catch (DataException | UncheckedIOException e) {
      assertThat(e.getMessage()).startsWith(file.toString());
    } catch (Throwable e) {
      fail(how, e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "arrow-js/empty.arrow,1",
    "arrow-js/all.arrow,41",
    "arrow-js/all.arrows,41",
    "numpy/f_f8.npy,1",
    "numpy/text.npy,1",
    "numpy/mixed.npz,11"
  })
  void truncatedAnywhere(String name, int step) throws IOException {
    byte[] whole = Files.readAllBytes(DATA.resolve(name));
    Path file = dir.resolve("cut");
    // Cut short before its magic, a file may look like text; DuckDB is not what is tested here.
    for (int length = 6; length < whole.length; length += step) {
      Files.write(file, Arrays.copyOf(whole, length));
      read(file, name + " cut to " + length);
    }
  }

  @Test
  void aSmallArrowFileTruncatedAtEveryLength() throws IOException {
    Path file = dir.resolve("small.arrow");
    List<ColumnType> types =
        List.of(
            new ColumnType("x", Shape.VECTOR, DType.FLOAT32, 2),
            new ColumnType("y", Shape.SEQUENCE, DType.INT64, 0),
            new ColumnType("z", Shape.SCALAR, DType.TEXT, 1));
    try (Batch batch = Values.random(1, 3, true, types);
        Sink sink = Sinks.create(file, types, false)) {
      sink.write(batch);
      sink.commit();
    }
    byte[] whole = Files.readAllBytes(file);
    for (int length = 6; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      read(file, "cut to " + length);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "arrow-js/all.arrow,250",
    "arrow-js/all.arrows,250",
    "numpy/f_f8.npy,250",
    "numpy/mixed.npz,250",
    "numpy/deflated.npz,25"
  })
  void damagedAnywhere(String name, int trials) throws IOException {
    byte[] whole = Files.readAllBytes(DATA.resolve(name));
    Random random = new Random(20261122);
    Path file = dir.resolve("damaged");
    int[] extremes = {0, 1, -1, 0x7F, 0x80, 0xFF};
    for (int trial = 0; trial < trials * MORE; trial++) {
      byte[] bytes = whole.clone();
      int damages = 1 + random.nextInt(3);
      for (int i = 0; i < damages; i++) {
        int at = 8 + random.nextInt(bytes.length - 8);
        // Whole words of extremes reach further than single bytes: they make lengths huge or
        // negative.
        int run = random.nextInt(3) == 0 ? 4 << random.nextInt(2) : 1;
        byte value =
            (byte)
                (random.nextBoolean()
                    ? extremes[random.nextInt(extremes.length)]
                    : random.nextInt(256));
        for (int j = at; j < Math.min(bytes.length, at + run); j++) {
          bytes[j] = value;
        }
      }
      Files.write(file, bytes);
      read(file, name + " trial " + trial);
    }
  }

  @Test
  void aPipeIsNotBelievedEither() throws IOException {
    byte[] whole = Files.readAllBytes(DATA.resolve("arrow-js/all.arrows"));
    for (int length = 8; length < whole.length; length += 201) {
      byte[] bytes = Arrays.copyOf(whole, length);
      try (Source source = ArrowStream.from(new ByteArrayInputStream(bytes), "-")) {
        Values.read(source, 5);
      } catch (DataException e) {
        assertThat(e.getMessage()).startsWith("-: ");
      }
    }
    // A body of 2^62 bytes: no memory is set aside for what has not arrived.
    byte[] bytes = whole.clone();
    bytes[bodyLengthOfSecondMessage(bytes) + 7] = 0x40;
    try (Source source = ArrowStream.from(new ByteArrayInputStream(bytes), "-")) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> Values.read(source, 5))
          .withMessageContaining("found the end of the stream");
    }
  }

  /// Where the length of the second message's body is written: the bytes that change it.
  private static int bodyLengthOfSecondMessage(byte[] stream) {
    int second = 8 + ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    int length = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN).getInt(second + 4);
    for (int at = second + 8; at < second + 8 + length - 7; at++) {
      byte[] changed = stream.clone();
      changed[at + 7] = 0x40;
      ByteBuffer metadata =
          ByteBuffer.wrap(changed, second + 8, length).slice().order(ByteOrder.LITTLE_ENDIAN);
      try {
        if (Message.getRootAsMessage(metadata).bodyLength() > 1L << 61) {
          return at;
        }
      } catch (IndexOutOfBoundsException _) {
        // Not that byte.
      }
    }
    throw new AssertionError("no body length");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4294967296), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } + x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}",
        "{'descr': '<f3', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '<U99999999999999', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '",
        "__import__('os')",
        ""
      })
  void headersThatPythonWouldNotWrite(String header) throws IOException {
    Path file = dir.resolve("header.npy");
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer bytes = ByteBuffer.allocate(10 + text.length + 12);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.put((byte) text.length).put((byte) (text.length >>> 8)).put(text);
    Files.write(file, bytes.array());
    assertThatExceptionOfType(DataException.class)
        .isThrownBy(() -> Sources.open(file.toString()))
        .withMessageStartingWith(file + ": found ");
  }

  @Test
  void bytesThatFollowAStreamAreNotIgnored() throws IOException {
    byte[] whole = Files.readAllBytes(DATA.resolve("arrow-js/all.arrows"));
    Path file = dir.resolve("two.arrows");
    byte[] twice = Arrays.copyOf(whole, 2 * whole.length);
    System.arraycopy(whole, 0, twice, whole.length, whole.length);
    Files.write(file, twice);
    try (Source source = Sources.open(file.toString())) {
      assertThatExceptionOfType(DataException.class)
          .isThrownBy(() -> Values.read(source, List.of("f32"), 100))
          .withMessageContaining("more bytes after the end of the stream");
    }
  }
}
