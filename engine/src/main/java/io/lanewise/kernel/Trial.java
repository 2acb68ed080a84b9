package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;

/// One short call of every loop of a kernel.
final class Trial {
  private static final boolean[] BOTH = {false, true};

  private Trial() {}

  /// Runs the loops of a kernel that take elements of the data's type.
  static void run(Kernel kernel, KernelSet k, TrialData d) {
    Matrix x = d.x();
    switch (kernel) {
      case ROW_SUM -> {
        k.rowSum().rows(x, d.values());
        d.values()[0] = k.rowSum().run(d.type(), x.data(), 0, d.n());
      }
      case LOG_PROB_SUM -> d.values()[0] = k.logProbSum().run(d.type(), d.p().data(), 0, d.n());
      case GAUSSIAN_KL -> k.gaussianKl().rows(x, d.y(), d.values());
      case SQUARED_NORM -> k.squaredNorm().rows(x, d.values());
      case SQUARED_ERROR -> k.squaredError().rows(x, d.y(), d.values());
      case REPARAMETERIZE -> k.reparameterize().each(x, d.y(), d.w(), d.out());
      case LINEAR_COMBINATION -> k.linearCombination().rows(x, d.y(), d.a(), d.b(), d.out());
      case LANGEVIN_STEP -> {
        k.langevinStep().each(x, d.y(), d.w(), 0.01, d.out());
        k.langevinStep().standardNormal(x, d.w(), 0.01, d.out());
      }
      case DIFFUSION_STEP -> {
        k.diffusionStep().linear(x, d.y(), d.steps(), d.out());
        for (boolean clamped : BOTH) {
          k.diffusionStep().noisy(x, d.y(), d.w(), d.steps(), clamped, d.out());
        }
      }
      case SOFTPLUS -> {
        for (boolean negate : BOTH) {
          k.softplus().each(x, negate, d.values());
        }
      }
      case NEGATIVE_LOG -> {
        for (boolean complement : BOTH) {
          k.negativeLog().each(d.p(), complement, d.values());
        }
      }
      case AFFINE_FLOW -> {
        k.affineFlow().rows(x, d.y(), d.p(), d.values());
        k.affineFlow().rows(x, d.y().slice(0, 1), d.p().slice(0, 1), d.out(), d.values());
      }
      case COLUMN_MOMENTS -> k.columnMoments().rows(x, d.a(), d.s(), d.t(), d.u(), d.v());
      case CROSS_PRODUCTS -> cross(k.crossProducts(), d);
      case PAIRWISE_PRODUCTS -> pairwise(k.pairwiseProducts(), d);
      case KERNEL_SUMS -> {
        d.values()[0] = k.kernelSums().polynomial(d.a(), d.n(), 0.5, 1, 3);
        d.values()[1] = k.kernelSums().gaussian(d.b(), d.n(), 0.5);
      }
      case FINITE_SCAN -> {
        d.values()[0] = k.finiteScan().firstNonFinite(d.type(), x.data(), d.n());
        d.values()[1] = k.finiteScan().firstOutside(d.type(), x.data(), 0, d.n(), -9, 9);
      }
      case LOG_SUM_EXP -> {
        k.logSumExp().rows(x, d.values());
        k.logSumExp().rows(x, d.targets(), d.values());
      }
      case EXACT_BLOCK -> {
        k.exactBlock().sum(d.a(), 0, d.n(), d.values());
        k.exactBlock().products(d.a(), d.b(), 0, d.n(), d.values());
      }
      case PHILOX -> random(k.philox(), d);
      case THREEFRY -> random(k.threefry(), d);
    }
  }

  private static void random(CounterRandom kernel, TrialData d) {
    kernel.normals(d.type(), 1, 0, d.n(), 0, d.out().data());
    if (d.type() == FloatType.FLOAT64) {
      kernel.uniforms(1, 0, d.n(), 0, d.out().data());
    }
  }

  private static void pairwise(PairwiseProducts kernel, TrialData d) {
    Matrix x = d.x();
    Matrix y = d.y();
    if (d.type() != FloatType.FLOAT64) {
      kernel.narrow(x, y, d.values(), d.scratch());
    }
    kernel.rows(x, y, d.values(), d.scratch());
  }

  /// Packs rows and adds their cross-products.
  private static void cross(CrossProducts kernel, TrialData d) {
    Matrix x = d.x();
    int rows = x.rows();
    int dim = x.columns();
    double[] c = new double[kernel.length(dim)];
    CrossProducts.Block block = kernel.block(d.type(), dim);
    kernel.pack(x, d.a(), block, 0);
    kernel.add(block, rows, dim, c, 0, CrossProducts.tiles(dim));
  }
}
