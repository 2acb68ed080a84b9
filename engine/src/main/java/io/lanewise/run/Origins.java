package io.lanewise.run;

import io.lanewise.kernel.Kernels;
import io.lanewise.linalg.Algebra;
import io.lanewise.objective.Workers;
import io.lanewise.plan.InputHash;
import io.lanewise.plan.Options;
import io.lanewise.result.Provenance;
import io.lanewise.result.Version;
import io.lanewise.source.DataSet;
import io.lanewise.source.FileInfo;
import io.lanewise.source.InputFingerprints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The provenance of a run.
final class Origins {
  private final Collection<DataSet> dataSets;
  private final List<FileInfo> parameterFiles;
  private final @Nullable InputFingerprints fingerprints;
  private final Workers workers;

  /// @param parameterFiles the files that numbers of parameters were read from
  /// @param fingerprints of what the data sets have read, if wanted
  /// @param workers they share what is left to read of the files
  Origins(
      Collection<DataSet> dataSets,
      List<FileInfo> parameterFiles,
      @Nullable InputFingerprints fingerprints,
      Workers workers) {
    this.dataSets = dataSets;
    this.parameterFiles = parameterFiles;
    this.fingerprints = fingerprints;
    this.workers = workers;
  }

  Provenance provenance(Instant started, double seconds, int threads, Options options) {
    // A file may stand in several data sets.
    List<FileInfo> files =
        Stream.concat(
                parameterFiles.stream(), dataSets.stream().flatMap(data -> data.files().stream()))
            .distinct()
            .toList();
    Map<String, String> known = new ConcurrentHashMap<>();
    if (fingerprints != null) {
      List<Runnable> rest = fingerprints.rest(files);
      workers.forEach("checksums of input files", rest.size(), k -> rest.get((int) k).run());
      files.forEach(
          file -> fingerprints.fingerprint(file).ifPresent(print -> known.put(file.path(), print)));
    }
    Map<String, String> hashes = new ConcurrentHashMap<>();
    workers.forEach(
        "SHA-256 of input files",
        options.inputHash() == InputHash.SHA256 ? files.size() : 0,
        k -> {
          FileInfo file = files.get((int) k);
          file.sha256().ifPresent(sha256 -> hashes.put(file.path(), sha256));
        });
    Map<String, List<Provenance.InputFile>> inputs = new LinkedHashMap<>();
    for (DataSet data : dataSets) {
      inputs.put(data.name(), described(data.files(), known, hashes));
    }
    return provenance(
        started,
        seconds,
        threads,
        options,
        Kernels.active().in(options.precision()).name(),
        inputs,
        described(parameterFiles, known, hashes),
        List.of());
  }

  /// Files as the report has them.
  ///
  /// @param fingerprints those that are known, by path
  /// @param hashes those that are known, by path
  static List<Provenance.InputFile> described(
      List<FileInfo> files, Map<String, String> fingerprints, Map<String, String> hashes) {
    return files.stream()
        .map(file ->
            new Provenance.InputFile(
                file.path(),
                file.format(),
                file.bytes().orElse(-1),
                file.rows().orElse(-1),
                fingerprints.get(file.path()),
                hashes.get(file.path())))
        .toList();
  }

  /// The provenance of a merged report.
  ///
  /// @param kernels those of the runs
  static Provenance provenance(
      Instant started,
      double seconds,
      int threads,
      Options options,
      String kernels,
      Map<String, List<Provenance.InputFile>> inputs,
      List<Provenance.InputFile> parameterFiles,
      List<Provenance.Run> runs) {
    return new Provenance(
        Version.TEXT,
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
