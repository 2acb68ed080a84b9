package io.lanewise.cli;

import io.lanewise.objective.Names;
import io.lanewise.objective.Objective;
import io.lanewise.source.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line: every command, and what becomes of errors. An error is one line on stderr and
/// an [ExitCode]; `--debug` adds the stack trace.
final class Lanewise {
  private final Terminal terminal;
  private final CommandLine commands;

  /// @param objectives the registry; each one becomes a command
  Lanewise(Terminal terminal, List<Objective> objectives) {
    this.terminal = terminal;
    commands = new CommandLine(new RootCommand());
    commands.addSubcommand(new RunCommand(terminal, objectives));
    commands.addSubcommand(new ListCommand(terminal, objectives));
    commands.addSubcommand(new DescribeCommand(terminal, objectives));
    commands.addSubcommand(new InspectCommand(terminal));
    commands.addSubcommand(new ConvertCommand(terminal));
    commands.addSubcommand(new ScheduleCommand(terminal));
    for (Objective objective : objectives) {
      commands.addSubcommand(new ObjectiveCommand(terminal, objective.descriptor()).spec());
    }
    if (!objectives.isEmpty()) {
      commands.getCommandSpec().usageMessage().footer(footer(objectives));
    }
    commands
        .setOut(terminal.out())
        .setErr(terminal.err())
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler((e, args) -> misused(e))
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command.getCommandSpec()));
  }

  /// Runs one command.
  ///
  /// @return the exit code
  int run(String... args) {
    try {
      return commands.execute(args);
    } catch (OutOfMemoryError e) {
      print("memory: found too little, expected more: give fewer --threads or --batch-rows");
      return ExitCode.INTERNAL;
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  /// The commands, for tests of what was derived.
  CommandLine commands() {
    return commands;
  }

  private static String[] footer(List<Objective> objectives) {
    List<String> lines = new ArrayList<>(List.of("", "Each objective is a command too:"));
    StringBuilder line = new StringBuilder(" ");
    for (Objective objective : objectives) {
      String id = objective.descriptor().id();
      if (line.length() + id.length() > 98) {
        lines.add(line.toString());
        line = new StringBuilder(" ");
      }
      line.append(' ').append(id);
    }
    lines.add(line.toString());
    return lines.toArray(String[]::new);
  }

  private int misused(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String problem =
        switch (e) {
          case UnmatchedArgumentException unmatched -> unknown(unmatched, command);
          case MissingParameterException missing -> missing(missing);
          default -> message(e).lines().findFirst().orElse("");
        };
    print(problem + " (see '" + command.qualifiedName() + " --help')");
    return ExitCode.USAGE;
  }

  private static String unknown(UnmatchedArgumentException e, CommandSpec command) {
    List<String> unmatched = e.getUnmatched();
    String first =
        unmatched.stream().filter(a -> a.startsWith("-")).findFirst().orElse(unmatched.getFirst());
    if (first.startsWith("-")) {
      String name = first.contains("=") ? first.substring(0, first.indexOf('=')) : first;
      List<String> known =
          command.optionsMap().keySet().stream().filter(o -> o.startsWith("--")).sorted().toList();
      return message(Names.unknown("option", name, known));
    }
    if (command.parent() == null) {
      List<String> known = command.subcommands().keySet().stream().sorted().toList();
      return message(Names.unknown("command", first, known));
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

  private int failed(Exception e, CommandSpec command) {
    if (debug(command)) {
      e.printStackTrace(terminal.err());
    }
    switch (e) {
      case DataException data -> {
        print(message(data));
        return ExitCode.BAD_DATA;
      }
      case IllegalArgumentException misuse -> {
        print(message(misuse));
        return ExitCode.USAGE;
      }
      case UncheckedIOException wrapped -> {
        IOException cause = Objects.requireNonNull(wrapped.getCause());
        if (message(wrapped).equals(cause.toString())) {
          return failedToReadOrWrite(cause);
        }
        print(message(wrapped));
        return cause instanceof FileAlreadyExistsException ? ExitCode.USAGE : ExitCode.IO;
      }
      case IOException io -> {
        return failedToReadOrWrite(io);
      }
      default -> {
        print("found a bug, expected none; run again with --debug and report it: " + e);
        return ExitCode.INTERNAL;
      }
    }
  }

  private int failedToReadOrWrite(IOException e) {
    switch (e) {
      case FileAlreadyExistsException exists -> {
        print(exists.getFile() + ": found an existing file, expected none; --replace replaces it");
        return ExitCode.USAGE;
      }
      case NoSuchFileException missing ->
          print(missing.getFile() + ": found nothing, expected a file");
      case AccessDeniedException denied ->
          print(denied.getFile() + ": found no permission, expected to read or write it");
      default -> print(message(e));
    }
    return ExitCode.IO;
  }

  private static boolean debug(CommandSpec command) {
    return System.getenv("LANEWISE_DEBUG") != null
        || command.root().userObject() instanceof RootCommand root && root.debug;
  }

  private static String message(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.toString() : message;
  }

  private void print(String problem) {
    String line = String.join(" ", Arrays.asList(problem.strip().split("\\R\\s*")));
    terminal.err().println("lanewise: " + line);
  }
}
