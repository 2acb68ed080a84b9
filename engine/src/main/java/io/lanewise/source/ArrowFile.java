package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.lanewise.batch.ColumnType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Footer;
import org.jspecify.annotations.Nullable;

/// An Arrow IPC file (also known as Feather 2), memory-mapped: numbers are handed out where they
/// lie.
///
/// Nothing in the file is believed. Magic numbers, lengths and positions are checked before they
/// are followed, list offsets as batches are cut, and every view has bounds; so a damaged file ends
/// in a [DataException].
///
/// float16, small and unsigned integers and booleans are widened batch by batch, compressed buffers
/// (LZ4, ZSTD) expanded record batch by record batch; the latter needs
/// `org.apache.arrow:arrow-compression`.
public final class ArrowFile implements Source {
  private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);

  /// The magic at the end, and the footer's length before it.
  private static final int TAIL = MAGIC.length + 4;

  /// The magic at the start, padded.
  private static final int HEAD = 8;

  private final String name;
  private final Mapping mapping;
  private final ArrowSchema schema;
  private final Map<Long, Dictionary> dictionaries;
  private final List<RecordBatchAt> batches;
  private final long rows;

  /// Where one record batch lies.
  private record RecordBatchAt(ArrowMessage message, MemorySegment body) {}

  private ArrowFile(String name, Mapping mapping) {
    this.name = name;
    this.mapping = mapping;
    MemorySegment bytes = mapping.bytes();
    long size = mapping.size();
    if (size < HEAD + TAIL || !hasMagic(bytes, 0) || !hasMagic(bytes, size - MAGIC.length)) {
      throw new DataException(
          name,
          "found %d bytes that do not begin and end with ARROW1, expected a complete Arrow file"
              .formatted(size));
    }
    int footerLength = bytes.get(JAVA_INT_UNALIGNED, size - TAIL);
    if (footerLength <= 0 || footerLength > size - TAIL - HEAD) {
      throw new DataException(
          name,
          "found a footer of %d bytes, expected one within the file's %d"
              .formatted(footerLength, size));
    }
    long end = size - TAIL - footerLength;
    MemorySegment footerBytes = bytes.asSlice(end, footerLength);
    String footerPlace = name + ": footer";
    byte[] footerCopy = ArrowMessage.copied(footerPlace, footerBytes);
    ArrowVerifier.footer(footerPlace, footerCopy);
    Footer footer =
        Footer.getRootAsFooter(ByteBuffer.wrap(footerCopy).order(ByteOrder.LITTLE_ENDIAN));
    this.schema =
        ArrowSchema.parse(footerPlace, ArrowSchema.guarded(footerPlace, () -> footer.schema()));
    this.dictionaries = new HashMap<>();
    var dictionaryFields = ArrowBody.dictionaryFields(schema);
    int dictionaryCount = ArrowSchema.guarded(footerPlace, footer::dictionariesLength);
    for (int i = 0; i < dictionaryCount; i++) {
      int index = i;
      RecordBatchAt at =
          locate(
              name + ": dictionary " + i,
              ArrowSchema.guarded(footerPlace, () -> footer.dictionaries(index)),
              end);
      at.message.addTo(dictionaries, dictionaryFields, at.body);
    }
    this.batches = new ArrayList<>();
    long count = 0;
    int batchCount = ArrowSchema.guarded(footerPlace, footer::recordBatchesLength);
    for (int i = 0; i < batchCount; i++) {
      int index = i;
      RecordBatchAt at =
          locate(
              name + ": record batch " + i,
              ArrowSchema.guarded(footerPlace, () -> footer.recordBatches(index)),
              end);
      count = ArrowSchema.guarded(footerPlace, addTo(count, at.message.rows()));
      batches.add(at);
    }
    this.rows = count;
  }

  private static java.util.function.Supplier<Long> addTo(long count, long rows) {
    return () -> Math.addExact(count, rows);
  }

  /// Opens and checks an Arrow file.
  ///
  /// @throws DataException if it is not one, or damaged
  /// @throws java.io.UncheckedIOException if it cannot be read
  public static ArrowFile open(Path path, Reading reading) {
    Mapping mapping = Mapping.open(path, reading);
    try {
      return new ArrowFile(path.toString(), mapping);
    } catch (RuntimeException e) {
      mapping.close();
      throw e;
    }
  }

  private static boolean hasMagic(MemorySegment bytes, long at) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (bytes.get(JAVA_BYTE, at + i) != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  private RecordBatchAt locate(String place, Block block, long end) {
    long offset;
    long metadata;
    long body;
    try {
      offset = block.offset();
      metadata = block.metaDataLength();
      body = block.bodyLength();
    } catch (IndexOutOfBoundsException e) {
      throw new DataException(place, "found a footer that ends before it", e);
    }
    if (offset < HEAD
        || metadata <= 0
        || body < 0
        || offset > end - metadata
        || body > end - metadata - offset) {
      throw new DataException(
          place,
          "found %d + %d bytes at %d, expected them within [%d, %d)"
              .formatted(metadata, body, offset, HEAD, end));
    }
    ArrowMessage message =
        ArrowMessage.parsePrefixed(place, mapping.bytes().asSlice(offset, metadata));
    if (message.bodyLength() > body) {
      throw new DataException(
          place,
          "found a body of %d bytes, expected %d as in the footer"
              .formatted(message.bodyLength(), body));
    }
    return new RecordBatchAt(message, mapping.bytes().asSlice(offset + metadata, body));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String format() {
    return "arrow-file";
  }

  @Override
  public List<ColumnType> schema() {
    return schema.columns();
  }

  @Override
  public List<Unsupported> unsupported() {
    return schema.unsupported();
  }

  @Override
  public OptionalLong rowCount(List<String> columns) {
    Projection.of(this, columns);
    return OptionalLong.of(rows);
  }

  @Override
  public Cursor read(List<String> columns, int batchRows) {
    List<ColumnType> wanted = Projection.of(this, columns, batchRows);
    return new ChunkCursor(
        name,
        mapping::checkUnchanged,
        batchRows,
        new ChunkCursor.Chunks() {
          private int next;

          @Override
          public @Nullable Chunk next() {
            if (next == batches.size()) {
              return null;
            }
            RecordBatchAt at = batches.get(next++);
            return chunk(schema, wanted, at.message, at.body, dictionaries, () -> {});
          }
        });
  }

  /// One record batch as a chunk; files and streams share it.
  ///
  /// @param free frees the body
  static Chunk chunk(
      ArrowSchema schema,
      List<ColumnType> wanted,
      ArrowMessage message,
      MemorySegment body,
      Map<Long, Dictionary> dictionaries,
      Runnable free) {
    ArrowMessage.IpcParts parts =
        ArrowMessage.IpcParts.of(message.place(), message.recordBatch(), body);
    try {
      List<ColumnChunk> columns =
          ArrowBody.columns(message.place(), schema, wanted, parts, dictionaries);
      return new Chunk(
          message.rows(),
          columns,
          () -> {
            parts.close();
            free.run();
          });
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  @Override
  public void checkUnchanged() {
    mapping.checkUnchanged();
  }

  @Override
  public void close() {
    mapping.close();
  }
}
