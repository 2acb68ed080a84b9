/// Batches to files. What a run writes appears whole under its name, or not at all.
///
/// **Where to begin.** [io.lanewise.sink.Sinks] makes the [io.lanewise.sink.Sink] for the extension
/// of a file name. A sink writes batch by batch into a `StagedFile` beside the future file, and
/// `commit` gives it its name in one atomic step. [io.lanewise.sink.ArchiveSink] writes a zip of
/// texts and NumPy arrays, as state files are.
///
/// **To add a format,** write its class, permit it in [io.lanewise.sink.Sink] and add its line in
/// [io.lanewise.sink.Sinks].
///
/// **What it may not know.** Readers, objectives and runs: of ours it imports only `batch`.
@NullMarked
package io.lanewise.sink;

import org.jspecify.annotations.NullMarked;
