package io.lanewise.kernel;

import io.lanewise.kernel.loops.Species;
import org.jspecify.annotations.Nullable;

/// One kernel of every kind, all plain or all SIMD.
///
/// @param name what runs: `scalar`, or `simd-` and the vector width in bits, and `single` where
///   [Precision#SINGLE] is asked for; part of every result's provenance
public record Kernels(
    String name,
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
    ExactBlock exactBlock) {

  /// The system property that chooses: `auto` (the default), `simd` or `scalar`.
  public static final String PROPERTY = "lanewise.kernels";

  private static final String MODULE = VectorModule.NAME;
  private static final String FLAG = "--add-modules=" + MODULE;

  private static volatile @Nullable Kernels active;

  /// The plain kernels, which need nothing.
  public static Kernels scalar() {
    return new Kernels(
        "scalar",
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
        new ExactBlock.Scalar());
  }

  /// The SIMD kernels.
  ///
  /// @throws IllegalStateException if the module jdk.incubator.vector is absent
  public static Kernels simd() {
    requireModule(modulePresent());
    return new Kernels(
        "simd-" + Species.bits(),
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
        new ExactBlock.Simd());
  }

  /// The same kernels, with elementary functions, squared errors and linear combinations of float32
  /// data in that precision. Kernels that decide which row is nearest are the same.
  public Kernels in(Precision precision) {
    return switch (precision) {
      case DOUBLE -> this;
      case SINGLE ->
          new Kernels(
              name + " " + precision,
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
              exactBlock);
    };
  }

  /// The kernels this process uses, decided once from [#PROPERTY]: `auto` takes SIMD where the
  /// module jdk.incubator.vector is there ([VectorModule]) and otherwise says in one log line what
  /// to add; `simd` requires it.
  ///
  /// @throws IllegalStateException if the property asks for what is absent or unknown
  public static Kernels active() {
    Kernels decided = active;
    if (decided == null) {
      String property = System.getProperty(PROPERTY);
      boolean asks = property == null || !property.equals("scalar");
      decided = choosesSimd(property, asks && modulePresent()) ? simd() : scalar();
      active = decided; // a race decides the same
    }
    return decided;
  }

  /// Whether `active()` takes SIMD, for a value of the property and a presence of the module.
  static boolean choosesSimd(@Nullable String property, boolean modulePresent) {
    return switch (property == null ? "auto" : property) {
      case "auto" -> {
        if (!modulePresent) {
          System.getLogger("io.lanewise.kernel")
              .log(
                  System.Logger.Level.WARNING,
                  "plain kernels, several times slower: module "
                      + MODULE
                      + " is absent; add "
                      + FLAG);
        }
        yield modulePresent;
      }
      case "simd" -> {
        requireModule(modulePresent);
        yield true;
      }
      case "scalar" -> false;
      default ->
          throw new IllegalStateException(
              "property " + PROPERTY + ": found '" + property + "', expected auto, simd or scalar");
    };
  }

  private static void requireModule(boolean present) {
    if (!present) {
      throw new IllegalStateException(
          "SIMD kernels required, but module " + MODULE + " is absent; add " + FLAG);
    }
  }

  private static boolean modulePresent() {
    return VectorModule.present();
  }
}
