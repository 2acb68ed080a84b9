/// Typed, read-only views over Arrow buffers: what every reader produces and every objective
/// consumes.
///
/// **Where to begin.** A [io.lanewise.batch.Batch] is a run of consecutive rows. Its columns have
/// the physical layout of Arrow:
///
/// - [io.lanewise.batch.ScalarColumn] holds one number per row,
/// - [io.lanewise.batch.VectorColumn] a fixed number of them (Arrow `FixedSizeList`),
/// - [io.lanewise.batch.SequenceColumn] a varying number (Arrow `List`),
/// - [io.lanewise.batch.TextColumn] a label (Arrow `Utf8`).
///
/// Each has a [io.lanewise.batch.Validity], which says what is null. A
/// [io.lanewise.batch.ColumnType] describes a column before any row is read. Numbers live off-heap
/// in native byte order.
///
/// **What it may not know.** No other package of ours: not the file that rows came from, nor what
/// is computed from them.
@NullMarked
package io.lanewise.batch;

import org.jspecify.annotations.NullMarked;
