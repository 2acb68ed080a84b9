package io.lanewise.cli.html;

import io.lanewise.cli.html.Cells.Heading;
import io.lanewise.report.Digits;
import io.lanewise.result.Provenance;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// Where the numbers came from.
final class ProvenanceSection {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Provenance provenance;

  ProvenanceSection(Provenance provenance) {
    this.provenance = provenance;
  }

  Html html() {
    Html facts = new Html();
    fact(facts, "Lanewise", provenance.version());
    fact(facts, "Started", started());
    fact(facts, "Wall time", seconds(provenance.wallSeconds()));
    fact(facts, "JVM", provenance.jvm());
    fact(facts, "System", provenance.os());
    fact(facts, "CPU", provenance.cpu());
    fact(facts, "Kernels", provenance.kernels());
    fact(facts, "Linear algebra", provenance.linearAlgebra());
    fact(facts, "Threads", Integer.toString(provenance.threads()));
    fact(
        facts,
        "Batch rows",
        provenance.batchRows() == 0 ? "by size" : Cells.grouped(provenance.batchRows()));
    fact(facts, "Null and non-finite rows", provenance.nonFinitePolicy());
    for (Provenance.Run run : provenance.runs()) {
      fact(
          facts,
          "Merged from",
          "%s: %s, %s, %s"
              .formatted(run.state(), TIME.format(run.started()), run.cpu(), run.kernels()));
    }
    return Html.of("<dl class='facts'>\n{}</dl>\n", facts).add(files());
  }

  String started() {
    return TIME.format(provenance.started());
  }

  private Html files() {
    Html body = new Html().add("<tbody>");
    new TreeMap<>(provenance.inputs()).forEach((data, files) -> rows(body, data, files));
    rows(body, "(numbers of parameters)", provenance.parameterFiles());
    return provenance.inputs().isEmpty()
        ? new Html()
        : Cells.table(
            "Input files",
            List.of(
                Heading.text("Data"),
                Heading.text("File"),
                Heading.text("Format"),
                Heading.number("Rows"),
                Heading.number("Bytes"),
                Heading.text("Fingerprint or SHA-256")),
            body.add("</tbody>\n"));
  }

  private static void rows(Html body, String data, List<Provenance.InputFile> files) {
    for (Provenance.InputFile file : files) {
      body.add(
          "<tr><th scope='row'>{}</th><td>{}</td><td>{}</td><td class='num'>{}</td><td class='num'>{}</td>"
              + "<td><code class='hash'>{}</code></td></tr>\n",
          data,
          file.path(),
          file.format(),
          file.rows() < 0 ? "–" : Cells.grouped(file.rows()),
          file.bytes() < 0 ? "–" : Cells.grouped(file.bytes()),
          identity(file));
    }
  }

  /// The stronger of the two.
  private static String identity(Provenance.InputFile file) {
    if (file.sha256() != null) {
      return "sha256:" + file.sha256();
    }
    return file.fingerprint() == null ? "–" : file.fingerprint();
  }

  private static void fact(Html facts, String name, String value) {
    facts.add("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
  }

  static String seconds(double seconds) {
    return seconds < 100
        ? String.format(Locale.ROOT, "%.2f s", seconds)
        : Digits.of(Math.rint(seconds)) + " s";
  }
}
