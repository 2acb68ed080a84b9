/// The words of a run: what a plan asks for, and how it is to be run. Nothing here reads data or
/// computes.
///
/// **Where to begin.** A [io.lanewise.plan.Plan] holds the data sets, a [io.lanewise.plan.Task] for
/// each thing to evaluate, and the [io.lanewise.plan.Check]s. [io.lanewise.plan.Bins] on an
/// [io.lanewise.plan.Axis] say how results are broken down, [io.lanewise.plan.Policy] what becomes
/// of nulls and non-finite numbers, [io.lanewise.plan.Options] how a run uses the machine.
///
/// **What it may not know.** Files, runs and results. `docs/architecture.md` lists what it may
/// import.
@NullMarked
package io.lanewise.plan;

import org.jspecify.annotations.NullMarked;
