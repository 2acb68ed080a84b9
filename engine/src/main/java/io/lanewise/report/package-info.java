/// Writes a [io.lanewise.result.Report] for others.
///
/// **Where to begin.** [JsonReport] is for programs: the documented, versioned format that leaves
/// nothing out. [CsvReport] is for spreadsheets and [MarkdownReport] for people. [Digits] shows a
/// number with no more digits than its standard error supports.
///
/// **What it may not know.** How numbers came about: of ours it imports only `result`.
@NullMarked
package io.lanewise.report;

import org.jspecify.annotations.NullMarked;
