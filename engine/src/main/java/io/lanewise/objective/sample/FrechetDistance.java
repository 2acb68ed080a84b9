package io.lanewise.objective.sample;

import io.lanewise.batch.Batch;
import io.lanewise.linalg.Algebra;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.StateFields;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Fréchet distance between the Gaussians fitted to two sets of features, as in FID: `|mu1 - mu2|^2
/// + tr(S1) + tr(S2) - 2 tr((S1^1/2 S2 S1^1/2)^1/2)`, squared, without unit.
///
/// A set is given as features (n rows of d), or as statistics: d rows with the element of the mean
/// in role `mu` and the row of the covariance in role `sigma`, which is what an `.npz` with arrays
/// `mu` and `sigma` holds. No epsilon is added and nothing is clipped; a matrix that is not
/// positive semidefinite is an error. With `covariance=diagonal` only variances are used, with
/// `none` only means.
///
/// Asked for the outputs `mu` and `sigma`, it writes each set's statistics, a file a set with d
/// rows: as `.npz` what pytorch-fid and guided-diffusion read, and what this reads.
///
/// A second set of features, such as the spatial ones of sFID, comes in sets of its own, which have
/// their own width, and where they are statistics their own number of rows. It is compared beside
/// the first: the same measures, named `spatial-…`. Asked for `mu_s` and `sigma_s` too, a set's
/// `.npz` holds all four arrays, as guided-diffusion's reference files do.
public final class FrechetDistance implements SampleMetric {
  static final String REAL = "real";
  static final String GENERATED = "generated";

  /// Two sets of features that are compared: those of FID, or the spatial ones of sFID.
  ///
  /// @param sets what their sets' names end with
  /// @param roles what their roles' and outputs' names end with, as those of arrays in files do
  /// @param measures what their measures' names begin with
  record Layer(String sets, String roles, String measures) {
    String features() {
      return "features" + roles;
    }

    String mu() {
      return "mu" + roles;
    }

    String sigma() {
      return "sigma" + roles;
    }

    boolean wanted(Binding binding) {
      return binding.wants(mu()) || binding.wants(sigma());
    }
  }

  private static final Layer FIRST = new Layer("", "", "");
  private static final Layer SPATIAL = new Layer("-spatial", "_s", "spatial-");

  static final Parameter<String> COVARIANCE =
      Parameter.choice(
          "covariance",
          "full",
          "full: FID; diagonal: variances only; none: means only.",
          List.of("full", "diagonal", "none"));
  static final Parameter<Long> DDOF =
      Parameter.integer(
          "ddof",
          "1",
          0,
          1,
          "With covariance diagonal: variances are over n - ddof, with 0 as in TF-GAN; otherwise 1.");
  static final Parameter<Long> BLOCKS =
      Parameter.integer(
          "jackknife-blocks",
          "0",
          0,
          1000,
          "Number of blocks of each set for a standard error by jackknife; 0 means none.");
  static final Parameter<Long> SIZES =
      Parameter.integer(
          "infinity-sizes",
          "0",
          0,
          1000,
          "Number of sizes, such as 15, from which to extrapolate to infinitely many generated rows; 0 means none.");
  static final Parameter<Long> SEED =
      Parameter.integer(
          "seed",
          "0",
          0,
          0xFFFFFFFFL,
          "Seed of NumPy's RandomState(seed), which draws the rows of each size.");

