/// What objectives of several families share: work in the cache, memory for kernels, probabilities
/// of the normal distribution.
///
/// **Where to begin.** [io.lanewise.objective.support.Patch] is the part of a batch that is worked
/// on at once, so that what is made for it stays in the cache.
///
/// **What it may not know.** Any family. A family knows this package and the contract in
/// `objective`, never another family.
@NullMarked
package io.lanewise.objective.support;

import org.jspecify.annotations.NullMarked;
