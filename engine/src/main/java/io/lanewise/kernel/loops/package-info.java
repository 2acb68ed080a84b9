/// The loops of kernels over plain addresses. Their callers have checked shapes and memory.
///
/// **Where to begin.** [Lanes] is the order of sums. `SquaredErrorLoops` is a typical class of
/// loops.
///
/// **Generated code.** Classes named `...Loops` are generated from the templates in the test
/// package `io.lanewise.kernel.generate`, because each loop exists once per element type and vector
/// width. Do not edit them; edit the template. A test compares both.
///
/// **What it may not know.** The contract of a kernel, which is in `io.lanewise.kernel`.
@org.jspecify.annotations.NullMarked
package io.lanewise.kernel.loops;
