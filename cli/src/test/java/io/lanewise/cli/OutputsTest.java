package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.DType;
import io.lanewise.batch.SequenceColumn;
import io.lanewise.batch.Validity;
import io.lanewise.objective.Objectives;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a command writes never replaces what it reads, or what is no file.
class OutputsTest {
  private static final String CSV = "mu,logvar\n1,0\n-2,0\n";

  @TempDir Path folder;
  private Path data = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void write() throws IOException {
    data = Files.writeString(folder.resolve("data.csv"), CSV);
    out = Files.createDirectory(folder.resolve("out"));
  }

  @Test
  void convertDoesNotReplaceItsInput() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), Path.of("data.csv"));
    Path hard = Files.createLink(folder.resolve("hard.csv"), data);
    Path around = folder.resolve("out/../data.csv");
    for (Path target : List.of(data, link, hard, around)) {
      Shell shell = lanewise("convert", data.toString(), target.toString(), "--replace");

      assertThat(shell.err())
          .isEqualTo(
              "lanewise: %s: found the input '%s', expected another output; an input is never replaced\n"
                  .formatted(target, data));
      assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    }
    assertThat(data).hasContent(CSV);
    assertThat(Files.isSymbolicLink(link)).isTrue();
  }

  @Test
  void rowFilesReportsAndStatesDoNotReplaceInputs() throws IOException {
    Files.createSymbolicLink(out.resolve("gaussian-kl.csv"), data);
    refused("kl", data.toString(), "--rows", "csv", "-o", out.toString(), "--replace");
    Files.delete(out.resolve("gaussian-kl.csv"));

    Files.createLink(out.resolve("report.html"), data);
    refused("kl", data.toString(), "-o", out.toString(), "--replace");
    Files.delete(out.resolve("report.html"));

    Files.createLink(out.resolve("any.png"), data);
    refused("kl", data.toString(), "-o", out.toString(), "--replace");
    Files.delete(out.resolve("any.png"));

    refused("kl", data.toString(), "--state", data.toString(), "--replace");
    assertThat(data).hasContent(CSV);
  }

  @Test
  void neitherThePlanNorAFileThatAParameterNames() throws IOException {
    Path plan = out.resolve("results.json");
    Files.writeString(
        plan,
        "{\"lanewise\": 1, \"data\": {\"a\": \"%s\"}, \"evaluate\": [{\"objective\": \"kl\"}]}"
            .formatted(data));
    refused("run", plan.toString(), "-o", out.toString(), "--replace");
    refused(
        "run", plan.toString(), "-o", folder.resolve("x") + "", "--replace", "--state", plan + "");

    Path betas = Files.writeString(folder.resolve("betas.csv"), "beta\n0.1\n0.2\n");
    refused("schedule", "betas:@" + betas, "-o", betas.toString(), "--replace");
    assertThat(betas).hasContent("beta\n0.1\n0.2\n");
  }

  @Test
  void mergedStatesStay() throws IOException {
    Path state = folder.resolve("a.state");
    assertThat(lanewise("kl", data.toString(), "--state", state.toString()).exitCode()).isZero();
    Path link = Files.createSymbolicLink(folder.resolve("b.state"), state);
    byte[] before = Files.readAllBytes(state);

    refused("merge", state.toString(), "--state", link.toString(), "--replace");

    Files.createLink(out.resolve("results.json"), state);
    refused("merge", state.toString(), "-o", out.toString(), "--replace");
    assertThat(state).hasBinaryContent(before);
  }

  @Test
  void compareDoesNotReplaceWhatItCompares() throws IOException {
    lanewise("kl", data.toString(), "-o", out.toString(), "--replace");
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.createLink(other.resolve("comparison.json"), out.resolve("results.json"));

    refused("compare", out.toString(), out.toString(), "-o", other.toString(), "--replace");
  }

  private static void refused(String... args) {
    Shell shell = lanewise(args);
    assertThat(shell.err()).contains("found the input '", "an input is never replaced");
    assertThat(shell.err().lines()).hasSize(1);
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aSymbolicLinkStaysAndItsTargetIsReplacedWithItsPermissions() throws IOException {
    Path target = Files.writeString(out.resolve("real.csv"), "old");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r-----"));
    Path second = Files.createSymbolicLink(folder.resolve("second.csv"), Path.of("out/real.csv"));
    Path link = Files.createSymbolicLink(folder.resolve("first.csv"), second);

    Shell shell = lanewise("convert", data.toString(), link.toString(), "--replace");

    assertThat(shell.exitCode()).isZero();
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.isSymbolicLink(second)).isTrue();
    assertThat(target).content().startsWith("mu,logvar\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-r-----");
    assertThat(names(out)).containsExactly("real.csv");
  }

  @Test
  void aDeviceOrAPipeIsNotReplaced() throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe.csv");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path device = Files.createSymbolicLink(folder.resolve("null.csv"), Path.of("/dev/null"));
    for (Path target : List.of(pipe, device)) {
      Shell shell = lanewise("convert", data.toString(), target.toString(), "--replace");

      assertThat(shell.err())
          .isEqualTo(
              "lanewise: %s: found a device or a pipe, expected a file or nothing there\n"
                  .formatted(target));
      assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
    }
  }

  @Test
  void anOutputFolderIsTriedBeforeTheWork() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    // The input is missing as well: what is said first was tried first.
    Shell below = lanewise("kl", "none.csv", "-o", file.resolve("deep/er").toString());
    Shell there = lanewise("kl", "none.csv", "-o", file.toString());
    Shell nowhere = lanewise("kl", "none.csv", "-o", "/proc/none");

    assertThat(below.err()).contains(file + ": found a file, expected a folder");
    assertThat(there.err()).contains(file + ": found a file, expected a folder");
    assertThat(List.of(below.exitCode(), there.exitCode())).containsOnly(ExitCode.USAGE);
    assertThat(nowhere.err()).startsWith("lanewise: /proc/none: found ").contains("expected a fol");
    assertThat(nowhere.exitCode()).isEqualTo(ExitCode.IO);
  }

  @Test
  void aFolderThatWasThereStaysWhenTheRunFails() {
    lanewise("kl", "none.csv", "-o", out.toString());
    lanewise("kl", "none.csv", "-o", folder.resolve("new").toString());

    assertThat(out).isEmptyDirectory();
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void twoOutputsHaveTwoNames() {
    Shell report =
        lanewise("kl", data + "", "-o", out + "", "--state", out.resolve("results.json") + "");
    Shell rows =
        lanewise(
            "kl", data + "", "--rows", "csv", "-o", out + "", "--state", out + "/gaussian-kl.csv");

    assertThat(report.err()).contains("a file of the report, expected another name");
    assertThat(rows.err()).contains("found the name of a row file, expected another one");
    assertThat(List.of(report.exitCode(), rows.exitCode())).containsOnly(ExitCode.USAGE);
    assertThat(out).isEmptyDirectory();
  }

  private static Shell lanewise(String... args) {
    return Shell.run(Objectives.all(), args);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /// Lists that happen to be of one length are vectors, where the format has no lists.
  @Test
  void listsOfOneLengthGoToFormatsOfVectors() throws IOException {
    Path even = lists("even.arrow", 0, 2, 4, 6);
    Path ragged = lists("ragged.arrow", 0, 2, 4, 5);
    for (String extension : List.of("npz", "npy", "csv")) {
      Path target = folder.resolve("even." + extension);
      Shell shell = lanewise("convert", even + "", target + "", "--columns", "l");
      Shell refused = lanewise("convert", ragged + "", folder.resolve("r." + extension) + "");

      assertThat(shell.err()).isEmpty();
      assertThat(lanewise("inspect", target + "").out())
          .contains("[2]")
          .containsPattern("(float|int)64");
      assertThat(refused.err())
          .isEqualTo(
              "lanewise: %s: column 'l' row 2: found a list of 1 elements, expected 2 as in the rows before; .arrow and .parquet hold lists of any length\n"
                  .formatted(ragged));
      assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    }
    assertThat(folder.resolve("even.csv")).hasContent("l[0],l[1]\n1.0,2.0\n3.0,4.0\n5.0,6.0\n");
  }

  @Test
  void convertReadsWithoutMappingToo() throws IOException {
    Path even = lists("even.arrow", 0, 2, 4, 6);
    Path mapped = folder.resolve("mapped.npy");
    Path copied = folder.resolve("copied.npy");
    lanewise("convert", even + "", mapped + "");
    Shell shell = lanewise("convert", "--no-mmap", even + "", copied + "");

    assertThat(shell.err()).isEmpty();
    assertThat(copied).hasSameBinaryContentAs(mapped);
  }

  private Path lists(String name, long... offsets) {
    Path file = folder.resolve(name);
    MemorySegment data =
        Arena.ofAuto().allocateFrom(ValueLayout.JAVA_DOUBLE, new double[] {1, 2, 3, 4, 5, 6});
    int rows = offsets.length - 1;
    Column column =
        new SequenceColumn("l", DType.FLOAT64, rows, offsets, 0, data, Validity.ALL, Validity.ALL);
    try (Sink sink = Sinks.create(file, List.of(column.describe()), false)) {
      sink.write(new Batch(0, rows, List.of(column), () -> {}));
      sink.commit();
    }
    return file;
  }

  @Test
  void aDirectoryIsNeitherAPlanNorAnOutput() throws IOException {
    assertThat(lanewise("run", out.toString()).err())
        .isEqualTo("lanewise: %s: found a directory, expected a plan file\n".formatted(out));
    Path directory = Files.createDirectory(folder.resolve("out.csv"));
    assertThat(lanewise("convert", data.toString(), directory.toString()).err())
        .isEqualTo("lanewise: %s: found a directory, expected a file name\n".formatted(directory));
  }
}
