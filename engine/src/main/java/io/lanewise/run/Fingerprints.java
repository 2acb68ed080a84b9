package io.lanewise.run;

import io.lanewise.kernel.Kernels;
import io.lanewise.linalg.Algebra;
import io.lanewise.result.Provenance;
import io.lanewise.source.DataSet;
import io.lanewise.source.FileInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Where the numbers of a run came from.
final class Fingerprints {
  private final Collection<DataSet> dataSets;
  private final List<FileInfo> parameterFiles;
  private final boolean hash;

  /// @param parameterFiles the files that numbers of parameters were read from
  Fingerprints(Collection<DataSet> dataSets, List<FileInfo> parameterFiles, boolean hash) {
    this.dataSets = dataSets;
    this.parameterFiles = parameterFiles;
    this.hash = hash;
  }

  Provenance provenance(Instant started, double seconds, int threads, Plan.Options options) {
    Map<String, List<Provenance.InputFile>> inputs = new LinkedHashMap<>();
    for (DataSet data : dataSets) {
      inputs.put(data.name(), described(data.files()));
    }
    return provenance(
        started,
        seconds,
        threads,
        options,
        Kernels.active().in(options.precision()).name(),
        inputs,
        described(parameterFiles),
        List.of());
  }

  private List<Provenance.InputFile> described(List<FileInfo> files) {
    return files.stream()
        .map(file ->
            new Provenance.InputFile(
                file.path(),
                file.format(),
                file.bytes().orElse(-1),
                file.rows().orElse(-1),
                hash ? file.sha256().orElse(null) : null))
        .toList();
  }

  /// Where the numbers of a merged report came from.
  ///
  /// @param kernels those of the runs
  static Provenance provenance(
      Instant started,
      double seconds,
      int threads,
      Plan.Options options,
      String kernels,
      Map<String, List<Provenance.InputFile>> inputs,
      List<Provenance.InputFile> parameterFiles,
      List<Provenance.Run> runs) {
    return new Provenance(
        version(),
        started,
        seconds,
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        cpu(),
        kernels,
        Algebra.used(),
        threads,
        options.batchRows(),
        options.policy().toString(),
        inputs,
        parameterFiles,
        runs);
  }

  /// The version of the jar.
  static String version() {
    String version = Fingerprints.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /// The processor's name where the system tells it in the Linux way.
  private static String cpu() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
