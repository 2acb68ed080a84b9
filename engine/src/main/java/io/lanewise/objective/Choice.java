package io.lanewise.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Several ways to give an objective the same information: token log-probabilities, or
/// probabilities, or logits with targets. Two roles that are in no way together are rivals: if a
/// user names a column for one of them, the other is not wanted.
///
/// @param required whether exactly one way must be bound; otherwise the objective decides
/// @param ways the ways, in the order in which they are named to users
public record Choice(boolean required, List<Way> ways) {
  public Choice {
    ways = List.copyOf(ways);
  }

  /// One way.
  ///
  /// @param needs the roles that must all be bound
  /// @param takes roles that may be bound besides
  /// @param rare whether only a column with the name of the role is taken for it
  public record Way(List<String> needs, List<String> takes, boolean rare) {
    public Way {
      needs = List.copyOf(needs);
      takes = List.copyOf(takes);
    }

    /// A way that needs these roles.
    public static Way of(String... needs) {
      return new Way(List.of(needs), List.of(), false);
    }

    /// The same, with roles that may be bound besides.
    public Way with(String... more) {
      return new Way(needs, List.of(more), rare);
    }

    /// The same, but only a column with the name of the role is taken for it.
    public Way rarely() {
      return new Way(needs, takes, true);
    }

    private boolean has(String role) {
      return needs.contains(role) || takes.contains(role);
    }

    /// Whether all roles that it needs are bound.
    public boolean isComplete(Predicate<String> bound) {
      return needs.stream().allMatch(bound);
    }

    private String text() {
      return needs.size() == 1
          ? "role '%s'".formatted(needs.getFirst())
          : "both " + quoted(needs, " and ");
    }
  }

  /// Exactly one of these ways.
  public static Choice oneOf(Way... ways) {
    return new Choice(true, List.of(ways));
  }

  /// Exactly one of these roles.
  public static Choice oneOf(String... roles) {
    return new Choice(true, List.of(roles).stream().map(Way::of).toList());
  }

  /// At most one of these roles; the objective decides which it needs.
  public static Choice atMostOneOf(String... roles) {
    return new Choice(false, List.of(roles).stream().map(Way::of).toList());
  }

  private boolean has(String role) {
    return ways.stream().anyMatch(way -> way.has(role));
  }

  /// Whether no way has both roles.
  public boolean areRivals(String role, String other) {
    return !role.equals(other)
        && has(role)
        && has(other)
        && ways.stream().noneMatch(way -> way.has(role) && way.has(other));
  }

  /// The ways that are complete.
  public List<Way> complete(Predicate<String> bound) {
    return ways.stream().filter(way -> way.isComplete(bound)).toList();
  }

  /// The problem with the bound roles, such as `found both of the roles 'a' and 'b', expected
  /// exactly one`; empty if there is none.
  public String problem(Predicate<String> bound) {
    List<String> roles = new ArrayList<>();
    for (Way way : ways) {
      way.needs.stream().filter(r -> bound.test(r) && !roles.contains(r)).forEach(roles::add);
      way.takes.stream().filter(r -> bound.test(r) && !roles.contains(r)).forEach(roles::add);
    }
    for (String role : roles) {
      for (String other : roles) {
        if (areRivals(role, other)) {
          return "found both of the roles '%s' and '%s', expected exactly one"
              .formatted(role, other);
        }
      }
    }
    return required && complete(bound).isEmpty() ? neither(bound) : "";
  }

  private String neither(Predicate<String> bound) {
    String expected =
        ways.size() == 2
            ? "found neither %s nor %s, expected one of the two"
                .formatted(ways.getFirst().text(), ways.getLast().text())
            : "found none of %s, expected exactly one"
                .formatted(ways.stream().map(Way::text).collect(Collectors.joining(", ")));
    for (Way way : ways) {
      List<String> there = way.needs.stream().filter(bound).toList();
      List<String> missing = way.needs.stream().filter(bound.negate()).toList();
      if (!there.isEmpty()) {
        return "%s (there is %s without %s)"
            .formatted(expected, quoted(there, ", "), quoted(missing, ", "));
      }
    }
    return expected;
  }

  private static String quoted(List<String> roles, String between) {
    return roles.stream().map(role -> "'" + role + "'").collect(Collectors.joining(between));
  }
}
