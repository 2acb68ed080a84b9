package io.lanewise.objective;

import java.util.List;

/// Every objective there is. To add one, add its line here.
public final class Objectives {
  private static final List<Objective> ALL = List.of();

  private Objectives() {}

  /// All objectives, by family.
  public static List<Objective> all() {
    return ALL;
  }

  /// The objective of that id.
  ///
  /// @throws IllegalArgumentException naming the nearest id if there is none
  public static Objective get(String id) {
    return ALL.stream()
        .filter(objective -> objective.descriptor().id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                Names.unknown(
                    "objective", id, ALL.stream().map(o -> o.descriptor().id()).toList()));
  }
}
