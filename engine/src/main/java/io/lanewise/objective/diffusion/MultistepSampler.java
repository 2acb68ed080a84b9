package io.lanewise.objective.diffusion;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Loops of solvers that use several of the model's outputs a step: the multistep samplers of
/// diffusers and k-diffusion, and k-diffusion's that ask the model twice. Steps are those of
/// [MultistepStep]; states, noise and threads are as in [Sampler], whose options they take. Earlier
/// outputs are kept together with the states that the model was asked about: twice the states for
/// each order above 1.
///
/// @param sampler what the model predicts, threshold, noise, and the index of the first row
public record MultistepSampler(Sampler sampler) {

  /// DPM-Solver in several steps.
  ///
  /// @param plusPlus whether x0 is integrated (DPM-Solver++), not eps
  /// @param order 1 to 3; the first steps are of lower order
  /// @param heun the form of order 2, `heun` instead of `midpoint`; also of the second step of
  ///   k-diffusion's sample_dpmpp_3m_sde
  /// @param eta share of the SDE's noise: 0 for none, 1 for the SDE samplers
  /// @param lowerAtEnd whether the last step is of order 1 and the one before of order 2 at most:
  ///   diffusers' lower_order_final, which it heeds below 15 steps. A step to clean data is of
  ///   order 1 anyway
  public record DpmSolver(
      boolean plusPlus, int order, boolean heun, double eta, boolean lowerAtEnd) {
    public DpmSolver {
      checkOrder(order, 3);
    }
  }

  /// UniPC.
  ///
  /// @param order 1 to 4; the first steps are of lower order
  /// @param ofEps whether eps is integrated, not x0 (diffusers' predict_x0 false)
  /// @param bh1 whether `B(h) = h` (bh1), not `exp(h) - 1` (bh2)
  /// @param corrected whether each step is corrected once the model has been asked at its end
  /// @param lowerAtEnd as for [DpmSolver]
  public record UniPc(
      int order, boolean ofEps, boolean bh1, boolean corrected, boolean lowerAtEnd) {
    public UniPc {
      checkOrder(order, 4);
    }
  }

  private static void checkOrder(int order, int most) {
    if (order < 1 || order > most) {
      throw new IllegalArgumentException(
          "order: found %d, expected 1 to %d".formatted(order, most));
    }
  }

  /// What the model said of a state.
  ///
  /// @param at the level at which it was asked
  /// @param state the state that it was asked about; it changes if it is where the loop's state is
  /// @param output what it said
  @SuppressWarnings("ArrayRecordComponent") // one step's own, handed over
  record Answer(Level at, double[] state, double[] output) {
    /// The same with a state that stays.
    Answer kept() {
      return new Answer(at, state.clone(), output);
    }
  }

  private interface Rule {
    Combination of(Level to, Level... at);
  }

  /// DPM-Solver and DPM-Solver++. k-diffusion's sample_dpmpp_2m, _2m_sde and _3m_sde are orders 2
  /// and 3 over [Ladder#exploding]; diffusers' DPMSolverMultistepScheduler goes over the sigmas
  /// that it has, on path `preserving`.
  ///
  /// @throws IllegalArgumentException unless x has whole rows, or for noise where levels ascend
  public void dpmSolver(
      Ladder ladder, DpmSolver solver, Sampler.Model model, double[] x, int rows) {
    ladder.checkNoise(solver.eta());
    if (!solver.plusPlus()) {
      sampler.newStep().checkSlopes();
    }
    Rule rule =
        (to, at) ->
            solver.plusPlus()
                ? Solver.dpmSolverPlusPlus(solver.heun(), solver.eta(), to, at)
                : Solver.dpmSolver(solver.heun(), solver.eta(), to, at);
    multistep(ladder, solver.order(), solver.lowerAtEnd(), rule, model, x, rows);
  }

  /// Linear multistep with the levels' own spacing. k-diffusion's sample_lms, diffusers'
  /// LMSDiscreteScheduler.
  ///
  /// @param order 1 to 4
  /// @throws IllegalArgumentException unless x has whole rows
  public void lms(Ladder ladder, int order, Sampler.Model model, double[] x, int rows) {
    checkOrder(order, 4);
    sampler.newStep().checkSlopes();
    Rule rule = (to, at) -> Solver.lms(ladder.isStraight(), to, at);
    multistep(ladder, order, false, rule, model, x, rows);
  }

  private void multistep(
      Ladder ladder,
      int order,
      boolean lowerAtEnd,
      Rule rule,
      Sampler.Model model,
      double[] x,
      int rows) {
    Deque<Answer> newest = new ArrayDeque<>();
    int dim = Sampler.dim(x, rows);
    for (int k = 0; k < ladder.steps(); k++) {
      Answer answer = ask(ladder, k, model, x, rows);
      List<Answer> used = new ArrayList<>(List.of(answer));
      newest.stream().limit(order(order, k, ladder, lowerAtEnd) - 1).forEach(used::add);
      remember(newest, order - 1, answer.kept());
      take(rule.of(ladder.level(k + 1), levels(used)), used, x, sampler.drawn(k, dim), x, rows);
    }
  }

