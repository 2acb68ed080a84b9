/// The loops: one file per kernel with its contract, the plain loop and the SIMD loop; off-heap
/// segments in, numbers out.
///
/// [Kernels] hands them out, all plain or all SIMD. Sums inside a row are float64 in a fixed order
/// (`Lanes`), and elementary functions are our own polynomials with the same operations in both
/// forms (`Exp`, `Log`, ...), so that a row's result has the same bits whichever loop computed it,
/// at every vector width. (A NaN is a NaN: its payload is not part of that.) Nothing here knows a
/// file, a batch or an objective.
@org.jspecify.annotations.NullMarked
package io.lanewise.kernel;
