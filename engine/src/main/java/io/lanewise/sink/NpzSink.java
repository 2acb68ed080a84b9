package io.lanewise.sink;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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
  /// The real time would make each file different. Not the very beginning of zip's calendar either:
  /// Java takes that for a time it cannot express, and adds a field that depends on the time zone.
  static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0, 2);

  /// Bytes written at a time. Large writes make the page cache use large pages, and a mapping of
  /// those reads two to three times as fast (ext4, Linux 6; 12 against 4 to 5 GB/s) as one of a
  /// file written in pieces of 64 kB.
  private static final int PIECE = 1 << 20;

  /// Bytes of a zip entry's header before its name.
  private static final int LOCAL_HEADER = 30;

  private static final int ALIGNMENT = 64;

  /// Bytes of an extra field before its content, and the field that Android's zipalign uses for
  /// padding.
  private static final int EXTRA_HEADER = 4;

  private static final short PADDING_ID = (short) 0xD935;

  private final Columns columns;
  private final boolean apart;
  private final StagedFile file;
  private final List<NpyArray> arrays = new ArrayList<>();

  /// @param apart whether a batch may have some of the columns only
  /// @param nulls whether null rows become NaN, with an array `NAME-valid` beside those that have
  ///   any; otherwise they are refused
  NpzSink(Path out, List<ColumnType> schema, boolean replace, boolean apart, boolean nulls) {
    String name = out.toString();
    this.apart = apart;
    this.columns = new Columns(name, schema);
    schema.forEach(type -> NpyArray.checkType(name, type));
    this.file = new StagedFile(out, replace);
    for (ColumnType type : schema) {
      arrays.add(
          nulls
              ? NpyArray.withNulls(name, type, file.spool(), file::spool)
              : new NpyArray(name, type, file.spool()));
    }
  }

  @Override
  public void write(Batch batch) {
    if (apart) {
      arrays.stream()
          .filter(array -> batch.column(array.type().name()) != null)
          .forEach(array -> array.write(columns.only(array.type()).of(batch).getFirst()));
      return;
    }
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
                new BufferedOutputStream(Channels.newOutputStream(channel), PIECE))) {
      long at = 0;
      for (NpyArray array : arrays) {
        at = store(array, zip, at);
        NpyArray valid = array.valid();
        at = valid == null ? at : store(valid, zip, at);
      }
    } catch (IOException e) {
      throw StagedFile.failed(file.target(), e);
    }
    file.commit();
  }

  /// Appends an array to a zip file that has `at` bytes, and returns how many it has then.
  private static long store(NpyArray array, ZipOutputStream zip, long at) throws IOException {
    array.finish();
    CRC32 crc = new CRC32();
    // A stored entry's checksum stands before its bytes, so they are read twice.
    long size = copy(array.rewound(), OutputStream.nullOutputStream(), crc);
    ZipEntry entry = new ZipEntry(array.type().name() + ".npy");
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(size);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(EPOCH);
    long header = at + LOCAL_HEADER + entry.getName().getBytes(StandardCharsets.UTF_8).length;
    byte[] padding = padding(header);
    entry.setExtra(padding);
    zip.putNextEntry(entry);
    copy(array.rewound(), zip, new CRC32());
    zip.closeEntry();
    return header + padding.length + size;
  }

  /// An extra field that ends at a multiple of 64, so that a reader that maps the array finds its
  /// numbers aligned, as in `.npy`. Beyond 4 GiB `java.util.zip` adds a field of its own and the
  /// numbers are off by that; they can be read all the same.
  private static byte[] padding(long at) {
    int length = (int) (ALIGNMENT - (at + EXTRA_HEADER) % ALIGNMENT) % ALIGNMENT;
    return ByteBuffer.allocate(EXTRA_HEADER + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(PADDING_ID)
        .putShort((short) length)
        .array();
  }

  private static long copy(FileChannel from, OutputStream to, CRC32 crc) throws IOException {
    byte[] buffer = new byte[PIECE];
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
