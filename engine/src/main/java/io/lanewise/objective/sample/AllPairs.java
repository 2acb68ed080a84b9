package io.lanewise.objective.sample;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.PairwiseProducts;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Workers;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/// All pairs of rows, tile by tile: what is between two rows never exists for more than the tiles
/// that are being worked on. Tiles are tasks for all threads; where they end depends on the number
/// of rows only.
final class AllPairs {
  /// Rows of a tile at most: 8 MiB of products. With fewer, more time goes into packing rows.
  static final int TILE = 1024;

  private final Kernels kernels;
  private final Workers workers;
  private final boolean narrow;
  private final ConcurrentLinkedQueue<Workspace> workspaces = new ConcurrentLinkedQueue<>();

  /// Where a thread works on a tile.
  @SuppressWarnings("ArrayRecordComponent") // handed from tile to tile
  private record Workspace(double[] products, PairwiseProducts.Scratch scratch) {}

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
  private AllPairs(Kernels kernels, Workers workers, boolean narrow) {
    this.kernels = kernels;
    this.workers = workers;
    this.narrow = narrow;
  }

  /// For distances that are decided exactly in the end, so that rounding costs time only.
  static AllPairs forDistances(Binding binding, HeldRows x, HeldRows y) {
    return of(
        binding,
        binding.workers(),
        rows -> rows.isInRangeOfFloat32() && !rows.isConcentrated(),
        x,
        y);
  }

  /// With products as asked for by [MmdKernel#PRODUCTS], but float64 where float32 would leave its
  /// range.
  static AllPairs asAsked(Binding binding, HeldRows... sets) {
    return of(binding, binding.workers(), asked(binding), sets);
  }

  static Predicate<HeldRows> asked(Binding binding) {
    boolean narrow = binding.get(MmdKernel.PRODUCTS).equals("float32");
    return rows -> narrow && rows.isInRangeOfFloat32();
  }

  /// @param workers who works on tiles
  /// @param narrow of which sets products of float32 rows may be rounded to float32
  static AllPairs of(
      Binding binding, Workers workers, Predicate<HeldRows> narrow, HeldRows... sets) {
    AtomicBoolean all = new AtomicBoolean(true);
    // Each asks for the norms of its set, which everybody needs later.
    binding
        .workers()
        .forEach(
            "norms",
            sets.length,
            k -> {
              HeldRows rows = sets[(int) k];
              boolean again = k > 0 && rows == sets[0];
              if (!again && !(rows.isFloat32() && narrow.test(rows))) {
                all.set(false);
              }
            });
    return new AllPairs(binding.kernels(), workers, all.get());
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

  /// What a product may lose besides where terms underflow, whatever the size of the rows.
  double underflow(int dim) {
    return (narrow ? dim * (double) Float.MIN_VALUE : 0) + Double.MIN_NORMAL;
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
    Workspace workspace = workspaces.poll();
    if (workspace == null || workspace.products.length < a.count() * b.count()) {
      workspace =
          new Workspace(
              new double[Math.max(a.count() * b.count(), 1)],
              workspace == null ? new PairwiseProducts.Scratch() : workspace.scratch);
    }
    Matrix ofX = x.matrix(a.from(), a.count());
    Matrix ofY = y.matrix(b.from(), b.count());
    double[] products = workspace.products;
    PairwiseProducts kernel = kernels.pairwiseProducts();
    if (narrow && x.isFloat32()) {
      kernel.narrow(ofX, ofY, products, workspace.scratch);
    } else {
      kernel.rows(ofX, ofY, products, workspace.scratch);
    }
    visitor.tile(a, b, products);
    workspaces.add(workspace);
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
