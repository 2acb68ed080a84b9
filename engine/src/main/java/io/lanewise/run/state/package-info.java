/// States in files.
///
/// **Where to begin.** [io.lanewise.run.state.StateFiles] reads, checks and writes them.
/// `StateHeader` is their header: the plan, the bound columns and the inputs. `SavedFields`,
/// `LoadedFields` and `FieldBytes` write the fields of a state, read them, and add up their memory.
///
/// **What it may not know.** The fields of a state: the class of the state names them, in
/// `fields(StateFields)`.
@NullMarked
package io.lanewise.run.state;

import org.jspecify.annotations.NullMarked;
