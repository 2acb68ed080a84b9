package io.lanewise.noise;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// The one vector shape of this package, fixed when the class is loaded: C2 needs constants.
///
/// `-Dlanewise.vector.bits=128|256|512` overrides the platform's preferred shape. A class that is
/// loaded without module `jdk.incubator.vector` must not touch this one.
final class NoiseLanes {
  private static final VectorShape SHAPE = shape(System.getProperty("lanewise.vector.bits"));

  static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, SHAPE);
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);
  static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
  static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SHAPE);

  private NoiseLanes() {}

  /// 0, 2, 4, ... in lanes of 64 bits.
  static LongVector evens() {
    return LongVector.zero(LONGS).addIndex(2);
  }

  /// 0, 1, 2, ... in lanes of 32 bits.
  static IntVector iota() {
    return IntVector.zero(INTS).addIndex(1);
  }

  static IntVector ints(int value) {
    return IntVector.broadcast(INTS, value);
  }

  static FloatVector floats(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static DoubleVector doubles(double value) {
    return DoubleVector.broadcast(DOUBLES, value);
  }

  static LongVector longs(long value) {
    return LongVector.broadcast(LONGS, value);
  }

  static int bits() {
    return SHAPE.vectorBitSize();
  }

  private static VectorShape shape(@Nullable String bits) {
    if (bits == null) {
      VectorShape preferred = VectorShape.preferredShape();
      // A tile row is 16 words: wider hardware runs the 512-bit form.
      return preferred.vectorBitSize() > 512 ? VectorShape.S_512_BIT : preferred;
    }
    return switch (bits) {
      case "128" -> VectorShape.S_128_BIT;
      case "256" -> VectorShape.S_256_BIT;
      case "512" -> VectorShape.S_512_BIT;
      default ->
          throw new IllegalArgumentException(
              "lanewise.vector.bits: found " + bits + ", expected 128, 256 or 512");
    };
  }
}
