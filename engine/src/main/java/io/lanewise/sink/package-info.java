/// Batches to files: what a run writes appears whole under its name, or not at all.
///
/// [io.lanewise.sink.Sinks] makes the [io.lanewise.sink.Sink] that a file's extension asks for. To
/// add a format, write its class, permit it in [io.lanewise.sink.Sink] and add its line in
/// [io.lanewise.sink.Sinks].
@NullMarked
package io.lanewise.sink;

import org.jspecify.annotations.NullMarked;
