/// States as files: [io.lanewise.run.state.StateFiles] reads, checks and writes them; the three
/// forms of `StateFields` carry the fields. What is in a state its owner says.
@NullMarked
package io.lanewise.run.state;

import org.jspecify.annotations.NullMarked;
