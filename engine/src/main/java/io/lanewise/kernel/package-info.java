/// The loops: one file per kernel, with its contract, the plain loop and the SIMD loop. Off-heap
/// segments go in, numbers come out.
///
/// **Where to begin.** [Kernels] hands out all kernels, all plain or all SIMD. [GaussianKl] is a
/// typical one: the interface checks its operands once, `Scalar` and `Simd` compute.
///
/// **The same bits.** Sums within a row are float64 in a fixed order ([Lanes]). Elementary
/// functions are our own polynomials with the same operations in both forms (`Exp`, `Log`, ...). So
/// the result of a row has the same bits whichever loop computed it, at every vector width. (A NaN
/// is a NaN: its payload is not part of that.)
///
/// **Vectors.** `Species` fixes their width when it is loaded, since C2 needs constants. Vectors
/// must not cross methods of ours, or C2 boxes them.
///
/// **What it may not know.** Files, batches, objectives, Arrow: no other package of ours.
@org.jspecify.annotations.NullMarked
package io.lanewise.kernel;
