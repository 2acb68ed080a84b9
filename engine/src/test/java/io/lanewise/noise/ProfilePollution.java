package io.lanewise.noise;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Runs vector code of every shape and element type, masks, shuffles and reductions, so that the
/// JVM's shared profiles inside the Vector API look as they do in a process with many kernels.
final class ProfilePollution {
  private ProfilePollution() {}

  static void run() {
    double sum = 0;
    for (int i = 0; i < 3000; i++) {
      for (VectorShape shape :
          new VectorShape[] {VectorShape.S_64_BIT, VectorShape.S_128_BIT, VectorShape.S_256_BIT}) {
        sum += longs(VectorSpecies.of(long.class, shape), i);
        sum += ints(VectorSpecies.of(int.class, shape), i);
        sum += floats(VectorSpecies.of(float.class, shape), i);
        sum += doubles(VectorSpecies.of(double.class, shape), i);
      }
    }
    if (sum == 42) {
      System.out.println(sum);
    }
  }

  private static double longs(VectorSpecies<Long> species, int i) {
    long[] data = new long[64];
    LongVector x = LongVector.broadcast(species, i).addIndex(3);
    for (int k = 0; k < 64; k += species.length()) {
      LongVector y = LongVector.fromArray(species, data, k).add(x).mul(x.and(0xFFFFFFFFL));
      y = y.lanewise(VectorOperators.LSHR, 7).lanewise(VectorOperators.XOR, x).sub(1).min(x);
      y = y.blend(x, y.compare(VectorOperators.LT, x)).lanewise(VectorOperators.ROL, 3);
      y.intoArray(data, k);
    }
    return LongVector.fromArray(species, data, 0).reduceLanes(VectorOperators.ADD);
  }

  private static double ints(VectorSpecies<Integer> species, int i) {
    int[] data = new int[64];
    IntVector x = IntVector.broadcast(species, i).addIndex(3);
    for (int k = 0; k < 64; k += species.length()) {
      IntVector y = IntVector.fromArray(species, data, k).add(x).mul(x.and(0xFFFF));
      y = y.lanewise(VectorOperators.ASHR, 7).lanewise(VectorOperators.XOR, x).sub(1).max(x);
      y = y.blend(x, y.compare(VectorOperators.EQ, x)).rearrange(x.toShuffle().wrapIndexes());
      y.intoArray(data, k);
    }
    return IntVector.fromArray(species, data, 0).reduceLanes(VectorOperators.MAX);
  }

  private static double floats(VectorSpecies<Float> species, int i) {
    float[] data = new float[64];
    FloatVector x = FloatVector.broadcast(species, i);
    for (int k = 0; k < 64; k += species.length()) {
      FloatVector y = FloatVector.fromArray(species, data, k).add(x).fma(x, x).mul(0.5f);
      y = y.sqrt().sub(x).div(x.add(1)).lanewise(VectorOperators.EXP).max(x);
      y = y.blend(x, y.compare(VectorOperators.GT, x)).abs().neg();
      y.intoArray(data, k, species.indexInRange(k, 60));
    }
    return FloatVector.fromArray(species, data, 0).reduceLanes(VectorOperators.ADD);
  }

  private static double doubles(VectorSpecies<Double> species, int i) {
    double[] data = new double[64];
    DoubleVector x = DoubleVector.broadcast(species, i);
    for (int k = 0; k < 64; k += species.length()) {
      DoubleVector y = DoubleVector.fromArray(species, data, k).add(x).fma(x, x).mul(0.5);
      y = y.sqrt().sub(x).div(x.add(1)).lanewise(VectorOperators.LOG).min(x);
      y = y.blend(x, y.compare(VectorOperators.GT, x)).abs().neg();
      y.intoArray(data, k, species.indexInRange(k, 60));
    }
    return DoubleVector.fromArray(species, data, 0).reduceLanes(VectorOperators.ADD);
  }
}
