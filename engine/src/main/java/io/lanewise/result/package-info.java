/// What an evaluation gives: numbers with their uncertainty, unit and definition, tables by group
/// or timestep, the checks of the plan, and where everything came from. Plain immutable records;
/// how they are written is `io.lanewise.report`'s matter.
@NullMarked
package io.lanewise.result;

import org.jspecify.annotations.NullMarked;
