package io.lanewise.objective.diffusion;

import io.lanewise.batch.Names;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// A discrete diffusion schedule as float64 tables over `t` in `[0, T)`: `x_t = sqrt(alphaBar[t])
/// x0 + sqrt(noise[t]) eps`.
///
/// | name | betas | source |
/// |---|---|---|
/// | `linear` | 1e-4 to 0.02, whatever T | Ho et al., DDPM |
/// | `linear-scaled` | the same times 1000 / T | improved-diffusion |
/// | `scaled-linear` | square roots are linear, from those of 0.00085 and 0.012 | latent diffusion |
/// | `squared-cosine` | `1 - f(i+1) / f(i)`, `f(i) = cos((i/T + 0.008) / 1.008 * pi / 2)^2`, at most 0.999 | Nichol and Dhariwal |
/// | `sigmoid` | `sigmoid(u) (0.02 - 1e-4) + 1e-4`, u from -6 to 6 | GeoDiff, diffusers |
///
/// Each of them followed by `-zero-snr` is rescaled to have no signal at the end
/// ([#zeroTerminalSnr]).
///
/// `noise` is `1 - alphaBar` without its cancellation: it follows from the sum of `log1p(-beta)` by
/// `expm1`, so it keeps all digits near t = 0.
///
/// @param name the name it was made under, or `custom`
/// @param beta the variance that step t adds, `alphaBar[t] = prod (1 - beta)`
/// @param alphaBar the fraction of signal power left after step t
/// @param noise `1 - alphaBar[t]`
@SuppressWarnings("ArrayRecordComponent") // tables, never written after construction
public record Schedule(String name, double[] beta, double[] alphaBar, double[] noise) {
  private static final List<String> PLAIN =
      List.of("linear", "linear-scaled", "scaled-linear", "squared-cosine", "sigmoid");
  private static final String ZERO_SNR = "-zero-snr";

  /// The names.
  public static final List<String> NAMES =
      Stream.concat(PLAIN.stream(), PLAIN.stream().map(n -> n + ZERO_SNR)).toList();

  /// Those that take the first and the last beta, as in `linear:1e-4:0.02`.
  private static final List<String> WITH_ENDS = List.of("linear", "scaled-linear", "sigmoid");

  /// What goes before the numbers of a custom schedule, as in `betas:0.1,0.2`.
  public static final List<String> CUSTOM = List.of("betas", "alpha-bars", "sigmas");

  /// The schedule of that name with `steps` steps; or a custom one of its own length, of numbers
  /// with commas between: `betas:…`, `alpha-bars:…` or `sigmas:…`, each also with `-zero-snr`
  /// before the colon; or `linear`, `scaled-linear` or `sigmoid` with the first and the last beta,
  /// as in `linear:1e-4:0.02` (also with `-zero-snr` before the colon).
  ///
  /// @throws IllegalArgumentException for an unknown name, or numbers that make no schedule
  public static Schedule of(String name, int steps) {
    int colon = name.indexOf(':');
    if (colon >= 0) {
      String kind = name.substring(0, colon);
      String rest = name.substring(colon + 1);
      return isWithEnds(kind) ? withEnds(kind, rest.split(":", -1), steps) : custom(kind, rest);
    }
    if (name.endsWith(ZERO_SNR) && NAMES.contains(name)) {
      return of(plain(name), steps).zeroTerminalSnr();
    }
    double[] betas =
        switch (name) {
          case "linear" -> linear(1e-4, 0.02, steps);
          case "linear-scaled" -> linear(1e-4 * (1000.0 / steps), 0.02 * (1000.0 / steps), steps);
          case "scaled-linear" -> squared(linear(Math.sqrt(0.00085), Math.sqrt(0.012), steps));
          case "squared-cosine" -> squaredCosine(steps);
          case "sigmoid" -> sigmoid(1e-4, 0.02, steps);
          default -> throw Names.unknown("schedule", name, NAMES);
        };
    return ofBetas(name, betas);
  }

  private static boolean isWithEnds(String kind) {
    return WITH_ENDS.contains(plain(kind));
  }

