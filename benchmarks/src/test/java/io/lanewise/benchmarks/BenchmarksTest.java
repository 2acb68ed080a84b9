package io.lanewise.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.kernel.Kernels;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs every benchmark with every implementation and type on a few values, in this process: their
/// own checks against oracles must pass.
class BenchmarksTest {
  @Test
  void everyBenchmarkRunsAndPassesItsCheck() throws RunnerException {
    // Before a benchmark asks for kernels, in what is one process here.
    System.setProperty(Kernels.PROPERTY, "simd");
    assertThat(Kernels.active().name()).startsWith("simd");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("io.lanewise.benchmarks.*")
                    .param("size", "SMOKE")
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(2))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    assertThat(results)
        .extracting(result -> result.getParams().getBenchmark())
        .contains(
            MachineLimit.class.getName() + ".run",
            GaussianKlBenchmark.class.getName() + ".run",
            CrossProductsBenchmark.class.getName() + ".run",
            PairwiseProductsBenchmark.class.getName() + ".run",
            StepBenchmark.class.getName() + ".run");
  }
}
