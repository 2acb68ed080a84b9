package io.lanewise.kernel;

/// One kernel of every kind, all plain or all vector.
record KernelSet(
    RowSum rowSum,
    LogProbSum logProbSum,
    GaussianKl gaussianKl,
    SquaredNorm squaredNorm,
    SquaredError squaredError,
    Reparameterize reparameterize,
    LinearCombination linearCombination,
    LangevinStep langevinStep,
    DiffusionStep diffusionStep,
    Softplus softplus,
    NegativeLog negativeLog,
    AffineFlow affineFlow,
    ColumnMoments columnMoments,
    CrossProducts crossProducts,
    PairwiseProducts pairwiseProducts,
    KernelSums kernelSums,
    FiniteScan finiteScan,
    LogSumExp logSumExp,
    ExactBlock exactBlock,
    CounterRandom philox,
    CounterRandom threefry) {

  /// The plain kernels, which need nothing.
  static KernelSet plain(Precision precision) {
    KernelSet all =
        new KernelSet(
            new RowSum.Scalar(),
            new LogProbSum.Scalar(),
            new GaussianKl.Scalar(),
            new SquaredNorm.Scalar(),
            new SquaredError.Scalar(),
            new Reparameterize.Scalar(),
            new LinearCombination.Scalar(),
            new LangevinStep.Scalar(),
            new DiffusionStep.Scalar(),
            new Softplus.Scalar(),
            new NegativeLog.Scalar(),
            new AffineFlow.Scalar(),
            new ColumnMoments.Scalar(),
            new CrossProducts.Scalar(),
            new PairwiseProducts.Scalar(),
            new KernelSums.Scalar(),
            new FiniteScan.Scalar(),
            new LogSumExp.Scalar(),
            new ExactBlock.Scalar(),
            CounterRandom.plainPhilox(),
            CounterRandom.plainThreefry());
    return precision == Precision.SINGLE ? all.single() : all;
  }

  /// The vector kernels, which need module jdk.incubator.vector.
  static KernelSet vector(Precision precision) {
    KernelSet all =
        new KernelSet(
            new RowSum.Simd(),
            new LogProbSum.Simd(),
            new GaussianKl.Simd(),
            new SquaredNorm.Simd(),
            new SquaredError.Simd(),
            new Reparameterize.Simd(),
            new LinearCombination.Simd(),
            new LangevinStep.Simd(),
            new DiffusionStep.Simd(),
            new Softplus.Simd(),
            new NegativeLog.Simd(),
            new AffineFlow.Simd(),
            new ColumnMoments.Simd(),
            new CrossProducts.Simd(),
            new PairwiseProducts.Simd(),
            new KernelSums.Simd(),
            new FiniteScan.Simd(),
            new LogSumExp.Simd(),
            new ExactBlock.Simd(),
            CounterRandom.vectorPhilox(),
            CounterRandom.vectorThreefry());
    return precision == Precision.SINGLE ? all.single() : all;
  }

  /// The same kernels, with elementary functions, squared errors and linear combinations of float32
  /// data in float32. Kernels that decide which row is nearest are the same.
  KernelSet single() {
    return new KernelSet(
        rowSum,
        logProbSum,
        gaussianKl.single(),
        squaredNorm,
        squaredError.single(),
        reparameterize.single(),
        linearCombination.single(),
        langevinStep,
        diffusionStep,
        softplus.single(),
        negativeLog,
        affineFlow,
        columnMoments,
        crossProducts.single(),
        pairwiseProducts,
        kernelSums,
        finiteScan,
        logSumExp.single(),
        exactBlock,
        philox,
        threefry);
  }
}
