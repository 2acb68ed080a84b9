package io.lanewise.source;

/// How files are read.
///
/// @param mapped whether files are memory-mapped, so that a run takes only the memory of its
///   batches; on a network file system, and if this is false, files are read into memory instead
/// @param memoryBytes the most memory of a file that must be read or expanded whole
public record Reading(boolean mapped, long memoryBytes) {
  /// Mapped, with 2 GiB for files that are not.
  public static final Reading DEFAULT = new Reading(true, 2L << 30);
}
