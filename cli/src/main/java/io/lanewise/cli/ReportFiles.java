package io.lanewise.cli;

import io.lanewise.cli.html.HtmlReport;
import io.lanewise.report.JsonReport;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Report;
import io.lanewise.run.InputFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;

/// The files of a report. They appear whole under their names or not at all.
///
/// @param directory where they are
/// @param replace whether existing ones are replaced
record ReportFiles(Path directory, boolean replace) {
  private static final String JSON = "results.json";
  private static final String HTML = "report.html";

  /// The report for programs.
  Path json() {
    return directory.resolve(JSON);
  }

  /// The report for readers.
  Path html() {
    return directory.resolve(HTML);
  }

  /// Fails if writing would replace what it must not.
  void refuseExisting() throws IOException {
    files().refuseExisting(List.of(JSON, HTML));
  }

  /// Makes the folder, unless it has what must not be replaced, or is not to be written.
  ///
  /// @param inputs what the report must not replace
  /// @return whether the folder was made
  boolean prepare(InputFiles inputs) throws IOException {
    boolean made = files().prepare(List.of(JSON, HTML), inputs);
    if (made) {
      // If the process is told to end before there is a file in it.
      directory.toFile().deleteOnExit();
    }
    return made;
  }

  /// Removes the folder that was made if nothing is in it.
  void forget() {
    try {
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      // It is not empty, or not ours: then it stays. What led here is the error to be told.
    }
  }

  /// Writes both files.
  void write(Report report) throws IOException {
    write(report, Plots.NONE);
  }

  /// Writes both files and the plots.
  ///
  /// @return the plots' files
  List<Path> write(Report report, Plots plots) throws IOException {
    // Text and drawing take about as long.
    CompletableFuture<String> html = CompletableFuture.supplyAsync(() -> HtmlReport.toHtml(report));
    SequencedMap<String, byte[]> drawn = new LinkedHashMap<>();
    for (EvaluationResult result : report.evaluations()) {
      drawn.putAll(plots.of(result));
    }
    SequencedMap<String, byte[]> files = new LinkedHashMap<>();
    files.put(JSON, JsonReport.toJson(report).getBytes(StandardCharsets.UTF_8));
    files.put(HTML, html.join().getBytes(StandardCharsets.UTF_8));
    files.putAll(drawn);
    files().write(files);
    return files.keySet().stream().skip(2).map(directory::resolve).toList();
  }

  private OutputFiles files() {
    return new OutputFiles(directory, replace);
  }
}
