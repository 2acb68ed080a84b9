package io.lanewise.cli.html;

import io.lanewise.result.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes the sample reports to a directory, to be looked at in a browser.
final class RenderReport {
  private RenderReport() {}

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    Files.createDirectories(directory);
    write(directory, "quickstart", QuickstartReport.report());
    write(directory, "empty", HardReport.empty());
    write(directory, "hostile", HardReport.hostile());
    write(directory, "undefined", HardReport.undefined());
    write(directory, "large", HardReport.large());
  }

  private static void write(Path directory, String name, Report report) throws IOException {
    Files.writeString(directory.resolve(name + ".html"), HtmlReport.toHtml(report));
  }
}
