package io.lanewise.source;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Checks the metadata at the end of a Parquet file before DuckDB reads it. DuckDB allocates memory
/// for as many entries as a list claims, which can be gigabytes for a file of 600 bytes.
///
/// The metadata uses the compact protocol of Thrift. All of it is checked, whatever its fields
/// mean: no list or map may have more entries, and no text more bytes, than there are bytes left,
/// and nothing may be nested deeper than [#MAX_DEPTH].
final class ParquetFooter {
  private static final int MAX_DEPTH = 64;

  /// A schema of a hundred thousand columns and a thousand row groups takes less.
  private static final long MAX_BYTES = 1L << 30;

  private static final int TAIL = 8;
  private static final int STRUCT = 12;

  private final String place;
  private final ByteBuffer bytes;

  private ParquetFooter(String place, ByteBuffer bytes) {
    this.place = place;
    this.bytes = bytes;
  }

  /// Checks the metadata of a file.
  ///
  /// @throws DataException if the file does not end as a Parquet file does, or its metadata claims
  ///   more than it holds
  static void check(Path path) {
    String name = path.toString();
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long size = file.length();
      if (size < TAIL + 4) {
        throw new DataException(name, "found %d bytes, expected a Parquet file".formatted(size));
      }
      byte[] tail = new byte[TAIL];
      file.seek(size - TAIL);
      file.readFully(tail);
      ByteBuffer end = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
      if (end.getInt(4) != 0x31524150) {
        throw new DataException(name, "found no PAR1 at the end, expected a complete Parquet file");
      }
      long length = Integer.toUnsignedLong(end.getInt(0));
      if (length > Math.min(MAX_BYTES, size - TAIL - 4)) {
        throw new DataException(
            name,
            "found metadata of %d bytes, expected it within the file's %d".formatted(length, size));
      }
      byte[] metadata = new byte[(int) length];
      file.seek(size - TAIL - length);
      file.readFully(metadata);
      check(name, metadata);
    } catch (IOException e) {
      throw Mapping.unreadable(path, e);
    }
  }

  /// Checks one structure of Thrift's compact protocol.
  static void check(String place, byte[] metadata) {
    new ParquetFooter(place, ByteBuffer.wrap(metadata)).struct(0);
  }

  private void struct(int depth) {
    if (depth > MAX_DEPTH) {
      throw damaged();
    }
    while (true) {
      int header = octet();
      int type = header & 0x0F;
      if (type == 0) {
        return;
      }
      if (header >>> 4 == 0) {
        // A field number of its own instead of a step from the last one.
        varint();
      }
      // Booleans are their type.
      if (type > 2) {
        value(type, depth);
      }
    }
  }

  private void value(int type, int depth) {
    switch (type) {
      case 1, 2, 3 -> skip(1);
      case 4, 5, 6 -> varint();
      case 7 -> skip(8);
      case 8 -> skip(varint());
      case 9, 10 -> {
        int header = octet();
        long count = header >>> 4 == 15 ? varint() : header >>> 4;
        entries(count, header & 0x0F, 0, depth);
      }
      case 11 -> {
        long count = varint();
        if (count != 0) {
          int types = octet();
          entries(count, types >>> 4, types & 0x0F, depth);
        }
      }
      case STRUCT -> struct(depth + 1);
      case 13 -> skip(16);
      default -> throw damaged();
    }
  }

  /// @param second the type of a map's values; 0 for a list
  private void entries(long count, int first, int second, int depth) {
    // Each takes a byte at least.
    if (count < 0 || count > bytes.remaining() || depth > MAX_DEPTH) {
      throw new DataException(
          place,
          "found metadata with a list of %s entries, expected at most the %d bytes that are left"
              .formatted(Long.toUnsignedString(count), bytes.remaining()));
    }
    for (long i = 0; i < count; i++) {
      value(first, depth + 1);
      if (second != 0) {
        value(second, depth + 1);
      }
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int octet = octet();
      value |= (long) (octet & 0x7F) << shift;
      if (octet < 0x80) {
        return value;
      }
    }
    throw damaged();
  }

  private int octet() {
    if (!bytes.hasRemaining()) {
      throw damaged();
    }
    return bytes.get() & 0xFF;
  }

  private void skip(long count) {
    if (count < 0 || count > bytes.remaining()) {
      throw damaged();
    }
    bytes.position(bytes.position() + (int) count);
  }

  private DataException damaged() {
    return new DataException(
        place,
        "found damaged metadata at byte %d of %d, expected Parquet's"
            .formatted(bytes.position(), bytes.limit()));
  }
}
