package io.lanewise.objective.diffusion;

import io.lanewise.objective.diffusion.MultistepSampler.Answer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// One run of PNDM. Liu et al., arXiv:2202.09778, algorithm 2.
final class Pndm {
  private static final int ORDER = 4;
  private final MultistepSampler sampler;
  private final Schedule schedule;
  private final Sampler.Model model;
  private final int rows;
  private final Deque<Answer> newest = new ArrayDeque<>();

  Pndm(MultistepSampler sampler, Schedule schedule, Sampler.Model model, int rows) {
    this.sampler = sampler;
    this.schedule = schedule;
    this.model = model;
    this.rows = rows;
  }

  void sample(int[] timesteps, int last, boolean rungeKutta, double[] x) {
    for (int k = 0; k < timesteps.length; k++) {
      int t = timesteps[k];
      int to = k + 1 < timesteps.length ? timesteps[k + 1] : last;
      Answer answer = ask(x, t);
      MultistepSampler.remember(newest, ORDER, answer.kept());
      if (rungeKutta && k < 3) {
        kutta(answer, t, to, x);
      } else if (!rungeKutta && k == 0) {
        start(answer, t, to, x);
      } else {
        Level from = Level.of(schedule, t);
        take(Solver.plms(from, Level.of(schedule, to), newest.size()), from, newest, x, x);
      }
    }
  }

  private void kutta(Answer first, int t, int to, double[] x) {
    int half = (t - to) / 2;
    Level from = Level.of(schedule, t);
    double[] there = new double[x.length];
    List<Answer> answers = new ArrayList<>(List.of(first));
    // Where the way is odd, diffusers goes down half of it and asks the model half above its end.
    int[] targets = {t - half, to + half, to};
    int[] asked = {to + half, to + half, to};
    for (int i = 0; i < targets.length; i++) {
      Combination euler = Solver.transfer(from, Level.of(schedule, targets[i]), 1);
      take(euler, from, List.of(answers.getLast()), x, there);
      answers.add(ask(there, asked[i]));
    }
    Combination sum =
        Solver.transfer(from, Level.of(schedule, to), 1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0);
    take(sum, from, answers, x, x);
  }

  private void start(Answer first, int t, int to, double[] x) {
    Level from = Level.of(schedule, t);
    Level end = Level.of(schedule, to);
    double[] there = new double[x.length];
    take(Solver.transfer(from, end, 1), from, List.of(first), x, there);
    take(Solver.transfer(from, end, 0.5, 0.5), from, List.of(first, ask(there, to)), x, x);
  }

  private Answer ask(double[] state, int t) {
    return MultistepSampler.ask(Level.of(schedule, t), t, model, state, rows);
  }

  /// Outputs are averaged as they are: each is taken as if it were about x, at the step's level.
  private void take(
      Combination sum, Level from, Iterable<Answer> answers, double[] x, double[] into) {
    List<Answer> here = new ArrayList<>();
    answers.forEach(a -> here.add(new Answer(from, x, a.output())));
    sampler.take(sum, here, x, Sampler.NOTHING, into, rows);
  }
}
