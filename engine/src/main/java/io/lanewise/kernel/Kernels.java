package io.lanewise.kernel;

/// The kernels in use.
public record Kernels(String name) {
  public static Kernels active() {
    return new Kernels("scalar");
  }
}
