package io.lanewise.run.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.mapping.IndexMapping;
import com.datadoghq.sketch.ddsketch.mapping.LinearlyInterpolatedMapping;
import com.datadoghq.sketch.ddsketch.store.UnboundedSizeDenseStore;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The oracle is sketches-java.
class BinCountsTest {
  private static final IndexMapping BINS = new LinearlyInterpolatedMapping(0.002);

  private final SplittableRandom random = new SplittableRandom(1908);

  private double any() {
    double value = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(value) ? value : 1;
  }

  private static int index(double value) {
    return BINS.index(Math.min(Math.abs(value), BINS.maxIndexableValue()));
  }

  private static void isInTheBinOfTheLibrary(double value) {
    int code = BinCounts.code(value);
    if (Math.abs(value) <= BINS.minIndexableValue()) {
      assertThat(code).isZero();
    } else {
      assertThat(BinCounts.index(code)).isEqualTo(index(value));
      assertThat(Integer.signum(code)).isEqualTo((int) Math.signum(value));
    }
  }

  @Test
  void binsAreThoseOfTheLibrary() {
    for (int i = 0; i < 300_000; i++) {
      isInTheBinOfTheLibrary(any());
      isInTheBinOfTheLibrary(random.nextGaussian());
    }
    for (int i = index(1e-300); i < index(1e300); i += random.nextInt(1, 20)) {
      double bound = BINS.lowerBound(i);
      for (double value : new double[] {Math.nextDown(bound), bound, Math.nextUp(bound)}) {
        isInTheBinOfTheLibrary(value);
        isInTheBinOfTheLibrary(-value);
      }
    }
    for (double value :
        new double[] {0, -0.0, Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE, 1, 2, 0.5}) {
      isInTheBinOfTheLibrary(value);
      isInTheBinOfTheLibrary(-value);
    }
    double least = BINS.minIndexableValue();
    isInTheBinOfTheLibrary(least);
    isInTheBinOfTheLibrary(Math.nextUp(least));
  }

  @Test
  void quantilesAreThoseOfTheLibrary() {
    for (int round = 0; round < 300; round++) {
      int n = round % 4 == 0 ? random.nextInt(1, 6) : random.nextInt(1, 1000);
      double[] values = new double[n];
      for (int i = 0; i < n; i++) {
        values[i] =
            switch (round % 5) {
              case 0 -> any();
              case 1 -> random.nextGaussian();
              case 2 -> random.nextInt(-3, 4);
              case 3 -> -random.nextDouble();
              default -> Math.scalb(random.nextGaussian(), random.nextInt(-60, 60));
            };
      }
      DDSketch sketch = new DDSketch(BINS, UnboundedSizeDenseStore::new);
      for (double value : values) {
        sketch.accept(Math.clamp(value, -BINS.maxIndexableValue(), BINS.maxIndexableValue()));
      }
      BinCounts whole = new BinCounts();
      whole.add(values, 0, n);
      int cut = random.nextInt(n + 1);
      BinCounts left = new BinCounts();
      BinCounts right = new BinCounts();
      left.add(values, 0, cut);
      for (int i = cut; i < n; i++) {
        right.add(values, i, i + 1);
      }
      right.merge(left);
      BinCounts saved = new BinCounts();
      BinCounts.Present present = whole.present();
      for (int i = 0; i < present.codes().length; i++) {
        saved.add(present.codes()[i], present.counts()[i]);
      }
      for (BinCounts counts : new BinCounts[] {whole, right, saved}) {
        assertThat(counts.total()).isEqualTo(n);
        for (double q : new double[] {0, 0.01, 0.25, 0.5, 0.9, 1}) {
          assertThat(counts.present().quantile(q)).isEqualTo(sketch.getValueAtQuantile(q));
        }
      }
    }
  }

  @Test
  void countsBeyond31Bits() {
    BinCounts counts = new BinCounts();
    int one = BinCounts.code(1);
    int two = BinCounts.code(-2);
    counts.add(one, Integer.MAX_VALUE - 1L);
    double[] ones = new double[200];
    java.util.Arrays.fill(ones, 1);
    counts.add(ones, 0, 200);
    counts.add(two, 1L << 40);
    BinCounts both = new BinCounts();
    both.add(ones, 0, 3);
    both.merge(counts);
    both.merge(counts);
    BinCounts.Present present = both.present();
    assertThat(present.codes()).containsExactly(two, one);
    assertThat(present.counts()).containsExactly(1L << 41, 2 * (Integer.MAX_VALUE - 1L + 200) + 3);
    assertThat(both.total()).isEqualTo((1L << 41) + 2 * (Integer.MAX_VALUE - 1L + 200) + 3);
  }

  @Test
  void binsOfNoNumberAreRefused() {
    for (int code : new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE, 1_000_000}) {
      assertThatThrownBy(() -> new BinCounts().add(code, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected 0 or more in a bin of a number");
    }
    assertThatThrownBy(() -> new BinCounts().add(3, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
