package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.batch.DType;
import io.lanewise.objective.diffusion.Schedule;
import io.lanewise.run.bind.ParameterFile;
import io.lanewise.source.DataSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleCommandTest {
  @Test
  void csvHasEveryDigit() {
    Shell shell = Shell.run("schedule", "linear", "--steps", "1000", "--format", "csv");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(shell.out().lines())
        .hasSize(1001)
        .startsWith("t,beta,alphaBar,alpha,sigma,snr,logSnr")
        .anyMatch(line -> line.startsWith("0.0,1.0E-4,0.9999,"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"scaled-linear-zero-snr", "flow-data-to-noise", "karras"})
  void textHasALineForEachLevel(String name) {
    Shell shell = Shell.run("schedule", name, "--steps", "5");
    assertThat(shell.out().lines()).hasSize(6);
    assertThat(shell.err()).isEmpty();
  }

  /// Custom timesteps as diffusers takes them: descending, unevenly spaced.
  @Test
  void timestepsInTheirOwnOrder() {
    Shell own =
        Shell.run(
            "schedule",
            "linear",
            "--spacing",
            "in-order:999,500,40,7",
            "--columns",
            "t,beta",
            "--format",
            "csv");
    Shell ascending =
        Shell.run(
            "schedule",
            "linear",
            "--spacing",
            "list:7,40,500,999",
            "--columns",
            "t,beta",
            "--format",
            "csv");
    assertThat(own.out().lines().skip(1).map(line -> line.split(",")[0]))
        .containsExactly("999.0", "500.0", "40.0", "7.0");
    assertThat(own.out().lines().skip(1).toList().reversed())
        .isEqualTo(ascending.out().lines().skip(1).toList());
    Shell twice = Shell.run("schedule", "linear", "--spacing", "in-order:9,5,9");
    assertThat(twice.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(twice.err()).contains("found 9 at 2, expected ascending");
  }

  @Test
  void aLadderWithItsOwnRho() {
    Shell shell =
        Shell.run(
            "schedule",
            "polyexponential",
            "--steps",
            "7",
            "--sigma-min",
            "0.02",
            "--sigma-max",
            "50",
            "--rho",
            "2.5",
            "--columns",
            "sigma",
            "--format",
            "csv");
    assertThat(shell.out().lines().skip(1).mapToDouble(Double::parseDouble).toArray()[1])
        .isCloseTo(2.851765314514356, within(1e-12));
  }

  @Test
  void jsonLeavesOutWhatThereIsNot() {
    Shell shell = Shell.run("schedule", "edm", "--steps", "2", "--format", "json");
    assertThat(shell.out()).contains("\"logSnr\"").doesNotContain("beta");
  }

  @Test
  void anUnknownNameIsAMisuse() {
    Shell shell = Shell.run("schedule", "liner");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.err()).contains("did you mean 'linear'?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "csv", "arrow", "npz", "parquet"})
  void exportsTheWholeTable(String extension, @TempDir Path temp) throws Exception {
    Path file = temp.resolve("schedule." + extension);
    Shell shell = Shell.run("schedule", "squared-cosine", "--steps", "8", "-o", file.toString());
    assertThat(shell.exitCode()).as(shell.err()).isEqualTo(ExitCode.DONE);
    if (extension.equals("json")) {
      assertThat(Files.readString(file)).contains("\"alphaBar\"");
    } else {
      assertThat(ParameterFile.expand("@" + file + "#alphaBar").split(","))
          .hasSize(8)
          .containsExactly(
              Arrays.stream(Schedule.of("squared-cosine", 8).alphaBar())
                  .mapToObj(Double::toString)
                  .toArray(String[]::new));
    }
    Shell again = Shell.run("schedule", "squared-cosine", "--steps", "8", "-o", file.toString());
    assertThat(again.exitCode()).isNotEqualTo(ExitCode.DONE);
    Shell replaced =
        Shell.run("schedule", "linear", "--steps", "8", "-o", file.toString(), "--replace");
    assertThat(replaced.exitCode()).isEqualTo(ExitCode.DONE);
  }

  /// What is exported can be read back as a schedule, to the same numbers.
  @Test
  void aScheduleFromAFile(@TempDir Path temp) {
    String file = temp.resolve("betas.npy").toString();
    Shell.run("schedule", "scaled-linear", "--steps", "20", "--columns", "beta", "-o", file);
    Shell original = Shell.run("schedule", "scaled-linear", "--steps", "20", "--format", "csv");
    Shell read = Shell.run("schedule", "betas:@" + file, "--format", "csv");
    assertThat(read.err()).isEmpty();
    assertThat(read.out()).isEqualTo(original.out());
  }

  /// Exported timesteps are integers, so that they can be read as timesteps, and as a list.
  @Test
  void timestepsAreIntegers(@TempDir Path temp) {
    Path file = temp.resolve("t.npz");
    Shell.run(
        "schedule", "linear", "--spacing", "ddim4", "--columns", "t,beta", "-o", file.toString());
    try (DataSet data = DataSet.of(file.toString())) {
      assertThat(data.schema().getFirst().type()).isEqualTo(DType.INT64);
    }
    String list = "list:@" + file + "#t";
    Shell shell =
        Shell.run("schedule", "linear", "--spacing", list, "--columns", "t", "--format", "csv");
    assertThat(shell.out().lines().skip(1)).containsExactly("0.0", "250.0", "500.0", "750.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "leading:4; 0.0 250.0 500.0 750.0",
        "trailing:4; 249.0 499.0 749.0 999.0",
        "linspace:4; 0.0 333.0 666.0 999.0",
        "ddim4; 0.0 250.0 500.0 750.0",
        "2,1; 0.0 499.0 500.0",
        "list:7,3,999; 3.0 7.0 999.0",
        "leading:4:1; 1.0 251.0 501.0 751.0",
      })
  void spacingKeepsSomeTimesteps(String spec, String timesteps) {
    Shell shell =
        Shell.run("schedule", "linear", "--spacing", spec, "--columns", "t", "--format", "csv");
    assertThat(shell.err()).isEmpty();
    assertThat(shell.out().lines().skip(1)).containsExactly(timesteps.strip().split(" "));
  }

  @Test
  void spacedBetasAreThoseOfTheWholeWay() {
    Schedule whole = Schedule.of("linear", 1000);
    Schedule some = whole.respaced(10, 400, 999);
    assertThat(some.alphaBar()[2]).isEqualTo(whole.alphaBar()[999]);
    assertThat(some.beta()[1])
        .isCloseTo(1 - whole.alphaBar()[400] / whole.alphaBar()[10], within(1e-15));
    assertThat(Schedule.ofBetas("same", some.beta()).alphaBar()[2])
        // 1 - beta is 2e-4 there: half a unit of the last place of beta is 3e-13 of it.
        .isCloseTo(whole.alphaBar()[999], within(1e-12 * whole.alphaBar()[999]));
  }

  @Test
  void theLadderHasItsOwnEnds() {
    Shell shell =
        Shell.run(
            "schedule",
            "karras",
            "--steps",
            "3",
            "--sigma-min",
            "0.1",
            "--sigma-max",
            "10",
            "--rho",
            "5",
            "--columns",
            "sigma",
            "--format",
            "csv");
    // (10^(1/5) / 2 + 0.1^(1/5) / 2)^5 by Python.
    assertThat(shell.out().lines().skip(1)).startsWith("10.0").endsWith("0.1");
    assertThat(Double.parseDouble(shell.out().lines().skip(2).findFirst().orElseThrow()))
        .isCloseTo(1.6693689722763363, within(1e-12));
    assertThat(Shell.run("schedule", "linear", "--rho", "5").err()).contains("'--rho'");
  }

  @Test
  void plotsAsSvgAndPng(@TempDir Path temp) throws Exception {
    Path svg = temp.resolve("snr.svg");
    Path png = temp.resolve("sigma.png");
    Shell.run("schedule", "linear-zero-snr", "--steps", "50", "--plot", svg.toString());
    String drawing = Files.readString(svg);
    assertThat(drawing).startsWith("<svg xmlns='http://www.w3.org/2000/svg'").contains("logSnr");
    // 49 finite values: the last has no signal.
    assertThat(drawing.lines().filter(line -> line.contains("stroke-linejoin")))
        .anySatisfy(path -> assertThat(path.chars().filter(c -> c == 'L')).hasSize(48));
    javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
    Shell shell =
        Shell.run("schedule", "karras", "--plot", png.toString(), "--plot-column", "sigma");
    assertThat(shell.err()).isEmpty();
    java.awt.image.BufferedImage image = javax.imageio.ImageIO.read(png.toFile());
    assertThat(image.getWidth()).isEqualTo(1920);
    assertThat(
            Arrays.stream(image.getRGB(0, 0, 1920, image.getHeight(), null, 0, 1920))
                .distinct()
                .count())
        .isGreaterThan(10);
    assertThat(Shell.run("schedule", "linear", "--plot", "x.gif").err()).contains(".svg or .png");
  }
}
