package io.lanewise.objective.sample;

import io.lanewise.batch.DType;
import io.lanewise.linalg.Symmetry;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Rows;
import io.lanewise.objective.StateFields;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One set of the Fréchet distance: where its mean and covariance come from.
sealed interface FrechetSide {
  void update(Rows rows);

  void merge(FrechetSide later);

  void fields(StateFields fields);

  /// The rows behind the statistics; 0 where they were given.
  long count();

  FittedGaussian fitted();

  /// The Gaussians fitted to all rows but those of one block, for each block; none where statistics
  /// were given or blocks were not asked for.
  List<FittedGaussian> withoutBlocks();

  /// Rows of features.
  final class Samples implements FrechetSide {
    private final Binding binding;
    private final String set;
    private final String role;
    private final Gaussian gaussian;
    private final boolean full;

    /// Of the variances.
    private final int ddof;

    /// Row i is in block `i mod n`, so that blocks do not depend on how many rows there will be.
    private final List<Gaussian> blocks = new ArrayList<>();

    /// Where rows will be drawn from again: all of them.
    private final @Nullable HeldRows kept;

    /// @param role the features
    /// @param blocks blocks of the jackknife; 0 for none
    /// @param keeps whether rows will be drawn from again
    Samples(Binding binding, String set, String role, boolean full, int blocks, boolean keeps) {
      this.binding = binding;
      this.set = set;
      this.role = role;
      this.full = full;
      ddof = Math.toIntExact(binding.get(FrechetDistance.DDOF));
      int dim = binding.width(set, role);
      binding.workers().require(full ? (2L * blocks + 2) * Gaussian.bytes(dim) : 0);
      gaussian = newGaussian();
      for (int i = 0; i < blocks; i++) {
        this.blocks.add(newGaussian());
      }
      kept = keeps ? HeldRows.of(binding, new MemoryClaim(binding.workers()), set, role) : null;
    }

    private Gaussian newGaussian() {
      return new Gaussian(binding.kernels(), binding.workers(), binding.width(set, role), full);
    }

    @Override
    public void update(Rows rows) {
      DType type = rows.type();
      MemorySegment x = rows.vector(role);
      if (!blocks.isEmpty()) {
        long first = gaussian.count();
        for (int i = 0; i < rows.count(); i++) {
          blocks.get((int) ((first + i) % blocks.size())).update(type, x, i, i + 1);
        }
      }
      gaussian.update(type, x, 0, rows.count());
      if (kept != null) {
        kept.update(rows, role);
      }
    }

    @Override
    public void merge(FrechetSide later) {
      Samples other = (Samples) later;
      long first = gaussian.count();
      for (int i = 0; i < blocks.size(); i++) {
        blocks.get((int) ((first + i) % blocks.size())).merge(other.blocks.get(i));
      }
      gaussian.merge(other.gaussian);
      if (kept != null && other.kept != null) {
        kept.merge(other.kept);
      }
    }

    @Override
    public void fields(StateFields fields) {
      if (kept != null) {
        throw StateFields.notStorable("keeps every row for 'infinity-sizes'");
      }
      gaussian.fields(fields);
      for (int i = 0; i < blocks.size(); i++) {
        blocks.get(i).fields(fields.part("block-" + i));
      }
    }

    @Override
    public long count() {
      return gaussian.count();
    }

    @Override
    public FittedGaussian fitted() {
      // Means alone need one row, sizes to extrapolate from two.
      int least = binding.get(FrechetDistance.COVARIANCE).equals("none") && kept == null ? 1 : 2;
      if (gaussian.count() < least) {
        throw new IllegalArgumentException(
            "set '%s': found %d rows, expected at least %d%s"
                .formatted(set, gaussian.count(), least, least == 2 ? " for a covariance" : ""));
      }
      return FittedGaussian.of(gaussian, full, ddof);
    }

    @Override
    public List<FittedGaussian> withoutBlocks() {
      if (!blocks.isEmpty() && gaussian.count() < 2L * blocks.size()) {
        throw new IllegalArgumentException(
            "jackknife over %d blocks: found %d rows in set '%s', expected at least %d"
                .formatted(blocks.size(), gaussian.count(), set, 2 * blocks.size()));
      }
      List<FittedGaussian> fitted = new ArrayList<>();
      for (Gaussian without : blocks) {
        Gaussian rest = newGaussian();
        for (Gaussian block : blocks) {
          if (block != without) {
            rest.merge(block);
          }
        }
        fitted.add(FittedGaussian.of(rest, full, ddof));
      }
      return fitted;
    }

