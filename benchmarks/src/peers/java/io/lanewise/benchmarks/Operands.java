package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// What the peers compute with: off-heap blocks by name, made when first asked for.
///
/// | name | rows x columns | values |
/// |---|---|---|
/// | `x`, `y`, `m`, `e`, `z`, `s`, `p` | rows x dim | standard normal |
/// | `v` | rows x dim | log-variances, below 0 |
/// | `out`, `t` | rows x dim | a destination, and scratch |
/// | `a`, `b`, `c` | rows x 1 | what a row is multiplied with; a² + b² = 1 |
/// | `r`, `q` | rows | a result a row, and scratch |
/// | `shift`, `inverse` | 1 x dim | normal, and between 0 and 2 |
/// | `mean`, `variance` | dim | results of columns |
/// | `other`, `pairs` | others x dim, rows x others | the second matrix, and all products |
/// | `products` | dim x dim | float64 |
/// | `wide`, `otherWide`, `pairsWide` | as `x`, `other`, `pairs` | float64, to be written |
///
/// Not safe for several threads: whoever computes asks for what it needs before.
final class Operands {
  /// Values before they repeat: coprime to every row length used here.
  private static final int BLOCK = 65_537;

  private final Arena arena;
  private final DType type;
  private final int rows;
  private final int dim;
  private final int others;
  private final @Nullable Operands whole;
  private final int from;
  private final int scratch;
  private final Map<String, Block> blocks = new HashMap<>();

  private Operands(
      Arena arena,
      DType type,
      int rows,
      int dim,
      int others,
      @Nullable Operands whole,
      int from,
      int scratch) {
    this.arena = arena;
    this.type = type;
    this.rows = rows;
    this.dim = dim;
    this.others = others;
    this.whole = whole;
    this.from = from;
    this.scratch = scratch;
  }

  static Operands of(Arena arena, DType type, int rows, int dim, int others) {
    return new Operands(arena, type, rows, dim, others, null, 0, 0);
  }

  /// Some of the rows; their scratch begins at row `scratch`, so that parts of one thread share it.
  Operands part(int from, int rows, int scratch) {
    return new Operands(arena, type, rows, dim, others, this, from, scratch);
  }

  DType type() {
    return type;
  }

  int rows() {
    return rows;
  }

  int dim() {
    return dim;
  }

  int others() {
    return others;
  }

  Block of(String name) {
    Block found = blocks.get(name);
    if (found == null) {
      found = make(name);
      blocks.put(name, found);
    }
    return found;
  }

  /// Value `i` of a block.
  double get(String name, long i) {
    return of(name).get(i);
  }

  private Block make(String name) {
    return switch (name) {
      case "mean", "variance" -> blank(type, dim);
      case "products" -> blank(DType.FLOAT64, dim, dim);
      case "shift", "inverse", "other", "otherWide" -> whole == null ? column(name) : whole.of(name);
      case "t", "wide" -> whole == null ? row(name) : whole.of(name).part(scratch, rows);
      default -> whole == null ? row(name) : whole.of(name).part(from, rows);
    };
  }

  private Block column(String name) {
    return switch (name) {
      case "other" -> normal(name, others);
      case "otherWide" -> blank(DType.FLOAT64, others, dim);
      case "inverse" -> {
        Block block = normal(name, 1);
        for (int i = 0; i < dim; i++) {
          block.set(i, 1 / (0.5 + Math.abs(block.get(i))));
        }
        yield block;
      }
      default -> normal(name, 1);
    };
  }

  private Block row(String name) {
    return switch (name) {
      case "out", "t" -> blank(type, rows, dim);
      case "wide" -> blank(DType.FLOAT64, rows, dim);
      case "r", "q" -> blank(type, rows);
      case "pairs" -> blank(type, rows, others);
      case "pairsWide" -> blank(DType.FLOAT64, rows, others);
      case "a", "b", "c" -> {
        Block block = blank(type, rows, 1);
        for (int i = 0; i < rows; i++) {
          double signal = (i % 1000 + 0.5) / 1000;
          double noise = Math.sqrt(1 - signal);
          block.set(i, name.equals("a") ? Math.sqrt(signal) : name.equals("b") ? noise : 0.1 * noise);
        }
        yield block;
      }
      default -> normal(name, rows);
    };
  }

  private Block blank(DType type, long... shape) {
    long count = 1;
    for (long n : shape) {
      count *= n;
    }
    return new Block(type, arena.allocate(count * type.bytes(), 64), shape);
  }

  private Block normal(String name, int rows) {
    Block block = blank(type, rows, dim);
    SplittableRandom random = new SplittableRandom(name.hashCode());
    long count = (long) rows * dim;
    for (long i = 0; i < Math.min(BLOCK, count); i++) {
      double value = random.nextGaussian();
      block.set(i, name.equals("v") ? -0.1 - Math.abs(value) : value);
    }
    long bytes = count * type.bytes();
    long step = (long) BLOCK * type.bytes();
    for (long at = step; at < bytes; at += step) {
      MemorySegment.copy(block.data, 0, block.data, at, Math.min(step, bytes - at));
    }
    return block;
  }

  /// Values by rows.
  ///
  /// @param shape of one or two dimensions
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Block(DType type, MemorySegment data, long[] shape) {
    double get(long i) {
      return type == DType.FLOAT32
          ? data.getAtIndex(ValueLayout.JAVA_FLOAT, i)
          : data.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
    }

    void set(long i, double value) {
      if (type == DType.FLOAT32) {
        data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
      } else {
        data.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
      }
    }

    private Block part(long from, long rows) {
      long[] some = shape.clone();
      some[0] = rows;
      long row = data.byteSize() / shape[0];
      return new Block(type, data.asSlice(from * row, rows * row), some);
    }
  }
}
