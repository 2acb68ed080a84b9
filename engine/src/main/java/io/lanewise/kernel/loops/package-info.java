/// The loops of kernels, over plain addresses. What calls them has checked shapes and memory.
///
/// Classes named `...Loops` are generated from the templates in the tests' package
/// `io.lanewise.kernel.generate`, since each exists once per element type and vector width. Begin
/// with [Lanes], the order of sums, and `SquaredErrorLoops`. Nothing here knows a kernel's
/// contract; those are in `io.lanewise.kernel`.
@org.jspecify.annotations.NullMarked
package io.lanewise.kernel.loops;
