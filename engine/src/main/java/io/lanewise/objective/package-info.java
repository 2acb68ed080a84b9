/// What an objective is, and the one list of all of them.
///
/// Start with [io.lanewise.objective.Objective] and its three kinds; a
/// [io.lanewise.objective.Descriptor] is all that the command line, the plan file and the
/// documentation know of one. The objectives themselves are in the packages below, a family each,
/// and are listed in [io.lanewise.objective.Objectives].
@NullMarked
package io.lanewise.objective;

import org.jspecify.annotations.NullMarked;
