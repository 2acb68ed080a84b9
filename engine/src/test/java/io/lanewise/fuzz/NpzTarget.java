package io.lanewise.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/// Zips of NumPy arrays, stored and deflated: damaged arrays in sound zips, and damaged zips.
final class NpzTarget implements Target {
  private final NpyTarget arrays = new NpyTarget();

  @Override
  public String name() {
    return "npz";
  }

  @Override
  public byte[] mutant(Random random) throws IOException {
    boolean damagedArrays = random.nextInt(3) == 0;
    Map<String, byte[]> entries = new LinkedHashMap<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      entries.put(
          "x%d.npy".formatted(i), damagedArrays ? arrays.mutant(random) : NpyTarget.array(random));
    }
    byte[] bytes = zip(entries, random);
    return damagedArrays ? bytes : damaged(bytes, random);
  }

  /// A zip whose headers are hit more often than its data.
  static byte[] damaged(byte[] bytes, Random random) {
    List<Integer> headers = headers(bytes);
    int damages = 1 + random.nextInt(3);
    for (int i = 0; i < damages; i++) {
      int header = headers.get(random.nextInt(headers.size()));
      switch (random.nextInt(6)) {
        case 0, 1, 2, 3 ->
            Damage.number(bytes, header + 4, Math.min(bytes.length, header + 50), random);
        case 4 -> Damage.number(bytes, 0, bytes.length, random);
        default -> {
          return Damage.pieces(bytes, random);
        }
      }
    }
    return bytes;
  }

  /// Where zip headers begin: `PK` and two small numbers.
  private static List<Integer> headers(byte[] bytes) {
    List<Integer> headers = new ArrayList<>();
    for (int i = 0; i + 4 <= bytes.length; i++) {
      if (bytes[i] == 'P' && bytes[i + 1] == 'K' && bytes[i + 2] < 9 && bytes[i + 3] < 9) {
        headers.add(i);
      }
    }
    return headers;
  }

  /// A sound zip, each entry stored or deflated.
  static byte[] zip(Map<String, byte[]> entries, Random random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setTime(0);
        if (random.nextBoolean()) {
          header.setMethod(ZipEntry.STORED);
          header.setSize(entry.getValue().length);
          header.setCrc(crc(entry.getValue()));
        }
        zip.putNextEntry(header);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  /// An entry as Java's own zip reader finds it, its checksum compared.
  static byte[] entry(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException("no entry " + name);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(10_000_000);
      if (crc(bytes) != entry.getCrc() || bytes.length != entry.getSize()) {
        throw new IOException("damaged entry " + name);
      }
      return bytes;
    }
  }

  @Override
  public Rows read(Path file, Random random) {
    // Arrays of one file may have different lengths.
    return Rows.read(file, random.nextBoolean() ? 100 : 2, true);
  }

  @Override
  public @Nullable Rows independent(Path file, byte[] bytes, Rows ours) throws IOException {
    Map<String, List<@Nullable Object>> columns = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (String name : ours.columns().keySet()) {
        columns.put(name, NpyReading.read(entry(zip, name + ".npy")));
      }
    }
    return Rows.of(columns);
  }
}
