package io.lanewise.source;

/// How files are read.
///
/// @param mapped whether they are memory-mapped: numbers are then used where they lie, in as little
///   memory as a batch takes. A file that is cut short while it is mapped can end the process; on a
///   network file system, and where this is false, files are read into memory instead
/// @param memoryBytes how much memory a file may take that has to be read or expanded whole
public record Reading(boolean mapped, long memoryBytes) {
  /// Mapped, and 2 GiB for what is not.
  public static final Reading DEFAULT = new Reading(true, 2L << 30);
}
