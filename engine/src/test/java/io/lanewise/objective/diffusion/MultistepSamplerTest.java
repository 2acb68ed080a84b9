package io.lanewise.objective.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.noise.Noise;
import io.lanewise.noise.NumpyNoise;
import io.lanewise.noise.PhiloxNoise;
import io.lanewise.objective.diffusion.MultistepSampler.DpmSolver;
import io.lanewise.objective.diffusion.MultistepSampler.UniPc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whole loops of diffusers and k-diffusion, which `data/golden/diffusion/multistep.py` ran in
/// float64; orders of convergence, and what is refused.
class MultistepSamplerTest {
  private static final Schedule LINEAR = Schedule.of("linear", 1000);
  private static final int ROWS = 2;

  /// The script's network; t is sigma, or a timestep over 1000.
  private static double network(double x, double t) {
    return x / (1 + Math.abs(x)) * (1 + t) / (1 + 2 * t) + 0.1;
  }

  private static Sampler.Model of(double divisor) {
    return (x, rows, dim, t, out) -> Arrays.setAll(out, i -> network(x[i], t / divisor));
  }

  /// A run of a loop of the golden file.
  private interface Loop {
    void run(JsonNode golden, Noise noise, double[] x, int rows);
  }

  private static MultistepSampler sampler(Prediction prediction, Noise noise) {
    return sampler(prediction, Threshold.NONE, noise, 0);
  }

  private static MultistepSampler sampler(
      Prediction prediction, Threshold threshold, Noise noise, long firstRow) {
    return new MultistepSampler(new Sampler(prediction, threshold, false, noise, firstRow));
  }

  private static Loop exploding(int order, boolean heun, double eta) {
    return (golden, noise, x, rows) ->
        sampler(Prediction.X0, noise)
            .dpmSolver(
                Ladder.exploding(numbers(golden.get("sigmas"))),
                new DpmSolver(true, order, heun, eta, false),
                of(1),
                x,
                rows);
  }

  private static Ladder ladder(JsonNode golden, String path) {
    return Ladder.of(path, numbers(golden.get("sigmas")), numbers(golden.get("timesteps")));
  }

  private static Loop dpm(Prediction prediction, String path, DpmSolver solver) {
    return (golden, noise, x, rows) ->
        sampler(prediction, noise).dpmSolver(ladder(golden, path), solver, of(1000), x, rows);
  }

  private static Loop unipc(Prediction prediction, String path, UniPc solver) {
    return (golden, noise, x, rows) ->
        sampler(prediction, noise).unipc(ladder(golden, path), solver, of(1000), x, rows);
  }

  private static Loop pndm(Prediction prediction, boolean rungeKutta) {
    return (golden, noise, x, rows) ->
        sampler(prediction, noise)
            .pndm(
                LINEAR,
                golden.get("timesteps").valueStream().mapToInt(JsonNode::asInt).toArray(),
                golden.get("last").asInt(),
                rungeKutta,
                of(1000),
                x,
                rows);
  }

  private interface Staged {
    void run(MultistepSampler sampler, double[] sigmas, Sampler.Model model, double[] x, int rows);
  }

  private static Loop staged(Staged loop) {
    return (golden, noise, x, rows) ->
        loop.run(sampler(Prediction.X0, noise), numbers(golden.get("sigmas")), of(1), x, rows);
  }

