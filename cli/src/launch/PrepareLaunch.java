import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

static final String VECTORS_AT_BOOT = "--add-modules=jdk.incubator.vector";
static final String VECTORS_LATER = "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED";

/// The build runs this on the JDK that its toolchain found. It leaves in `target/launch` what
/// `./lanewise` needs to start fast:
/// - `java-home`: the folder of that JDK;
/// - `jvm.args`: the JVM flags, as an argument file;
/// - `lanewise.aot` and `run.aot`: ahead-of-time caches of classes, linked, with their lambdas.
///   Rehearsals of commands record them. The JVM loads all of a cache when it starts: with one
///   cache for all commands `list` would take a third longer, for the sake of what only `run`
///   needs;
/// - `lanewise.aot.log` and `run.aot.log`: what a JVM says that starts with them;
/// - `ready`: written last. If it is older than a source, the launcher builds again.
///
/// A JVM that cannot use the cache starts without it, only slower. So a failed recording is a
/// warning, no error.
///
/// The Vector API's module is an incubator. With it in the boot layer the JVM uses neither the
/// module graph nor the linked classes and lambdas of its cache, and prints a warning. So the flags
/// name what the engine needs to load the module itself, when vectors are needed first
/// (`VectorModule`).
///
/// Arguments: the target folder, the folder of the quickstart's data, the JVM flags; `@FILE` stands
/// for the flags in its lines.
void main(String[] args) throws IOException, InterruptedException {
  Path target = Path.of(args[0]);
  Path data = Path.of(args[1]);
  List<String> flags = new ArrayList<>();
  for (String flag : List.of(args).subList(2, args.length)) {
    flags.addAll(
        flag.startsWith("@") ? Files.readAllLines(Path.of(flag.substring(1))) : List.of(flag));
  }
  flags.replaceAll(flag -> flag.equals(VECTORS_AT_BOOT) ? VECTORS_LATER : flag);
  Path launch = Files.createDirectories(target.resolve("launch"));
  Files.deleteIfExists(launch.resolve("ready"));
  Files.writeString(launch.resolve("java-home"), System.getProperty("java.home") + "\n");
  Files.write(launch.resolve("jvm.args"), flags);
  for (Path jar : jars(target, "picocli-")) {
    modernize(jar);
  }
  for (Path jar : jars(target, "duckdb_jdbc-")) {
    unpackLibrary(jar);
  }

  record(target, "lanewise", flags, light(data));
  record(target, "run", flags, runs(data, launch.resolve("recording")));
  Files.writeString(launch.resolve("ready"), "");
}

List<Path> jars(Path target, String prefix) throws IOException {
  try (Stream<Path> files = Files.list(target.resolve("lib"))) {
    return files
        .filter(file -> file.getFileName().toString().startsWith(prefix))
        .filter(file -> file.toString().endsWith(".jar"))
        .toList();
  }
}

/// Records one cache by a rehearsal of some commands, and tries it.
void record(Path target, String name, List<String> flags, List<List<String>> commands)
    throws IOException, InterruptedException {
  Path launch = target.resolve("launch");
  Path cache = launch.resolve(name + ".aot");
  Files.deleteIfExists(cache);
  List<String> words = new ArrayList<>();
  for (List<String> command : commands) {
    words.addAll(command);
    words.add(",");
  }
  String jar = target.resolve("lanewise.jar").toString();
  // The plain kernels: no cache can hold a class of the Vector API's module, which is loaded later.
  List<String> recording =
      command(flags, "-XX:AOTCacheOutput=" + cache, "-Dlanewise.kernels=scalar", "-cp", jar);
  recording.add("io.lanewise.cli.Rehearsal");
  recording.addAll(words);
  Path said = launch.resolve(name + ".recording.log");
  int recorded = run(recording, said);
  Path log = launch.resolve(name + ".aot.log");
  run(
      command(
          flags,
          "-XX:AOTCache=" + cache,
          "-XX:AOTMode=auto",
          "-Xlog:aot=info",
          "-cp",
          jar,
          "io.lanewise.cli.Main",
          "--version"),
      log);
  if (!Files.readString(log).contains("Using AOT-linked classes: true")) {
    System.err.printf(
        "lanewise: found no cache of linked classes (exit code %d), expected one;"
            + " commands start slower. See %s%n",
        recorded, said);
  }
}

