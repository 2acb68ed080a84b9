package io.lanewise.kernel.noise;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;

import io.lanewise.kernel.loops.Species;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/// Threefry4x32 with 13 rounds: key (seed low, seed high, 0, 0), counter (block low, block high,
/// step, tag). Only 32-bit additions, rotations and xors, so all lanes of a vector work.
///
/// 13 are the fewest rounds that Random123 publishes known answers for.
///
/// Reference: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
public sealed interface ThreefryStream extends CounterStream {

  /// The same with all four words of the key, so that known answers can be asked for.
  void words(long keyLow, long keyHigh, long firstTile, int step, int tag, long address, int tiles);

  @Override
  default void words(long seed, long firstTile, int step, int tag, long address, int tiles) {
    words(seed, 0, firstTile, step, tag, address, tiles);
  }

  /// Constants of both forms.
  final class Constants {
    static final int PARITY = 0x1BD11BDA;

    /// Rotations of the two pairs in four rounds, and in the four after them; then from the start.
    private static final int[][] ROTATIONS = {
      {10, 26, 11, 21, 13, 27, 23, 5}, {6, 20, 17, 11, 25, 10, 18, 20}
    };

    private Constants() {}
  }

  /// The plain loop.
  final class Scalar implements ThreefryStream {
    @Override
    public void words(
        long keyLow, long keyHigh, long firstTile, int step, int tag, long address, int tiles) {
      int k0 = (int) keyLow;
      int k1 = (int) (keyLow >>> 32);
      int k2 = (int) keyHigh;
      int k3 = (int) (keyHigh >>> 32);
      int[] key = {k0, k1, k2, k3, Constants.PARITY ^ k0 ^ k1 ^ k2 ^ k3, k0, k1};
      for (int q = 0; q < 16 * tiles; q++) {
        long block = 16 * firstTile + q;
        int x0 = (int) block + k0;
        int x1 = (int) (block >>> 32) + k1;
        int x2 = step + k2;
        int x3 = tag + k3;
        for (int turn = 1; turn <= 3; turn++) {
          int[] rotations = Constants.ROTATIONS[(turn - 1) % 2];
          x0 += x1;
          x1 = Integer.rotateLeft(x1, rotations[0]) ^ x0;
          x2 += x3;
          x3 = Integer.rotateLeft(x3, rotations[1]) ^ x2;
          x0 += x3;
          x3 = Integer.rotateLeft(x3, rotations[2]) ^ x0;
          x2 += x1;
          x1 = Integer.rotateLeft(x1, rotations[3]) ^ x2;
          x0 += x1;
          x1 = Integer.rotateLeft(x1, rotations[4]) ^ x0;
          x2 += x3;
          x3 = Integer.rotateLeft(x3, rotations[5]) ^ x2;
          x0 += x3;
          x3 = Integer.rotateLeft(x3, rotations[6]) ^ x0;
          x2 += x1;
          x1 = Integer.rotateLeft(x1, rotations[7]) ^ x2;
          x0 += key[turn];
          x1 += key[turn + 1];
          x2 += key[turn + 2];
          x3 += key[turn + 3] + turn;
        }
        int[] last = Constants.ROTATIONS[1];
        x0 += x1;
        x1 = Integer.rotateLeft(x1, last[0]) ^ x0;
        x2 += x3;
        x3 = Integer.rotateLeft(x3, last[1]) ^ x2;
        int p = q + 3 * (q & -16);
        Tile.word(address, p, x0);
        Tile.word(address, p + 16, x1);
        Tile.word(address, p + 32, x2);
        Tile.word(address, p + 48, x3);
      }
    }
  }

  /// The vector loops: three, that take the state of a block from each other through the tile.
  ///
  /// In one loop the 13 rounds have more operations than C2 inlines for sure, and it keeps the keys
  /// in registers that it then lacks; measured 0.46 ns a word against 0.54 to 0.65. A loop has one
  /// chain: the processor runs several turns side by side by itself.
  final class Simd implements ThreefryStream {
    private static final int LANES = Species.I64.length();
    private static final IntVector IOTA = IntVector.zero(Species.I32).addIndex(1);