  private static Map<String, Loop> loops() {
    Map<String, Loop> loops = new HashMap<>();
    loops.put("sample_lms", lms(4));
    loops.put("sample_lms order 3", lms(3));
    loops.put("sample_dpmpp_2m", exploding(2, false, 0));
    loops.put("sample_dpmpp_2m_sde midpoint", exploding(2, false, 1));
    loops.put("sample_dpmpp_2m_sde heun, eta 0.6", exploding(2, true, 0.6));
    loops.put("sample_dpmpp_3m_sde", exploding(3, true, 1));
    loops.put("sample_dpmpp_3m_sde eta 0", exploding(3, true, 0));
    loops.put("sample_dpm_2", staged((s, sigmas, m, x, n) -> s.dpm2(sigmas, 0, m, x, n)));
    loops.put("sample_dpm_2_ancestral", staged((s, sigmas, m, x, n) -> s.dpm2(sigmas, 1, m, x, n)));
    loops.put(
        "sample_dpm_2_ancestral eta 0.4",
        staged((s, sigmas, m, x, n) -> s.dpm2(sigmas, 0.4, m, x, n)));
    loops.put(
        "sample_dpmpp_2s_ancestral",
        staged((s, sigmas, m, x, n) -> s.dpmSolver2s(sigmas, 1, m, x, n)));
    loops.put(
        "sample_dpmpp_sde",
        staged((s, sigmas, m, x, n) -> s.dpmSolverSde(sigmas, 1, 0.5, false, m, x, n)));
    loops.put(
        "sample_dpmpp_sde r 0.3, eta 0.7",
        staged((s, sigmas, m, x, n) -> s.dpmSolverSde(sigmas, 0.7, 0.3, false, m, x, n)));
    loops.put(
        "sample_dpmpp_sde of one path",
        staged((s, sigmas, m, x, n) -> s.dpmSolverSde(sigmas, 1, 0.5, true, m, x, n)));
    for (int order = 1; order <= 3; order++) {
      loops.put("dpmsolver++ " + order, vp(new DpmSolver(true, order, false, 0, true)));
      loops.put("dpmsolver " + order, vp(new DpmSolver(false, order, false, 0, true)));
    }
    loops.put(
        "dpmsolver++ 2 heun, v",
        dpm(Prediction.V, "preserving", new DpmSolver(true, 2, true, 0, true)));
    loops.put(
        "dpmsolver 2 heun, x0",
        dpm(Prediction.X0, "preserving", new DpmSolver(false, 2, true, 0, true)));
    loops.put(
        "dpmsolver++ 3 karras, x0",
        dpm(Prediction.X0, "preserving", new DpmSolver(true, 3, false, 0, true)));
    loops.put("dpmsolver++ 2 lu lambdas", vp(new DpmSolver(true, 2, false, 0, true)));
    loops.put(
        "dpmsolver++ 3, 16 steps, full order at the end",
        vp(new DpmSolver(true, 3, false, 0, false)));
    loops.put(
        "dpmsolver++ 2 flow",
        dpm(Prediction.VELOCITY, "straight", new DpmSolver(true, 2, false, 0, true)));
    loops.put(
        "dpmsolver++ 2 dynamic threshold",
        (golden, noise, x, rows) ->
            sampler(Prediction.EPS, new Threshold("dynamic", 1, 0.9, 1.5), noise, 0)
                .dpmSolver(
                    ladder(golden, "preserving"),
                    new DpmSolver(true, 2, false, 0, true),
                    of(1000),
                    x,
                    rows));
    for (String form : new String[] {"midpoint", "heun"}) {
      boolean heun = form.equals("heun");
      loops.put("sde-dpmsolver++ 2 " + form, vp(new DpmSolver(true, 2, heun, 1, true)));
      loops.put("sde-dpmsolver 2 " + form, vp(new DpmSolver(false, 2, heun, 1, true)));
    }
    for (int order = 1; order <= 4; order++) {
      for (String form : new String[] {"bh1", "bh2"}) {
        loops.put(
            "unipc " + order + " " + form,
            unipc(
                Prediction.EPS,
                "preserving",
                new UniPc(order, false, form.equals("bh1"), true, true)));
      }
    }
    loops.put(
        "unipc 3 of eps",
        unipc(Prediction.EPS, "preserving", new UniPc(3, true, false, true, true)));
    loops.put(
        "unipc 2 of eps bh1, v",
        unipc(Prediction.V, "preserving", new UniPc(2, true, true, true, true)));
    loops.put(
        "unipc 3 x0 karras",
        unipc(Prediction.X0, "preserving", new UniPc(3, false, false, true, true)));
    loops.put(
        "unipc 2 flow",
        unipc(Prediction.VELOCITY, "straight", new UniPc(2, false, false, true, true)));
    // diffusers' LMS asks the model about x / sqrt(sigma^2 + 1).
    loops.put(
        "lms",
        (golden, noise, x, rows) -> {
          double[] sigmas = numbers(golden.get("sigmas"));
          double[] times = numbers(golden.get("timesteps"));
          Sampler.Model model =
              (state, n, dim, sigma, out) -> {
                double t =
                    times[
                        IntStream.range(0, times.length)
                            .filter(i -> sigmas[i] == sigma)
                            .findFirst()
                            .orElseThrow()];
                Arrays.setAll(out, i -> network(state[i] / Math.sqrt(sigma * sigma + 1), t / 1000));
              };
          sampler(Prediction.EPS, noise).lms(Ladder.exploding(sigmas), 4, model, x, rows);
        });
    loops.put("pndm", pndm(Prediction.EPS, true));
    loops.put("pndm v", pndm(Prediction.V, true));
    loops.put("plms", pndm(Prediction.EPS, false));
    loops.put("plms v, offset 1", pndm(Prediction.V, false));
    return loops;
  }

