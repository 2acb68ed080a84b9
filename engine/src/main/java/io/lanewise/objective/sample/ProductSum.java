package io.lanewise.objective.sample;

import io.lanewise.batch.DType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.CrossProducts;
import io.lanewise.kernel.Kernels;
import io.lanewise.objective.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The cross-products of rows about a shift: rows are packed by the thread that brings them, while
/// the others add those that came before.
///
/// Every element is summed up in row order, in chains that begin with the first row and after each
/// [#settled], so that digits do not depend on batches or threads.
final class ProductSum {
  /// Multiplications below which a call of other threads costs more than it saves.
  private static final long WORTH_SHARING = 1 << 22;

  private static final Workers.Running NOTHING = () -> {};

  private final Kernels kernels;
  private final Workers workers;
  private final int dim;
  private final double[] shift;

  /// What computes the products, and their sums in its order.
  private CrossProducts kernel;

  private double[] sums;

  /// Where rows are packed; null before the first.
  private @Nullable Packed filling;

  /// What was added before, to be filled again.
  private final Deque<Packed> free = new ArrayDeque<>();

  private Workers.Running running = NOTHING;

  /// Packed rows of a type.
  private static final class Packed {
    private final DType computed;
    private final CrossProducts.Block block;
    private int rows;

    /// @param computed the type of products
    Packed(CrossProducts kernel, DType computed, int dim) {
      this.computed = computed;
      block = kernel.block(computed.floatType(), dim);
    }
  }

  /// Of no rows yet.
  ///
  /// @param shift what is subtracted from each column; not to be changed any more
  ProductSum(Kernels kernels, Workers workers, int dim, double[] shift) {
    this.kernels = kernels;
    kernel = kernels.crossProducts();
    this.workers = workers;
    this.dim = dim;
    this.shift = shift;
    sums = new double[kernel.length(dim)];
  }

  /// Bytes that one takes at most.
  static long bytes(int dim) {
    return (long) Double.BYTES * dim * (dim + 4L * CrossProducts.DEPTH);
  }

  /// Adds rows `from` to `to` of memory, which is not read any more when this returns.
  void add(DType type, MemorySegment x, int from, int to) {
    if (type == DType.FLOAT64 || kernel.chainError() == 0) {
      add(type, type, x, from, to);
      return;
    }
    // In float32 where the row's products stay in its range. A row decides for itself, so that
    // batches do not show.
    for (int r = from; r < to; ) {
      DType computed = computed(x, r);
      int end = r + 1;
      while (end < to && computed(x, end) == computed) {
        end++;
      }
      add(type, computed, x, r, end);
      r = end;
    }
  }

  /// float64 for a row of float32 that is somewhere so far from the shift that 160 products might
  /// overflow, or nowhere so far that they do not underflow.
  private DType computed(MemorySegment x, int row) {
    double largest = 0;
    for (int j = 0; j < dim; j++) {
      double value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * ((long) row * dim + j));
      largest = Math.max(largest, Math.abs(value - shift[j]));
    }
    boolean inRange = largest == 0 || (largest < 0x1p57 && largest > 0x1p-40);
    return inRange ? DType.FLOAT32 : DType.FLOAT64;
  }

  private void add(DType type, DType computed, MemorySegment x, int from, int to) {
    for (int r = from; r < to; ) {
      Packed into = filling(computed);
      int taken = Math.min(CrossProducts.DEPTH - into.rows, to - r);
      MemorySegment rows = x.asSlice((long) r * dim * type.bytes());
      kernel.pack(Matrix.of(type, rows, taken, dim), shift, into.block, into.rows);
      into.rows += taken;
      r += taken;
      if (into.rows == CrossProducts.DEPTH) {
        flush();
      }
    }
  }

  private Packed filling(DType computed) {
    if (filling != null && filling.computed != computed) {
      flush();
    }
    Packed into = filling;
    if (into == null) {
      change();
      free.removeIf(packed -> packed.computed != computed);
      into = free.isEmpty() ? new Packed(kernel, computed, dim) : free.pop();
      filling = into;
    }
    return into;
  }

  /// Goes over to another form of the kernel where there is a better one by now: the same sums in
  /// that one's order.
  @SuppressWarnings("ReferenceEquality") // a form is itself
  private void change() {
    CrossProducts now = kernels.crossProducts();
    if (now == kernel) {
      return;
    }
    double[] rowMajor = rowMajor();
    free.clear();
    kernel = now;
    sums = new double[kernel.length(dim)];
    setRowMajor(rowMajor);
  }

  /// Begins to add what is packed, when what was begun before is done.
  private void flush() {
    await();
    Packed packed = filling;
    if (packed == null) {
      return;
    }
    filling = null;
    int tiles = CrossProducts.tiles(dim);
    if ((long) packed.rows * dim * dim < WORTH_SHARING) {
      add(packed, 0, tiles);
      release(packed);
      return;
    }
    Workers.Running begun =
        workers.start("covariance", tiles, tile -> add(packed, (int) tile, (int) tile + 1));
    running =
        () -> {
          begun.join();
          release(packed);
        };
  }

  /// Waits for what was begun; once, even if it fails.
  private void await() {
    Workers.Running last = running;
    running = NOTHING;
    last.join();
  }

  private void add(Packed packed, int tileFrom, int tileTo) {
    kernel.add(packed.block, packed.rows, dim, sums, tileFrom, tileTo);
  }

  private void release(Packed packed) {
    packed.rows = 0;
    free.push(packed);
  }

  /// The sums of all rows so far, upper triangle, in the order of [CrossProducts]: element (i, j)
  /// is at [#at]. Its own, to be changed by who moves them to another shift.
  double[] settled() {
    flush();
    await();
    return sums;
  }

  int at(int i, int j) {
    return kernel.at(dim, i, j);
  }

  /// The sums, row-major, upper triangle; the caller's own.
  double[] rowMajor() {
    double[] from = settled();
    double[] matrix = new double[Math.multiplyExact(dim, dim)];
    for (int i = 0; i < dim; i++) {
      copyRow(i, from, matrix);
    }
    return matrix;
  }

  private void copyRow(int i, double[] from, double[] matrix) {
    int run = kernel.run(dim);
    for (int j = i; j < dim; ) {
      int end = Math.min(j / run * run + run, dim);
      System.arraycopy(from, at(i, j), matrix, i * dim + j, end - j);
      j = end;
    }
  }

  /// The same back.
  void setRowMajor(double[] matrix) {
    double[] to = settled();
    for (int i = 0; i < dim; i++) {
      for (int j = i; j < dim; j++) {
        to[at(i, j)] = matrix[i * dim + j];
      }
    }
  }
}