  private static int order(int order, int k, Ladder ladder, boolean lowerAtEnd) {
    int warm = Math.min(order, k + 1);
    return lowerAtEnd ? Math.min(warm, ladder.steps() - k) : warm;
  }

  /// UniPC. diffusers' UniPCMultistepScheduler goes over the sigmas that it has, on path
  /// `preserving`.
  ///
  /// @throws IllegalArgumentException unless x has whole rows
  public void unipc(Ladder ladder, UniPc solver, Sampler.Model model, double[] x, int rows) {
    if (solver.ofEps()) {
      sampler.newStep().checkSlopes();
    }
    Deque<Answer> newest = new ArrayDeque<>();
    double[] before = x.clone();
    for (int k = 0; k < ladder.steps(); k++) {
      Answer answer = ask(ladder, k, model, x, rows).kept();
      if (solver.corrected() && k > 0) {
        List<Answer> used =
            new ArrayList<>(
                newest.stream()
                    .limit(order(solver.order(), k - 1, ladder, solver.lowerAtEnd()))
                    .toList());
        Combination sum =
            Solver.unipcCorrector(solver.ofEps(), solver.bh1(), ladder.level(k), levels(used));
        used.add(answer);
        take(sum, used, before, Sampler.NOTHING, x, rows);
      }
      remember(newest, solver.order(), answer);
      System.arraycopy(x, 0, before, 0, x.length);
      List<Answer> used =
          newest.stream().limit(order(solver.order(), k, ladder, solver.lowerAtEnd())).toList();
      Level to = ladder.level(k + 1);
      Combination sum = Solver.unipcPredictor(solver.ofEps(), solver.bh1(), to, levels(used));
      take(sum, used, x, Sampler.NOTHING, x, rows);
    }
  }

  /// PNDM: Adams and Bashforth's linear multistep over equally spaced timesteps. It starts with
  /// three steps of Runge and Kutta, which ask the model four times each and once halfway between
  /// two timesteps, or with one step by the mean of the slopes at its ends (PLMS; diffusers'
  /// skip_prk_steps). What the model said is averaged as it is, and converted at the step's level.
  ///
  /// @param timesteps descending, equally spaced; at least 4 for Runge and Kutta, 2 without
  /// @param last where the last step leads to, -1 for clean data; diffusers' default is 0, where
  ///   its last step stands still
  /// @throws IllegalArgumentException unless x has whole rows and timesteps descend
  public void pndm(
      Schedule schedule,
      int[] timesteps,
      int last,
      boolean rungeKutta,
      Sampler.Model model,
      double[] x,
      int rows) {
    sampler.newStep().checkSlopes();
    int least = rungeKutta ? 4 : 2;
    if (timesteps.length < least) {
      throw new IllegalArgumentException(
          "timesteps: found %d, expected at least %d".formatted(timesteps.length, least));
    }
    Sampler.checkDescending(timesteps);
    if (last > timesteps[timesteps.length - 1] || last < -1) {
      throw new IllegalArgumentException(
          "last: found %d after timestep %d, expected no more, and -1 for clean data"
              .formatted(last, timesteps[timesteps.length - 1]));
    }
    new Pndm(this, schedule, model, rows).sample(timesteps, last, rungeKutta, x);
  }

  /// DPM-Solver-2: k-diffusion's sample_dpm_2, and sample_dpm_2_ancestral for `eta` 1. Two
  /// evaluations of the model a step, one where it leads to 0.
  ///
  /// @param sigmas at least two, descending, where alpha is 1
  /// @throws IllegalArgumentException unless x has whole rows and sigmas descend
  public void dpm2(double[] sigmas, double eta, Sampler.Model model, double[] x, int rows) {
    sampler.newStep().checkSlopes();
    staged(sigmas, eta, Double.NaN, false, true, model, x, rows);
  }

  /// DPM-Solver++ 2S: k-diffusion's sample_dpmpp_2s_ancestral, where `eta` is 1.
  ///
  /// @param sigmas as in [#dpm2]
  /// @throws IllegalArgumentException as [#dpm2]
  public void dpmSolver2s(double[] sigmas, double eta, Sampler.Model model, double[] x, int rows) {
    staged(sigmas, eta, Double.NaN, false, false, model, x, rows);
  }

  /// DPM-Solver++ SDE: k-diffusion's sample_dpmpp_sde, where `eta` is 1 and r is 1/2. Noise of step
  /// k is streams 2k (the middle) and 2k + 1.
  ///
  /// @param sigmas as in [#dpm2]
  /// @param r where the model is asked again, in (0, 1]: at `sigma^(1 - r) sigma'^r`
  /// @param brownian whether both noises of a step are of one Brownian path in sigma, as
  ///   k-diffusion draws them; otherwise they are independent
  /// @throws IllegalArgumentException as [#dpm2]
  public void dpmSolverSde(
      double[] sigmas,
      double eta,
      double r,
      boolean brownian,
      Sampler.Model model,
      double[] x,
      int rows) {
    if (!(r > 0 && r <= 1)) {
      throw new IllegalArgumentException("r: found %s, expected a number in (0, 1]".formatted(r));
    }
    staged(sigmas, eta, r, brownian, false, model, x, rows);
  }

