import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Run by the build, on the JDK that its toolchain found: leaves in `target/launch` what
/// `./lanewise` needs to start at once.
/// - `java-home`: that JDK;
/// - `jvm.args`: the JVM flags, as an argument file;
/// - `lanewise.aot`: an ahead-of-time cache of the classes that the main job loads, recorded by
///   doing it;
/// - `ready`: written last; older than a source, it means that the launcher has to build again.
///
/// A JVM that cannot use the cache starts without it, so a failed recording is no error.
///
/// Arguments: the target folder, the plan to record with, the JVM flags; `@FILE` stands for the
/// flags in its lines.
void main(String[] args) throws IOException, InterruptedException {
  Path target = Path.of(args[0]);
  Path plan = Path.of(args[1]);
  List<String> flags = new ArrayList<>();
  for (String flag : List.of(args).subList(2, args.length)) {
    flags.addAll(
        flag.startsWith("@") ? Files.readAllLines(Path.of(flag.substring(1))) : List.of(flag));
  }
  Path launch = Files.createDirectories(target.resolve("launch"));
  Path cache = launch.resolve("lanewise.aot");
  Files.deleteIfExists(launch.resolve("ready"));
  Files.deleteIfExists(cache);
  Files.writeString(launch.resolve("java-home"), System.getProperty("java.home") + "\n");
  Files.write(launch.resolve("jvm.args"), flags);

  List<String> command = new ArrayList<>();
  command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
  command.addAll(flags);
  command.addAll(
      List.of("-XX:AOTCacheOutput=" + cache, "-cp", target.resolve("lanewise.jar").toString()));
  command.add("io.lanewise.cli.Main");
  if (Files.exists(plan)) {
    String out = launch.resolve("recording").toString();
    command.addAll(List.of("run", plan.toString(), "--replace", "-o", out));
  } else {
    command.add("list");
  }
  Process recording =
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(launch.resolve("recording.log").toFile())
          .start();
  if (!recording.waitFor(120, TimeUnit.SECONDS)) {
    recording.destroyForcibly().waitFor();
    Files.deleteIfExists(cache);
  }
  Files.writeString(launch.resolve("ready"), "");
}
