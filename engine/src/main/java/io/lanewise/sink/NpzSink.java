package io.lanewise.sink;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A NumPy `.npz` file: an array for each column, uncompressed as by `np.savez`, so that readers
/// can map it. Columns arrive side by side and are stored one after the other, so each is spooled
/// to a temporary file first.
public final class NpzSink implements Sink {
  /// The earliest time a zip file can express; the real one would make each file different.
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final Columns columns;
  private final StagedFile file;
  private final List<NpyArray> arrays = new ArrayList<>();

  NpzSink(Path out, List<ColumnType> schema, boolean replace) {
    String name = out.toString();
    this.columns = new Columns(name, schema);
    schema.forEach(type -> NpyArray.checkType(name, type));
    this.file = new StagedFile(out, replace);
    schema.forEach(type -> arrays.add(new NpyArray(name, type, file.spool())));
  }

  @Override
  public void write(Batch batch) {
    List<Column> found = columns.of(batch);
    for (int i = 0; i < found.size(); i++) {
      arrays.get(i).write(found.get(i));
    }
  }

  @Override
  public void commit() {
    try (FileChannel channel = StagedFile.create(file.partial());
        ZipOutputStream zip =
            new ZipOutputStream(
                new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16))) {
      for (NpyArray array : arrays) {
        array.finish();
        store(array, zip);
      }
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    }
    file.commit();
  }

  private static void store(NpyArray array, ZipOutputStream zip) throws IOException {
    CRC32 crc = new CRC32();
    // A stored entry's checksum stands before its bytes, so they are read twice.
    long size = copy(array.rewound(), OutputStream.nullOutputStream(), crc);
    ZipEntry entry = new ZipEntry(array.type().name() + ".npy");
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(size);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(EPOCH);
    zip.putNextEntry(entry);
    copy(array.rewound(), zip, new CRC32());
    zip.closeEntry();
  }

  private static long copy(FileChannel from, OutputStream to, CRC32 crc) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    for (int n = from.read(ByteBuffer.wrap(buffer));
        n >= 0;
        n = from.read(ByteBuffer.wrap(buffer))) {
      crc.update(buffer, 0, n);
      to.write(buffer, 0, n);
      size += n;
    }
    return size;
  }

  @Override
  public void close() {
    try (file) {
      arrays.forEach(NpyArray::close);
    }
  }
}
