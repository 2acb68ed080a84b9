package io.lanewise.objective.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.DType;
import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.CrossProducts;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Precision;
import io.lanewise.objective.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Products of rows that are packed while those before are added.
class ProductSumTest {
  /// So that adding is worth sharing: more than 2^22 multiplications for 320 rows.
  private static final int DIM = 130;

  private static final int ROWS = 5 * CrossProducts.DEPTH + 30;

  private final float[] rows = new float[ROWS * DIM];
  private final double[] shift = new double[DIM];

  /// What was begun and not waited for yet.
  private final List<String> begun = new ArrayList<>();

  /// Tasks that begin when somebody waits for them, as late as can be.
  private final Workers late =
      new Workers() {
        @Override
        public int threads() {
          return 2;
        }

        @Override
        public long memoryBytes() {
          return DEFAULT_MEMORY_BYTES;
        }

        @Override
        public void forEach(String what, long tasks, Task task) {
          Workers.CALLER.forEach(what, tasks, task);
        }

        @Override
        public Running start(String what, long tasks, Task task) {
          assertThat(begun).isEmpty();
          begun.add(what);
          return () -> {
            begun.clear();
            forEach(what, tasks, task);
          };
        }
      };

  ProductSumTest() {
    Random random = new Random(1);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextGaussian();
    }
    for (int j = 0; j < DIM; j++) {
      shift[j] = rows[j];
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void rowsArePackedWhileThoseBeforeAreAdded(Precision precision) {
    ProductSum sum = new ProductSum(Kernels.active().in(precision), late, DIM, shift);
    MemorySegment memory = MemorySegment.ofArray(rows.clone());
    int seen = 0;
    for (int r = 0; r < ROWS; r += 10) {
      sum.add(DType.FLOAT32, memory, r, r + 10);
      seen += begun.size();
      // What was given is read no more.
      memory.asSlice(4L * r * DIM, 40L * DIM).fill((byte) -1);
    }
    assertThat(seen).as("additions that nobody waited for").isGreaterThan(ROWS / 20);

    assertThat(sum.rowMajor()).containsExactly(plain(precision));
    assertThat(begun).isEmpty();
  }

  /// By the kernel's plain form, block by block.
  private double[] plain(Precision precision) {
    CrossProducts kernel = Kernels.scalar().in(precision).crossProducts();
    MemorySegment memory = MemorySegment.ofArray(rows);
    double[] matrix = new double[DIM * DIM];
    CrossProducts.Block block = kernel.block(FloatType.FLOAT32, DIM);
    for (int r = 0; r < ROWS; r += CrossProducts.DEPTH) {
      int count = Math.min(CrossProducts.DEPTH, ROWS - r);
      kernel.pack(
          new Matrix(FloatType.FLOAT32, memory.asSlice(4L * r * DIM), count, DIM), shift, block, 0);
      kernel.add(block, count, DIM, matrix, 0, CrossProducts.tiles(DIM));
    }
    return matrix;
  }
}
