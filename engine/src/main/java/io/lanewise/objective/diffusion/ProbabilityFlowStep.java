package io.lanewise.objective.diffusion;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.Transform;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// One step of Euler's method on the probability-flow ODE of a process in continuous time, from a
/// model's output in a column: from `time` to `time-next`, in either direction. `dx/dt = alpha' x0
/// + sigma' eps` is `f x - g^2 score / 2` of the process's SDE. In float64, rounded once to the
///   data's type.
public final class ProbabilityFlowStep implements Transform {
  @Override
  public Descriptor descriptor() {
    List<Parameter<?>> parameters = new ArrayList<>(List.of(Levels.PROCESS));
    parameters.addAll(StepOptions.ALL);
    return new Descriptor(
        "probability-flow-step",
        List.of(),
        Family.DIFFUSION,
        "Euler step of the probability-flow ODE",
        "x' = x + (t' - t) dx/dt; dx/dt = alpha'(t) x0 + sigma'(t) eps = f x - g^2 score / 2",
        "Song et al., Score-Based Generative Modeling through SDEs, arXiv:2011.13456, equation 13",
        List.of(
            RowSet.rows(
                Role.vector("xt", "data", "The state at time."),
                Role.vector("prediction", "data", "The prediction of the model there."),
                Role.scalar("time", "Time of the process."),
                Role.scalar("time-next", "Time to go to."))),
        parameters,
        List.of(Output.vector("x-next", "xt", "1", "the state at time-next")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    DiffusionProcess process = DiffusionProcess.of(binding.get(Levels.PROCESS));
    ReverseStep step = StepOptions.step(binding);
    step.checkSlopes();
    return (in, out) -> {
      step.reserve(in.count());
      double[] time = in.numbers("time", new double[in.count()]);
      double[] next = in.numbers("time-next", new double[in.count()]);
      for (int i = 0; i < in.count(); i++) {
        check(process, in, i, "time", time[i]);
        check(process, in, i, "time-next", next[i]);
        step.set(i, Step.euler(process, time[i], next[i]));
      }
      step.apply(
          in.type(),
          in.vector("xt"),
          in.vector("prediction"),
          MemorySegment.NULL,
          in.count(),
          in.width("xt"),
          out.vector("x-next"));
    };
  }

  private static void check(DiffusionProcess process, Rows in, int i, String role, double time) {
    boolean bounded = !(process instanceof DiffusionProcess.Edm);
    if ((time < 0 || (bounded && time > 1)) && !in.isNull(i)) {
      throw new IllegalArgumentException(
          "role '%s' row %d: found %s, expected a number %s"
              .formatted(role, in.firstInFile() + i, time, bounded ? "in [0, 1]" : ">= 0"));
    }
  }
}