    @Override
    public void words(
        long keyLow, long keyHigh, long firstTile, int step, int tag, long address, int tiles) {
      int k0 = (int) keyLow;
      int k1 = (int) (keyLow >>> 32);
      int k2 = (int) keyHigh;
      int k3 = (int) (keyHigh >>> 32);
      int k4 = Constants.PARITY ^ k0 ^ k1 ^ k2 ^ k3;
      first(k0, k1, step + k2, tag + k3, k2, k3, k4, 16 * firstTile, address, tiles);
      second(k2, k3, k4, k0 + 2, address, tiles);
      third(k3, k4, k0, k1 + 3, address, tiles);
    }

    /// Counters, the first keys, rounds 0 to 3.
    private static void first(
        int k0,
        int k1,
        int x2Start,
        int x3Start,
        int k2,
        int k3,
        int k4,
        long block,
        long address,
        int tiles) {
      IntVector start2 = IntVector.broadcast(Species.I32, x2Start);
      IntVector start3 = IntVector.broadcast(Species.I32, x3Start);
      IntVector key0 = IntVector.broadcast(Species.I32, k1);
      IntVector key1 = IntVector.broadcast(Species.I32, k2);
      IntVector key2 = IntVector.broadcast(Species.I32, k3);
      IntVector key3 = IntVector.broadcast(Species.I32, k4 + 1);
      for (int q = 0; q < 8 * tiles; q += LANES) {
        long p = address + 8L * (q + 3 * (q & -8));
        long at = block + 2L * q;
        IntVector x0 = IOTA.add((int) at + k0);
        IntVector x1 = IntVector.broadcast(Species.I32, (int) (at >>> 32) + k1);
        IntVector x2 = start2;
        IntVector x3 = start3;
        x0 = x0.add(x1);
        x1 = x1.lanewise(ROL, 10).lanewise(XOR, x0);
        x2 = x2.add(x3);
        x3 = x3.lanewise(ROL, 26).lanewise(XOR, x2);
        x0 = x0.add(x3);
        x3 = x3.lanewise(ROL, 11).lanewise(XOR, x0);
        x2 = x2.add(x1);
        x1 = x1.lanewise(ROL, 21).lanewise(XOR, x2);
        x0 = x0.add(x1);
        x1 = x1.lanewise(ROL, 13).lanewise(XOR, x0);
        x2 = x2.add(x3);
        x3 = x3.lanewise(ROL, 27).lanewise(XOR, x2);
        x0 = x0.add(x3);
        x3 = x3.lanewise(ROL, 23).lanewise(XOR, x0);
        x2 = x2.add(x1);
        x1 = x1.lanewise(ROL, 5).lanewise(XOR, x2);
        x0.add(key0).reinterpretAsLongs().intoMemorySegment(MEMORY, p, NATIVE);
        x1.add(key1).reinterpretAsLongs().intoMemorySegment(MEMORY, p + 64, NATIVE);
        x2.add(key2).reinterpretAsLongs().intoMemorySegment(MEMORY, p + 128, NATIVE);
        x3.add(key3).reinterpretAsLongs().intoMemorySegment(MEMORY, p + 192, NATIVE);
      }
    }

