/// The words of a run: what a plan asks for, and how it is to be run. Nothing here reads data or
/// computes; [io.lanewise.plan.Plan] is the place to begin.
///
/// Beside itself this package knows only the kernels' [io.lanewise.kernel.Precision], which kernels
/// are asked for and so cannot stand here.
@NullMarked
package io.lanewise.plan;

import org.jspecify.annotations.NullMarked;