  private static String plain(String kind) {
    return kind.endsWith(ZERO_SNR) ? kind.substring(0, kind.length() - ZERO_SNR.length()) : kind;
  }

  private static Schedule withEnds(String kind, String[] ends, int steps) {
    if (ends.length != 2) {
      throw new IllegalArgumentException(
          "schedule '%s': found %d numbers, expected the first and the last beta"
              .formatted(kind, ends.length));
    }
    double first = number(ends[0]);
    double last = number(ends[1]);
    double[] betas =
        switch (plain(kind)) {
          case "linear" -> linear(first, last, steps);
          case "scaled-linear" -> squared(linear(Math.sqrt(first), Math.sqrt(last), steps));
          default -> sigmoid(first, last, steps);
        };
    Schedule schedule = ofBetas("custom", betas);
    return plain(kind).equals(kind) ? schedule : schedule.zeroTerminalSnr();
  }

  private static Schedule custom(String kind, String text) {
    if (kind.endsWith(ZERO_SNR)) {
      return custom(plain(kind), text).zeroTerminalSnr();
    }
    double[] numbers = Arrays.stream(text.split(",", -1)).mapToDouble(Schedule::number).toArray();
    return switch (kind) {
      case "betas" -> ofBetas("custom", numbers);
      case "alpha-bars" -> ofAlphaBars("custom", numbers);
      case "sigmas" -> ofSigmas("custom", numbers);
      default -> throw Names.unknown("schedule", kind, CUSTOM);
    };
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "schedule: found '%s', expected a number".formatted(text), e);
    }
  }

  /// Whether `name` may name a schedule: a known one, or one of given numbers whatever they are.
  public static boolean isName(String name) {
    int colon = name.indexOf(':');
    String kind = plain(name.substring(0, Math.max(colon, 0)));
    return NAMES.contains(name) || CUSTOM.contains(kind) || WITH_ENDS.contains(kind);
  }

  /// A schedule of given signal powers `alphaBar`, each `1 - alphaBar` by subtraction.
  ///
  /// @param alphaBars in [0, 1], not ascending
  /// @throws IllegalArgumentException if there is none, or one is outside or above the one before
  public static Schedule ofAlphaBars(String name, double... alphaBars) {
    double[] noise = new double[alphaBars.length];
    Arrays.setAll(noise, t -> 1 - alphaBars[t]);
    return ofLevels(name, alphaBars.clone(), noise);
  }

  /// A schedule of given noise levels of the variance-exploding form, `alphaBar = 1 / (1 +
  /// sigma^2)`.
  ///
  /// @param sigmas not negative, ascending or equal
  /// @throws IllegalArgumentException if there is none, or one is negative or below the one before
  public static Schedule ofSigmas(String name, double... sigmas) {
    double[] alphaBar = new double[sigmas.length];
    double[] noise = new double[sigmas.length];
    for (int t = 0; t < sigmas.length; t++) {
      if (!(sigmas[t] >= 0)) {
        throw new IllegalArgumentException(
            "schedule '%s': found sigma[%d] = %s, expected a number >= 0"
                .formatted(name, t, sigmas[t]));
      }
      double inverse = 1 / sigmas[t];
      alphaBar[t] = 1 / (1 + sigmas[t] * sigmas[t]);
      // The square of a large sigma may overflow, that of its inverse then vanishes.
      noise[t] = sigmas[t] == 0 ? 0 : 1 / (1 + inverse * inverse);
    }
    return ofLevels(name, alphaBar, noise);
  }

  private static Schedule ofLevels(String name, double[] alphaBar, double[] noise) {
    if (alphaBar.length == 0) {
      throw new IllegalArgumentException(
          "schedule '%s': found no steps, expected at least one".formatted(name));
    }
    double[] beta = new double[alphaBar.length];
    for (int t = 0; t < beta.length; t++) {
      double before = t == 0 ? 1 : alphaBar[t - 1];
      if (!(alphaBar[t] >= 0 && alphaBar[t] <= before)) {
        throw new IllegalArgumentException(
            "schedule '%s': found alphaBar[%d] = %s, expected a number in [0, %s]"
                .formatted(name, t, alphaBar[t], before));
      }
      beta[t] = before == 0 ? 0 : added(before, t == 0 ? 0 : noise[t - 1], alphaBar[t], noise[t]);
    }
    return new Schedule(name, beta, alphaBar, noise);
  }

  /// A schedule of given betas.
  ///
  /// @param name what to call it
  /// @param betas each in [0, 1)
  /// @throws IllegalArgumentException if there is none, or one is outside
  public static Schedule ofBetas(String name, double... betas) {
    if (betas.length == 0) {
      throw new IllegalArgumentException(
          "schedule '%s': found no steps, expected at least one".formatted(name));
    }
    double[] alphaBar = new double[betas.length];
    double[] noise = new double[betas.length];
    double product = 1;
    double log = 0;
    double lost = 0;
    for (int t = 0; t < betas.length; t++) {
      if (!(betas[t] >= 0 && betas[t] < 1)) {
        throw new IllegalArgumentException(
            "schedule '%s' with %d steps: found beta[%d] = %s, expected a number in [0, 1)"
                .formatted(name, betas.length, t, betas[t]));
      }
      product *= 1 - betas[t];
      alphaBar[t] = product;
      // Kahan's sum: T roundings would cost more than one logarithm has.
      double term = StrictMath.log1p(-betas[t]) - lost;
      double sum = log + term;
      lost = (sum - log) - term;
      log = sum;
      noise[t] = -StrictMath.expm1(log);
    }
    return new Schedule(name, betas.clone(), alphaBar, noise);
  }

  /// This schedule with `sqrt(alphaBar)` shifted and scaled so that the last is 0 and the first is
  /// kept: no signal is left at the end, and the last beta is 1. Lin et al., Common Diffusion Noise
  /// Schedules and Sample Steps are Flawed, arXiv:2305.08891, algorithm 1.
  ///
  /// @throws IllegalArgumentException if there is only one step
  public Schedule zeroTerminalSnr() {
    int steps = steps();
    if (steps < 2) {
      throw new IllegalArgumentException(
          "schedule '%s': found %d steps, expected at least 2 to rescale".formatted(name, steps));
    }
    double first = Math.sqrt(alphaBar[0]);
    double last = Math.sqrt(alphaBar[steps - 1]);
    double[] rescaled = new double[steps];
    double[] rest = new double[steps];
    double[] betas = new double[steps];
    double firstGap = gap(0);
    for (int t = 0; t < steps; t++) {
      double root = (Math.sqrt(alphaBar[t]) - last) * first / (first - last);
      rescaled[t] = root * root;
      // 1 - root, from 1 - sqrt(alphaBar), which is known without cancellation.
      double gap = (first * gap(t) - last * firstGap) / (first - last);
      rest[t] = gap * (1 + root);
    }
    rescaled[0] = alphaBar[0];
    rest[0] = noise[0];
    rescaled[steps - 1] = 0;
    rest[steps - 1] = 1;
    betas[0] = rest[0];
    for (int t = 1; t < steps; t++) {
      betas[t] = added(rescaled[t - 1], rest[t - 1], rescaled[t], rest[t]);
    }
    return new Schedule(name.endsWith(ZERO_SNR) ? name : name + ZERO_SNR, betas, rescaled, rest);
  }

  /// `1 - signal / signalBefore`, by the form that cancels less.
  private static double added(
      double signalBefore, double noiseBefore, double signal, double noise) {
    return signal > 0.5 ? (noise - noiseBefore) / signalBefore : 1 - signal / signalBefore;
  }

  /// `1 - sqrt(alphaBar[t])`.
  private double gap(int t) {
    return noise[t] / (1 + Math.sqrt(alphaBar[t]));
  }

  /// The number of steps T.
  public int steps() {
    return beta.length;
  }

  /// The signal-to-noise ratio `alphaBar / (1 - alphaBar)`; 0 without signal, infinity without
  /// noise.
  public double snr(int t) {
    return alphaBar[t] / noise[t];
  }

  /// The natural logarithm of [#snr]; -infinity without signal.
  public double logSnr(int t) {
    return StrictMath.log(alphaBar[t]) - StrictMath.log(noise[t]);
  }

  /// The sigma of the variance-exploding form `x / sqrt(alphaBar) = x0 + sigma eps`: `sqrt((1 -
  /// alphaBar) / alphaBar)`; infinity without signal.
  public double sigma(int t) {
    return Math.sqrt(noise[t] / alphaBar[t]);
  }

  /// The Gaussian `q(x_previous | x_t, x0)`; `previous` is -1 for clean data.
  ///
  /// @throws IndexOutOfBoundsException for a timestep that the schedule does not have
  public Posterior posterior(int t, int previous) {
    double before = previous < 0 ? 1 : alphaBar[previous];
    double noiseBefore = previous < 0 ? 0 : noise[previous];
    double step = previous == t - 1 ? beta[t] : added(before, noiseBefore, alphaBar[t], noise[t]);
    return Posterior.of(before, noiseBefore, alphaBar[t], noise[t], step);
  }

  /// This schedule with only the given timesteps, as improved-diffusion's SpacedDiffusion: the same
  /// alphaBars, and for betas those of the whole way from the kept timestep before.
  ///
  /// @param timesteps ascending
  /// @throws IllegalArgumentException if there is none, they do not ascend, or one is not of this
  ///   schedule
  public Schedule respaced(int... timesteps) {
    double[] kept = new double[timesteps.length];
    double[] rest = new double[timesteps.length];
    for (int k = 0; k < timesteps.length; k++) {
      int t = timesteps[k];
      if (t < 0 || t >= steps() || (k > 0 && t <= timesteps[k - 1])) {
        throw new IllegalArgumentException(
            "timesteps: found %d at %d, expected ascending ones from 0 to %d"
                .formatted(t, k, steps() - 1));
      }
      kept[k] = alphaBar[t];
      rest[k] = noise[t];
    }
    return ofLevels(name, kept, rest);
  }

  /// The natural logarithms of the posterior variances of neighbouring steps, the first (which is
  /// that of 0) replaced by the second, as improved-diffusion clips them.
  ///
  /// @return T numbers; one step alone keeps -infinity
  public double[] posteriorLogVarianceClipped() {
    double[] logs = new double[steps()];
    for (int t = 0; t < logs.length; t++) {
      logs[t] = StrictMath.log(posterior(t, t - 1).variance());
    }
    if (logs.length > 1) {
      logs[0] = logs[1];
    }
    return logs;
  }

  /// As NumPy's linspace: `start + i * step`, with the last exactly `end`.
  static double[] linear(double start, double end, int steps) {
    double[] values = new double[steps];
    double step = (end - start) / (steps - 1);
    for (int i = 0; i < steps; i++) {
      values[i] = i * step + start;
    }
    if (steps > 1) {
      values[steps - 1] = end;
    } else {
      values[0] = start;
    }
    return values;
  }

  private static double[] squared(double[] roots) {
    for (int i = 0; i < roots.length; i++) {
      roots[i] *= roots[i];
    }
    return roots;
  }

  private static double[] sigmoid(double start, double end, int steps) {
    double[] betas = linear(-6, 6, steps);
    for (int i = 0; i < steps; i++) {
      betas[i] = 1 / (1 + StrictMath.exp(-betas[i])) * (end - start) + start;
    }
    return betas;
  }

  private static double[] squaredCosine(int steps) {
    double[] betas = new double[steps];
    for (int i = 0; i < steps; i++) {
      double before = angle((double) i / steps);
      double after = angle((double) (i + 1) / steps);
      double cosine = StrictMath.cos(before);
      // cos(a)^2 - cos(b)^2 = sin(b - a) sin(b + a)
      double drop = StrictMath.sin(Math.PI / 2 / 1.008 / steps) * StrictMath.sin(after + before);
      betas[i] = Math.min(drop / (cosine * cosine), 0.999);
    }
    return betas;
  }

  private static double angle(double t) {
    return (t + 0.008) / 1.008 * Math.PI / 2;
  }
}
