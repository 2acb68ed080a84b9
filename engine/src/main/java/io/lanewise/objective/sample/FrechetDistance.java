package io.lanewise.objective.sample;

import io.lanewise.linalg.SymmetricFactor;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Fréchet distance between the Gaussians fitted to two sets of features, as in FID: `|mu1 - mu2|^2
/// + tr(S1) + tr(S2) - 2 tr((S1^1/2 S2 S1^1/2)^1/2)`, squared, without unit.
///
/// A set is given as features (n rows of d), or as statistics: d rows with the element of the mean
/// in role `mu` and the row of the covariance in role `sigma`, which is what an `.npz` with arrays
/// `mu` and `sigma` holds. No epsilon is added and nothing is clipped; a matrix that is not
/// positive semidefinite is an error. With `covariance=diagonal` only variances are used, with
/// `none` only means.
public final class FrechetDistance implements SampleMetric {
  private static final String REAL = "real";
  private static final String GENERATED = "generated";
  private static final String FEATURES = "features";

  private static final Parameter<String> COVARIANCE =
      Parameter.choice(
          "covariance",
          "full",
          "full: FID; diagonal: variances only; none: means only.",
          List.of("full", "diagonal", "none"));

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "frechet-distance",
        List.of("frechet", "fid"),
        Family.SAMPLE,
        "Fréchet distance",
        "|mu1 - mu2|^2 + tr(S1 + S2 - 2 (S1^1/2 S2 S1^1/2)^1/2), covariances over n - 1",
        "Heusel et al., GANs Trained by a Two Time-Scale Update Rule, arXiv:1706.08500, equation 6",
        List.of(
            set(REAL, "The reference: features or statistics of real data."),
            set(GENERATED, "Features or statistics of generated data.")),
        List.of(COVARIANCE),
        List.of());
  }

  private static RowSet set(String name, String doc) {
    return new RowSet(
        name,
        true,
        doc,
        List.of(
            Role.vector(FEATURES, "feature", "Features, one sample a row; or:").optional(),
            Role.scalar("mu", "mean of feature i in row i, and").optional(),
            Role.vector("sigma", "feature", "row i of the covariance.").optional()));
  }

  @Override
  public State newState(Binding binding) {
    boolean full = binding.get(COVARIANCE).equals("full");
    return new Distance(
        binding.get(COVARIANCE), side(binding, REAL, full), side(binding, GENERATED, full));
  }

  private static Side side(Binding binding, String set, boolean full) {
    boolean features = binding.has(set, FEATURES);
    boolean statistics = binding.has(set, "mu") && binding.has(set, "sigma");
    if (features == statistics) {
      throw new IllegalArgumentException(
          "set '%s': found %s role 'features' and roles 'mu' with 'sigma', expected one of the two"
              .formatted(set, features ? "both" : "neither"));
    }
    return features
        ? new Samples(new Gaussian(binding.kernels(), binding.width(set, FEATURES), full))
        : new Given(set, binding.width(set, "sigma"));
  }

  @Override
  public List<String> measures(Binding binding) {
    return binding.get(COVARIANCE).equals("full")
        ? List.of(
            "frechet-distance",
            "mean-term",
            "covariance-term",
            "rank-real",
            "rank-generated",
            "smallest-eigenvalue-real",
            "smallest-eigenvalue-generated")
        : List.of("frechet-distance", "mean-term", "covariance-term");
  }

  /// One set: its mean and covariance.
  private sealed interface Side {
    void update(Rows rows);

    void merge(Side later);

    void fields(StateFields fields);

    /// The rows behind the statistics; 0 where they were given.
    long count();

    double[] mean();

    double variance(int j);

    double[] covariance();
  }

  private record Samples(Gaussian gaussian) implements Side {
    @Override
    public void update(Rows rows) {
      gaussian.update(rows, FEATURES);
    }

    @Override
    public void merge(Side later) {
      gaussian.merge(((Samples) later).gaussian);
    }

    @Override
    public void fields(StateFields fields) {
      gaussian.fields(fields);
    }

    @Override
    public long count() {
      return gaussian.count();
    }

    @Override
    public double[] mean() {
      if (gaussian.count() < 2) {
        throw new IllegalArgumentException(
            "found %d rows, expected at least 2 for a covariance".formatted(gaussian.count()));
      }
      double[] mean = new double[gaussian.dim()];
      Arrays.setAll(mean, gaussian::mean);
      return mean;
    }

    @Override
    public double variance(int j) {
      return gaussian.variance(j, 1);
    }

    @Override
    public double[] covariance() {
      return gaussian.covariance();
    }
  }

  /// Statistics that were computed before, as d rows.
  private static final class Given implements Side {
    private final String set;
    private final int dim;
    private final double[] mean;
    private final double[] covariance;
    private int rows;

    Given(String set, int dim) {
      this.set = set;
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
        mean[rows] = Gaussian.element(in.type(), in.vector("mu"), i);
        for (int j = 0; j < dim; j++) {
          covariance[rows * dim + j] =
              Gaussian.element(in.type(), in.vector("sigma"), (long) i * dim + j);
        }
        rows++;
      }
    }

    private IllegalArgumentException wrongRows(int found) {
      return new IllegalArgumentException(
          "statistics of set '%s': found %d rows, expected %d as there are columns in sigma"
              .formatted(set, found, dim));
    }

    @Override
    public void merge(Side later) {
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
    public double[] mean() {
      if (rows != dim) {
        throw wrongRows(rows);
      }
      return mean;
    }

    @Override
    public double variance(int j) {
      return covariance[j * dim + j];
    }

    @Override
    public double[] covariance() {
      return covariance;
    }
  }

  private static final class Distance implements State {
    private final String kind;
    private final Side real;
    private final Side generated;

    Distance(String kind, Side real, Side generated) {
      this.kind = kind;
      this.real = real;
      this.generated = generated;
    }

    @Override
    public void update(String set, Rows rows) {
      (set.equals(REAL) ? real : generated).update(rows);
    }

    @Override
    public void merge(State later) {
      Distance other = (Distance) later;
      real.merge(other.real);
      generated.merge(other.generated);
    }

    @Override
    public void fields(StateFields fields) {
      real.fields(fields.part(REAL));
      generated.fields(fields.part(GENERATED));
    }

    @Override
    public Finished finish() {
      double[] mean1 = real.mean();
      double[] mean2 = generated.mean();
      double meanTerm = 0;
      for (int j = 0; j < mean1.length; j++) {
        double difference = mean1[j] - mean2[j];
        meanTerm += difference * difference;
      }
      List<Measure> details = new ArrayList<>();
      double covarianceTerm =
          switch (kind) {
            case "none" -> 0;
            case "diagonal" -> diagonalTerm(mean1.length);
            default -> fullTerm(mean1.length, details);
          };
      List<Measure> measures = new ArrayList<>();
      measures.add(
          measure(
              "frechet-distance",
              meanTerm + covarianceTerm,
              Direction.LOWER,
              "mean-term + covariance-term, covariance: " + kind));
      measures.add(measure("mean-term", meanTerm, Direction.NEITHER, "|mu1 - mu2|^2"));
      measures.add(
          measure(
              "covariance-term",
              covarianceTerm,
              Direction.NEITHER,
              "tr(S1) + tr(S2) - 2 tr((S1^1/2 S2 S1^1/2)^1/2)"));
      measures.addAll(details);
      return new Finished(measures, List.of(), List.of());
    }

    private double diagonalTerm(int dim) {
      double sum = 0;
      for (int j = 0; j < dim; j++) {
        double a = real.variance(j);
        double b = generated.variance(j);
        if (a < 0 || b < 0) {
          throw new IllegalArgumentException(
              "variance of feature %d: found %s, expected 0 or more".formatted(j, Math.min(a, b)));
        }
        sum += a + b - 2 * Math.sqrt(a * b);
      }
      return sum;
    }

    private double fullTerm(int dim, List<Measure> details) {
      SymmetricFactor first = SymmetricFactor.of(real.covariance(), dim);
      SymmetricFactor second = SymmetricFactor.of(generated.covariance(), dim);
      details.add(rank("rank-real", first));
      details.add(rank("rank-generated", second));
      details.add(smallest("smallest-eigenvalue-real", first));
      details.add(smallest("smallest-eigenvalue-generated", second));
      return first.trace() + second.trace() - 2 * first.traceOfRoot(second);
    }

    private Measure rank(String name, SymmetricFactor factor) {
      return measure(
          name, factor.rank(), Direction.NEITHER, "eigenvalues of the covariance above rounding");
    }

    private Measure smallest(String name, SymmetricFactor factor) {
      return measure(
          name, factor.smallestEigenvalue(), Direction.NEITHER, "smallest eigenvalue, as computed");
    }

    private Measure measure(String name, double value, Direction better, String definition) {
      return new Measure(
          name,
          value,
          Double.NaN,
          "none",
          real.count() + generated.count(),
          "1",
          better,
          definition);
    }
  }
}
