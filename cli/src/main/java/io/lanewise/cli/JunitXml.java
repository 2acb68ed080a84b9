package io.lanewise.cli;

import io.lanewise.report.Digits;
import io.lanewise.result.CheckResult;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Report;
import io.lanewise.result.Verdict;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// A report as JUnit's XML, which systems of continuous integration read: a suite for each
/// evaluation, a case for each of its checks and judgements.
final class JunitXml {
  private final Report report;
  private final Predicate<Verdict> fails;

  /// What a case came to.
  private enum Outcome {
    PASSED,
    FAILED,
    SKIPPED
  }

  /// @param detail of a failure, or what is to be read besides; empty for nothing
  private record Case(String name, Outcome outcome, String detail) {}

  /// @param fails whether a judgement is a failure
  JunitXml(Report report, Predicate<Verdict> fails) {
    this.report = report;
    this.fails = fails;
  }

  /// The text of the file.
  String text() {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      List<Case> all = report.evaluations().stream().flatMap(e -> cases(e).stream()).toList();
      start(xml, "testsuites", report.title(), all);
      for (EvaluationResult evaluation : report.evaluations()) {
        suite(xml, evaluation);
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.writeCharacters("\n");
      xml.writeEndDocument();
      xml.flush();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  private void suite(XMLStreamWriter xml, EvaluationResult evaluation) throws XMLStreamException {
    xml.writeCharacters("\n  ");
    List<Case> cases = cases(evaluation);
    start(xml, "testsuite", evaluation.name(), cases);
    for (Case one : cases) {
      xml.writeCharacters("\n    ");
      xml.writeStartElement("testcase");
      xml.writeAttribute("classname", allowed(evaluation.name()));
      xml.writeAttribute("name", allowed(one.name));
      switch (one.outcome) {
        case PASSED -> {
          if (!one.detail.isEmpty()) {
            xml.writeStartElement("system-out");
            xml.writeCharacters(allowed(one.detail));
            xml.writeEndElement();
          }
        }
        case FAILED -> empty(xml, "failure", one.detail);
        case SKIPPED -> empty(xml, "skipped", one.detail);
      }
      xml.writeEndElement();
    }
    xml.writeCharacters("\n  ");
    xml.writeEndElement();
  }

  private static void empty(XMLStreamWriter xml, String element, String message)
      throws XMLStreamException {
    xml.writeEmptyElement(element);
    xml.writeAttribute("message", allowed(message));
  }

  private static void start(XMLStreamWriter xml, String element, String name, List<Case> cases)
      throws XMLStreamException {
    xml.writeStartElement(element);
    xml.writeAttribute("name", allowed(name));
    xml.writeAttribute("tests", Integer.toString(cases.size()));
    xml.writeAttribute("failures", count(cases, Outcome.FAILED));
    xml.writeAttribute("errors", "0");
    xml.writeAttribute("skipped", count(cases, Outcome.SKIPPED));
  }

  private static String count(List<Case> cases, Outcome outcome) {
    return Long.toString(cases.stream().filter(one -> one.outcome == outcome).count());
  }

  /// An evaluation that nothing is asked of is one case: that it was done.
  private List<Case> cases(EvaluationResult evaluation) {
    List<Case> cases = new ArrayList<>();
    for (CheckResult check : report.checks()) {
      // A name of an evaluation has no point.
      int point = check.measure().indexOf('.');
      if (check.measure().substring(0, point).equals(evaluation.name())) {
        cases.add(
            new Case(
                "%s %s".formatted(check.measure().substring(point + 1), check.expected()),
                check.passed() ? Outcome.PASSED : Outcome.FAILED,
                "found " + Digits.found(check)));
      }
    }
    for (Verdict verdict : evaluation.verdicts()) {
      Outcome outcome =
          fails.test(verdict)
              ? Outcome.FAILED
              : verdict.status() == Verdict.Status.UNKNOWN ? Outcome.SKIPPED : Outcome.PASSED;
      cases.add(new Case(verdict.name(), outcome, said(verdict)));
    }
    if (cases.isEmpty()) {
      cases.add(new Case("evaluated", Outcome.PASSED, ""));
    }
    return cases;
  }

  /// `warn: 900 real rows and 1000 generated rows in 64 dimensions (rule: …)`.
  static String said(Verdict verdict) {
    return String.format(
        Locale.ROOT, "%s: %s (rule: %s)", verdict.status(), verdict.evidence(), verdict.rule());
  }

  /// XML has no place for control characters, and for halves of characters.
  private static String allowed(String text) {
    StringBuilder allowed = new StringBuilder();
    text.codePoints()
        .map(c ->
            (c < ' ' && c != '\n' && c != '\t')
                    || c == 0xFFFE
                    || c == 0xFFFF
                    || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                ? 0xFFFD
                : c)
        .forEach(allowed::appendCodePoint);
    return allowed.toString();
  }
}
