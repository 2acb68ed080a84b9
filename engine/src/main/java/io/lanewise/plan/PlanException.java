package io.lanewise.plan;

/// A mistake in a plan, and where it is.
///
/// The path leads through the keys of a plan file: `evaluate[2].data.real` is the data set of the
/// set `real` of the third evaluation. It is the same whether the plan was a file or was made by a
/// program.
public class PlanException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String path;
  private final String problem;

  /// A mistake at a path.
  ///
  /// @param problem what was found and what was expected
  public PlanException(String path, String problem) {
    this("", path, problem, null);
  }

  /// The same with a cause, and a place that the message begins with.
  ///
  /// @param place what readers call the place: `evaluation 'elbo'`; empty if the problem says it
  public PlanException(
      String place,
      String path,
      String problem,
      @org.jspecify.annotations.Nullable Throwable cause) {
    super(place.isEmpty() ? problem : place + ": " + problem, cause);
    this.path = path;
    this.problem = problem;
  }

  /// Where it is; empty for the whole plan.
  public String path() {
    return path;
  }

  /// What was found and what was expected, without the place.
  public String problem() {
    return problem;
  }
}
