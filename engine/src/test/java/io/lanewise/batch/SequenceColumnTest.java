package io.lanewise.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lanewise.source.Values;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceColumnTest {
  private static final MemorySegment DATA =
      MemorySegment.ofArray(new float[] {-1, 0, 1, 2, 3, 4, 5, 6, 7});

  private static SequenceColumn column(Validity rows, Validity elements, long... offsets) {
    return new SequenceColumn(
        "v", DType.FLOAT32, offsets.length - 1, offsets, 0, DATA, rows, elements);
  }

  private static Validity bits(int bits) {
    return new Validity(MemorySegment.ofArray(new byte[] {(byte) bits}), 0);
  }

  @Test
  void evenRowsAreSeenAsVectorsWithoutCopying() {
    SequenceColumn lists = column(Validity.ALL, bits(0b1110_1111), 1, 3, 5, 7);
    assertThat(lists.firstLength()).isEqualTo(2);
    VectorColumn vectors = lists.asVector(2);
    assertThat(vectors.data().heapBase()).isEqualTo(DATA.heapBase());
    assertThat(Values.of(vectors, 1)).isEqualTo(Arrays.asList(2f, null));
    assertThat(Values.of(lists.slice(1, 2).asVector(2), 1)).isEqualTo(List.of(4f, 5f));
  }

  @Test
  void nullRowsAreGivenTheWidthOfTheOthers() {
    SequenceColumn lists = column(bits(0b101), bits(0b1111_1101), 1, 3, 3, 5);
    VectorColumn vectors = lists.asVector(2);
    assertThat(Values.of(vectors, 0)).isEqualTo(Arrays.asList(null, 1f));
    assertThat(Values.of(vectors, 1)).isNull();
    assertThat(Values.of(vectors, 2)).isEqualTo(List.of(2f, 3f));
  }

  @Test
  void aRowOfAnotherLengthIsNamed() {
    SequenceColumn lists = column(Validity.ALL, Validity.ALL, 1, 3, 5, 6);
    assertThat(lists.firstRowNotOfLength(2)).isEqualTo(2);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> lists.asVector(2))
        .withMessage("column 'v' row 2: found 1 elements, expected 2 as in the other rows");
  }
}
