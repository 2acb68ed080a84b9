/// The HTML report: one file with its style and its plots in it, without scripts, fetching nothing.
///
/// [HtmlReport] puts the page together from its parts: [Overview] (verdict, summary, checks,
/// checklist), an [EvaluationSection] for each evaluation and [ProvenanceSection]. Plots are SVG:
/// [LinePlot] for ordered groups, [BarPlot] for dimensions, both on [Axis]. All text goes through
/// [Html], which escapes.
@NullMarked
package io.lanewise.cli.html;

import org.jspecify.annotations.NullMarked;
