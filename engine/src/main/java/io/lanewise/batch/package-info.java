/// Typed, read-only views over Arrow buffers: what every reader produces and every objective
/// consumes.
///
/// A [io.lanewise.batch.Batch] is a run of consecutive rows. Its columns have Arrow's physical
/// layout: a [io.lanewise.batch.ScalarColumn] holds one number a row, a
/// [io.lanewise.batch.VectorColumn] a fixed number of them (Arrow `FixedSizeList`), a
/// [io.lanewise.batch.SequenceColumn] a varying number (Arrow `List`), a
/// [io.lanewise.batch.TextColumn] a label (Arrow `Utf8`). Numbers live off-heap in native byte
/// order and are never copied on the way to a kernel unless their type has to be widened.
@NullMarked
package io.lanewise.batch;

import org.jspecify.annotations.NullMarked;
