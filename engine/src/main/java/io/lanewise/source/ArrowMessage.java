package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// One message of Arrow IPC: the metadata of a schema, a dictionary or a record batch.
///
/// What every message has is read when it is parsed: a damaged one fails there, and not where it is
/// used.
///
/// @param place the file and which message of it, for messages
/// @param type which kind of message it is, of [MessageHeader]
/// @param bodyLength the bytes that follow its metadata
record ArrowMessage(String place, Message message, byte type, long bodyLength) {
  /// What stands before a message's length since Arrow 0.15.
  static final int CONTINUATION = 0xFFFFFFFF;

  /// A schema of a hundred thousand columns takes a twentieth of it.
  private static final long MAX_METADATA = 256L << 20;

  /// The message in `flatbuffer`, which may be anything.
  static ArrowMessage parse(String place, MemorySegment flatbuffer) {
    byte[] bytes = copied(place, flatbuffer);
    ArrowVerifier.message(place, bytes);
    Message message =
        Message.getRootAsMessage(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    if (message.version() < MetadataVersion.V4 || message.version() > MetadataVersion.V5) {
      throw new DataException(
          place,
          "found Arrow metadata version %d, expected %d or %d"
              .formatted(message.version() + 1, MetadataVersion.V4 + 1, MetadataVersion.V5 + 1));
    }
    if (message.bodyLength() < 0) {
      throw new DataException(
          place, "found a body of %d bytes, expected at least 0".formatted(message.bodyLength()));
    }
    return new ArrowMessage(place, message, message.headerType(), message.bodyLength());
  }

  /// Metadata on the heap: what has been verified must not change with the file.
  static byte[] copied(String place, MemorySegment metadata) {
    if (metadata.byteSize() > MAX_METADATA) {
      throw new DataException(
          place,
          "found metadata of %d bytes, expected at most %d"
              .formatted(metadata.byteSize(), MAX_METADATA));
    }
    return metadata.toArray(JAVA_BYTE);
  }

  /// The message at the start of `prefixed`, after its continuation mark and length.
  static ArrowMessage parsePrefixed(String place, MemorySegment prefixed) {
    int prefix =
        prefixed.byteSize() >= 4 && prefixed.get(JAVA_INT_UNALIGNED, 0) == CONTINUATION ? 8 : 4;
    if (prefixed.byteSize() < prefix) {
      throw new DataException(place, "found %d bytes of metadata".formatted(prefixed.byteSize()));
    }
    int length = prefixed.get(JAVA_INT_UNALIGNED, prefix - 4);
    if (length <= 0 || length > prefixed.byteSize() - prefix) {
      throw new DataException(
          place,
          "found metadata of %d bytes, expected at most %d"
              .formatted(length, prefixed.byteSize() - prefix));
    }
    return parse(place, prefixed.asSlice(prefix, length));
  }

  boolean is(byte header) {
    return type == header;
  }

  ArrowSchema schema() {
    return ArrowSchema.parse(
        place,
        ArrowSchema.guarded(place, () -> (Schema) header(MessageHeader.Schema, new Schema())));
  }

  RecordBatch recordBatch() {
    return ArrowSchema.guarded(
        place, () -> (RecordBatch) header(MessageHeader.RecordBatch, new RecordBatch()));
  }

  /// The record batch's number of rows.
  long rows() {
    long rows = ArrowSchema.guarded(place, () -> recordBatch().length());
    if (rows < 0) {
      throw new DataException(place, "found " + rows + " rows");
    }
    return rows;
  }

  private com.google.flatbuffers.Table header(byte expected, com.google.flatbuffers.Table into) {
    com.google.flatbuffers.@Nullable Table header = is(expected) ? message.header(into) : null;
    if (header == null) {
      throw new DataException(
          place,
          "found a message of type %d, expected %s".formatted(type, MessageHeader.name(expected)));
    }
    return header;
  }

  /// Adds the values of this dictionary batch to `dictionaries`, if a column that can be read has
  /// them.
  void addTo(Map<Long, Dictionary> dictionaries, Map<Long, Field> fields, MemorySegment body) {
    ArrowSchema.guarded(
        place,
        () -> {
          DictionaryBatch batch =
              (DictionaryBatch) header(MessageHeader.DictionaryBatch, new DictionaryBatch());
          Field field = fields.get(batch.id());
          if (field == null) {
            return dictionaries;
          }
          try (IpcParts parts = IpcParts.of(place, batch.data(), body)) {
            Dictionary values = ArrowBody.dictionary(place, field, parts);
            Dictionary before = dictionaries.get(batch.id());
            dictionaries.put(
                batch.id(), batch.isDelta() && before != null ? before.plus(values) : values);
            return dictionaries;
          }
        });
  }

  /// A record batch's parts: counts from its metadata, buffers from its body.
  record IpcParts(
      String place, RecordBatch batch, MemorySegment body, @Nullable Decompression decompression)
      implements ArrowBody.Parts, AutoCloseable {

    static IpcParts of(String place, @Nullable RecordBatch batch, MemorySegment body) {
      return ArrowSchema.guarded(
          place,
          () -> {
            if (batch == null) {
              throw new DataException(place, "found no record batch");
            }
            var compression = batch.compression();
            return new IpcParts(
                place,
                batch,
                body,
                compression == null
                    ? null
                    : new Decompression(place, compression.codec(), body.byteSize()));
          });
    }

    @Override
    public long rows() {
      return batch.length();
    }

    @Override
    public long length(int node) {
      checkIndex("arrays", node, batch.nodesLength());
      return batch.nodes(node).length();
    }

    @Override
    public long nulls(int node) {
      checkIndex("arrays", node, batch.nodesLength());
      return batch.nodes(node).nullCount();
    }

    @Override
    public MemorySegment buffer(int i) {
      checkIndex("buffers", i, batch.buffersLength());
      Buffer buffer = batch.buffers(i);
      long offset = buffer.offset();
      long length = buffer.length();
      if (offset < 0 || length < 0 || offset > body.byteSize() - length) {
        throw new DataException(
            place,
            "found a buffer of %d bytes at %d, expected it within the body of %d bytes"
                .formatted(length, offset, body.byteSize()));
      }
      MemorySegment segment = body.asSlice(offset, length);
      return decompression == null ? segment : decompression.expand(segment);
    }

    @Override
    public long variadic(int i) {
      checkIndex("view columns", i, batch.variadicBufferCountsLength());
      return batch.variadicBufferCounts(i);
    }

    private void checkIndex(String what, int i, int length) {
      if (i >= length) {
        throw new DataException(
            place, "found %d %s, expected more for this schema".formatted(length, what));
      }
    }

    @Override
    public void close() {
      if (decompression != null) {
        decompression.close();
      }
    }
  }
}
