package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;

import io.lanewise.kernel.loops.Lanes;
import io.lanewise.kernel.loops.Memory;
import io.lanewise.kernel.loops.RowSumLoops;
import io.lanewise.kernel.loops.TileLoops;
import java.lang.foreign.Arena;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;

/// SIMD kernels with an elementary function work on a tile, 8 KiB of float64 that stays in L1: one
/// loop fills it from the input, one maps the function over it, one uses it. Rows may end anywhere
/// in it, so that short ones cost no more per value than long ones; and each elementary function is
/// one small loop, whoever calls it. (C2 stops inlining methods that are not the JDK's own past
/// 18000 nodes, about 60 vector operations; a loop that relies on it is boxed as soon as its
/// callers grow. Hence the rule: a method with vectors in it calls no method of ours.)
final class Tiles {
  /// Values of a tile that a function in two loops takes at a time: few enough that what the first
  /// leaves to the second, a tile and its inputs share L1.
  static final int BLOCK = 384;

  /// Bytes of a block.
  static final long BLOCK_BYTES = BLOCK * (long) Double.BYTES;

  /// Bytes of a tile, with room for reading whole vectors past its end. Behind them is scratch for
  /// two blocks.
  static final long SCRATCH = (Lanes.TILE + Lanes.COUNT) * (long) Double.BYTES;

  private static final long BYTES = SCRATCH + 2 * BLOCK_BYTES;

  private Tiles() {}

  /// Computes terms `from` to `from + count` of the flat matrix as float64 at the address `tile`.
  interface Terms {
    void compute(long from, int count, long tile);
  }

  /// Tile memory; closed by closing the arena.
  static long allocate(Arena arena) {
    return arena.allocate(BYTES, 64).address();
  }

  /// `out[r]` becomes the sum of the terms of row r in the order of [Lanes].
  static void rowSums(int rows, int dim, double[] out, Terms terms) {
    if (dim == 0) {
      Arrays.fill(out, 0, rows, 0);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      long tile = allocate(arena);
      if (dim <= Lanes.TILE) {
        int block = Lanes.TILE / dim;
        for (int r = 0; r < rows; r += block) {
          int count = Math.min(block, rows - r);
          terms.compute((long) r * dim, count * dim, tile);
          RowSumLoops.Simd.rows64(tile, count, dim, out, r);
        }
      } else {
        double[] lanes = new double[Lanes.COUNT];
        for (int r = 0; r < rows; r++) {
          Arrays.fill(lanes, 0);
          add((long) r * dim, dim, lanes, tile, terms);
          out[r] = Lanes.reduce(lanes);
        }
      }
    }
  }

  /// The same of terms that are float32: each becomes float64 before it is added.
  static void rowSums32(int rows, int dim, double[] out, Terms terms) {
    if (dim == 0) {
      Arrays.fill(out, 0, rows, 0);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      long tile = allocate(arena);
      if (dim <= Lanes.TILE) {
        int block = Lanes.TILE / dim;
        for (int r = 0; r < rows; r += block) {
          int count = Math.min(block, rows - r);
          terms.compute((long) r * dim, count * dim, tile);
          RowSumLoops.Simd.rows32(tile, count, dim, out, r);
        }
      } else {
        double[] lanes = new double[Lanes.COUNT];
        for (int r = 0; r < rows; r++) {
          Arrays.fill(lanes, 0);
          for (int i = 0; i < dim; i += Lanes.TILE) {
            int n = Math.min(Lanes.TILE, dim - i);
            terms.compute((long) r * dim + i, n, tile);
            RowSumLoops.Simd.add32(tile, n, lanes);
          }
          out[r] = Lanes.reduce(lanes);
        }
      }
    }
  }

  /// The sum of `count` terms.
  static double sum(long count, Terms terms) {
    try (Arena arena = Arena.ofConfined()) {
      double[] lanes = new double[Lanes.COUNT];
      add(0, count, lanes, allocate(arena), terms);
      return Lanes.reduce(lanes);
    }
  }

  /// Passes over `count` terms without summing them.
  static void each(long count, Terms terms) {
    try (Arena arena = Arena.ofConfined()) {
      long tile = allocate(arena);
      for (long i = 0; i < count; i += Lanes.TILE) {
        terms.compute(i, (int) Math.min(Lanes.TILE, count - i), tile);
      }
    }
  }

  private static void add(long from, long count, double[] lanes, long tile, Terms terms) {
    for (long i = 0; i < count; i += Lanes.TILE) {
      int n = (int) Math.min(Lanes.TILE, count - i);
      terms.compute(from + i, n, tile);
      RowSumLoops.Simd.add64(tile, n, lanes);
    }
  }

  /// The loops that fill and empty tiles.
  static final class Simd {
    private Simd() {}

    /// `tile_i = factor x_i - shift`, for n values of x from `from` on.
    static void fill(Operand x, long from, int n, double factor, double shift, long tile) {
      switch (x.type()) {
        case FLOAT64 -> TileLoops.Simd.fill64(x.at(from), factor, shift, tile, n);
        case FLOAT32 -> TileLoops.Simd.fill32(x.at(from), factor, shift, tile, n);
        case FLOAT16, BFLOAT16 -> throw x.notWidened();
      }
    }

    /// `tile_i = |tile_i|`.
    static void abs(int n, long tile) {
      int i = 0;
      for (; i <= n - L; i += L) {
        long at = tile + (long) i * Double.BYTES;
        DoubleVector.fromMemorySegment(F64, MEMORY, at, NATIVE)
            .abs()
            .intoMemorySegment(MEMORY, at, NATIVE);
      }
      for (; i < n; i++) {
        long at = tile + (long) i * Double.BYTES;
        Memory.f64(at, Math.abs(Memory.f64(at)));
      }
    }
  }
}
