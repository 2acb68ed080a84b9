package io.lanewise.kernel;

/// One short call of every loop of a kernel.
final class Trial {
  private Trial() {}

  /// Runs the loops of a kernel that take elements of the data's type.
  static void run(Kernel kernel, KernelSet k, TrialData d) {
    if (d.width() == Float.BYTES) {
      float32(kernel, k, d);
    } else {
      float64(kernel, k, d);
    }
  }

  private static void float32(Kernel kernel, KernelSet k, TrialData d) {
    switch (kernel) {
      case ROW_SUM -> {
        k.rowSum().f32(d.x(), d.rows(), d.dim(), d.values());
        d.values()[0] = k.rowSum().runF32(d.x(), 0, d.n());
      }
      case LOG_PROB_SUM -> d.values()[0] = k.logProbSum().f32(d.p(), 0, d.n());
      case GAUSSIAN_KL -> k.gaussianKl().f32(d.x(), d.y(), d.rows(), d.dim(), d.values());
      case SQUARED_NORM -> k.squaredNorm().f32(d.x(), d.rows(), d.dim(), d.values());
      case SQUARED_ERROR -> k.squaredError().f32(d.x(), d.y(), d.rows(), d.dim(), d.values());
      case REPARAMETERIZE -> k.reparameterize().f32(d.x(), d.y(), d.w(), d.out(), d.n());
      case LINEAR_COMBINATION ->
          k.linearCombination().f32(d.x(), d.y(), d.a(), d.b(), d.rows(), d.dim(), d.out());
      case LANGEVIN_STEP -> {
        k.langevinStep().f32(d.x(), d.y(), d.w(), 0.01, d.out(), d.n());
        k.langevinStep().standardNormalF32(d.x(), d.w(), 0.01, d.out(), d.n());
      }
      case DIFFUSION_STEP -> {
        k.diffusionStep().linearF32(d.x(), d.y(), d.steps(), d.rows(), d.dim(), d.out());
        for (boolean clamped : TrialData.BOTH) {
          k.diffusionStep()
              .noisyF32(d.x(), d.y(), d.w(), d.steps(), clamped, d.rows(), d.dim(), d.out());
        }
      }
      case SOFTPLUS -> {
        for (boolean negate : TrialData.BOTH) {
          k.softplus().f32(d.x(), d.n(), negate, d.values());
        }
      }
      case NEGATIVE_LOG -> {
        for (boolean complement : TrialData.BOTH) {
          k.negativeLog().f32(d.p(), d.n(), complement, d.values());
        }
      }
      case AFFINE_FLOW -> {
        k.affineFlow().f32(d.x(), d.y(), d.p(), d.rows(), d.rows(), d.dim(), d.values());
        k.affineFlow().f32(d.x(), d.y(), d.p(), 1, d.rows(), d.dim(), d.out(), d.values());
      }
      case COLUMN_MOMENTS ->
          k.columnMoments().f32(d.x(), d.rows(), d.dim(), d.a(), d.s(), d.t(), d.u(), d.v());
      case CROSS_PRODUCTS -> d.cross(k.crossProducts());
      case PAIRWISE_PRODUCTS -> {
        k.pairwiseProducts()
            .f32(d.x(), d.rows(), d.y(), d.rows(), d.dim(), d.values(), d.scratch());
        k.pairwiseProducts()
            .wide(d.x(), d.rows(), d.y(), d.rows(), d.dim(), d.values(), d.scratch());
      }
      case FINITE_SCAN -> {
        d.values()[0] = k.finiteScan().firstNonFiniteF32(d.x(), d.n());
        d.values()[1] = k.finiteScan().firstOutsideF32(d.x(), 0, d.n(), -9, 9);
      }
      case LOG_SUM_EXP -> k.logSumExp().f32(d.x(), d.targets(), d.rows(), d.dim(), d.values());
      case KERNEL_SUMS, EXACT_BLOCK -> float64(kernel, k, d);
    }
  }

  private static void float64(Kernel kernel, KernelSet k, TrialData d) {
    switch (kernel) {
      case ROW_SUM -> {
        k.rowSum().f64(d.x(), d.rows(), d.dim(), d.values());
        d.values()[0] = k.rowSum().runF64(d.x(), 0, d.n());
      }
      case LOG_PROB_SUM -> d.values()[0] = k.logProbSum().f64(d.p(), 0, d.n());
      case GAUSSIAN_KL -> k.gaussianKl().f64(d.x(), d.y(), d.rows(), d.dim(), d.values());
      case SQUARED_NORM -> k.squaredNorm().f64(d.x(), d.rows(), d.dim(), d.values());
      case SQUARED_ERROR -> k.squaredError().f64(d.x(), d.y(), d.rows(), d.dim(), d.values());
      case REPARAMETERIZE -> k.reparameterize().f64(d.x(), d.y(), d.w(), d.out(), d.n());
      case LINEAR_COMBINATION ->
          k.linearCombination().f64(d.x(), d.y(), d.a(), d.b(), d.rows(), d.dim(), d.out());
      case LANGEVIN_STEP -> {
        k.langevinStep().f64(d.x(), d.y(), d.w(), 0.01, d.out(), d.n());
        k.langevinStep().standardNormalF64(d.x(), d.w(), 0.01, d.out(), d.n());
      }
      case DIFFUSION_STEP -> {
        k.diffusionStep().linearF64(d.x(), d.y(), d.steps(), d.rows(), d.dim(), d.out());
        for (boolean clamped : TrialData.BOTH) {
          k.diffusionStep()
              .noisyF64(d.x(), d.y(), d.w(), d.steps(), clamped, d.rows(), d.dim(), d.out());
        }
      }
      case SOFTPLUS -> {
        for (boolean negate : TrialData.BOTH) {
          k.softplus().f64(d.x(), d.n(), negate, d.values());
        }
      }
      case NEGATIVE_LOG -> {
        for (boolean complement : TrialData.BOTH) {
          k.negativeLog().f64(d.p(), d.n(), complement, d.values());
        }
      }
      case AFFINE_FLOW -> {
        k.affineFlow().f64(d.x(), d.y(), d.p(), d.rows(), d.rows(), d.dim(), d.values());
        k.affineFlow().f64(d.x(), d.y(), d.p(), 1, d.rows(), d.dim(), d.out(), d.values());
      }
      case COLUMN_MOMENTS ->
          k.columnMoments().f64(d.x(), d.rows(), d.dim(), d.a(), d.s(), d.t(), d.u(), d.v());
      case CROSS_PRODUCTS -> d.cross(k.crossProducts());
      case PAIRWISE_PRODUCTS ->
          k.pairwiseProducts()
              .f64(d.x(), d.rows(), d.y(), d.rows(), d.dim(), d.values(), d.scratch());
      case KERNEL_SUMS -> {
        d.values()[0] = k.kernelSums().polynomial(d.a(), d.n(), 0.5, 1, 3);
        d.values()[1] = k.kernelSums().gaussian(d.b(), d.n(), 0.5);
      }
      case FINITE_SCAN -> {
        d.values()[0] = k.finiteScan().firstNonFiniteF64(d.x(), d.n());
        d.values()[1] = k.finiteScan().firstOutsideF64(d.x(), 0, d.n(), -9, 9);
      }
      case LOG_SUM_EXP -> k.logSumExp().f64(d.x(), d.targets(), d.rows(), d.dim(), d.values());
      case EXACT_BLOCK -> {
        k.exactBlock().sum(d.a(), 0, d.n(), d.values());
        k.exactBlock().products(d.a(), d.b(), 0, d.n(), d.values());
      }
    }
  }
}
