package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnProfileTest {
  private static final Validity SECOND_IS_NULL =
      new Validity(MemorySegment.ofArray(new byte[] {0b101}), 0);

  @Test
  void addsUpBatches() {
    ColumnProfile profile = profile(Shape.SCALAR, DType.FLOAT32);
    for (int batch = 0; batch < 2; batch++) {
      float[] data = {1, Float.NaN, 3 + batch};
      profile.add(
          new ScalarColumn("x", DType.FLOAT32, 3, MemorySegment.ofArray(data), Validity.ALL));
    }

    assertThat(profile.rows()).isEqualTo(6);
    assertThat(profile.nonFinite()).isEqualTo(2);
    assertThat(profile.nulls()).isZero();
    assertThat(profile.min()).isEqualTo(1);
    assertThat(profile.max()).isEqualTo(4);
    assertThat(profile.mean()).isEqualTo(2.25);
  }

  @Test
  void theMeanDoesNotLoseSmallNumbers() {
    ColumnProfile profile = profile(Shape.SCALAR, DType.FLOAT64);
    double[] data = {1e100, 1, -1e100, 1};
    profile.add(new ScalarColumn("x", DType.FLOAT64, 4, MemorySegment.ofArray(data), Validity.ALL));

    assertThat(profile.mean()).isEqualTo(0.5);
  }

  @Test
  void leavesNullRowsOut() {
    ColumnProfile profile = profile(Shape.SCALAR, DType.INT64);
    long[] data = {5, 1000, 7};
    profile.add(new ScalarColumn("x", DType.INT64, 3, MemorySegment.ofArray(data), SECOND_IS_NULL));

    assertThat(profile.nulls()).isEqualTo(1);
    assertThat(profile.max()).isEqualTo(7);
  }

  @Test
  void aVectorWithANullElementIsNull() {
    ColumnProfile profile = profile(Shape.VECTOR, DType.INT32);
    int[] data = {1, 99, 3, 4, 5, 6};
    Validity elements = new Validity(MemorySegment.ofArray(new byte[] {0b111101}), 0);
    profile.add(
        new VectorColumn(
            "x", DType.INT32, 3, 2, MemorySegment.ofArray(data), Validity.ALL, elements));

    assertThat(profile.nulls()).isEqualTo(1);
    assertThat(profile.mean()).isEqualTo(4.5);
  }

  @Test
  void tellsTheLengthsOfSequences() {
    ColumnProfile profile = profile(Shape.SEQUENCE, DType.FLOAT64);
    double[] data = {1, 2, 3, 4};
    long[] offsets = {0, 1, 1, 4};
    profile.add(
        new SequenceColumn(
            "x",
            DType.FLOAT64,
            3,
            offsets,
            0,
            MemorySegment.ofArray(data),
            Validity.ALL,
            Validity.ALL));

    assertThat(profile.note()).isEqualTo("lengths 0 to 3");
    assertThat(profile.mean()).isEqualTo(2.5);
  }

  @Test
  void countsLabels() {
    ColumnProfile profile = profile(Shape.SCALAR, DType.TEXT);
    profile.add(new TextColumn("x", 3, List.of("a", "b", "a"), Validity.ALL));

    assertThat(profile.note()).isEqualTo("2 labels");
    assertThat(profile.min()).isNaN();
  }

  private static ColumnProfile profile(Shape shape, DType type) {
    return new ColumnProfile(new ColumnType("x", shape, type, 1));
  }
}
