package io.lanewise.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ScalarColumnTest {
  private static double[] doubles(DType type, int rows, MemorySegment data) {
    double[] into = {9, 9, 9, 9};
    new ScalarColumn("x", type, rows, data, Validity.ALL).getDoubles(into);
    return into;
  }

  @Test
  void allRowsAsDoubles() {
    assertThat(doubles(DType.FLOAT32, 3, MemorySegment.ofArray(new float[] {0.5f, -2, 1e30f})))
        .containsExactly(0.5, -2, 1e30f, 9);
    assertThat(doubles(DType.FLOAT64, 2, MemorySegment.ofArray(new double[] {0.1, -1e300})))
        .containsExactly(0.1, -1e300, 9, 9);
    assertThat(doubles(DType.INT32, 3, MemorySegment.ofArray(new int[] {1, -7, 1 << 30})))
        .containsExactly(1, -7, 0x1p30, 9);
    assertThat(doubles(DType.INT64, 3, MemorySegment.ofArray(new long[] {1, -7, 1L << 40})))
        .containsExactly(1, -7, 0x1p40, 9);
  }
}
