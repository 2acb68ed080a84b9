package io.lanewise.cli;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/// `lanewise completion SHELL`: prints a script by which a shell completes commands and options.
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints a script by which bash, zsh or fish completes commands and options.",
    footer = {
      "",
      "bash: source <(lanewise completion bash)",
      "zsh:  source <(lanewise completion zsh)",
      "fish: lanewise completion fish | source"
    })
final class CompletionCommand implements Callable<Integer> {
  private static final String NAME = "lanewise";

  /// The shells that there is a script for.
  enum For {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Terminal terminal;
  private final Supplier<CommandLine> all;

  @Parameters(
      paramLabel = "SHELL",
      converter = ShellConverter.class,
      description = "bash, zsh or fish.")
  @Nullable For shell;

  /// @param all makes the command with every command below it, none of them hidden
  CompletionCommand(Terminal terminal, Supplier<CommandLine> all) {
    this.terminal = terminal;
    this.all = all;
  }

  @Override
  public Integer call() {
    CommandLine whole = all.get();
    terminal
        .out()
        .print(
            switch (Objects.requireNonNull(shell)) {
              // The script of picocli makes zsh take it.
              case BASH, ZSH -> AutoComplete.bash(NAME, whole);
              case FISH -> fish(whole);
            });
    return ExitCode.DONE;
  }

  private static String fish(CommandLine whole) {
    StringBuilder script = new StringBuilder();
    whole
        .getSubcommands()
        .forEach((name, command) -> {
          script.append(
              "complete -c %s -n __fish_use_subcommand -a %s -d %s\n"
                  .formatted(
                      NAME,
                      name,
                      quoted(first(command.getCommandSpec().usageMessage().description()))));
          for (OptionSpec option : command.getCommandSpec().options()) {
            script
                .append("complete -c %s -n '__fish_seen_subcommand_from %s'".formatted(NAME, name))
                .append(names(option))
                .append(option.arity().max() == 0 ? "" : " -r")
                .append(" -d ")
                .append(quoted(first(option.description())))
                .append('\n');
          }
        });
    return script.toString();
  }

  private static String names(OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    return names.toString();
  }

  private static String first(String[] description) {
    String text = List.of(description).stream().findFirst().orElse("").replace("%%", "%");
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end + 1);
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  /// Reads a shell's name.
  static final class ShellConverter implements ITypeConverter<For> {
    @Override
    public For convert(String text) {
      return RunOptions.word(text, For.values());
    }
  }
}
