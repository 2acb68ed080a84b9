package io.lanewise.cli;

import io.lanewise.batch.Names;
import io.lanewise.batch.Quoted;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Objective;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line: all commands, and how errors end. An error is one line on stderr and an
/// [ExitCode]; `--debug` adds the stack trace.
final class Lanewise {
  private final Terminal terminal;
  private final Catalog objectives;
  private final CommandLine commands;

  /// The names of the commands that are no objective's, in the order of the help.
  private static final List<String> NAMES =
      List.of(
          "samples",
          "lm",
          "vae",
          "diffusion",
          "run",
          "merge",
          "list",
          "describe",
          "inspect",
          "convert",
          "schedule",
          "windows",
          "compare",
          "completion",
          "serve");

  /// @param objectives the registry; each one becomes a command
  Lanewise(Terminal terminal, List<Objective> objectives) {
    this(terminal, Catalog.of(objectives));
  }

  Lanewise(Terminal terminal, Catalog objectives) {
    this.terminal = terminal;
    this.objectives = objectives;
    commands = configured(new CommandLine(new RootCommand()));
  }

  private Object command(String name) {
    Optional<Recipe> recipe = Recipe.named(name);
    if (recipe.isPresent()) {
      return new RecipeCommand(terminal, recipe.get(), objectives).spec();
    }
    return switch (name) {
      case "run" -> new RunCommand(terminal, objectives);
      case "merge" -> new MergeCommand(terminal);
      case "list" -> new ListCommand(terminal, objectives);
      case "describe" -> new DescribeCommand(terminal, objectives);
      case "inspect" -> new InspectCommand(terminal, objectives);
      case "convert" -> new ConvertCommand(terminal);
      case "schedule" -> new ScheduleCommand(terminal);
      case "windows" -> new WindowsCommand(terminal);
      case "compare" -> new CompareCommand(terminal);
      case "completion" -> new CompletionCommand(terminal, () -> whole(terminal, objectives));
      case "serve" -> new ServeCommand(terminal, objectives);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private CommandLine configured(CommandLine line) {
    return line.setOut(terminal.out())
        .setErr(terminal.err())
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setUsageHelpWidth(100)
        // Else an option that takes several files takes a misspelt one after them for a file.
        .setUnmatchedOptionsAllowedAsOptionParameters(false)
        .registerConverter(Path.class, Lanewise::path)
        .registerConverter(Double.class, Lanewise::number)
        .registerConverter(double.class, Lanewise::number)
        .setParameterExceptionHandler(this::misused)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, debug()));
  }

