package io.lanewise.objective.variational;

import io.lanewise.batch.Matrix;
import io.lanewise.kernel.Kernels;
import io.lanewise.noise.GivenNoise;
import io.lanewise.noise.Noise;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Transform;
import io.lanewise.objective.support.NoiseInput;
import io.lanewise.objective.support.Patch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The reparameterization trick: samples `z = mu + exp(logvar / 2) * eps` of the posterior `N(mu,
/// exp(logvar))`, with eps from a column or drawn.
///
/// With `samples: K` a row of D dimensions gives one vector of K x D: sample k of a row is at `[k
/// D, (k +
/// 1) D)`, so a batch holds K samples of its rows, never those of the whole set. Drawn noise of
///    sample k is step k of the stream, so the first sample does not depend on K; a given eps
///    column holds K x D a row. `clamp-logvar` is off unless set; diffusers clamps to `-30,20`.
///
/// `log-q` is `ln q(z|x) = -1/2 sum_j (ln 2 pi + logvar_j + eps_j^2)`, from eps and not from z -
/// mu, so that nothing cancels; the mean over the K samples of a row, each in `log-q-samples`.
public final class Reparameterize implements Transform {
  private static final Parameter<Noise> NOISE =
      Parameter.noise("noise", "philox:0", "Source of eps; 'given' is the column in role eps.");
  private static final Parameter<Long> SAMPLES =
      Parameter.integer("samples", "1", 1, 1 << 20, "Samples of each row.");
  private static final Parameter<Clamp> CLAMP =
      new Parameter<>(
          "clamp-logvar",
          "off",
          "off or LOW,HIGH",
          "nats",
          "Range that logvar is clamped to before use.",
          Clamp::parse);

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "reparameterize",
        List.of("reparam"),
        Family.VARIATIONAL,
        "VAE reparameterization",
        "z = mu + exp(logvar / 2) * eps, eps ~ N(0, I)",
        "Kingma and Welling, Auto-Encoding Variational Bayes, arXiv:1312.6114, section 2.4",
        List.of(
            RowSet.rows(
                Role.vector("mu", "latent", "Posterior mean."),
                Role.vector("logvar", "latent", "Natural logarithm of the posterior variance."),
                Role.vector("eps", "noise", "The noise, if it is given: samples x D.")
                    .optional()
                    .when("noise", "given"))),
        List.of(NOISE, SAMPLES, CLAMP),
        List.of(
            Output.vector("z", "mu", "1", "mu + exp(logvar / 2) * eps; samples x D"),
            Output.vector("eps", "mu", "1", "the noise that was used; samples x D").onRequest(),
            Output.number(
                    "log-q",
                    "nats",
                    "mean over samples of -1/2 sum_j (ln 2 pi + logvar_j + eps_j^2)")
                .onRequest(),
            Output.vector("log-q-samples", "mu", "nats", "log q(z_k|x) of each sample")
                .onRequest()));
  }

  @Override
  public int width(Binding binding, Output output) {
    int samples = Math.toIntExact(binding.get(SAMPLES));
    return output.name().equals("log-q-samples")
        ? samples
        : Math.multiplyExact(samples, binding.width("mu"));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    int samples = Math.toIntExact(binding.get(SAMPLES));
    NoiseInput noise = new NoiseInput(binding, binding.get(NOISE), "eps", "mu");
    boolean given = binding.get(NOISE) instanceof GivenNoise;
    int expected = Math.multiplyExact(samples, binding.width("mu"));
    if (given && binding.width("eps") != expected) {
      throw new IllegalArgumentException(
          "role 'eps': found width %d, expected %d (samples x width of mu)"
              .formatted(binding.width("eps"), expected));
    }
    return new Function(binding.kernels(), noise, given, samples, binding.get(CLAMP));
  }

  /// A range for logvar, or none.
  private record Clamp(boolean on, double low, double high) {
    static Clamp parse(String text) {
      if (text.equals("off")) {
        return new Clamp(false, 0, 0);
      }
      int comma = text.indexOf(',');
      double low = Double.parseDouble(text.substring(0, Math.max(comma, 0)));
      double high = Double.parseDouble(text.substring(comma + 1));
      if (!(low <= high)) {
        throw new IllegalArgumentException();
      }
      return new Clamp(true, low, high);
    }
  }

  /// One worker's evaluation.
  private static final class Function implements RowFunction {
    private final Kernels kernels;
    private final NoiseInput noise;
    private final boolean given;
    private final int samples;
    private final Clamp clamp;
    private final Memory clamped = new Memory();
    private final Memory wide = new Memory();
    private final Memory deep = new Memory();
    private double[] volume = new double[0];
    private double[] square = new double[0];

    Function(Kernels kernels, NoiseInput noise, boolean given, int samples, Clamp clamp) {
      this.kernels = kernels;
      this.noise = noise;
      this.given = given;
      this.samples = samples;
      this.clamp = clamp;
    }

    @Override
    public void evaluate(Rows in, RowOutputs out) {
      int width = in.width("mu");
      boolean density = out.wants("log-q") || out.wants("log-q-samples");
      MemorySegment logvar = logvar(in, width);
      if (density) {
        startDensity(in, logvar, width, out);
      }
      if (given) {
        MemorySegment eps = in.vector("eps");
        if (out.wants("eps")) {
          out.vector("eps").copyFrom(eps.asSlice(0, bytes(in, samples * width)));
        }
      }
      boolean kept = given || density || out.wants("eps");
      for (int k = 0; k < samples; k++) {
        MemorySegment z = samples == 1 ? out.vector("z") : deep.of(bytes(in, width));
        if (kept) {
          MemorySegment eps = given ? givenSample(in, width, k) : noise.of(in, k);
          sample(in, Patch.all(in.count(), width), logvar, eps, z);
          if (!given && out.wants("eps")) {
            scatter(in, eps, out.vector("eps"), width, k);
          }
          if (density) {
            addDensity(in, eps, width, k, out);
          }
        } else {
          for (Patch patch : Patch.of(in.count(), width, in.type())) {
            sample(in, patch, logvar, noise.of(in, patch, k), z);
          }
        }
        if (samples > 1) {
          scatter(in, z, out.vector("z"), width, k);
        }
      }
    }

    private static long bytes(Rows in, int width) {
      return (long) in.count() * width * in.type().bytes();
    }

    /// @param eps of the part; the other operands are of the batch
    private void sample(
        Rows in, Patch patch, MemorySegment logvar, MemorySegment eps, MemorySegment z) {
      int width = in.width("mu");
      MemorySegment mean = patch.of(in.vector("mu"), width, in.type());
      MemorySegment spread = patch.of(logvar, width, in.type());
      MemorySegment to = patch.of(z, width, in.type());
      kernels
          .reparameterize()
          .each(
              Matrix.of(in.type(), mean, patch.rows(), patch.columns()),
              Matrix.of(in.type(), spread, patch.rows(), patch.columns()),
              Matrix.of(in.type(), eps, patch.rows(), patch.columns()),
              Matrix.of(in.type(), to, patch.rows(), patch.columns()));
    }

    private MemorySegment logvar(Rows in, int width) {
      MemorySegment given = in.vector("logvar");
      if (!clamp.on()) {
        return given;
      }
      MemorySegment result = clamped.of(bytes(in, width));
      for (long i = 0; i < (long) in.count() * width; i++) {
        double value = in.element(given, i);
        // NaN stays: Math.clamp would refuse nothing, and keeps it.
        in.put(result, i, Math.clamp(value, clamp.low(), clamp.high()));
      }
      return result;
    }

    /// Sample k of every row, side by side.
    private MemorySegment givenSample(Rows in, int width, int k) {
      MemorySegment eps = in.vector("eps");
      if (samples == 1) {
        return eps;
      }
      MemorySegment result = wide.of(bytes(in, width));
      long row = (long) width * in.type().bytes();
      for (long i = 0; i < in.count(); i++) {
        MemorySegment.copy(eps, (i * samples + k) * row, result, i * row, row);
      }
      return result;
    }

    private void scatter(Rows in, MemorySegment from, MemorySegment to, int width, int k) {
      long row = (long) width * in.type().bytes();
      for (long i = 0; i < in.count(); i++) {
        MemorySegment.copy(from, i * row, to, (i * samples + k) * row, row);
      }
    }

    private void startDensity(Rows in, MemorySegment logvar, int width, RowOutputs out) {
      if (volume.length < in.count()) {
        volume = new double[in.count()];
        square = new double[in.count()];
      }
      kernels.rowSum().rows(in.matrix(logvar, width), volume);
      if (out.wants("log-q")) {
        java.util.Arrays.fill(out.number("log-q"), 0, in.count(), 0);
      }
    }

    private void addDensity(Rows in, MemorySegment eps, int width, int k, RowOutputs out) {
      kernels.squaredNorm().rows(in.matrix(eps, width), square);
      for (int i = 0; i < in.count(); i++) {
        double density = -0.5 * (width * Gaussians.LOG_2PI + volume[i] + square[i]);
        if (out.wants("log-q")) {
          out.number("log-q")[i] += density / samples;
        }
        if (out.wants("log-q-samples")) {
          in.put(out.vector("log-q-samples"), (long) i * samples + k, density);
        }
      }
    }
  }

  /// Memory that grows.
  private static final class Memory {
    private MemorySegment segment = MemorySegment.NULL;

    MemorySegment of(long bytes) {
      if (segment.byteSize() < bytes) {
        segment = Arena.ofAuto().allocate(bytes, 64);
      }
      return segment.asSlice(0, bytes);
    }
  }
}
