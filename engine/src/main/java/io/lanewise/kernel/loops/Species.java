package io.lanewise.kernel.loops;

import java.nio.ByteOrder;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// The vector species of every SIMD kernel, in static final fields because C2 compiles vector code
/// well only for a species that is a compile-time constant.
///
/// The width is the platform's preferred one, or `-Dlanewise.vector.bits=128|256|512`. Loading this
/// class needs the module `jdk.incubator.vector`.
public final class Species {
  public static final String BITS_PROPERTY = "lanewise.vector.bits";

  /// The shape all species share.
  private static final VectorShape SHAPE = shape(System.getProperty(BITS_PROPERTY));

  public static final VectorSpecies<Double> F64 = VectorSpecies.of(double.class, SHAPE);
  public static final VectorSpecies<Float> F32 = VectorSpecies.of(float.class, SHAPE);
  public static final VectorSpecies<Long> I64 = VectorSpecies.of(long.class, SHAPE);
  public static final VectorSpecies<Integer> I32 = VectorSpecies.of(int.class, SHAPE);

  /// As many floats as [#F64] has doubles: what is loaded to be widened, and what a rounded result
  /// is stored as.
  public static final VectorSpecies<Float> F32_HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));

  /// As many shorts as [#F32] has floats: what is loaded to be widened to those.
  public static final VectorSpecies<Short> I16_HALF =
      VectorSpecies.of(short.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));

  /// Lanes of [#F64] and of [#F32].
  public static final int L = F64.length();

  public static final int L32 = F32.length();

  public static final ByteOrder NATIVE = ByteOrder.nativeOrder();

  private Species() {}

  /// Width in bits, for names and provenance.
  public static int bits() {
    return SHAPE.vectorBitSize();
  }

  /// The shape of a width that was checked before, or the preferred one, up to 512 bits: wider ones
  /// have more lanes than a row has accumulators.
  private static VectorShape shape(@Nullable String bits) {
    int preferred = VectorSpecies.ofPreferred(double.class).vectorShape().vectorBitSize();
    return VectorShape.forBitSize(bits == null ? Math.min(preferred, 512) : Integer.parseInt(bits));
  }
}
