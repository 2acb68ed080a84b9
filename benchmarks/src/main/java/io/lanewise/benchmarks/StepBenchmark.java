package io.lanewise.benchmarks;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.Validity;
import io.lanewise.objective.Binding;
import io.lanewise.objective.Objectives;
import io.lanewise.objective.Parameters;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Transform;
import io.lanewise.objective.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/// One step of a sampler for rows of 512, as the transform computes it between reading and writing:
/// DDIM without noise and DDPM, each row with timesteps of its own, and Langevin with given score.
/// Noise is a column. The schedule is the linear one with 1000 steps; a step is 20 timesteps long.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class StepBenchmark {
  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  @Param({"SCALAR", "AUTO", "SIMD"})
  public Implementation implementation = Implementation.SIMD;

  /// `ddim`, `ddpm` or `langevin`.
  @Param({"ddim", "ddpm", "langevin"})
  public String step = "ddim";

  private static final int DIM = 512;
  private static final int TIMESTEPS = 1000;
  private static final int STRIDE = 20;
  private static final double ETA = 0.01;

  private Body body = () -> 0;

  /// What a row's step is made of: `state x + output o + noise z`, with o the model's output.
  private record Weights(double state, double output, double noise) {}

  @Setup
  public void setup(ThreadParams threads) {
    if (size != Size.SMOKE) {
      prepare(threads, Size.L2);
      body.rehearse();
    }
    prepare(threads, size);
  }

  private void prepare(ThreadParams threads, Size size) {
    boolean noisy = !step.equals("ddim");
    Slice slice = Slice.of(implementation, dtype, size, threads, noisy ? 4 : 3, DIM);
    Matrix x = slice.normal(1);
    Matrix output = slice.normal(2);
    Matrix noise = noisy ? slice.normal(3) : slice.blank(1);
    Matrix next = slice.blank();
    Weights[] weights = weights();
    // float64 arithmetic from the same numbers; what is left of float32 is one rounding.
    double bound = dtype == DType.FLOAT32 ? 2e-7 : 1e-12;
    if (implementation == Implementation.AUTO) {
      bound *= 10; // it rounds every operation
    }
    Check check =
        Check.of(
            "Step." + step,
            slice,
            bound,
            slice.count(),
            i -> {
              Weights w = weights[timestep(i / DIM)];
              return w.state * x.get(i)
                  + w.output * output.get(i)
                  + (noisy ? w.noise * noise.get(i) : 0);
            });
    body =
        implementation == Implementation.AUTO
            ? auto(weights, x, output, noise, next)
            : transform(slice, x, output, noise, next);
    body.run();
    check.against(next::get);
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  private static int timestep(long row) {
    return STRIDE + (int) (row * 31 % (TIMESTEPS - STRIDE));
  }

  /// The weights of a step from every timestep, from the papers' equations: 12 of DDIM, 7 of DDPM
  /// with the smaller variance. Those of Langevin are the same everywhere.
  private Weights[] weights() {
    double[] alphaBar = new double[TIMESTEPS];
    double product = 1;
    for (int t = 0; t < TIMESTEPS; t++) {
      product *= 1 - (1e-4 + (0.02 - 1e-4) * t / (TIMESTEPS - 1));
      alphaBar[t] = product;
    }
    Weights[] weights = new Weights[TIMESTEPS];
    for (int t = STRIDE; t < TIMESTEPS; t++) {
      double from = alphaBar[t];
      double to = alphaBar[t - STRIDE];
      double sigma = Math.sqrt(1 - from);
      weights[t] =
          switch (step) {
            case "ddim" -> {
              double ofData = Math.sqrt(to / from);
              yield new Weights(ofData, Math.sqrt(1 - to) - ofData * sigma, 0);
            }
            case "ddpm" -> {
              double alpha = from / to;
              double variance = (1 - alpha) * (1 - to) / (1 - from);
              yield new Weights(
                  1 / Math.sqrt(alpha),
                  -(1 - alpha) / (sigma * Math.sqrt(alpha)),
                  Math.sqrt(variance));
            }
            default -> new Weights(1, ETA, Math.sqrt(2 * ETA));
          };
    }
    return weights;
  }

  /// The objective, bound as the engine binds it.
  private Body transform(Slice slice, Matrix x, Matrix output, Matrix noise, Matrix next) {
    int rows = slice.rows();
    boolean langevin = step.equals("langevin");
    String state = langevin ? "x" : "xt";
    String model = langevin ? "score" : "prediction";
    Map<String, MemorySegment> vectors =
        new HashMap<>(Map.of(state, x.data(), model, output.data()));
    Map<String, Integer> widths = new HashMap<>(Map.of(state, DIM, model, DIM));
    Map<String, String> given = new HashMap<>();
    if (!step.equals("ddim")) {
      vectors.put("noise", noise.data());
      widths.put("noise", DIM);
      given.put("noise", "given");
    }
    Map<String, ColumnType> types = new HashMap<>();
    widths.forEach(
        (role, width) -> types.put(role, new ColumnType(role, Shape.VECTOR, dtype, width)));
    Map<String, ScalarColumn> integers =
        langevin
            ? Map.of()
            : Map.of("t", timesteps("t", rows, 0), "t-next", timesteps("t-next", rows, STRIDE));
    integers.forEach((role, column) -> types.put(role, column.describe()));
    if (langevin) {
      given.put("eta", Double.toString(ETA));
    }
    Transform objective = (Transform) Objectives.get(langevin ? "langevin" : step + "-step");
    Parameters parameters =
        new Parameters(objective.descriptor().parameters(), given, UnaryOperator.identity());
    Binding binding =
        new Binding(
            parameters,
            Map.of(RowSet.ROWS, types),
            Map.of(),
            Set.of("x-next"),
            implementation.kernels(),
            Workers.CALLER);
    RowFunction function = objective.bind(binding, RowSet.ROWS);
    Rows in = new Rows(0, rows, dtype, vectors, widths, Map.of(), integers);
    RowOutputs out = new RowOutputs(Map.of(), Map.of("x-next", next.data()));
    return () -> {
      function.evaluate(in, out);
      return rows;
    };
  }

  private static ScalarColumn timesteps(String name, int rows, int earlier) {
    MemorySegment data = MemorySegment.ofArray(new int[rows]);
    for (int r = 0; r < rows; r++) {
      data.setAtIndex(ValueLayout.JAVA_INT, r, timestep(r) - earlier);
    }
    return new ScalarColumn(name, DType.INT32, rows, data, Validity.ALL);
  }

  private Body auto(Weights[] weights, Matrix x, Matrix output, Matrix noise, Matrix next) {
    boolean noisy = !step.equals("ddim");
    if (dtype == DType.FLOAT32) {
      return noisy
          ? () -> auto(weights, x.f32(), output.f32(), noise.f32(), next.f32())
          : () -> auto(weights, x.f32(), output.f32(), next.f32());
    }
    return noisy
        ? () -> auto(weights, x.f64(), output.f64(), noise.f64(), next.f64())
        : () -> auto(weights, x.f64(), output.f64(), next.f64());
  }

  private static double auto(Weights[] weights, float[] x, float[] output, float[] next) {
    for (int from = 0; from < next.length; from += DIM) {
      Weights w = weights[timestep(from / DIM)];
      float a = (float) w.state;
      float b = (float) w.output;
      for (int i = from; i < from + DIM; i++) {
        next[i] = a * x[i] + b * output[i];
      }
    }
    return next[0];
  }

  private static double auto(
      Weights[] weights, float[] x, float[] output, float[] noise, float[] next) {
    for (int from = 0; from < next.length; from += DIM) {
      Weights w = weights[timestep(from / DIM)];
      float a = (float) w.state;
      float b = (float) w.output;
      float c = (float) w.noise;
      for (int i = from; i < from + DIM; i++) {
        next[i] = a * x[i] + b * output[i] + c * noise[i];
      }
    }
    return next[0];
  }

  private static double auto(Weights[] weights, double[] x, double[] output, double[] next) {
    for (int from = 0; from < next.length; from += DIM) {
      Weights w = weights[timestep(from / DIM)];
      for (int i = from; i < from + DIM; i++) {
        next[i] = w.state * x[i] + w.output * output[i];
      }
    }
    return next[0];
  }

  private static double auto(
      Weights[] weights, double[] x, double[] output, double[] noise, double[] next) {
    for (int from = 0; from < next.length; from += DIM) {
      Weights w = weights[timestep(from / DIM)];
      for (int i = from; i < from + DIM; i++) {
        next[i] = w.state * x[i] + w.output * output[i] + w.noise * noise[i];
      }
    }
    return next[0];
  }
}