  /// A path; picocli's own converter answers with names of Java classes.
  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(Failure.of(e).problem());
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("found '%s', expected a number".formatted(text));
    }
  }

  /// Runs one command.
  ///
  /// @return the exit code
  int run(String... args) {
    int exitCode;
    try {
      derive(List.of(args));
      exitCode = commands.execute(args);
    } catch (Throwable e) {
      exitCode = failed(e, debug());
    }
    terminal.out().flush();
    if (terminal.out().checkError()
        && (exitCode == ExitCode.DONE || exitCode == ExitCode.CHECK_FAILED)) {
      exitCode = ExitCode.IO;
      if (!terminal.problem().get().isEmpty()) {
        print(
            "standard output: found an error (%s), expected to write all of it"
                .formatted(terminal.problem().get()));
      }
    }
    terminal.err().flush();
    return exitCode;
  }

  /// Adds only the command that the arguments name. Deriving all of them would take longer than
  /// most of the work. All are added for the help and for a word that is no command.
  private void derive(List<String> args) {
    String first = args.stream().filter(arg -> !arg.equals("--debug")).findFirst().orElse("");
    if (NAMES.contains(first)) {
      add(first);
      return;
    }
    boolean version = args.equals(List.of("--version")) || args.equals(List.of("-V"));
    if (addObjective(first) || version) {
      return;
    }
    NAMES.forEach(this::add);
    args.forEach(this::addObjective);
    List<String> ids = objectives.ids();
    if (!ids.isEmpty()) {
      commands.getCommandSpec().usageMessage().footer(footer(ids));
    }
  }

  /// The command with all below it, shown.
  private static CommandLine whole(Terminal terminal, Catalog objectives) {
    Lanewise lanewise = new Lanewise(terminal, objectives);
    NAMES.forEach(lanewise::add);
    objectives.ids().forEach(lanewise::addObjective);
    lanewise
        .commands
        .getSubcommands()
        .values()
        .forEach(command -> command.getCommandSpec().usageMessage().hidden(false));
    return lanewise.commands;
  }

  private void add(String name) {
    commands.addSubcommand(configured(new CommandLine(command(name))));
  }

  private boolean addObjective(String name) {
    Descriptor descriptor = objectives.find(name).map(Objective::descriptor).orElse(null);
    if (descriptor != null && !commands.getSubcommands().containsKey(descriptor.id())) {
      CommandSpec spec = new ObjectiveCommand(terminal, descriptor).spec();
      commands.addSubcommand(configured(new CommandLine(spec)));
    }
    return descriptor != null;
  }

  private static String[] footer(List<String> ids) {
    List<String> lines = new ArrayList<>(List.of("", "Each objective is a command too:"));
    StringBuilder line = new StringBuilder(" ");
    for (String id : ids) {
      if (line.length() + id.length() > 98) {
        lines.add(line.toString());
        line = new StringBuilder(" ");
      }
      line.append(' ').append(id);
    }
    lines.add(line.toString());
    return lines.toArray(String[]::new);
  }

  private int misused(ParameterException e, String[] args) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String problem =
        switch (e) {
          case UnmatchedArgumentException unmatched when !unmatched(unmatched, args).isEmpty() ->
              unknown(unmatched(unmatched, args), command);
          // Of two mistakes the misspelt option is the cause: what it should have been is missing.
          case MissingParameterException missing when !misspelt(missing).isEmpty() ->
              unknown(misspelt(missing), command);
          case MissingParameterException missing -> missing(missing);
          default -> message(e).lines().findFirst().orElse("");
        };
    print(problem + " (see '" + command.qualifiedName() + " --help')");
    return ExitCode.USAGE;
  }

  /// What nobody took. Picocli does not say which option stood where a value was expected.
  private static List<String> unmatched(UnmatchedArgumentException e, String[] args) {
    if (!e.getUnmatched().isEmpty()) {
      return e.getUnmatched();
    }
    Set<String> known = e.getCommandLine().getCommandSpec().optionsMap().keySet();
    return Stream.of(args)
        .filter(arg -> arg.startsWith("-") && !known.contains(arg.split("=", 2)[0]))
        .toList();
  }

  private static List<String> misspelt(MissingParameterException e) {
    return e.getCommandLine().getUnmatchedArguments().stream()
        .filter(arg -> arg.startsWith("-"))
        .toList();
  }

  private String unknown(List<String> unmatched, CommandSpec command) {
    String first =
        unmatched.stream().filter(a -> a.startsWith("-")).findFirst().orElse(unmatched.getFirst());
    if (first.startsWith("-")) {
      String name = first.contains("=") ? first.substring(0, first.indexOf('=')) : first;
      List<String> known =
          command.optionsMap().keySet().stream().filter(o -> o.startsWith("--")).sorted().toList();
      return message(Names.unknown("option", name, known));
    }
    if (command.parent() == null) {
      List<String> known =
          Stream.of(command.subcommands().keySet(), NAMES, objectives.names())
              .flatMap(Collection::stream)
              .distinct()
              .sorted()
              .toList();
      return Suggestions.unknown("command", first, known, "'lanewise list' names the objectives");
    }
    return "found argument '%s', expected none there".formatted(first);
  }

  private static String missing(MissingParameterException e) {
    ArgSpec missing = e.getMissing().getFirst();
    return missing instanceof OptionSpec option
        ? "found no option '%s', expected it with %s"
            .formatted(option.longestName(), option.paramLabel())
        : "found no %s, expected one".formatted(missing.paramLabel());
  }

  private int failed(Throwable e, boolean debug) {
    if (debug) {
      e.printStackTrace(terminal.err());
    }
    Failure failure = Failure.of(e);
    print(failure.problem());
    return failure.exitCode();
  }

  private boolean debug() {
    return System.getenv("LANEWISE_DEBUG") != null
        || (commands.getCommandSpec().userObject() instanceof RootCommand root && root.debug);
  }

  private static String message(Throwable e) {
    return Objects.requireNonNullElse(e.getMessage(), "");
  }

  private void print(String problem) {
    String line = String.join(" ", Arrays.asList(problem.strip().split("\\R\\s*")));
    terminal.err().println("lanewise: " + Quoted.sentence(line));
  }
}
