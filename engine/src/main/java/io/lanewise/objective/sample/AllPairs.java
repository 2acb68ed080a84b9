package io.lanewise.objective.sample;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.PairwiseProducts;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Workers;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// All pairs of rows, tile by tile: what is between two rows never exists for more than the tiles
/// that are being worked on. Tiles are tasks for all threads; where they end depends on the number
/// of rows only.
final class AllPairs {
  /// Rows of a tile at most: 8 MiB of products. With fewer, more time goes into packing rows.
  static final int TILE = 1024;

  private final Kernels kernels;
  private final Workers workers;
  private final boolean narrow;
  private final ConcurrentLinkedQueue<Room> rooms = new ConcurrentLinkedQueue<>();

  /// Where a thread works on a tile.
  @SuppressWarnings("ArrayRecordComponent") // handed from tile to tile
  private record Room(double[] products, PairwiseProducts.Scratch scratch) {}

  /// Is given the products of a tile.
  @FunctionalInterface
  interface Visitor {
    /// Products of rows `x.from()` on with rows `y.from()` on: `x.count() x y.count()`, row-major,
    /// to be overwritten at will. Called by several threads at once, for different tiles.
    void tile(Part x, Part y, double[] products);
  }

  /// Consecutive rows.
  ///
  /// @param number which part of all it is
  /// @param from its first row
  /// @param count its rows
  record Part(int number, int from, int count) {}

  /// @param narrow whether products of float32 rows are rounded to float32 on their way
  AllPairs(Kernels kernels, Workers workers, boolean narrow) {
    this.kernels = kernels;
    this.workers = workers;
    this.narrow = narrow;
  }

  /// For distances that are decided exactly in the end, so that rounding costs time only.
  static AllPairs forDistances(Binding binding, HeldRows x, HeldRows y) {
    if (!x.isFloat32()) {
      return new AllPairs(binding.kernels(), binding.workers(), false);
    }
    AtomicBoolean narrow = new AtomicBoolean(true);
    List<HeldRows> sets = x == y ? List.of(x) : List.of(x, y);
    // Each asks for the norms of its set, which everybody needs later.
    binding
        .workers()
        .forEach(
            "norms",
            sets.size(),
            k -> {
              if (sets.get((int) k).isConcentrated()) {
                narrow.set(false);
              }
            });
    return new AllPairs(binding.kernels(), binding.workers(), narrow.get());
  }

  /// What the tiles of all threads take.
  static long bytes(Workers workers) {
    long products = (long) TILE * TILE * Double.BYTES;
    return workers.threads() * (products + PairwiseProducts.Scratch.bytes(TILE));
  }

  /// The error of a squared distance from products, as a share of `|x|^2 + |y|^2`; that of norms,
  /// of the subtraction and of the distance it is compared with are in it.
  double distanceError(int dim) {
    return PairwiseProducts.error(narrow, dim) + (dim + 64) * 0x1p-52;
  }

  Kernels kernels() {
    return kernels;
  }

  Workers workers() {
    return workers;
  }

  /// Parts of `rows` rows, as equal as can be and none larger than a tile.
  static Part[] parts(int rows) {
    return parts(rows, TILE);
  }

  /// Parts none larger than `most`.
  static Part[] parts(int rows, int most) {
    return equalParts(rows, (rows + most - 1) / most);
  }

  /// So many parts, as equal as can be.
  static Part[] equalParts(int rows, int number) {
    Part[] parts = new Part[number];
    for (int p = 0; p < number; p++) {
      int from = (int) ((long) rows * p / number);
      int to = (int) ((long) rows * (p + 1) / number);
      parts[p] = new Part(p, from, to - from);
    }
    return parts;
  }

  /// Every pair of a row of x and a row of y.
  void cross(String what, HeldRows x, Part[] ofX, HeldRows y, Part[] ofY, Visitor visitor) {
    workers.forEach(
        what,
        (long) ofX.length * ofY.length,
        task ->
            visit(x, ofX[(int) (task / ofY.length)], y, ofY[(int) (task % ofY.length)], visitor));
  }

  /// Every pair of rows of x: tiles `(a, b)` with a <= b.
  void self(String what, HeldRows x, Part[] parts, Visitor visitor) {
    workers.forEach(
        what,
        (long) parts.length * (parts.length + 1) / 2,
        task -> {
          // Column b of the triangle begins at task b (b + 1) / 2.
          int b = (int) ((Math.sqrt(8.0 * task + 1) - 1) / 2);
          while ((long) b * (b + 1) / 2 > task) {
            b--;
          }
          while ((long) (b + 1) * (b + 2) / 2 <= task) {
            b++;
          }
          visit(x, parts[(int) (task - (long) b * (b + 1) / 2)], x, parts[b], visitor);
        });
  }

  /// One tile, by the calling thread.
  void visit(HeldRows x, Part a, HeldRows y, Part b, Visitor visitor) {
    Room room = rooms.poll();
    if (room == null || room.products.length < a.count() * b.count()) {
      room =
          new Room(
              new double[Math.max(a.count() * b.count(), 1)],
              room == null ? new PairwiseProducts.Scratch() : room.scratch);
    }
    MemorySegment ofX = x.rows(a.from(), a.count());
    MemorySegment ofY = y.rows(b.from(), b.count());
    int dim = x.dim();
    double[] products = room.products;
    PairwiseProducts kernel = kernels.pairwiseProducts();
    if (!x.isFloat32()) {
      kernel.f64(ofX, a.count(), ofY, b.count(), dim, products, room.scratch);
    } else if (narrow) {
      kernel.f32(ofX, a.count(), ofY, b.count(), dim, products, room.scratch);
    } else {
      kernel.wide(ofX, a.count(), ofY, b.count(), dim, products, room.scratch);
    }
    visitor.tile(a, b, products);
    rooms.add(room);
  }

  /// Below this share of `|x|^2 + |y|^2` a squared distance is computed from differences.
  private static final double CLOSE = 0x1p-10;

  /// Turns the products of a tile into squared distances. Close pairs are computed from
  /// differences, so that equal rows have distance 0 exactly.
  static void squaredDistances(HeldRows x, Part a, HeldRows y, Part b, double[] products) {
    double[] normsX = x.squaredNorms();
    double[] normsY = y.squaredNorms();
    for (int i = 0; i < a.count(); i++) {
      double norm = normsX[a.from() + i];
      int row = i * b.count();
      for (int j = 0; j < b.count(); j++) {
        double both = norm + normsY[b.from() + j];
        double distance = both - 2 * products[row + j];
        products[row + j] =
            distance >= CLOSE * both ? distance : x.squaredDistance(a.from() + i, y, b.from() + j);
      }
    }
  }
}
