package io.lanewise.objective.diffusion;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Output;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowFunction;
import io.lanewise.objective.RowObjective;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Statistic;
import io.lanewise.result.Direction;
import java.util.List;

/// A loss that is already in a column, broken down by the timestep it was taken at: for each
/// timestep n, mean and standard error.
public final class LossByTimestep implements RowObjective {
  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "loss-by-timestep",
        List.of(),
        Family.DIFFUSION,
        "Denoising loss by timestep",
        "loss(t) = mean of loss over the rows of timestep t",
        "Nichol and Dhariwal, Improved DDPM, arXiv:2102.09672, figure 2",
        List.of(
            RowSet.rows(
                Role.scalar("loss", "The loss of the row."),
                Role.integer("t", "The timestep of the row."))),
        List.of(),
        List.of(Output.number("loss", "1", "the loss, as given")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    return (in, out) -> in.numbers("loss", out.number("loss"));
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(Statistic.mean("loss", "1", Direction.LOWER, "mean over rows", "loss"));
  }

  @Override
  public String breakdownRole() {
    return "t";
  }
}
