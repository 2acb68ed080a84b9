package io.lanewise.run.bind;

/// A role that an objective needs has no column. Who asked knows how to name one: the command by an
/// option, a plan by a key.
public final class UnboundRoleException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String role;

  public UnboundRoleException(String message, String role) {
    super(message);
    this.role = role;
  }

  /// The role, as `role` or `set.role`.
  public String role() {
    return role;
  }

  public UnboundRoleException in(String place) {
    UnboundRoleException placed =
        new UnboundRoleException("%s: %s".formatted(place, getMessage()), role);
    placed.initCause(this);
    return placed;
  }
}
