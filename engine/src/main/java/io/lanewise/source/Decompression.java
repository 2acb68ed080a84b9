package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.jspecify.annotations.Nullable;

/// Expands the compressed buffers of one record batch and owns what comes out. Only buffers that
/// are asked for are expanded.
///
/// The one class that touches `arrow-compression`, which not everybody has.
final class Decompression implements AutoCloseable {
  private final String place;
  private final byte codec;
  private final Arena views = Arena.ofShared();
  private final List<ArrowBuf> expanded = new ArrayList<>();
  private @Nullable BufferAllocator allocator;

  /// @param codec as in Arrow's `BodyCompression`
  Decompression(String place, byte codec) {
    this.place = place;
    this.codec = codec;
  }

  MemorySegment expand(MemorySegment buffer) {
    if (buffer.byteSize() == 0) {
      return buffer;
    }
    if (buffer.byteSize() < 8) {
      throw new DataException(
          place, "found a compressed buffer of %d bytes".formatted(buffer.byteSize()));
    }
    // Writers leave a buffer alone when compressing would not shrink it, and say so with -1.
    long length = buffer.get(JAVA_LONG_UNALIGNED, 0);
    if (length == -1) {
      return buffer.asSlice(8);
    }
    if (length < 0) {
      throw new DataException(place, "found a compressed buffer of " + length + " bytes");
    }
    if (length == 0) {
      return buffer.asSlice(0, 0);
    }
    try {
      return expand(buffer, length);
    } catch (NoClassDefFoundError e) {
      throw new DataException(
          place,
          "found compressed buffers; add org.apache.arrow:arrow-compression to the class path to"
              + " read them",
          e);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw new DataException(
          place,
          "found a buffer that does not expand to its %d bytes (%s)".formatted(length, e),
          e);
    }
  }

  private MemorySegment expand(MemorySegment buffer, long length) {
    CompressionCodec expander =
        CommonsCompressionFactory.INSTANCE.createCodec(CodecType.fromCompressionType(codec));
    BufferAllocator memory = allocator;
    if (memory == null) {
      memory = new RootAllocator();
      allocator = memory;
    }
    ArrowBuf compressed = memory.buffer(buffer.byteSize());
    MemorySegment.copy(
        buffer,
        0,
        MemorySegment.ofAddress(compressed.memoryAddress()).reinterpret(buffer.byteSize()),
        0,
        buffer.byteSize());
    compressed.writerIndex(buffer.byteSize());
    ArrowBuf result;
    try {
      result = expander.decompress(memory, compressed);
    } catch (RuntimeException e) {
      // The codec lets go of its input only when it succeeds.
      if (compressed.refCnt() > 0) {
        compressed.close();
      }
      throw e;
    }
    expanded.add(result);
    if (result.writerIndex() != length) {
      throw new IllegalArgumentException("got " + result.writerIndex());
    }
    return MemorySegment.ofAddress(result.memoryAddress()).reinterpret(length, views, null);
  }

  @Override
  public void close() {
    views.close();
    expanded.forEach(ArrowBuf::close);
    if (allocator != null) {
      allocator.close();
    }
  }
}
