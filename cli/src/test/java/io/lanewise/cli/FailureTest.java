package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.plan.PlanException;
import io.lanewise.source.DataException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.memory.OutOfMemoryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever is thrown ends in one sentence without the name of a Java class, and in a documented
/// exit code.
class FailureTest {
  @TempDir Path folder;

  /// What Java itself throws, in words that only a programmer understands.
  private static IllegalArgumentException javas() {
    try {
      new ArrayList<String>(-1).add("");
      throw new AssertionError("found no exception, expected Java's");
    } catch (IllegalArgumentException e) {
      return e;
    }
  }

  static Stream<Arguments> thrown() {
    return Stream.of(
        Arguments.of(new OutOfMemoryError("Java heap space"), 70, "memory: found the heap of"),
        Arguments.of(
            new OutOfMemoryError("Cannot reserve 9 bytes of direct buffer memory"),
            70,
            "memory: found too little beside the heap"),
        Arguments.of(new OutOfMemoryException("x"), 70, "memory: found too little beside"),
        Arguments.of(
            new OutOfMemoryError("unable to create native thread"), 70, "memory: found no room"),
        Arguments.of(
            new IllegalStateException(new OutOfMemoryError("Java heap space")),
            70,
            "memory: found the heap of"),
        Arguments.of(new StackOverflowError(), 70, "found a nesting too deep"),
        Arguments.of(new NoClassDefFoundError("org/x/Y"), 70, "found a part of Lanewise"),
        Arguments.of(new UnsatisfiedLinkError("x.so"), 70, "found a part of Lanewise"),
        Arguments.of(new ExceptionInInitializerError("x"), 70, "found a part of Lanewise"),
        Arguments.of(
            new ExceptionInInitializerError(new OutOfMemoryError("Java heap space")),
            70,
            "memory: found the heap of"),
        Arguments.of(
            new InternalError("a fault occurred in a recent unsafe memory access operation"),
            3,
            "found a file that was changed while it was read"),
        Arguments.of(new InternalError("x"), 70, "found a bug"),
        Arguments.of(new NullPointerException("a.b.C is null"), 70, "found a bug"),
        Arguments.of(new ConcurrentModificationException(), 70, "found a bug"),
        Arguments.of(new ClassCastException("class a.B cannot be cast"), 70, "found a bug"),
        Arguments.of(
            new PlanException("evaluation 'x'", "evaluate[0]", "found 1, expected 2", null),
            2,
            "evaluation 'x': found 1, expected 2"),
        Arguments.of(
            new PlanException("evaluation 'x'", "evaluate[0]", "Illegal Capacity: -1", javas()),
            70,
            "found a bug"),
        Arguments.of(foreign(() -> Integer.parseInt("x")), 70, "found a bug"),
        Arguments.of(foreign(() -> new ArrayList<>(-1)), 70, "found a bug"),
        Arguments.of(foreign(() -> Path.of("a\0b")), 2, "found a file name 'a\0b' that this"),
        Arguments.of(new IllegalArgumentException("plan:1: found x"), 2, "plan:1: found x"),
        Arguments.of(new DataException("f", "found x"), 3, "f: found x"),
        Arguments.of(
            new FileSystemException("f", null, "No space left on device"),
            4,
            "f: found an error of the file system (No space left on device)"),
        Arguments.of(new UncheckedIOException(new FileNotFoundException("f")), 4, "a file: found"),
        Arguments.of(new IOException("plots: found no fonts"), 4, "plots: found no fonts"),
        Arguments.of(new UncheckedIOException("f: gone", new IOException()), 4, "f: gone"));
  }

  private static Throwable foreign(Runnable code) {
    try {
      code.run();
    } catch (RuntimeException e) {
      return e;
    }
    throw new IllegalStateException("nothing was thrown");
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void everyThrowableIsASentenceAndACode(Throwable thrown, int exitCode, String problem) {
    Failure failure = Failure.of(thrown);

    assertThat(failure.problem())
        .startsWith(problem)
        .doesNotContain("java.", "Exception", "Error", "org/", "class ");
    assertThat(failure.exitCode()).isEqualTo(exitCode);
  }

  /// Outside of a command's own exceptions too: picocli lets an `Error` pass.
  @Test
  void anErrorOfACommandIsTold() throws IOException {
    Path plan = Files.writeString(folder.resolve("p.yaml"), "lanewise: 1\n");
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(new PrintWriter(Writers.throwing()), new PrintWriter(err), false);

    int exitCode = new Lanewise(terminal, SampleObjectives.all()).run("list", plan.toString());
    int listed = new Lanewise(terminal, SampleObjectives.all()).run("list");

    assertThat(exitCode).isEqualTo(ExitCode.USAGE);
    assertThat(listed).isEqualTo(ExitCode.INTERNAL);
    assertThat(err.toString().lines().toList().getLast())
        .startsWith("lanewise: found a nesting too deep");
  }

  @Test
  void standardOutputThatIsFullIsCode4() {
    StringWriter err = new StringWriter();

    int exitCode = list("No space left on device", err);

    assertThat(err)
        .hasToString(
            "lanewise: standard output: found an error (No space left on device), expected to write"
                + " all of it\n");
    assertThat(exitCode).isEqualTo(ExitCode.IO);
  }

  @Test
  void standardOutputWhoseReaderHasGoneIsCode4WithoutAWord() {
    StringWriter err = new StringWriter();

    int exitCode = list("Broken pipe", err);

    assertThat(err.toString()).isEmpty();
    assertThat(exitCode).isEqualTo(ExitCode.IO);
  }

  private static int list(String reason, StringWriter err) {
    StandardOutput out = new StandardOutput(new Writers.Refusing(reason));
    PrintWriter writer = new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    Terminal terminal = new Terminal(writer, new PrintWriter(err), false, out::problem);
    return new Lanewise(terminal, SampleObjectives.all()).run("list");
  }

  @Test
  void whatIsPrintedCannotMoveTheCursor() {
    StringWriter out = new StringWriter();
    Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(out), false);

    terminal.out().print("a\u001b]0;x\u0007 b\u202ec \u009b2J d\u200b é 😀\n");
    terminal.out().flush();

    assertThat(out).hasToString("a\\u001b]0;x\\u0007 b\\u202ec \\u009b2J d\\u200b é 😀\n");
  }

  @Test
  void aMessageQuotesAtMost80CharactersAndNoControls() {
    String name = "x".repeat(100_000) + "\u001b[31m";

    Shell shell = Shell.run("describe", name);

    assertThat(shell.err().lines()).hasSize(1);
    assertThat(shell.err()).startsWith("lanewise: unknown objective 'xxx").hasSizeLessThan(300);
    assertThat(shell.err()).doesNotContain("\u001b").contains("…");
    assertThat(List.of(shell.exitCode())).containsExactly(ExitCode.USAGE);
  }

  @Test
  void aNameThatCannotBeAPathIsCode2() {
    Shell shell = Shell.run("run", "a\0b");

    assertThat(shell.err())
        .startsWith("lanewise: Invalid value for positional parameter at index 0 (PLAN): found")
        .contains("file name 'a\\u0000b'")
        .doesNotContain("java.");
    assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
  }
}
