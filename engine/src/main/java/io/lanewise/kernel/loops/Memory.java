package io.lanewise.kernel.loops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// All memory, at absolute addresses, without any check: C2 compiles reads and writes to plain
/// loads and stores, whatever kinds of segment the rest of the process uses. Only for addresses
/// that somebody has checked and keeps valid.
public final class Memory {
  /// All memory, for loads and stores of vectors.
  public static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private Memory() {}

  public static float f32(long address) {
    return MEMORY.get(ValueLayout.JAVA_FLOAT_UNALIGNED, address);
  }

  public static double f64(long address) {
    return MEMORY.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, address);
  }

  /// A float16, widened.
  public static float f16(long address) {
    return Float.float16ToFloat(MEMORY.get(ValueLayout.JAVA_SHORT_UNALIGNED, address));
  }

  /// A bfloat16, widened.
  public static float b16(long address) {
    return Float.intBitsToFloat(MEMORY.get(ValueLayout.JAVA_SHORT_UNALIGNED, address) << 16);
  }

  public static void f32(long address, float value) {
    MEMORY.set(ValueLayout.JAVA_FLOAT_UNALIGNED, address, value);
  }

  public static void f64(long address, double value) {
    MEMORY.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, address, value);
  }
}
