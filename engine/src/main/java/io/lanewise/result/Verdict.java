package io.lanewise.result;

/// A judgement that an objective or a check makes by a written rule.
///
/// @param name what is judged, lower-kebab
/// @param status what came out
/// @param rule the rule, with its threshold
/// @param evidence the numbers it was judged on
public record Verdict(String name, Status status, String rule, String evidence) {
  /// What a judgement can come to.
  public enum Status {
    /// The rule holds.
    PASS,
    /// The rule holds, but a reader should look.
    WARN,
    /// The rule is broken.
    FAIL,
    /// Nothing in the plan tells.
    UNKNOWN;

    /// The lower-case name used in results.
    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
