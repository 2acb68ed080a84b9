package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.cli.plan.PlanFile;
import io.lanewise.cli.plan.PlanLines;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.codec.JsonText;
import io.lanewise.plan.codec.Tree;
import io.lanewise.report.JsonReport;
import io.lanewise.result.Version;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `lanewise serve`: one process for many evaluations, for a program at the other end of its pipes.
/// A request is a line of JSON on standard input, and its reply is one on standard output; see
/// `docs/python.md`. It ends with its input, and with the process that started it.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    hidden = true,
    description =
        "Answers each request, a line of JSON on standard input, by a line of JSON on standard output.",
    footer = {"", "docs/python.md describes requests and replies."})
final class ServeCommand implements Callable<Integer> {
  private static final Path REQUEST = Path.of("request");

  private final Terminal terminal;
  private final Catalog objectives;
  private @Nullable List<Descriptor> known;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description =
          "Make a folder in this one for files of the caller, and remove it at the end. Default: that"
              + " of the system for temporary files.")
  @Nullable Path scratch;

  ServeCommand(Terminal terminal, Catalog objectives) {
    this.terminal = terminal;
    this.objectives = objectives;
  }

  @Override
  public Integer call() throws IOException {
    // What a library prints must not come between the replies.
    System.setOut(System.err);
    // A caller that was killed may leave its pipes to its children, so their end tells nothing.
    ProcessHandle.current().parent().ifPresent(ServeCommand::endWith);
    Path folder =
        scratch == null
            ? Files.createTempDirectory("lanewise-")
            : Files.createTempDirectory(scratch, "lanewise-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
    print(Json.line(Map.of("lanewise", Version.TEXT, "scratch", folder.toString())));
    try (BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      String line = requests.readLine();
      while (line != null && !terminal.out().checkError()) {
        print(reply(line));
        line = requests.readLine();
      }
    }
    return ExitCode.DONE;
  }

  private static void endWith(ProcessHandle parent) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          parent.onExit().join();
          System.exit(ExitCode.DONE);
        });
  }

  private void print(String line) {
    terminal.out().print(line + "\n");
    terminal.out().flush();
  }

  private String reply(String line) {
    try {
      Tree request = JsonText.parse(line).keys("a request", "describe", "plan", "options");
      Tree described = request.find("describe");
      return described == null
          ? "{\"report\":%s}".formatted(oneLine(report(request)))
          : Json.line(Map.of("objective", describe(described)));
    } catch (Throwable e) {
      Failure failure = Failure.of(sentence(e));
      if (failure.exitCode() == ExitCode.INTERNAL) {
        e.printStackTrace(terminal.err());
        terminal.err().flush();
      }
      Map<String, Object> error = new LinkedHashMap<>();
      error.put("message", failure.problem());
      error.put("code", failure.exitCode());
      return Json.line(Map.of("error", error));
    }
  }

  /// Line breaks of JSON are between its words, never in them.
  private static String oneLine(String json) {
    return json.replace("\n", "");
  }

  /// A request has one line, so its number tells nothing.
  private static Throwable sentence(Throwable e) {
    return e.getCause() instanceof PlanException mistake && e instanceof IllegalArgumentException
        ? mistake
        : e;
  }

  private Object describe(Tree name) {
    String id = name.text("the id of an objective");
    return DescribeCommand.entry(
        objectives
            .find(id)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    Suggestions.unknown(
                        "objective", id, objectives.names(), "'lanewise list' names all"))));
  }

  private String report(Tree request) {
    PlanFile plan = PlanLines.of(REQUEST, request.required("plan", "a plan")).plan(known());
    plan.data().forEach(ServeCommand::refuseStandardInput);
    RunOptions options = options(request.listOf("options", word -> word.text("an option")));
    Evaluation.Builder evaluation = plan.toEvaluation();
    options.applyTo(evaluation);
    if (options.out != null) {
      evaluation.output(options.out, options.replace);
    }
    return JsonReport.toJson(evaluation.build().run());
  }

  /// Made once: all of them take as long as a small evaluation.
  private List<Descriptor> known() {
    if (known == null) {
      known = objectives.all().stream().map(Objective::descriptor).toList();
    }
    return known;
  }

  private static void refuseStandardInput(String name, List<String> files) {
    if (files.contains("-")) {
      throw new IllegalArgumentException(
          "data set '%s': found '-', expected a file: standard input has the requests"
              .formatted(name));
    }
  }

  /// The options of `lanewise run`.
  private static RunOptions options(List<String> words) {
    RunOptions options = new RunOptions();
    CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();
    spec.addMixin("run", CommandLine.Model.CommandSpec.forAnnotatedObject(options));
    try {
      new CommandLine(spec)
          .registerConverter(Path.class, Path::of)
          .parseArgs(words.toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      throw new IllegalArgumentException("options: " + e.getMessage(), e);
    }
    return options;
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList().reversed()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // The caller has removed it.
    }
  }
}