  private void staged(
      double[] sigmas,
      double eta,
      double r,
      boolean brownian,
      boolean slopes,
      Sampler.Model model,
      double[] x,
      int rows) {
    Ladder ladder = Ladder.exploding(sigmas);
    if (sigmas[1] > sigmas[0]) {
      throw new IllegalArgumentException(
          "sigmas: found %s after %s, expected descending ones".formatted(sigmas[1], sigmas[0]));
    }
    ladder.checkNoise(eta);
    boolean sde = !Double.isNaN(r);
    int dim = Sampler.dim(x, rows);
    double[] middle = new double[x.length];
    for (int k = 0; k < ladder.steps(); k++) {
      Level from = ladder.level(k);
      Level to = ladder.level(k + 1);
      List<Answer> used = new ArrayList<>(List.of(ask(ladder, k, model, x, rows)));
      double sigma = sde ? Solver.between(r, to, from) : Solver.middle(eta, to, from);
      Sampler.Source noise = sampler.drawn(sde ? 2 * k + 1 : k, dim);
      if (sigma > 0) {
        Sampler.Source first = sampler.drawn(2 * k, dim);
        double up = sde ? Step.up(from.sigma(), sigma, eta) : 0;
        double span = Step.down(sigma, up) - from.sigma();
        take(Combination.ofNoise(1, new double[] {span}, up), used, x, first, middle, rows);
        Level at = Level.of("exploding", sigma);
        double[] output = new double[x.length];
        model.predict(middle, rows, dim, sigma, output);
        used.add(new Answer(at, middle, output));
        if (brownian) {
          noise = path(first, noise, (from.sigma() - sigma) / (from.sigma() - to.sigma()));
        }
      } else {
        used.add(used.getFirst());
      }
      Combination sum =
          slopes
              ? Solver.dpm2(eta, to, from)
              : Solver.dpmSolver2s(sde ? 1 / (2 * r) : 1, eta, to, from);
      take(sum, used, x, noise, x, rows);
    }
  }

  /// The increment of a Brownian path over a whole step, scaled to variance 1, of which `first` is
  /// that over its first part.
  private static Sampler.Source path(Sampler.Source first, Sampler.Source rest, double part) {
    double a = Math.sqrt(part);
    double b = Math.sqrt(1 - part);
    return (from, into) -> {
      MemorySegment begun = MemorySegment.ofArray(new double[(int) (into.byteSize() / 8)]);
      first.read(from, begun);
      rest.read(from, into);
      for (long at = 0; at < into.byteSize(); at += Double.BYTES) {
        double sum =
            a * begun.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at)
                + b * into.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at);
        into.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at, sum);
      }
    };
  }

  private Answer ask(Ladder ladder, int k, Sampler.Model model, double[] x, int rows) {
    return ask(ladder.level(k), ladder.time(k), model, x, rows);
  }

  /// Asks the model.
  static Answer ask(Level at, double time, Sampler.Model model, double[] x, int rows) {
    double[] output = new double[x.length];
    model.predict(x, rows, Sampler.dim(x, rows), time, output);
    return new Answer(at, x, output);
  }

  /// Puts an answer before the others, of which `most` are kept.
  static void remember(Deque<Answer> newest, int most, Answer answer) {
    newest.addFirst(answer);
    while (newest.size() > most) {
      newest.removeLast();
    }
  }

  private static Level[] levels(List<Answer> answers) {
    return answers.stream().map(Answer::at).toArray(Level[]::new);
  }

  /// Takes a step of every row, tiles of rows in parallel: no row sees another.
  ///
  /// @param used the answers that it adds up
  /// @param x where it goes from
  /// @param source asked only if the step has noise
  /// @param into where it leads; may be x
  void take(
      Combination sum,
      List<Answer> used,
      double[] x,
      Sampler.Source source,
      double[] into,
      int rows) {
    int dim = Sampler.dim(x, rows);
    int tile = Sampler.tile(dim);
    Level[] at = levels(used);
    IntStream.range(0, Math.ceilDiv(rows, tile))
        .parallel()
        .forEach(i -> {
          int first = i * tile * dim;
          int count = Math.min(rows - i * tile, tile) * dim;
          ReverseStep step = sampler.newStep();
          step.reserve(count / dim);
          MemorySegment noise = MemorySegment.NULL;
          if (sum.noise() != 0) {
            noise = MemorySegment.ofArray(new double[count]);
            source.read(first, noise);
          }
          MemorySegment next = MemorySegment.ofArray(new double[count]);
          sum.apply(
              step,
              at,
              Sampler.part(x, first, count),
              parts(used, Answer::state, first, count),
              parts(used, Answer::output, first, count),
              noise,
              count / dim,
              dim,
              next);
          Sampler.part(into, first, count).copyFrom(next);
        });
  }

  private static MemorySegment[] parts(
      List<Answer> answers, Function<Answer, double[]> of, int first, int count) {
    return answers.stream()
        .map(a -> Sampler.part(of.apply(a), first, count))
        .toArray(MemorySegment[]::new);
  }
}
