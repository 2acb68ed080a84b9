/// Plan files, YAML or JSON.
///
/// **Where to begin.** [io.lanewise.cli.plan.PlanText] turns the text into a tree that knows its
/// lines. [io.lanewise.cli.plan.PlanLines] has the engine read and check that tree, and finds the
/// line of a mistake. A [io.lanewise.cli.plan.PlanFile] is the result.
///
/// **What it may not know.** How a plan is run. A mistake in a plan is an error with file and line,
/// before any data is read.
@NullMarked
package io.lanewise.cli.plan;

import org.jspecify.annotations.NullMarked;
