package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The positions of the entries of a zip file. `java.util.zip` reads entries as streams but does
/// not give their position, which is needed to map a stored entry.
final class ZipDirectory {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int END_BYTES = 22;

  /// DEFLATE cannot expand further than this; a larger claim is a lie about memory to set aside.
  private static final long MAX_EXPANSION = 1032;

  private final String place;
  private final MemorySegment bytes;

  private ZipDirectory(String place, MemorySegment bytes) {
    this.place = place;
    this.bytes = bytes;
  }

  /// One entry.
  ///
  /// @param deflated whether `data` has to be inflated to `size` bytes; otherwise it is them
  /// @param crc the CRC-32 of the inflated bytes
  record Entry(String name, boolean deflated, MemorySegment data, long size, long crc) {}

  static List<Entry> read(String place, MemorySegment bytes) {
    try {
      return new ZipDirectory(place, bytes).entries();
    } catch (IndexOutOfBoundsException e) {
      throw new DataException(
          place, "found a damaged zip directory, expected every offset within the file", e);
    }
  }

  private List<Entry> entries() {
    long end = findEnd();
    long count = u16(end + 10);
    long size = u32(end + 12);
    long offset = u32(end + 16);
    long directoryEnd = end;
    if (end >= 20 && bytes.get(U32, end - 20) == LOCATOR64) {
      long end64 = bytes.get(I64, end - 20 + 8);
      if (end64 < 0 || end64 > end - 20 || bytes.get(U32, end64) != END64) {
        throw new DataException(place, "found no zip64 directory at byte " + end64);
      }
      count = bytes.get(I64, end64 + 32);
      size = bytes.get(I64, end64 + 40);
      offset = bytes.get(I64, end64 + 48);
      directoryEnd = end64;
    }
    if (offset < 0 || size < 0 || offset > directoryEnd - size) {
      throw new DataException(
          place,
          "found a zip directory of %d bytes at %d, expected it within %d bytes"
              .formatted(size, offset, directoryEnd));
    }
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    long at = offset;
    for (long i = 0; i < count; i++) {
      if (at > offset + size - 46 || bytes.get(U32, at) != CENTRAL) {
        throw new DataException(
            place, "found %d entries in the zip directory, expected %d".formatted(i, count));
      }
      Entry entry = entry(at, offset);
      if (!names.add(entry.name())) {
        throw new DataException(
            place + ": entry '" + entry.name() + "'", "found it twice, expected each name once");
      }
      entries.add(entry);
      at += 46 + u16(at + 28) + u16(at + 30) + u16(at + 32);
    }
    return entries;
  }

  /// The end record is the last thing in the file but for a comment of its own stated length.
  private long findEnd() {
    long last = bytes.byteSize() - END_BYTES;
    for (long at = last; at >= Math.max(0, last - 0xFFFF); at--) {
      if (bytes.get(U32, at) == END && u16(at + 20) == last - at) {
        return at;
      }
    }
    throw new DataException(place, "found no zip directory at its end, expected a complete file");
  }

  private Entry entry(long at, long directory) {
    int flags = u16(at + 8);
    int method = u16(at + 10);
    long crc = u32(at + 16);
    long packed = u32(at + 20);
    long size = u32(at + 24);
    int nameLength = u16(at + 28);
    int extraLength = u16(at + 30);
    long local = u32(at + 42);
    byte[] rawName = bytes.asSlice(at + 46, nameLength).toArray(JAVA_BYTE);
    String name =
        new String(
            rawName, (flags & 0x800) != 0 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    String entryPlace = place + ": entry '" + name + "'";
    long extra = at + 46 + nameLength;
    long extraEnd = extra + extraLength;
    while (extra + 4 <= extraEnd) {
      int id = u16(extra);
      long field = extra + 4;
      if (id == 1) {
        // Only the fields that overflowed are there, in this order.
        if (size == 0xFFFFFFFFL) {
          size = bytes.get(I64, field);
          field += 8;
        }
        if (packed == 0xFFFFFFFFL) {
          packed = bytes.get(I64, field);
          field += 8;
        }
        if (local == 0xFFFFFFFFL) {
          local = bytes.get(I64, field);
        }
        break;
      }
      extra = field + u16(extra + 2);
    }
    if ((flags & 1) != 0) {
      throw new DataException(entryPlace, "found an encrypted entry, expected a plain one");
    }
    if (method != 0 && method != 8) {
      throw new DataException(
          entryPlace, "found compression method " + method + ", expected stored or deflated");
    }
    if (local < 0 || local > directory - 30 || bytes.get(U32, local) != LOCAL) {
      throw new DataException(entryPlace, "found no entry at byte " + local);
    }
    int localNameLength = u16(local + 26);
    byte[] localName = bytes.asSlice(local + 30, localNameLength).toArray(JAVA_BYTE);
    if (!Arrays.equals(localName, rawName) || u16(local + 8) != method) {
      throw new DataException(
          entryPlace,
          "found the header of '%s' in its place, expected the name and method of the directory"
              .formatted(new String(localName, StandardCharsets.UTF_8)));
    }
    long data = local + 30 + localNameLength + u16(local + 28);
    boolean deflated = method == 8;
    if (packed < 0 || size < 0 || data > directory - packed || (!deflated && size != packed)) {
      throw new DataException(
          entryPlace,
          "found %d bytes (%d unpacked) at %d, expected them before byte %d"
              .formatted(packed, size, data, directory));
    }
    if (deflated && size / MAX_EXPANSION > packed) {
      throw new DataException(
          entryPlace,
          "found %d bytes that claim to inflate to %d, expected at most %d"
              .formatted(packed, size, MAX_EXPANSION * packed));
    }
    return new Entry(name, deflated, bytes.asSlice(data, packed), size, crc);
  }

  private int u16(long at) {
    return Short.toUnsignedInt(bytes.get(U16, at));
  }

  private long u32(long at) {
    return Integer.toUnsignedLong(bytes.get(U32, at));
  }
}
