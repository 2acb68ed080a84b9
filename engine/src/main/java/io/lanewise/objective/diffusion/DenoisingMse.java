package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import io.lanewise.kernel.Kernels;
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

/// The denoising error: mean over a row's elements of `(target - prediction)^2`, where target is
/// eps, x0, v or whatever the model predicts. With a timestep it is broken down by it.
public final class DenoisingMse implements RowObjective {
  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "denoising-mse",
        List.of("mse"),
        Family.DIFFUSION,
        "Denoising mean squared error",
        "mse = 1/D sum_j (target_j - prediction_j)^2",
        "Ho et al., Denoising Diffusion Probabilistic Models, arXiv:2006.11239, equation 14",
        List.of(
            RowSet.rows(
                Role.vector("target", "data", "What should have been predicted, such as eps."),
                Role.vector("prediction", "data", "What the model predicted."),
                Role.integer("t", "Timestep; gives the loss by timestep.").optional())),
        List.of(),
        List.of(Output.number("mse", "1", "mean over elements of (target - prediction)^2")));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    Kernels kernels = binding.kernels();
    int width = binding.width("target");
    return (in, out) -> {
      double[] mse = out.number("mse");
      if (in.type() == DType.FLOAT32) {
        kernels
            .squaredError()
            .f32(in.vector("target"), in.vector("prediction"), in.count(), width, mse);
      } else {
        kernels
            .squaredError()
            .f64(in.vector("target"), in.vector("prediction"), in.count(), width, mse);
      }
      for (int i = 0; i < in.count(); i++) {
        mse[i] /= width;
      }
    };
  }

  @Override
  public List<Statistic> statistics(Binding binding) {
    return List.of(
        Statistic.mean(
            "mse", "1", Direction.LOWER, "mean over elements, then mean over rows", "mse"));
  }

  @Override
  public String breakdownRole() {
    return "t";
  }
}