  @Override
  public void prepare() {
    Algebra.prepare();
  }

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
            set(REAL, FIRST, "The reference: features or statistics of real data."),
            set(GENERATED, FIRST, "Features or statistics of generated data."),
            set(REAL, SPATIAL, "Other features of the real data, such as those of sFID."),
            set(GENERATED, SPATIAL, "The same of the generated data.")),
        List.of(COVARIANCE, DDOF, BLOCKS, SIZES, SEED),
        Stream.of(REAL, GENERATED)
            .flatMap(set ->
                Stream.of(mu(set, FIRST), sigma(set, FIRST), mu(set, SPATIAL), sigma(set, SPATIAL)))
            .toList());
  }

  private static Output mu(String set, Layer layer) {
    return Output.number(layer.mu(), "1", "mean of feature i, in row i").of(set).onRequest();
  }

  private static Output sigma(String set, Layer layer) {
    return Output.vector(layer.sigma(), layer.features(), "1", "row i of the covariance")
        .of(set)
        .onRequest();
  }

  @Override
  public int width(Binding binding, Output output) {
    return width(binding, output.set(), output.name().equals(SPATIAL.sigma()) ? SPATIAL : FIRST);
  }

  private static int width(Binding binding, String set, Layer layer) {
    String name = set + layer.sets();
    return binding.width(
        name, binding.has(name, layer.features()) ? layer.features() : layer.sigma());
  }

  @Override
  public boolean writesTables(Binding binding) {
    return FIRST.wanted(binding) && SPATIAL.wanted(binding);
  }

  private static RowSet set(String name, Layer layer, String doc) {
    String dimension = layer.measures() + "feature";
    return new RowSet(
            name + layer.sets(),
            // Records compare by code that the JVM generates, each time it starts.
            layer.sets().equals(FIRST.sets()),
            doc,
            List.of(
                Role.vector(layer.features(), dimension, "Features, one sample a row; or:")
                    .optional(),
                Role.scalar(layer.mu(), "mean of feature i in row i, and").optional(),
                Role.vector(layer.sigma(), dimension, "row i of the covariance.").optional()))
        .choosing(
            Choice.oneOf(
                Choice.Way.of(layer.features()), Choice.Way.of(layer.mu(), layer.sigma())));
  }

  @Override
  public State newState(Binding binding) {
    return new Distances(
        layers(binding).stream().map(layer -> comparison(binding, layer)).toList());
  }

  private static List<Layer> layers(Binding binding) {
    boolean real = binding.hasSet(REAL + SPATIAL.sets());
    boolean generated = binding.hasSet(GENERATED + SPATIAL.sets());
    if (real != generated) {
      throw new IllegalArgumentException(
          "data: found set '%s' without '%s', expected both or neither"
              .formatted(
                  (real ? REAL : GENERATED) + SPATIAL.sets(),
                  (real ? GENERATED : REAL) + SPATIAL.sets()));
    }
    if (!real && SPATIAL.wanted(binding)) {
      throw new IllegalArgumentException(
          "outputs '%s', '%s': found no sets '%s' and '%s', expected what to compute them from"
              .formatted(
                  SPATIAL.mu(),
                  SPATIAL.sigma(),
                  REAL + SPATIAL.sets(),
                  GENERATED + SPATIAL.sets()));
    }
    return real ? List.of(FIRST, SPATIAL) : List.of(FIRST);
  }

  private static FrechetComparison comparison(Binding binding, Layer layer) {
    return new FrechetComparison(
        binding, layer, side(binding, REAL, layer, false), side(binding, GENERATED, layer, true));
  }

  private static FrechetSide side(Binding binding, String of, Layer layer, boolean drawn) {
    String set = of + layer.sets();
    boolean features = binding.has(set, layer.features());
    int blocks = Math.toIntExact(binding.get(BLOCKS));
    long sizes = binding.get(SIZES);
    if (blocks == 1) {
      throw new IllegalArgumentException(
          "parameter 'jackknife-blocks': found 1, expected 0 or at least 2");
    }
    if (sizes > 0 && sizes < 3) {
      throw new IllegalArgumentException(
          "parameter 'infinity-sizes': found %d, expected 0 or at least 3".formatted(sizes));
    }
    if (drawn && sizes > 0 && !features) {
      throw new IllegalArgumentException(
          "parameter 'infinity-sizes': found statistics of set '%s', expected features to draw from"
              .formatted(set));
    }
    boolean full = binding.get(COVARIANCE).equals("full");
    if (!full && layer.wanted(binding)) {
      throw new IllegalArgumentException(
          "outputs '%s', '%s': found covariance=%s, expected full"
              .formatted(layer.mu(), layer.sigma(), binding.get(COVARIANCE)));
    }
    if (binding.get(DDOF) == 0 && !(binding.get(COVARIANCE).equals("diagonal") && features)) {
      throw new IllegalArgumentException(
          "parameter 'ddof': found 0 with covariance=%s%s, expected it with covariance=diagonal of"
                  .formatted(binding.get(COVARIANCE), features ? "" : " of statistics")
              + " features");
    }
    return features
        ? new FrechetSide.Samples(binding, set, layer.features(), full, blocks, drawn && sizes > 0)
        : new FrechetSide.Given(set, layer.mu(), layer.sigma(), binding.width(set, layer.sigma()));
  }

  @Override
  public List<String> measures(Binding binding) {
    List<String> names =
        new ArrayList<>(
            List.of(
                "frechet-distance", "mean-term", "covariance-term", "rows-real", "rows-generated"));
    if (binding.get(COVARIANCE).equals("full")) {
      names.addAll(
          List.of(
              "rank-real",
              "rank-generated",
              "smallest-eigenvalue-real",
              "smallest-eigenvalue-generated"));
    }
    if (binding.get(SIZES) > 0) {
      names.add("frechet-distance-infinity");
    }
    return layers(binding).stream()
        .flatMap(layer -> names.stream().map(name -> layer.measures() + name))
        .toList();
  }

  /// The distances of the features, and of the spatial ones where they are there.
  private record Distances(List<FrechetComparison> layers) implements State {
    @Override
    public void update(String set, Rows rows) {
      layers.forEach(layer -> layer.update(set, rows));
    }

    @Override
    public void merge(State later) {
      for (int i = 0; i < layers.size(); i++) {
        layers.get(i).merge(((Distances) later).layers.get(i));
      }
    }

    @Override
    public void fields(StateFields fields) {
      layers.forEach(layer -> layer.fields(fields));
    }

    @Override
    public Finished finish() {
      List<Finished> finished = layers.stream().map(FrechetComparison::finish).toList();
      return new Finished(
          finished.stream().flatMap(f -> f.measures().stream()).toList(),
          finished.stream().flatMap(f -> f.arrays().stream()).toList(),
          finished.stream().flatMap(f -> f.verdicts().stream()).toList());
    }

    @Override
    public List<Batch> outputs(String set) {
      return layers.stream()
          .filter(FrechetComparison::isWanted)
          .map(layer -> layer.outputs(set))
          .toList();
    }
  }
}
