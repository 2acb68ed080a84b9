package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void showsEverythingAReaderNeeds() {
    assertThat(new Summary(SampleReport.REPORT).text())
        .isEqualTo(
            """
            Digits

              evaluation    measure  value               n  unit
              posterior-kl  kl       12.346 ± 0.012  1,797  nats
                            width    10              1,797

            posterior-kl by t
              t   rows  kl
              0  1,797  1.00 ± 0.50

              rows of       set    read   used  nulls  non-finite  empty
              posterior-kl  rows  1,800  1,797      2           1      0

            Judgements
              FAIL  posterior-kl  collapse  ratio is 0.25

            Checks
              pass  posterior-kl.kl  >= 0  found 12.3457
              FAIL  posterior-kl.kl  < 1   found 12.3457

            Checklist
              pass  state the objective
                      KL
              ?     inspect latents
                      nothing tells
            """);
  }
}
