package io.lanewise.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CsvReportTest {
  @Test
  void writesALineForEachMeasureAndGroupAndDefusesFormulas() {
    assertThat(CsvReport.toCsv(SampleReport.rich()))
        .isEqualTo(
            """
            evaluation,objective,measure,by,group,value,standard_error,n,unit,model,step,rank,rank_lower,rank_upper,beats_next,tied
            diffusion,denoising-mse,mse,,,0.10604451382007504,0.006288372034914643,900,1,,,,,,,
            diffusion,denoising-mse,max,,,Infinity,,900,1,,,,,,,
            diffusion,denoising-mse,mse,t,"[0, 500)",0.208,0.0117,450,1,,,,,,,
            diffusion,denoising-mse,mse,t,"[500, 1000)",NaN,,0,1,,,,,,,
            diffusion,denoising-mse,mse,file,"'=a,b.npz",1.0E-300,-0.0,900,1,,,,,,,
            """);
  }

  @Test
  void ofNothingIsTheHeader() {
    assertThat(CsvReport.toCsv(SampleReport.empty()).lines()).hasSize(1);
  }
}
