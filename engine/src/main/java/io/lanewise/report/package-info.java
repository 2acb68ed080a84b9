/// How a [io.lanewise.result.Report] is written for others: [JsonReport] for programs (the
/// documented, versioned format that nothing is left out of), [CsvReport] for spreadsheets,
/// [MarkdownReport] for people, with [Digits] to show a number with no more digits than its
/// standard error supports.
@NullMarked
package io.lanewise.report;

import org.jspecify.annotations.NullMarked;
