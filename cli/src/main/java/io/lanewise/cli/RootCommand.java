package io.lanewise.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `lanewise` itself: without a command it says that one is needed.
@Command(
    name = "lanewise",
    mixinStandardHelpOptions = true,
    versionProvider = RootCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Evaluates generative models from sample files.",
    subcommandsRepeatable = false)
final class RootCommand implements Callable<Integer> {
  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description =
          "Print stack traces of errors; so does the environment variable LANEWISE_DEBUG.")
  boolean debug;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine line = spec == null ? new CommandLine(this) : spec.commandLine();
    throw new ParameterException(line, "found no command, expected one, such as run or list");
  }

  /// The version of the jar, and of what it runs on.
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "lanewise " + io.lanewise.result.Version.TEXT,
        "%s %s on %s"
            .formatted(
                System.getProperty("java.vm.name"),
                Runtime.version(),
                System.getProperty("os.arch"))
      };
    }
  }
}
