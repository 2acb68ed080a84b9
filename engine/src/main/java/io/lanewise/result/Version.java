package io.lanewise.result;

/// The version of Lanewise. It is a constant, since the manifest of a jar is lost when several jars
/// are made one.
public final class Version {
  /// The version, as in the build file.
  public static final String TEXT = "0.1.0-SNAPSHOT";

  private Version() {}
}
