/// Files to batches. One class a format; [io.lanewise.source.Sources] recognises a file by its
/// content and opens it. To add a format, write its class, permit it in [io.lanewise.source.Source]
/// and add its line in [io.lanewise.source.Sources].
@NullMarked
package io.lanewise.source;

import org.jspecify.annotations.NullMarked;
