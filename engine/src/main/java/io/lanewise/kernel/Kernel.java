package io.lanewise.kernel;

/// The kinds of kernels, one for each component of [Kernels].
public enum Kernel {
  ROW_SUM(0.4, false, true),
  LOG_PROB_SUM(7, false, true),
  GAUSSIAN_KL(7, true, true),
  SQUARED_NORM(0.4, false, true),
  SQUARED_ERROR(0.5, true, true),
  REPARAMETERIZE(8, true, true),
  LINEAR_COMBINATION(0.3, true, true),
  LANGEVIN_STEP(0.3, false, true),
  DIFFUSION_STEP(1, false, true),
  SOFTPLUS(12, true, true),
  NEGATIVE_LOG(8, false, true),
  AFFINE_FLOW(8, false, true),
  COLUMN_MOMENTS(2, false, true),
  CROSS_PRODUCTS(0.3, true, true),
  PAIRWISE_PRODUCTS(0.5, false, true),
  KERNEL_SUMS(5, false, false),
  FINITE_SCAN(0.4, false, true),
  LOG_SUM_EXP(9, true, true),
  EXACT_BLOCK(2, false, false),
  PHILOX(7, false, true),
  THREEFRY(6, false, true);

  private final double savedNanos;
  private final boolean single;
  private final boolean typed;

  Kernel(double savedNanos, boolean single, boolean typed) {
    this.savedNanos = savedNanos;
    this.single = single;
    this.typed = typed;
  }

  /// About how much longer the plain form takes for a value than the vector form.
  double savedNanos() {
    return savedNanos;
  }

  /// Whether it takes elements of all types; otherwise float64 in arrays.
  boolean isTyped() {
    return typed;
  }

  /// Whether [Precision#SINGLE] has a form of its own for float32.
  boolean hasSingle() {
    return single;
  }

  /// A use of a kernel of this kind with data of the type that the columns have.
  public KernelUse ofData() {
    return new KernelUse(this, false);
  }

  /// A use of a kernel of this kind with float64, whatever type the columns have.
  public KernelUse ofFloat64() {
    return new KernelUse(this, true);
  }
}