    /// The Gaussian fitted to some of the rows; only where rows are kept.
    FittedGaussian ofRows(int[] chosen, int count) {
      HeldRows from = Objects.requireNonNull(kept, "rows");
      Gaussian some = newGaussian();
      for (int i = 0; i < count; i++) {
        some.update(from.type(), from.rows(chosen[i], 1), 0, 1);
      }
      return FittedGaussian.of(some, full, ddof);
    }
  }

  /// Statistics that were computed before, as d rows.
  final class Given implements FrechetSide {
    private final String set;
    private final String mu;
    private final String sigma;
    private final int dim;
    private final double[] mean;
    private final double[] covariance;
    private int rows;

    /// @param mu the role of the mean
    /// @param sigma the role of the covariance
    Given(String set, String mu, String sigma, int dim) {
      this.set = set;
      this.mu = mu;
      this.sigma = sigma;
      this.dim = dim;
      mean = new double[dim];
      covariance = new double[Math.multiplyExact(dim, dim)];
    }

    @Override
    public void update(Rows in) {
      if (rows + in.count() > dim) {
        throw wrongRows(rows + in.count());
      }
      for (int i = 0; i < in.count(); i++) {
        mean[rows] = Gaussian.element(in.type(), in.vector(mu), i);
        for (int j = 0; j < dim; j++) {
          covariance[rows * dim + j] =
              Gaussian.element(in.type(), in.vector(sigma), (long) i * dim + j);
        }
        rows++;
      }
    }

    private IllegalArgumentException wrongRows(int found) {
      return new IllegalArgumentException(
          "statistics of set '%s': found %d rows, expected %d as there are columns in '%s'"
              .formatted(set, found, dim, sigma));
    }

    @Override
    public void merge(FrechetSide later) {
      Given other = (Given) later;
      if (rows + other.rows > dim) {
        throw wrongRows(rows + other.rows);
      }
      System.arraycopy(other.mean, 0, mean, rows, other.rows);
      System.arraycopy(other.covariance, 0, covariance, rows * dim, other.rows * dim);
      rows += other.rows;
    }

    @Override
    public void fields(StateFields fields) {
      rows = fields.size("rows", rows);
      if (rows > dim) {
        throw wrongRows(rows);
      }
      fields.numbers("mean", mean);
      fields.numbers("covariance", covariance);
    }

    @Override
    public long count() {
      return 0;
    }

    @Override
    public FittedGaussian fitted() {
      if (rows != dim) {
        throw wrongRows(rows);
      }
      requireSymmetric();
      return new FittedGaussian(mean, covariance, stored());
    }

    /// Whether the statistics are numbers of float32, whichever type they are stored in.
    private boolean isFloat32() {
      for (double value : covariance) {
        if (value != (float) value) {
          return false;
        }
      }
      return true;
    }

    /// Sums in another order leave a few roundings between elements that should be equal: of their
    /// own size, and where a program subtracts `mu_i mu_j`, of that.
    private void requireSymmetric() {
      double share = isFloat32() ? 256 * 0x1p-24 : 4096 * 0x1p-53;
      Symmetry.Tolerance ofDiagonal = Symmetry.shareOfDiagonal(covariance, 0, dim, share);
      String found =
          Symmetry.difference(
              covariance,
              0,
              dim,
              (i, j) -> ofDiagonal.of(i, j) + 64 * 0x1p-53 * Math.abs(mean[i] * mean[j]));
      if (!found.isEmpty()) {
        throw new IllegalArgumentException(
            "set '%s': found '%s' with %s, expected a symmetric matrix"
                .formatted(set, sigma, found));
      }
    }

    /// The spectral norm of what the numbers of the covariance were rounded by: some roundings to
    /// their type, of float32 or float64, as a share of the matrix' Frobenius norm; and where a
    /// program summed up squares and then subtracted those of the mean, some of float64 of those.
    private double stored() {
      double squares = 0;
      for (double value : covariance) {
        squares += value * value;
      }
      double ofMean = 0;
      for (double value : mean) {
        ofMean += value * value;
      }
      double unit = isFloat32() ? 0x1p-24 : 0x1p-53;
      return 8 * unit * Math.sqrt(squares) + 64 * 0x1p-53 * ofMean;
    }

    @Override
    public List<FittedGaussian> withoutBlocks() {
      return List.of();
    }
  }
}
