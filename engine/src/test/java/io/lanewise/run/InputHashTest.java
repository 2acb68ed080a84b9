package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lanewise.Evaluation;
import io.lanewise.batch.Batch;
import io.lanewise.batch.DType;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.plan.InputHash;
import io.lanewise.plan.Task;
import io.lanewise.result.Provenance;
import io.lanewise.result.Report;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.DataException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What identifies input files. The fingerprint that a run takes piece by piece is compared with
/// that of the file's bytes, chunk by chunk, as `FileChecksumTest` has it from Python.
class InputHashTest {
  private static final int ROWS = 3000;
  private static final int WIDTH = 64;

  @TempDir Path dir;

  /// Of all bytes at once.
  private static String fingerprint(byte[] bytes) {
    long hash = bytes.length;
    for (int at = 0; at < bytes.length; at += 1 << 20) {
      int length = Math.min(1 << 20, bytes.length - at);
      hash ^= crc(new CRC32C(), bytes, at, length) << 32 | crc(new CRC32(), bytes, at, length);
      hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
      hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
      hash ^= hash >>> 33;
    }
    return "chunk-crc:%016x".formatted(hash);
  }

  private static long crc(Checksum checksum, byte[] bytes, int at, int length) {
    checksum.update(bytes, at, length);
    return checksum.getValue();
  }

  private static VectorColumn column(String name, Random random) {
    float[] values = new float[ROWS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = -random.nextFloat();
    }
    MemorySegment data = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, values);
    return new VectorColumn(name, DType.FLOAT32, ROWS, WIDTH, data, Validity.ALL, Validity.ALL);
  }

  /// @param columns besides `mu` and `logvar` some that are not used
  private Path written(String name, String... columns) {
    Path file = dir.resolve(name);
    Random random = new Random(8);
    List<VectorColumn> data = Arrays.stream(columns).map(column -> column(column, random)).toList();
    try (Sink sink = Sinks.create(file, data.stream().map(VectorColumn::describe).toList(), false);
        Batch batch = new Batch(0, ROWS, data, () -> {})) {
      sink.write(batch);
      sink.commit();
    }
    return file;
  }

  private static Evaluation.Builder builder(Path file) {
    String name = file.toString();
    Task task =
        name.endsWith(".npy")
            ? Task.of("log-likelihood").column("logprob", "data")
            : Task.of("gaussian-kl");
    return Evaluation.builder().data("rows", name).evaluate(task);
  }

  private static Provenance.InputFile input(Report report) {
    return report.provenance().inputs().get("rows").getFirst();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x.npz", "x.npy", "x.arrow", "x.arrows", "x.parquet", "x.csv", "packed.npz"})
  void theSameHoweverAFileIsRead(String name) throws IOException {
    Path file =
        switch (name) {
          case "x.npy" -> written(name, "data");
          case "packed.npz" -> packed(written("stored.npz", "before", "mu", "logvar", "z"), name);
          default -> written(name, "before", "mu", "between", "logvar", "z");
        };
    String expected = fingerprint(Files.readAllBytes(file));
    assertThat(fingerprintOf(builder(file))).isEqualTo(expected);
    assertThat(fingerprintOf(builder(file).threads(1).batchRows(1000))).isEqualTo(expected);
    assertThat(fingerprintOf(builder(file).threads(5).batchRows(37))).isEqualTo(expected);
    assertThat(fingerprintOf(builder(file).threads(3).mapped(false))).isEqualTo(expected);
    Report without = builder(file).inputHash(InputHash.NONE).build().run();
    assertThat(input(without).fingerprint()).isNull();
    assertThat(without.evaluations().getFirst().measures())
        .isEqualTo(builder(file).build().run().evaluations().getFirst().measures());
  }

  private static String fingerprintOf(Evaluation.Builder builder) {
    Provenance.InputFile input = input(builder.build().run());
    assertThat(input.sha256()).isNull();
    return input.fingerprint();
  }

  private Path packed(Path stored, String name) throws IOException {
    Path packed = dir.resolve(name);
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(stored));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(packed))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        in.transferTo(out);
        out.closeEntry();
      }
    }
    return packed;
  }

  @Test
  void aSafetensorsFile() throws IOException {
    Path file = dir.resolve("x.safetensors");
    String header =
        "{\"logprob\":{\"dtype\":\"F32\",\"shape\":[500,700],\"data_offsets\":[0,1400000]}}";
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(new byte[] {(byte) header.length(), 0, 0, 0, 0, 0, 0, 0});
      out.write(header.getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[1_400_000]);
    }
    Report report =
        Evaluation.builder()
            .data("rows", file.toString())
            .evaluate(Task.of("log-likelihood"))
            .build()
            .run();
    assertThat(input(report).fingerprint()).isEqualTo(fingerprint(Files.readAllBytes(file)));
  }

  /// A pipe has that of the bytes that came through it.
  @Test
  void aPipe() throws Exception {
    Path file = written("x.arrows", "mu", "logvar", "z");
    Path pipe = dir.resolve("pipe.arrows");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try (OutputStream out = Files.newOutputStream(pipe)) {
                Files.copy(file, out);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    Report report = builder(pipe).build().run();
    writer.join();
    assertThat(input(report).bytes()).isEqualTo(-1);
    assertThat(input(report).fingerprint()).isEqualTo(fingerprint(Files.readAllBytes(file)));
  }

  /// More files than are kept open, and one of them in two data sets.
  @Test
  void manyFiles() throws IOException {
    Path first = written("00.npz", "mu", "logvar");
    byte[] bytes = Files.readAllBytes(first);
    Evaluation.Builder builder = Evaluation.builder();
    String[] names = new String[20];
    for (int i = 0; i < names.length; i++) {
      names[i] = Files.write(dir.resolve("%02d.npz".formatted(i)), bytes).toString();
    }
    Report report =
        builder
            .data("rows", names)
            .data("again", first.toString())
            .evaluate(Task.of("gaussian-kl").on("rows", "rows"))
            .evaluate(Task.of("gaussian-kl").on("rows", "again").named("again"))
            .build()
            .run();
    assertThat(report.provenance().inputs().get("rows"))
        .hasSize(20)
        .extracting(Provenance.InputFile::fingerprint)
        .containsOnly(fingerprint(bytes));
    assertThat(report.provenance().inputs().get("again").getFirst().fingerprint())
        .isEqualTo(fingerprint(bytes));
  }

  /// A damaged byte of an array is found by the checksum of its entry in the zip file while its
  /// fingerprint is taken, wherever it stands.
  @Test
  void aDamagedArrayIsFoundToo() throws IOException {
    Path file = written("x.npz", "mu", "logvar");
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(1);
    int data = 200;
    int[] places = {data, (1 << 19) + 1, 700_000, 768_000, (1 << 20) - 1, 1 << 20, 1_400_000};
    for (int place : places) {
      byte[] damaged = whole.clone();
      // The lowest bit of a fraction: any number will do.
      damaged[place & ~3] ^= 1;
      Files.write(file, damaged);
      for (boolean mapped : new boolean[] {true, false}) {
        for (InputHash hash : new InputHash[] {InputHash.CHUNK_CRC, InputHash.NONE}) {
          int rows = random.nextInt(1, ROWS);
          assertThatExceptionOfType(DataException.class)
              .isThrownBy(
                  () -> builder(file).batchRows(rows).mapped(mapped).inputHash(hash).build().run())
              .withMessageContaining("found checksum");
        }
      }
    }
  }
}
