/// Normalizing flows: densities by change of variables, and flows that are evaluated here.
///
/// **Where to begin.** [FlowLogDensity] computes a density from the output of a flow, with
/// `BaseDensity` and `Preprocessing`. [CouplingFlow] is a flow evaluated here; `TransformedRows` is
/// what such flows share. `docs/objectives/flow.md` has the formulas, conventions and traps.
@NullMarked
package io.lanewise.objective.flow;

import org.jspecify.annotations.NullMarked;
