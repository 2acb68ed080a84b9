package io.lanewise.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Checks Arrow metadata before any offset in it is followed. Flatbuffers for Java have no
/// verifier, and their accessors trust every offset.
///
/// Each table is checked against the schema of Arrow: its vtable lies within the buffer, each field
/// within its table, and each offset points to a table, vector or string within the buffer. Tables
/// do not nest deeper than [#MAX_DEPTH]. Several offsets may point to the same part, so a small
/// buffer could describe a schema of any size. So the parts, counted as often as they are reached,
/// may add up to at most [#SHARING] times the buffer.
final class ArrowVerifier {
  private static final int MAX_DEPTH = 64;

  /// Real writers share only vtables, which do not count.
  private static final int SHARING = 4;

  private final String place;
  private final ByteBuffer bytes;
  private final int size;
  private long budget;

  private ArrowVerifier(String place, byte[] bytes) {
    this.place = place;
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.size = bytes.length;
    this.budget = 1024 + (long) SHARING * bytes.length;
  }

  /// Checks a `Message`: a schema, a dictionary or a record batch.
  ///
  /// @throws DataException if anything in it leads outside of `bytes`
  static void message(String place, byte[] bytes) {
    new ArrowVerifier(place, bytes).root(ArrowTable.MESSAGE);
  }

  /// Checks the `Footer` of a file.
  ///
  /// @throws DataException if anything in it leads outside of `bytes`
  static void footer(String place, byte[] bytes) {
    new ArrowVerifier(place, bytes).root(ArrowTable.FOOTER);
  }

  private void root(ArrowTable type) {
    table(type, offset(0), 0);
  }

  private void table(ArrowTable type, int at, int depth) {
    if (depth > MAX_DEPTH) {
      throw new DataException(
          place, "found metadata nested deeper than " + MAX_DEPTH + " tables, expected less");
    }
    need(at, 4);
    long vtableAt = (long) at - bytes.getInt(at);
    if (vtableAt < 0 || vtableAt > size - 4) {
      throw damaged();
    }
    int vtable = (int) vtableAt;
    int vtableSize = bytes.getShort(vtable) & 0xFFFF;
    int tableSize = bytes.getShort(vtable + 2) & 0xFFFF;
    if (vtableSize < 4 || (vtableSize & 1) != 0 || tableSize < 4) {
      throw damaged();
    }
    need(vtable, vtableSize);
    need(at, tableSize);
    spend(tableSize);
    int union = 0;
    for (int i = 0; i < type.fields().length; i++) {
      ArrowTable.Slot field = type.fields()[i];
      int entry = 4 + 2 * i;
      int within = entry < vtableSize ? bytes.getShort(vtable + entry) & 0xFFFF : 0;
      if (within == 0) {
        if (field.required()) {
          throw damaged();
        }
        continue;
      }
      if (within < 4 || within > tableSize - field.inlineBytes()) {
        throw damaged();
      }
      int where = at + within;
      switch (field) {
        case ArrowTable.Scalar _ -> {}
        case ArrowTable.UnionType _ -> union = bytes.get(where) & 0xFF;
        case ArrowTable.Text _ -> text(offset(where));
        case ArrowTable.Structs structs -> vector(offset(where), structs.bytes());
        case ArrowTable.Table child -> table(child.type(), offset(where), depth + 1);
        case ArrowTable.Tables children -> {
          int vector = offset(where);
          int count = vector(vector, 4);
          for (int k = 0; k < count; k++) {
            table(children.type(), offset(vector + 4 + 4 * k), depth + 1);
          }
        }
        case ArrowTable.Union of -> {
          ArrowTable member = of.member(union);
          if (member == null) {
            throw new DataException(
                place,
                "found %s %d, expected one of the %d that Arrow has"
                    .formatted(of.what(), union, of.members()));
          }
          table(member, offset(where), depth + 1);
        }
      }
    }
  }

  /// The length of the vector or string at `at`, after checking that all of it is there.
  private int vector(int at, int elementBytes) {
    need(at, 4);
    long count = Integer.toUnsignedLong(bytes.getInt(at));
    need(at + 4, count * elementBytes);
    spend(4 + count * elementBytes);
    return (int) count;
  }

  private void text(int at) {
    int length = vector(at, 1);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes.slice(at + 4, length));
    } catch (CharacterCodingException e) {
      throw new DataException(
          place,
          "found bytes that are not UTF-8 at byte %d of the metadata, expected text"
              .formatted(at + 4),
          e);
    }
  }

  /// The target of the offset at `at`.
  private int offset(int at) {
    need(at, 4);
    long to = at + Integer.toUnsignedLong(bytes.getInt(at));
    if (to == at || to > size) {
      throw damaged();
    }
    return (int) to;
  }

  private void need(int at, long count) {
    if (at < 0 || count > size - (long) at) {
      throw damaged();
    }
  }

  private void spend(long count) {
    budget -= count;
    if (budget < 0) {
      throw new DataException(
          place,
          "found %d bytes of metadata that stand for more than %d, expected none to be shared"
              .formatted(size, 1024 + (long) SHARING * size));
    }
  }

  private DataException damaged() {
    return new DataException(
        place, "found damaged metadata, expected every offset within its %d bytes".formatted(size));
  }
}
