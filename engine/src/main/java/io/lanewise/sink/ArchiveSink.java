package io.lanewise.sink;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes a zip file of texts and NumPy arrays, in the order in which they are added. NumPy can
/// read it as an `.npz`. The file appears whole with [#commit], or not at all. The same content
/// gives the same bytes.
///
/// Every method throws [java.io.UncheckedIOException] if writing fails.
public final class ArchiveSink implements AutoCloseable {
  private static final int PIECE = 1 << 20;

  private final StagedFile file;
  private final ZipOutputStream zip;

  /// Begins a file.
  ///
  /// @param replace whether an existing file may be replaced
  /// @throws java.io.UncheckedIOException if it may not and there is one, or there is no such
  ///   folder
  public ArchiveSink(Path out, boolean replace) {
    file = new StagedFile(out, replace);
    FileChannel channel = StagedFile.create(file.partial());
    zip = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), PIECE));
  }

  /// Adds a text as UTF-8.
  ///
  /// @param name the entry's name
  public void text(String name, String content) {
    bytes(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Adds bytes.
  ///
  /// @param name the entry's name
  public void bytes(String name, byte[] content) {
    stored(name, ByteBuffer.allocate(0), ByteBuffer.wrap(content));
  }

  /// Adds the first `count` numbers as array `name`.
  public void doubles(String name, double[] values, int count) {
    ByteBuffer data = buffer(count);
    data.asDoubleBuffer().put(values, 0, count);
    stored(name + ".npy", NpyArray.header("f8", count + ","), data);
  }

  /// Adds the first `count` integers as array `name`.
  public void longs(String name, long[] values, int count) {
    ByteBuffer data = buffer(count);
    data.asLongBuffer().put(values, 0, count);
    stored(name + ".npy", NpyArray.header("i8", count + ","), data);
  }

  /// Adds a matrix of integers as array `name`, compressed.
  ///
  /// @param values row-major, a multiple of `width` of them
  public void packed(String name, long[] values, int width) {
    ZipEntry entry = entry(name + ".npy");
    entry.setMethod(ZipEntry.DEFLATED);
    try {
      zip.putNextEntry(entry);
      put(NpyArray.header("i8", "%d, %d".formatted(values.length / width, width)));
      int step = Math.max(1, PIECE / Long.BYTES);
      for (int at = 0; at < values.length; at += step) {
        int count = Math.min(step, values.length - at);
        ByteBuffer data = buffer(count);
        data.asLongBuffer().put(values, at, count);
        put(data);
      }
      zip.closeEntry();
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    }
  }

  private static ByteBuffer buffer(int count) {
    return ByteBuffer.allocate(Math.multiplyExact(count, Long.BYTES))
        .order(ByteOrder.nativeOrder());
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(NpzSink.EPOCH);
    return entry;
  }

  private void stored(String name, ByteBuffer header, ByteBuffer data) {
    CRC32 crc = new CRC32();
    crc.update(header.duplicate());
    crc.update(data.duplicate());
    ZipEntry entry = entry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize((long) header.remaining() + data.remaining());
    entry.setCrc(crc.getValue());
    try {
      zip.putNextEntry(entry);
      put(header);
      put(data);
      zip.closeEntry();
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    }
  }

  private void put(ByteBuffer bytes) throws IOException {
    zip.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
  }

  /// Completes the file and gives it its name. Nothing can be added then.
  public void commit() {
    try {
      zip.close();
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    }
    file.commit();
  }

  /// Removes what was not committed.
  @Override
  public void close() {
    try (file) {
      zip.close();
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    }
  }
}
