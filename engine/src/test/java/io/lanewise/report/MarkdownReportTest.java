package io.lanewise.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkdownReportTest {
  @Test
  void showsMeasuresVerdictsChecksAndChecklist() {
    assertThat(MarkdownReport.toMarkdown(SampleReport.rich()))
        .isEqualTo(
            """
            # Two "models", émile &amp; co

            | Evaluation | Measure | Value | Unit | n | Better |
            |---|---|---:|---|---:|---|
            | diffusion | mse | 0.1060 ± 0.0063 | 1 | 900 | lower |
            | diffusion | max | ∞ | 1 | 900 | lower |

            ## Columns

            | Evaluation | Set | Role = column | Not used |
            |---|---|---|---|
            | diffusion | rows | eps = eps, eps-pred = eps\\_pred |  |

            ## diffusion by t

            | Group | Rows | Measure | Value |
            |---|---:|---|---:|
            | \\[0, 500) | 450 | mse | 0.208 ± 0.012 |
            | \\[500, 1000) | 0 | mse | NaN |

            ## diffusion by file

            | Group | Rows | Measure | Value |
            |---|---:|---|---:|
            | =a,b.npz | 900 | mse | 1e-300 ± 0 |

            ## Verdicts

            | Evaluation | Verdict | Status | Evidence |
            |---|---|---|---|
            | diversity | mode-collapse | **FAIL** | found 0.254 |

            ## Checks

            | Measure | Expected | Found | Result |
            |---|---|---:|---|
            | diffusion.mse | \\<= 0.2 | 0.106045 | pass |
            | diversity.ratio | \\>= 0.5 | NaN | **FAIL** |

            ## Checklist

            1. check for mode collapse: **FAIL**. 'diversity' is collapsed.
            2. report sampling cost: unknown. The plan does not say.
            """);
  }
}
