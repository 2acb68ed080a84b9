/// The HTML report: one file that contains its style and plots, runs no scripts and fetches
/// nothing.
///
/// **Where to begin.** [HtmlReport] puts the page together from its parts: [Overview] (verdict,
/// summary, checks, checklist), an [EvaluationSection] for each evaluation, and
/// [ProvenanceSection]. Plots are SVG: [LinePlot] for ordered groups, [BarPlot] for dimensions,
/// both on [Axis].
///
/// **What it may not know.** How results came about: it sees a report and writes text. All text
/// goes through [Html], which escapes it.
@NullMarked
package io.lanewise.cli.html;

import org.jspecify.annotations.NullMarked;