  private static Loop vp(DpmSolver solver) {
    return dpm(Prediction.EPS, "preserving", solver);
  }

  private static Loop lms(int order) {
    return (golden, noise, x, rows) ->
        sampler(Prediction.X0, noise)
            .lms(Ladder.exploding(numbers(golden.get("sigmas"))), order, of(1), x, rows);
  }

  private static double[] numbers(JsonNode list) {
    return list.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }

  private static JsonNode golden() {
    try {
      return JsonMapper.shared()
          .readTree(Files.readString(Path.of("../data/golden/diffusion/multistep.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> loopsOfTheOriginals() {
    Map<String, Loop> loops = loops();
    return golden()
        .get("loops")
        .valueStream()
        .map(
            loop -> DynamicTest.dynamicTest(loop.get("name").asString(), () -> check(loop, loops)));
  }

  private static void check(JsonNode golden, Map<String, Loop> loops) {
    Loop loop = loops.get(golden.get("name").asString());
    assertThat(loop).as("a loop for this case").isNotNull();
    double[] start = numbers(golden.get("start"));
    double[] end = numbers(golden.get("end"));
    // The script's noise is drawn after its start, by the same generator.
    Noise noise = new NumpyNoise(BigInteger.valueOf(71), start.length).withElements(start.length);
    double[] x = start.clone();
    loop.run(golden, noise, x, ROWS);
    for (int i = 0; i < x.length; i++) {
      assertThat(x[i]).isCloseTo(end[i], within(1e-11 * Math.max(1, Math.abs(end[i]))));
    }
  }

  @Test
  void everyLoopOfTheScriptIsTried() {
    assertThat(golden().get("loops").valueStream().map(l -> l.get("name").asString()))
        .containsExactlyInAnyOrderElementsOf(loops().keySet());
  }

  /// The exact x0 for data N(0, 0.25) where alpha is 1: the flow scales x by sqrt(0.25 + sigma^2).
  private static final Sampler.Model GAUSSIAN =
      (x, rows, dim, sigma, out) -> Arrays.setAll(out, i -> x[i] * 0.25 / (0.25 + sigma * sigma));

  /// With the SDE's noise the distribution is the data's: here its variance.
  @ParameterizedTest
  @CsvSource({"1", "0.5"})
  void noisySolversReachTheData(double eta) {
    int rows = 4000;
    double[] sigmas = new double[41];
    Arrays.setAll(sigmas, k -> k == 40 ? 0 : 20 * StrictMath.pow(0.001, k / 39.0));
    double[] start = new double[rows];
    new PhiloxNoise(9).normalsF64(0, rows, 0, MemorySegment.ofArray(start));
    Arrays.setAll(start, i -> start[i] * Math.sqrt(400.25));
    MultistepSampler s = sampler(Prediction.X0, new PhiloxNoise(3));
    for (int way = 0; way < 4; way++) {
      double[] x = start.clone();
      switch (way) {
        case 0 ->
            s.dpmSolver(
                Ladder.exploding(sigmas),
                new DpmSolver(true, 2, false, eta, false),
                GAUSSIAN,
                x,
                rows);
        case 1 -> s.dpmSolverSde(sigmas, eta, 0.5, true, GAUSSIAN, x, rows);
        case 2 -> s.dpm2(sigmas, eta, GAUSSIAN, x, rows);
        default -> s.dpmSolver2s(sigmas, eta, GAUSSIAN, x, rows);
      }
      // The standard error of the variance is 0.25 sqrt(2 / 4000) = 0.0056.
      assertThat(Arrays.stream(x).map(v -> v * v).sum() / rows).isCloseTo(0.25, within(0.025));
    }
  }

  @Test
  void threadsAndPartsDoNotShow() throws Exception {
    int rows = 3000;
    int dim = 16;
    double[] start = new double[rows * dim];
    new PhiloxNoise(5).normalsF64(0, start.length, 0, MemorySegment.ofArray(start));
    DpmSolver solver = new DpmSolver(true, 3, false, 0.7, true);
    Ladder ladder = Ladder.of(LINEAR, Spacing.of("trailing", 1000, 8), -1);
    Noise noise = new PhiloxNoise(8);
    Threshold clip = Threshold.clip(1);
    double[] one = start.clone();
    try (ForkJoinPool pool = new ForkJoinPool(1)) {
      pool.submit(() ->
              sampler(Prediction.EPS, clip, noise, 0)
                  .dpmSolver(ladder, solver, of(1000), one, rows))
          .get();
    }
    double[] many = start.clone();
    try (ForkJoinPool pool = new ForkJoinPool(5)) {
      pool.submit(() ->
              sampler(Prediction.EPS, clip, noise, 0)
                  .dpmSolver(ladder, solver, of(1000), many, rows))
          .get();
    }
    assertThat(many).isEqualTo(one);
    double[] tail = Arrays.copyOfRange(start, 7 * dim, start.length);
    sampler(Prediction.EPS, clip, noise, 7).dpmSolver(ladder, solver, of(1000), tail, rows - 7);
    assertThat(tail).isEqualTo(Arrays.copyOfRange(one, 7 * dim, one.length));
  }

  @Test
  void levelsAreChecked() {
    assertThatThrownBy(() -> Ladder.exploding(5, 2, 2.5, 0))
        .hasMessage("sigmas: found 2.5 at 2 after 2.0 at 1, expected less, as before");
    assertThatThrownBy(() -> Ladder.exploding(5, Double.NaN, 0)).hasMessageContaining("NaN at 1");
    assertThatThrownBy(() -> Ladder.straight(1.5, 0)).hasMessageContaining("1.5 at 0");
    assertThatThrownBy(() -> Ladder.of(LINEAR, new int[] {999, 500, 500}, -1))
        .hasMessage("timesteps: found 500.0 at 2 after 500.0 at 1, expected less, as before");
    assertThatThrownBy(() -> Ladder.of(LINEAR, new int[] {1000, 500}, -1))
        .hasMessageContaining("found 1000.0 at 0, expected a number from -1.0 to 999.0");
    MultistepSampler s = sampler(Prediction.EPS, new PhiloxNoise(1));
    double[] x = {1};
    DpmSolver noisy = new DpmSolver(true, 2, false, 1, false);
    assertThatThrownBy(() -> s.dpmSolver(Ladder.exploding(1, 2), noisy, GAUSSIAN, x, 1))
        .hasMessage("eta: found 1.0, expected 0 where levels ascend");
    assertThatThrownBy(() -> s.dpm2(new double[] {1, 2}, 0, GAUSSIAN, x, 1))
        .hasMessageContaining("found 2.0 after 1.0, expected descending");
    assertThatThrownBy(() -> s.pndm(LINEAR, new int[] {9, 6, 3}, 0, true, GAUSSIAN, x, 1))
        .hasMessageContaining("found 3, expected at least 4");
    assertThatThrownBy(() -> s.pndm(LINEAR, new int[] {9, 6, 7, 3}, 0, true, GAUSSIAN, x, 1))
        .hasMessageContaining("found 7 after 6");
    assertThatThrownBy(() -> new UniPc(5, false, false, true, true))
        .hasMessageContaining("found 5, expected 1 to 4");
  }
}
