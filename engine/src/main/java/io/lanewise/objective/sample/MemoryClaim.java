package io.lanewise.objective.sample;

import io.lanewise.objective.Workers;

/// What one evaluation holds of the memory it may have: refused as early as it is known to be too
/// much.
final class MemoryClaim {
  private final Workers workers;
  private long announced;
  private long held;

  MemoryClaim(Workers workers) {
    this.workers = workers;
  }

  /// Says that so much will be held.
  ///
  /// @throws IllegalArgumentException if that is more than there may be
  void announce(long bytes) {
    announced += bytes;
    workers.require(announced);
  }

  /// Says that so much more is held from now on.
  ///
  /// @throws IllegalArgumentException if that is more than there may be
  void hold(long bytes) {
    held += bytes;
    workers.require(held);
  }
}
