/// Plan files: [io.lanewise.cli.plan.PlanText] turns YAML or JSON into a tree that knows its lines,
/// [io.lanewise.cli.plan.PlanReader] checks every key and name of it against what a plan may say
/// and the registry knows, and [io.lanewise.cli.plan.PlanFile] is what was said.
@NullMarked
package io.lanewise.cli.plan;

import org.jspecify.annotations.NullMarked;
