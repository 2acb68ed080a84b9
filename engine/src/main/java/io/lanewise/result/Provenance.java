package io.lanewise.result;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the numbers came from: enough to get the same digits again, or to see why they differ.
///
/// @param version Lanewise's version
/// @param started when the run began
/// @param wallSeconds how long it took
/// @param jvm the JVM's name and version
/// @param os the operating system
/// @param cpu the processor's name as the system tells it
/// @param kernels which kernels ran, for example `simd-256`
/// @param linearAlgebra which linear algebra ran, for example `openblas 0.3.31`; `not used` if none
/// @param threads worker threads
/// @param batchRows the largest number of rows in a batch; 0 where it was chosen by size
/// @param nonFinitePolicy what was done about null and non-finite rows
/// @param inputs the files by data set
/// @param parameterFiles the files that numbers of parameters were read from (`@FILE`), each once
/// @param runs of a merged report: the runs whose states were merged, in that order; empty for a
///   report of one run
public record Provenance(
    String version,
    Instant started,
    double wallSeconds,
    String jvm,
    String os,
    String cpu,
    String kernels,
    String linearAlgebra,
    int threads,
    int batchRows,
    String nonFinitePolicy,
    Map<String, List<InputFile>> inputs,
    List<InputFile> parameterFiles,
    List<Run> runs) {
  public Provenance {
    parameterFiles = List.copyOf(parameterFiles);
    runs = List.copyOf(runs);
  }

  /// Of one run whose parameters are all in the plan.
  public Provenance(
      String version,
      Instant started,
      double wallSeconds,
      String jvm,
      String os,
      String cpu,
      String kernels,
      String linearAlgebra,
      int threads,
      int batchRows,
      String nonFinitePolicy,
      Map<String, List<InputFile>> inputs) {
    this(
        version,
        started,
        wallSeconds,
        jvm,
        os,
        cpu,
        kernels,
        linearAlgebra,
        threads,
        batchRows,
        nonFinitePolicy,
        inputs,
        List.of(),
        List.of());
  }

  /// The same with what is known at the end: how long it took, and which linear algebra ran.
  public Provenance finished(double seconds, String algebra) {
    return new Provenance(
        version,
        started,
        seconds,
        jvm,
        os,
        cpu,
        kernels,
        algebra,
        threads,
        batchRows,
        nonFinitePolicy,
        inputs,
        parameterFiles,
        runs);
  }

  /// The same without what identifies the inputs' bytes.
  public Provenance withoutHashes() {
    Map<String, List<InputFile>> unhashed = new LinkedHashMap<>();
    inputs.forEach(
        (data, files) -> unhashed.put(data, files.stream().map(InputFile::withoutHash).toList()));
    return new Provenance(
        version,
        started,
        wallSeconds,
        jvm,
        os,
        cpu,
        kernels,
        linearAlgebra,
        threads,
        batchRows,
        nonFinitePolicy,
        unhashed,
        parameterFiles.stream().map(InputFile::withoutHash).toList(),
        runs);
  }

  /// The run itself, as part of a merged report.
  public Run run() {
    return new Run("", started, wallSeconds, jvm, os, cpu, kernels, threads, batchRows);
  }

  /// One of the runs whose states were merged.
  ///
  /// @param state the state file it came from; empty where it has not been merged yet
  /// @param started as in [Provenance]
  /// @param wallSeconds as in [Provenance], until the state was written
  /// @param jvm as in [Provenance]
  /// @param os as in [Provenance]
  /// @param cpu as in [Provenance]
  /// @param kernels as in [Provenance]
  /// @param threads as in [Provenance]
  /// @param batchRows as in [Provenance]
  public record Run(
      String state,
      Instant started,
      double wallSeconds,
      String jvm,
      String os,
      String cpu,
      String kernels,
      int threads,
      int batchRows) {
    /// The same, known to come from a file.
    public Run in(String file) {
      return new Run(file, started, wallSeconds, jvm, os, cpu, kernels, threads, batchRows);
    }
  }

  /// One input file.
  ///
  /// @param path as given
  /// @param format the recognised format
  /// @param bytes its size; -1 for a stream
  /// @param rows its rows; -1 where the format does not tell without reading them
  /// @param fingerprint of its bytes, as [io.lanewise.source.InputFingerprints] defines it, with
  ///   the algorithm's name; null where it was not asked for
  /// @param sha256 of its bytes, lower-case hex; null where it was not asked for or is a stream
  public record InputFile(
      String path,
      String format,
      long bytes,
      long rows,
      @Nullable String fingerprint,
      @Nullable String sha256) {
    InputFile withoutHash() {
      return new InputFile(path, format, bytes, rows, null, null);
    }
  }
}
