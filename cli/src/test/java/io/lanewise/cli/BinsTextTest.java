package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinsTextTest {
  private static final Axis SNR = new Axis(Axis.Kind.LOG_SNR, "squared-cosine", 4000);

  @Test
  void everyForm() {
    assertThat(BinsText.parse("t")).isEqualTo(Bins.values("t"));
    assertThat(BinsText.parse("t:4:0:1e3")).isEqualTo(new Bins("t", 4, 0, 1000));
    assertThat(BinsText.parse("sigma@ln:20"))
        .isEqualTo(new Bins("sigma", Axis.LN, new Bins.DataWidth(20)));
    assertThat(BinsText.parse("sigma:20:equal-count"))
        .isEqualTo(new Bins("sigma", Axis.VALUE, new Bins.EqualCount(20)));
    assertThat(BinsText.parse("t:quartiles:1000"))
        .isEqualTo(new Bins("t", Axis.VALUE, new Bins.Quartiles(1000)));
    assertThat(BinsText.parse("t@log-snr/squared-cosine/4000:8:-10:10"))
        .isEqualTo(new Bins("t", SNR, new Bins.EqualWidth(8, -10, 10)));
    assertThat(BinsText.parse("time@sigma/vp-sde"))
        .isEqualTo(
            new Bins("time", new Axis(Axis.Kind.SIGMA, "vp-sde", 1000), new Bins.EachValue()));
    assertThat(BinsText.parse("a@b:c")).isEqualTo(Bins.values("a@b:c"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"t:4:0:x", "t:quartiles:x", "t:99999999999:equal-count"})
  void whatIsNoNumberIsSaid(String text) {
    assertThatThrownBy(() -> BinsText.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("option '--by': found '" + text + "', expected COLUMN or");
  }

  @Test
  void theScaleHasToFit() {
    assertThatThrownBy(() -> BinsText.parse("t@log-snr:4"))
        .hasMessage("axis 'log-snr': found no schedule, expected one");
    assertThatThrownBy(() -> BinsText.parse("t:0")).hasMessageContaining("found count 0");
  }
}