    /// Rounds 4 to 7.
    private static void second(int k0, int k1, int k2, int k3, long address, int tiles) {
      IntVector key0 = IntVector.broadcast(Species.I32, k0);
      IntVector key1 = IntVector.broadcast(Species.I32, k1);
      IntVector key2 = IntVector.broadcast(Species.I32, k2);
      IntVector key3 = IntVector.broadcast(Species.I32, k3);
      for (int q = 0; q < 8 * tiles; q += LANES) {
        long p = address + 8L * (q + 3 * (q & -8));
        IntVector x0 =
            LongVector.fromMemorySegment(Species.I64, MEMORY, p, NATIVE).reinterpretAsInts();
        IntVector x1 =
            LongVector.fromMemorySegment(Species.I64, MEMORY, p + 64, NATIVE).reinterpretAsInts();
        IntVector x2 =
            LongVector.fromMemorySegment(Species.I64, MEMORY, p + 128, NATIVE).reinterpretAsInts();
        IntVector x3 =
            LongVector.fromMemorySegment(Species.I64, MEMORY, p + 192, NATIVE).reinterpretAsInts();
        x0 = x0.add(x1);
        x1 = x1.lanewise(ROL, 6).lanewise(XOR, x0);
        x2 = x2.add(x3);
        x3 = x3.lanewise(ROL, 20).lanewise(XOR, x2);
        x0 = x0.add(x3);
        x3 = x3.lanewise(ROL, 17).lanewise(XOR, x0);
        x2 = x2.add(x1);
        x1 = x1.lanewise(ROL, 11).lanewise(XOR, x2);
        x0 = x0.add(x1);
        x1 = x1.lanewise(ROL, 25).lanewise(XOR, x0);
        x2 = x2.add(x3);
        x3 = x3.lanewise(ROL, 10).lanewise(XOR, x2);
        x0 = x0.add(x3);
        x3 = x3.lanewise(ROL, 18).lanewise(XOR, x0);
        x2 = x2.add(x1);
        x1 = x1.lanewise(ROL, 20).lanewise(XOR, x2);
        x0.add(key0).reinterpretAsLongs().intoMemorySegment(MEMORY, p, NATIVE);
        x1.add(key1).reinterpretAsLongs().intoMemorySegment(MEMORY, p + 64, NATIVE);
        x2.add(key2).reinterpretAsLongs().intoMemorySegment(MEMORY, p + 128, NATIVE);
        x3.add(key3).reinterpretAsLongs().intoMemorySegment(MEMORY, p + 192, NATIVE);
      }
    }

    /// Rounds 8 to 12.
    private static void third(int k0, int k1, int k2, int k3, long address, int tiles) {
      IntVector key0 = IntVector.broadcast(Species.I32, k0);
      IntVector key1 = IntVector.broadcast(Species.I32, k1);
      IntVector key2 = IntVector.broadcast(Species.I32, k2);
      IntVector key3 = IntVector.broadcast(Species.I32, k3);
      for (int q = 0; q < 8 * tiles; q += LANES) {
        long p = address + 8L * (q + 3 * (q & -8));
        IntVector x0 =
            LongVector.fromMemorySegment(Species.I64, MEMORY, p, NATIVE).reinterpretAsInts();
        IntVector x1 =
            LongVector.fromMemorySegment(Species.I64, MEMORY, p + 64, NATIVE).reinterpretAsInts();
        IntVector x2 =
            LongVector.fromMemorySegment(Species.I64, MEMORY, p + 128, NATIVE).reinterpretAsInts();
        IntVector x3 =
            LongVector.fromMemorySegment(Species.I64, MEMORY, p + 192, NATIVE).reinterpretAsInts();
        x0 = x0.add(x1);
        x1 = x1.lanewise(ROL, 10).lanewise(XOR, x0);
        x2 = x2.add(x3);
        x3 = x3.lanewise(ROL, 26).lanewise(XOR, x2);
        x0 = x0.add(x3);
        x3 = x3.lanewise(ROL, 11).lanewise(XOR, x0);
        x2 = x2.add(x1);
        x1 = x1.lanewise(ROL, 21).lanewise(XOR, x2);
        x0 = x0.add(x1);
        x1 = x1.lanewise(ROL, 13).lanewise(XOR, x0);
        x2 = x2.add(x3);
        x3 = x3.lanewise(ROL, 27).lanewise(XOR, x2);
        x0 = x0.add(x3);
        x3 = x3.lanewise(ROL, 23).lanewise(XOR, x0);
        x2 = x2.add(x1);
        x1 = x1.lanewise(ROL, 5).lanewise(XOR, x2);
        x0 = x0.add(key0);
        x1 = x1.add(key1);
        x2 = x2.add(key2);
        x3 = x3.add(key3);
        x0 = x0.add(x1);
        x1 = x1.lanewise(ROL, 6).lanewise(XOR, x0);
        x2 = x2.add(x3);
        x3 = x3.lanewise(ROL, 20).lanewise(XOR, x2);
        x0.reinterpretAsLongs().intoMemorySegment(MEMORY, p, NATIVE);
        x1.reinterpretAsLongs().intoMemorySegment(MEMORY, p + 64, NATIVE);
        x2.reinterpretAsLongs().intoMemorySegment(MEMORY, p + 128, NATIVE);
        x3.reinterpretAsLongs().intoMemorySegment(MEMORY, p + 192, NATIVE);
      }
    }
  }
}
