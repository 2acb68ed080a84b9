package io.lanewise.objective.diffusion;

import io.lanewise.batch.ScalarColumn;
import io.lanewise.objective.Binding;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.Rows;
import io.lanewise.objective.support.NoiseInput;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// One worker's evaluation of [MultistepStep], a row at a time: what is added up is float64.
final class MultistepRows implements RowFunction {
  private final SolverPoints points;
  private final Schedule schedule;
  private final String path;
  private final boolean heun;
  private final boolean asDiffusers;
  private final boolean unipcOfEps;
  private final boolean bh1;
  private final double eta;
  private final double ratio;
  private final boolean ordered;
  private final ReverseStep step;
  private final NoiseInput noise;
  private final MemorySegment x;
  private final MemorySegment z;
  private final MemorySegment next;
  private final MemorySegment[] outputs;
  private final MemorySegment[] states;
  private final Map<String, double[]> sigmas = new HashMap<>();

  MultistepRows(Binding binding, SolverPoints points) {
    this.points = points;
    schedule = Levels.schedule(binding);
    path = binding.get(MultistepStep.PATH);
    heun = binding.get(MultistepStep.FORM).equals("heun");
    asDiffusers = binding.get(MultistepStep.THIRD).equals("diffusers");
    unipcOfEps = binding.get(MultistepStep.UNIPC_OF).equals("eps");
    bh1 = binding.get(MultistepStep.UNIPC_B).equals("bh1");
    eta = binding.get(MultistepStep.ETA);
    ratio = binding.get(MultistepStep.RATIO);
    ordered = binding.has("order");
    step = StepOptions.step(binding);
    step.reserve(1);
    noise = new NoiseInput(binding, binding.get(MultistepStep.NOISE), "noise", "xt");
    int width = binding.width("xt");
    x = RowElements.wide(width);
    z = RowElements.wide(width);
    next = RowElements.wide(width);
    int n = points.points().size();
    outputs = new MemorySegment[n];
    states = new MemorySegment[n];
    for (int j = 0; j < n; j++) {
      outputs[j] = RowElements.wide(width);
      states[j] = points.asked().get(j) ? RowElements.wide(width) : x;
    }
  }

  @Override
  public void evaluate(Rows in, RowOutputs out) {
    MemorySegment normals = eta == 0 ? MemorySegment.NULL : noise.of(in, 0);
    readSigmas(in);
    for (int i = 0; i < in.count(); i++) {
      int stages = points.method().stages().size();
      int bound = points.points().size() - stages;
      int order = ordered && !in.isNull(i) ? order(in, i, bound) : bound;
      Level from = level(in, i, "");
      Level to = level(in, i, "-next");
      Level[] at = levels(in, i, from, order);
      if (!in.isNull(i)) {
        checkOrder(in, i, to, at, order);
      }
      Combination sum = combination(from, to, Arrays.copyOf(at, order));
      RowElements.widen(in.vector("xt"), in.type(), i, x);
      MemorySegment[] asked = new MemorySegment[order + stages];
      MemorySegment[] said = new MemorySegment[order + stages];
      for (int j = 0; j < said.length; j++) {
        int point = j < order ? j : bound + j - order;
        String end = points.points().get(point);
        asked[j] = states[point];
        said[j] = outputs[point];
        RowElements.widen(in.vector("prediction" + end), in.type(), i, said[j]);
        if (points.asked().get(point)) {
          RowElements.widen(in.vector("state" + end), in.type(), i, asked[j]);
        }
        if (points.averagesOutputs()) {
          at[j] = from;
          asked[j] = x;
        }
      }
      if (sum.noise() != 0) {
        RowElements.widen(normals, in.type(), i, z);
      }
      int width = in.width("xt");
      sum.apply(step, at, x, asked, said, z, 1, width, next);
      RowElements.narrow(next, in.type(), i, out.vector("x-next"));
    }
  }

  /// The levels of this point, of `order - 1` before, and of the method's stages.
  private Level[] levels(Rows in, int i, Level from, int order) {
    SolverMethod method = points.method();
    Level[] at = new Level[order + method.stages().size()];
    Arrays.fill(at, from);
    if (points.earlierLevels()) {
      for (int k = 1; k < order; k++) {
        at[k] = level(in, i, "-" + k);
      }
    }
    if (method.stages().contains("next")) {
      at[at.length - 1] = level(in, i, "-next");
    }
    if (method.isStaged()) {
      Level to = level(in, i, "-next");
      double middle =
          method == SolverMethod.DPM_SOLVER_SDE
              ? Solver.between(ratio, to, from)
              : Solver.middle(eta, to, from);
      at[1] = Level.of("exploding", middle);
    }
    return at;
  }

