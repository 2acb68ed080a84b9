package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.lanewise.batch.DType;
import java.lang.foreign.MemorySegment;

/// How a file stores a number, and how that becomes one of the four numeric [DType]s.
enum Element {
  /// Arrow's booleans: one bit each, least significant first.
  BIT(0, DType.INT32),
  /// NumPy's booleans: one byte each.
  BYTE_BOOL(1, DType.INT32),
  INT8(1, DType.INT32),
  UINT8(1, DType.INT32),
  INT16(2, DType.INT32),
  UINT16(2, DType.INT32),
  INT32(4, DType.INT32),
  UINT32(4, DType.INT64),
  INT64(8, DType.INT64),
  UINT64(8, DType.INT64),
  FLOAT16(2, DType.FLOAT32),
  /// The upper half of a float32.
  BFLOAT16(2, DType.FLOAT32),
  FLOAT32(4, DType.FLOAT32),
  FLOAT64(8, DType.FLOAT64);

  private final int bytes;
  private final DType type;

  Element(int bytes, DType type) {
    this.bytes = bytes;
    this.type = type;
  }

  /// Bytes one element takes; [#BIT] has none of its own, see [#bytesFor].
  int bytes() {
    return bytes;
  }

  /// What it is widened to.
  DType type() {
    return type;
  }

  /// The bytes that `count` elements take, or `Long.MAX_VALUE` if that does not fit.
  long bytesFor(long count) {
    if (this == BIT) {
      return (count >>> 3) + ((count & 7) == 0 ? 0 : 1);
    }
    return count > Long.MAX_VALUE / bytes ? Long.MAX_VALUE : count * bytes;
  }

  /// Whether the stored bytes already are the widened ones.
  boolean isWide() {
    return switch (this) {
      case INT32, INT64, FLOAT32, FLOAT64 -> true;
      case BIT, BYTE_BOOL, INT8, UINT8, INT16, UINT16, UINT32, UINT64, FLOAT16, BFLOAT16 -> false;
    };
  }

  /// Writes elements `at, at + step, …` of `from` as elements `toAt, toAt + toStep, …` of `to`,
  /// widened. An unsigned 64-bit number beyond int64 comes out negative, for the caller to find.
  ///
  /// @param swap whether `from` is in the other byte order
  void widen(
      MemorySegment from,
      long at,
      long step,
      boolean swap,
      MemorySegment to,
      long toAt,
      long toStep,
      long count) {
    // One loop a type: the layouts must be constants for the accesses to compile to plain loads.
    switch (this) {
      case BIT -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          to.set(JAVA_INT_UNALIGNED, b << 2, (from.get(JAVA_BYTE, a >>> 3) >>> (a & 7)) & 1);
        }
      }
      case BYTE_BOOL -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          to.set(JAVA_INT_UNALIGNED, b << 2, from.get(JAVA_BYTE, a) == 0 ? 0 : 1);
        }
      }
      case INT8 -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          to.set(JAVA_INT_UNALIGNED, b << 2, from.get(JAVA_BYTE, a));
        }
      }
      case UINT8 -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          to.set(JAVA_INT_UNALIGNED, b << 2, from.get(JAVA_BYTE, a) & 0xFF);
        }
      }
      case INT16 -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          short v = from.get(JAVA_SHORT_UNALIGNED, a << 1);
          to.set(JAVA_INT_UNALIGNED, b << 2, swap ? Short.reverseBytes(v) : v);
        }
      }
      case UINT16 -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          short v = from.get(JAVA_SHORT_UNALIGNED, a << 1);
          to.set(JAVA_INT_UNALIGNED, b << 2, (swap ? Short.reverseBytes(v) : v) & 0xFFFF);
        }
      }
      case FLOAT16 -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          short v = from.get(JAVA_SHORT_UNALIGNED, a << 1);
          float wide = Float.float16ToFloat(swap ? Short.reverseBytes(v) : v);
          to.set(JAVA_FLOAT_UNALIGNED, b << 2, wide);
        }
      }
      case BFLOAT16 -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          short v = from.get(JAVA_SHORT_UNALIGNED, a << 1);
          to.set(JAVA_INT_UNALIGNED, b << 2, (swap ? Short.reverseBytes(v) : v) << 16);
        }
      }
      case INT32 -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          int v = from.get(JAVA_INT_UNALIGNED, a << 2);
          to.set(JAVA_INT_UNALIGNED, b << 2, swap ? Integer.reverseBytes(v) : v);
        }
      }
      case FLOAT32 -> {
        // A float with its bytes reversed may be a signalling NaN, so it only ever travels as an
        // int.
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          int v = from.get(JAVA_INT_UNALIGNED, a << 2);
          to.set(JAVA_INT_UNALIGNED, b << 2, swap ? Integer.reverseBytes(v) : v);
        }
      }
      case UINT32 -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          int v = from.get(JAVA_INT_UNALIGNED, a << 2);
          long wide = Integer.toUnsignedLong(swap ? Integer.reverseBytes(v) : v);
          to.set(JAVA_LONG_UNALIGNED, b << 3, wide);
        }
      }
      case INT64, UINT64, FLOAT64 -> {
        for (long i = 0, a = at, b = toAt; i < count; i++, a += step, b += toStep) {
          long v = from.get(JAVA_LONG_UNALIGNED, a << 3);
          to.set(JAVA_LONG_UNALIGNED, b << 3, swap ? Long.reverseBytes(v) : v);
        }
      }
    }
  }

  /// Element `at` of an integer column, as it is stored in native byte order.
  long integer(MemorySegment from, long at) {
    return switch (this) {
      case BIT -> (from.get(JAVA_BYTE, at >>> 3) >>> (at & 7)) & 1;
      case BYTE_BOOL, UINT8 -> from.get(JAVA_BYTE, at) & 0xFF;
      case INT8 -> from.get(JAVA_BYTE, at);
      case INT16 -> from.get(JAVA_SHORT_UNALIGNED, at << 1);
      case UINT16 -> from.get(JAVA_SHORT_UNALIGNED, at << 1) & 0xFFFF;
      case INT32 -> from.get(JAVA_INT_UNALIGNED, at << 2);
      case UINT32 -> Integer.toUnsignedLong(from.get(JAVA_INT_UNALIGNED, at << 2));
      case INT64, UINT64 -> from.get(JAVA_LONG_UNALIGNED, at << 3);
      case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 ->
          throw new IllegalStateException(this + " is no integer");
    };
  }
}
