package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.jspecify.annotations.Nullable;

/// Expands the compressed buffers of one record batch and owns what comes out. Only buffers that
/// are asked for are expanded.
///
/// A compressed buffer begins with the length that it claims to expand to. That claim is checked
/// before memory is set aside for it: a codec cannot expand a byte into more than so many, and the
/// buffers of one batch cannot hold more compressed bytes than its body. It is checked again
/// against what came out, byte by byte: no view is longer than that.
///
/// The one class that touches the codecs behind `arrow-compression`, which not everybody has.
final class Decompression implements AutoCloseable {
  /// The most that an LZ4 block makes of a byte: a length is extended by 255 with each.
  private static final long MOST_BY_LZ4 = 255;

  /// The most that a ZSTD block makes of a byte: 128 KiB take at least four.
  private static final long MOST_BY_ZSTD = 1 << 15;

  /// Frames have headers, and a block may be all there is.
  private static final long HEADROOM = 1 << 17;

  private final String place;
  private final byte codec;
  private final Arena expanded = Arena.ofShared();
  private long left;

  /// @param codec as in Arrow's `BodyCompression`
  /// @param bodyBytes the size of the body that holds the buffers
  Decompression(String place, byte codec, long bodyBytes) {
    if (codec != CompressionType.LZ4_FRAME && codec != CompressionType.ZSTD) {
      throw new DataException(
          place, "found compression codec %d, expected LZ4 (0) or ZSTD (1)".formatted(codec));
    }
    this.place = place;
    this.codec = codec;
    this.left = bodyBytes;
  }

  MemorySegment expand(MemorySegment buffer) {
    if (buffer.byteSize() == 0) {
      return buffer;
    }
    if (buffer.byteSize() < 8) {
      throw new DataException(
          place,
          "found a compressed buffer of %d bytes, expected at least 8"
              .formatted(buffer.byteSize()));
    }
    // Writers leave a buffer alone when compressing would not shrink it, and say so with -1.
    long length = buffer.get(JAVA_LONG_UNALIGNED, 0);
    MemorySegment compressed = buffer.asSlice(8);
    if (length == -1) {
      return compressed;
    }
    if (length < 0) {
      throw new DataException(
          place, "found a compressed buffer of %d bytes, expected at least 0".formatted(length));
    }
    if (length == 0) {
      return buffer.asSlice(0, 0);
    }
    left -= buffer.byteSize();
    if (left < 0) {
      throw new DataException(place, "found compressed buffers that overlap, expected none to");
    }
    long most =
        HEADROOM
            + compressed.byteSize() * (codec == CompressionType.ZSTD ? MOST_BY_ZSTD : MOST_BY_LZ4);
    if (length > most) {
      throw new DataException(
          place,
          "found a compressed buffer of %d bytes that claims to hold %d, expected at most %d"
              .formatted(compressed.byteSize(), length, most));
    }
    try {
      long produced = codec == CompressionType.ZSTD ? contentOfZstd(compressed, length) : length;
      if (produced != length) {
        throw doesNotExpand(length, null);
      }
      MemorySegment result = expanded.allocate(length, 64);
      if (codec == CompressionType.ZSTD) {
        expandZstd(compressed, result);
      } else {
        expandLz4(compressed, result);
      }
      return result;
    } catch (NoClassDefFoundError e) {
      throw new DataException(
          place,
          "found compressed buffers; add org.apache.arrow:arrow-compression to the class path to"
              + " read them",
          e);
    } catch (OutOfMemoryError e) {
      throw new DataException(
          place,
          "found a compressed buffer of %d bytes, expected one that fits into memory"
              .formatted(length),
          e);
    }
  }

  /// What a ZSTD frame says that it holds, or `length` where it does not say.
  private static long contentOfZstd(MemorySegment compressed, long length) {
    byte[] head = compressed.asSlice(0, Math.min(compressed.byteSize(), 64)).toArray(JAVA_BYTE);
    long content = Codecs.zstdContent(head);
    return content < 0 ? length : content;
  }

  private void expandZstd(MemorySegment compressed, MemorySegment result) {
    // The native code wants addresses: a body on the heap is copied out of it first.
    MemorySegment from =
        compressed.isNative()
            ? compressed
            : expanded.allocate(compressed.byteSize()).copyFrom(compressed);
    long produced = Codecs.zstd(from, result);
    if (produced != result.byteSize()) {
      throw doesNotExpand(result.byteSize(), null);
    }
  }

  private void expandLz4(MemorySegment compressed, MemorySegment result) {
    byte[] piece = new byte[(int) Math.min(1 << 16, result.byteSize())];
    try (InputStream in = Codecs.lz4(new SegmentInput(compressed))) {
      long at = 0;
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (n > result.byteSize() - at) {
          throw doesNotExpand(result.byteSize(), null);
        }
        MemorySegment.copy(piece, 0, result, JAVA_BYTE, at, n);
        at += n;
      }
      if (at != result.byteSize()) {
        throw doesNotExpand(result.byteSize(), null);
      }
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // What the decoder throws for damaged blocks, by the place it finds out.
      throw doesNotExpand(result.byteSize(), e);
    }
  }

  private DataException doesNotExpand(long length, @Nullable Exception e) {
    String problem =
        "found a compressed buffer that does not expand to the %d bytes it claims"
            .formatted(length);
    return e == null ? new DataException(place, problem) : new DataException(place, problem, e);
  }

  /// The codecs. In a class of their own: the one around it must load without them.
  private static final class Codecs {
    static InputStream lz4(InputStream in) throws IOException {
      return new FramedLZ4CompressorInputStream(in, true);
    }

    static long zstdContent(byte[] head) {
      return Zstd.getFrameContentSize(head);
    }

    static long zstd(MemorySegment from, MemorySegment to) {
      return Zstd.decompressUnsafe(to.address(), to.byteSize(), from.address(), from.byteSize());
    }
  }

  /// The bytes of a segment as a stream.
  private static final class SegmentInput extends InputStream {
    private final MemorySegment bytes;
    private long at;

    SegmentInput(MemorySegment bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return at == bytes.byteSize() ? -1 : bytes.get(JAVA_BYTE, at++) & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int count) {
      if (count == 0) {
        return 0;
      }
      if (at == bytes.byteSize()) {
        return -1;
      }
      int n = (int) Math.min(count, bytes.byteSize() - at);
      MemorySegment.copy(bytes, JAVA_BYTE, at, into, from, n);
      at += n;
      return n;
    }
  }

  @Override
  public void close() {
    expanded.close();
  }
}