  private Combination combination(Level from, Level to, Level[] at) {
    return switch (points.method()) {
      case PLMS -> Solver.plms(from, to, at.length);
      case PLMS_START -> Solver.transfer(from, to, 0.5, 0.5);
      case PRK -> Solver.transfer(from, to, 1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0);
      case LMS -> Solver.lms(!points.timesteps() && path.equals("straight"), to, at);
      case DPM_SOLVER_PLUS_PLUS -> Solver.dpmSolverPlusPlus(heun, eta, asDiffusers, to, at);
      case DPM_SOLVER -> Solver.dpmSolver(heun, eta, to, at);
      case UNIPC -> Solver.unipcPredictor(unipcOfEps, bh1, to, at);
      case UNIPC_CORRECTOR -> Solver.unipcCorrector(unipcOfEps, bh1, to, at);
      case DPM_2 -> Solver.dpm2(eta, to, from);
      case DPM_SOLVER_2S -> Solver.dpmSolver2s(1, eta, to, from);
      case DPM_SOLVER_SDE -> Solver.dpmSolver2s(1 / (2 * ratio), eta, to, from);
    };
  }

  private int order(Rows in, int i, int bound) {
    ScalarColumn order = in.integer("order");
    long found = order.getLong(i);
    if (found < 1 || found > bound) {
      throw new IllegalArgumentException(
          "column '%s' row %d: found order %d, expected 1 to %d, for so many outputs are bound"
              .formatted(order.name(), in.firstInFile() + i, found, bound));
    }
    return (int) found;
  }

  private void readSigmas(Rows in) {
    if (points.timesteps()) {
      return;
    }
    for (String role : in.vectors().keySet()) {
      if (role.startsWith("sigma")) {
        double[] read = in.numbers(role, sigmas.getOrDefault(role, new double[0]));
        sigmas.put(role, read);
        for (int i = 0; i < in.count(); i++) {
          boolean over = path.equals("straight") && read[i] > 1;
          if ((read[i] < 0 || over) && !in.isNull(i)) {
            throw new IllegalArgumentException(
                "role '%s' row %d: found %s, expected a number %s"
                    .formatted(
                        role,
                        in.firstInFile() + i,
                        read[i],
                        path.equals("straight") ? "in [0, 1]" : ">= 0"));
          }
        }
      }
    }
  }

  private double sigma(String role, int i) {
    return Objects.requireNonNull(sigmas.get(role))[i];
  }

  private Level level(Rows in, int i, String end) {
    if (!points.timesteps()) {
      return Level.of(path, sigma("sigma" + end, i));
    }
    int least = end.equals("-next") ? -1 : 0;
    return Level.of(
        schedule,
        Levels.timestep(in.integer("t" + end), i, in.firstInFile(), least, schedule.steps()));
  }

  /// Levels go one way, and with noise down.
  private void checkOrder(Rows in, int i, Level to, Level[] at, int order) {
    String role = points.timesteps() ? "t" : "sigma";
    boolean noisy = eta != 0 || points.method().isStaged();
    boolean down = to.ratio() < at[0].ratio();
    // PNDM of diffusers ends with a step from timestep 0 to itself.
    boolean still = to.ratio() == at[0].ratio() && points.method().usesEarlierLevels();
    if (!down && (noisy || still)) {
      throw disorder(in, i, role + "-next", role, noisy ? "a lower level" : "another level");
    }
    if (points.method() == SolverMethod.UNIPC_CORRECTOR && to.ratio() == 0) {
      throw disorder(
          in, i, role + "-next", role, "a level with noise, where the model can be asked");
    }
    for (int k = 1; k < order && points.earlierLevels(); k++) {
      boolean right = down ? at[k].ratio() > at[k - 1].ratio() : at[k].ratio() < at[k - 1].ratio();
      if (!right) {
        throw disorder(
            in,
            i,
            role + "-" + k,
            role + (k == 1 ? "" : "-" + (k - 1)),
            down ? "a higher level, as the step goes down" : "a lower level, as the step goes up");
      }
    }
  }

  private IllegalArgumentException disorder(
      Rows in, int i, String role, String beside, String expected) {
    return new IllegalArgumentException(
        "role '%s' row %d: found %s beside %s in role '%s', expected %s"
            .formatted(
                role,
                in.firstInFile() + i,
                shown(in, i, role),
                shown(in, i, beside),
                beside,
                expected));
  }

  private String shown(Rows in, int i, String role) {
    return points.timesteps()
        ? Long.toString(in.integer(role).getLong(i))
        : Double.toString(sigma(role, i));
  }
}
