package io.lanewise.kernel;

/// The kinds of kernels, one for each component of [Kernels].
public enum Kernel {
  ROW_SUM(0.4, false),
  LOG_PROB_SUM(7, false),
  GAUSSIAN_KL(11, true),
  SQUARED_NORM(0.4, false),
  SQUARED_ERROR(0.5, true),
  REPARAMETERIZE(8, true),
  LINEAR_COMBINATION(0.3, true),
  LANGEVIN_STEP(0.3, false),
  DIFFUSION_STEP(1, false),
  SOFTPLUS(12, true),
  NEGATIVE_LOG(8, false),
  AFFINE_FLOW(8, false),
  COLUMN_MOMENTS(2, false),
  CROSS_PRODUCTS(0.3, true),
  PAIRWISE_PRODUCTS(0.5, false),
  KERNEL_SUMS(5, false),
  FINITE_SCAN(0.4, false),
  LOG_SUM_EXP(9, true),
  EXACT_BLOCK(2, false);

  private final double savedNanos;
  private final boolean single;

  Kernel(double savedNanos, boolean single) {
    this.savedNanos = savedNanos;
    this.single = single;
  }

  /// About how much longer the plain form takes for a value than the vector form.
  double savedNanos() {
    return savedNanos;
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