/// The commands that most people run most of the time.
List<List<String>> light(Path data) {
  List<List<String>> commands = new ArrayList<>();
  commands.add(List.of("--version"));
  commands.add(List.of("--help"));
  commands.add(List.of("list"));
  commands.add(List.of("describe", "gaussian-kl"));
  if (Files.isDirectory(data)) {
    String vae = data.resolve("vae.npz").toString();
    String diffusion = data.resolve("diffusion.npz").toString();
    commands.add(List.of("inspect", vae));
    commands.add(List.of("gaussian-kl", vae));
    commands.add(
        List.of(
            "denoising-mse",
            diffusion,
            "--target",
            "eps",
            "--prediction",
            "eps_pred",
            "--by",
            "t"));
  }
  return commands;
}

/// The commands that use nearly everything, with its readers, writers and pictures.
List<List<String>> runs(Path data, Path out) {
  if (!Files.isDirectory(data)) {
    return List.of(List.of("list"));
  }
  String plan = data.resolve("plan.yaml").toString();
  return List.of(List.of("run", plan, "--replace", "-o", out.toString()));
}

List<String> command(List<String> flags, String... more) {
  List<String> command = new ArrayList<>();
  command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
  command.addAll(flags);
  command.addAll(List.of(more));
  return command;
}

int run(List<String> command, Path log) throws IOException, InterruptedException {
  Process process =
      new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  if (!process.waitFor(120, TimeUnit.SECONDS)) {
    process.destroyForcibly().waitFor();
  }
  return process.exitValue();
}

/// Gives old class files a newer version, with the stack maps that it asks for. Picocli's are Java
/// 5's: no cache holds them, and the JVM verifies them slowly at every start.
void modernize(Path jar) throws IOException {
  ClassTransform version =
      (builder, element) ->
          builder.with(
              element instanceof ClassFileVersion
                  ? ClassFileVersion.of(ClassFile.JAVA_8_VERSION, 0)
                  : element);
  // Code that is handed on as it is keeps its lack of stack maps.
  ClassTransform code =
      ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element));
  Path modern = jar.resolveSibling(jar.getFileName() + ".new");
  try (JarFile old = new JarFile(jar.toFile());
      URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
    ClassFile classes =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader)
                    .orElse(
                        ClassHierarchyResolver.ofResourceParsing(
                            ClassLoader.getSystemClassLoader()))));
    try (OutputStream file = Files.newOutputStream(modern);
        JarOutputStream out = new JarOutputStream(file)) {
      for (JarEntry entry : old.stream().toList()) {
        byte[] bytes = old.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith(".class")) {
          ClassModel model = classes.parse(bytes);
          if (model.majorVersion() < ClassFile.JAVA_6_VERSION) {
            bytes = classes.transformClass(model, version.andThen(code));
          }
        }
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
      }
    }
  }
  Files.move(modern, jar, StandardCopyOption.REPLACE_EXISTING);
}

/// Puts DuckDB's library for this platform beside its jar, where DuckDB looks for it when the jar
/// has none. Else every process that reads Parquet or CSV unpacks 70 MB first, which takes 0.4 s.
void unpackLibrary(Path jar) throws IOException {
  String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
  String arch = System.getProperty("os.arch");
  String library =
      "libduckdb_java.so_%s_%s"
          .formatted(
              os.contains("win") ? "windows" : os.contains("mac") ? "macos" : "linux",
              arch.equals("aarch64") ? "arm64" : "amd64");
  Path rest = jar.resolveSibling(jar.getFileName() + ".new");
  try (JarFile old = new JarFile(jar.toFile())) {
    JarEntry own = old.getJarEntry(library);
    if (own == null) {
      return;
    }
    try (InputStream in = old.getInputStream(own)) {
      Files.copy(in, jar.resolveSibling(library), StandardCopyOption.REPLACE_EXISTING);
    }
    try (OutputStream file = Files.newOutputStream(rest);
        JarOutputStream out = new JarOutputStream(file)) {
      for (JarEntry entry : old.stream().toList()) {
        // Libraries of other platforms are of no use to this command.
        if (!entry.getName().startsWith("libduckdb_java.so_")) {
          JarEntry copy = new JarEntry(entry.getName());
          copy.setTime(entry.getTime());
          out.putNextEntry(copy);
          try (InputStream in = old.getInputStream(entry)) {
            in.transferTo(out);
          }
          out.closeEntry();
        }
      }
    }
  }
  Files.move(rest, jar, StandardCopyOption.REPLACE_EXISTING);
}
