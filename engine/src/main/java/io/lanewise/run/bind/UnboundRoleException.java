package io.lanewise.run.bind;

import io.lanewise.plan.PlanException;
import org.jspecify.annotations.Nullable;

/// A role that an objective needs has no column. Who asked knows how to name one: the command by an
/// option, a plan by a key.
public final class UnboundRoleException extends PlanException {
  private static final long serialVersionUID = 1;

  private final String role;

  UnboundRoleException(String problem, String role) {
    this("", "", problem, role, null);
  }

  private UnboundRoleException(
      String place, String path, String problem, String role, @Nullable Throwable cause) {
    super(place, path, problem, cause);
    this.role = role;
  }

  /// The role, as `role` or `set.role`.
  public String role() {
    return role;
  }

  UnboundRoleException in(String place, String path) {
    return new UnboundRoleException(place, path, problem(), role, this);
  }
}
