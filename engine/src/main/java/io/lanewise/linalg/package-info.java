/// Dense linear algebra in float64: eigenvalues, factors and singular values of covariances.
///
/// **Where to begin.** [io.lanewise.linalg.Algebra] is the interface. `OpenBlas` implements it
/// where `org.bytedeco:openblas` is on the class path, `OjAlgo` elsewhere; `ActiveAlgebra` chooses
/// once per process. [io.lanewise.linalg.Symmetry] judges a matrix that a user gave, and
/// [io.lanewise.linalg.Definiteness] how far one is from singular.
///
/// **What it may not know.** No other package of ours. It takes and returns plain arrays.
@NullMarked
package io.lanewise.linalg;

import org.jspecify.annotations.NullMarked;
