/// Evaluates generative models from sample files: [io.lanewise.Evaluation] is the one class that
/// most programs import.
@NullMarked
package io.lanewise;

import org.jspecify.annotations.NullMarked;
