/// Files to batches, with one class for each format. Nothing that a file says is believed before it
/// is checked.
///
/// **Where to begin.** [io.lanewise.source.Sources] recognises a file by its content and opens it
/// as a [io.lanewise.source.Source]. A [io.lanewise.source.DataSet] reads several files as if they
/// were one. A [io.lanewise.source.Cursor] is one pass over the rows.
///
/// **How a format works.** Its class reads the schema when it is opened. It then gives `Chunk`s,
/// rows as the file groups them, whose columns are `ColumnChunk`s: one class for each way in which
/// a file stores a column. `ChunkCursor` cuts batches from chunks, for every format. `Mapping` is
/// the file in memory. `ArrowVerifier`, `ParquetFooter`, `NpyHeader`, `SafetensorsHeader` and
/// `ZipDirectory` check what a file claims before anyone follows it.
///
/// **To add a format,** write its class, permit it in [io.lanewise.source.Source] and add its line
/// in [io.lanewise.source.Sources].
///
/// **What it may not know.** Objectives, kernels and runs: of ours it imports only `batch`. A
/// problem in the data is a [io.lanewise.source.DataException], which says place, found, expected.
@NullMarked
package io.lanewise.source;

import org.jspecify.annotations.NullMarked;
