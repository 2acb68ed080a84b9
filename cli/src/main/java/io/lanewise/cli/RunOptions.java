package io.lanewise.cli;

import io.lanewise.Evaluation;
import io.lanewise.kernel.Precision;
import io.lanewise.plan.InputHash;
import io.lanewise.plan.Policy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The options of every command that evaluates.
final class RunOptions {
  private static final int MOST_THREADS_A_CORE = 4;

  /// How results are printed.
  enum Format {
    /// A summary for readers.
    TEXT,
    /// The whole report for programs.
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Worker threads, at most four per core; 0 means one per core. Results do not depend on this.")
  int threads;

  @Option(
      names = "--batch-rows",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "The most rows of a batch; 0 means to choose by size. Results do not depend on this.")
  int batchRows;

  @Option(
      names = "--memory",
      paramLabel = "GIB",
      defaultValue = "2",
      description =
          "The most GiB that an evaluation of whole sets (such as kid) may hold at once. Default: 2.")
  double memory;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      converter = PrecisionConverter.class,
      description =
          "The type in which exponentials, logarithms, squared errors, linear combinations and covariance products of float32 data are computed: double, or single, which is two to four times as fast in cache and has an error of about 1e-6 per term. Default: that of the plan, else double.")
  @Nullable Precision precision;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      converter = PolicyConverter.class,
      description =
          "What to do with nulls and non-finite numbers: fail, skip or propagate. Default: that of the plan, else fail.")
  @Nullable Policy policy;

  @Option(
      names = "--plots",
      paramLabel = "FORMATS",
      defaultValue = "auto",
      description =
          "Formats of the plots of losses by timestep in the folder of -o: svg, png, both with a comma,"
              + " none, or auto: both, without png where there are no fonts. Default: auto.")
  String plots = "auto";

  @Option(names = "--replace", description = "Replace existing output files.")
  boolean replace;

  @Option(
      names = "--hash",
      paramLabel = "HASH",
      defaultValue = "chunk-crc",
      converter = InputHashConverter.class,
      description =
          "What identifies the bytes of input files in the report: chunk-crc, a fingerprint taken"
              + " while they are read, which is no protection from forgery; sha256 as well, for"
              + " which each is read once more; or none. A state has fingerprints in any case."
              + " Default: chunk-crc.")
  InputHash inputHash = InputHash.CHUNK_CRC;

  @Option(names = "--no-hash", description = "The same as --hash none.")
  boolean noHash;

  @Option(
      names = "--no-mmap",
      description =
          "Read input files into memory instead of mapping them: a file that is cut short"
              + " meanwhile cannot end the process. Each may take as much as --memory.")
  boolean noMmap;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Also write the sums to this file, for 'lanewise merge' with runs over other files.")
  @Nullable Path state;

  @Mixin ReportOptions report = new ReportOptions();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "Folder for results.json, report.html and per-row files.")
  @Nullable Path out;

  /// Adds what the options say.
  void applyTo(Evaluation.Builder evaluation) {
    evaluation
        .threads(checkedThreads(threads))
        .batchRows(batchRows)
        .inputHash(noHash ? InputHash.NONE : inputHash)
        .mapped(!noMmap);
    evaluation.memory(bytes(memory));
    if (state != null) {
      evaluation.state(state, replace);
    }
    applyWords(evaluation);
  }

  /// Adds what a plan file can say too.
  void applyWords(Evaluation.Builder evaluation) {
    if (precision != null) {
      evaluation.precision(precision);
    }
    if (policy != null) {
      evaluation.policy(policy);
    }
  }

  /// More threads than that only take memory from each other; a slip of the finger takes all of it.
  static int checkedThreads(int threads) {
    int most = MOST_THREADS_A_CORE * Runtime.getRuntime().availableProcessors();
    if (threads < 0 || threads > most) {
      throw new IllegalArgumentException(
          "option '--threads': found %d, expected 0 to %d, four for each core"
              .formatted(threads, most));
    }
    return threads;
  }

  /// GiB in bytes.
  static long bytes(double gib) {
    if (!(gib > 0) || Double.isInfinite(gib)) {
      throw new IllegalArgumentException(
          "option '--memory': found %s, expected a number of GiB above 0".formatted(gib));
    }
    return Math.max(1, (long) (gib * (1L << 30)));
  }

  /// Reads a precision's lower-case name.
  static final class PrecisionConverter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
      return word(text, Precision.values());
    }
  }

  /// Reads a policy's lower-case name.
  static final class PolicyConverter implements ITypeConverter<Policy> {
    @Override
    public Policy convert(String text) {
      return word(text, Policy.values());
    }
  }

  /// Reads the name of what identifies inputs.
  static final class InputHashConverter implements ITypeConverter<InputHash> {
    @Override
    public InputHash convert(String text) {
      return word(text, InputHash.values());
    }
  }

  /// Reads a format's lower-case name.
  static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
      return word(text, Format.values());
    }
  }

  /// The value of a lower-case name.
  static <E> E word(String text, E[] known) {
    return Arrays.stream(known)
        .filter(value -> value.toString().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "found '%s', expected %s"
                    .formatted(
                        text,
                        Arrays.stream(known)
                            .map(Object::toString)
                            .collect(Collectors.joining(" or ")))));
  }
}
