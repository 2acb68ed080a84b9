package io.lanewise.source;

import org.jspecify.annotations.Nullable;

/// How files are read.
///
/// @param mapped whether files are memory-mapped, so that a run takes only the memory of its
///   batches; on a network file system, and if this is false, files are read into memory instead
/// @param memoryBytes the most memory of a file that must be read or expanded whole
/// @param fingerprints takes the fingerprints of what is read; null if nobody wants them
public record Reading(boolean mapped, long memoryBytes, @Nullable InputFingerprints fingerprints) {
  /// Mapped, with 2 GiB for files that are not.
  public static final Reading DEFAULT = new Reading(true, 2L << 30);

  /// Without fingerprints.
  public Reading(boolean mapped, long memoryBytes) {
    this(mapped, memoryBytes, null);
  }
}
