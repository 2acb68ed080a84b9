package io.lanewise.objective.diffusion;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LinearCombination;
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

/// What a model predicted as what another would have: between eps, x0, v, score and the velocities
/// of the straight path, given x_t and its noise level; at timesteps also the mean of the state
/// before (`previous-x`). Coefficients are float64 and rounded once to the data's type. Any kinds
/// besides that of parameter `to` may be had as outputs in the same pass. A level at which the
/// target is not determined (x0 from eps where no signal is left) gives non-finite elements, which
/// the policy on non-finite results then meets.
public final class DiffusionConversion implements Transform {
  private static final Parameter<String> FROM =
      Parameter.choice("from", "eps", "The kind of number in role prediction.", PreviousX.NAMES);
  private static final Parameter<String> TO =
      Parameter.choice("to", "x0", "The kind of prediction to convert to.", PreviousX.NAMES);

  @Override
  public Descriptor descriptor() {
    List<Role> roles = new ArrayList<>();
    roles.add(Role.vector("xt", "data", "Noised data."));
    roles.add(Role.vector("prediction", "data", "The prediction of the model."));
    roles.addAll(Levels.ROLES);
    List<Parameter<?>> parameters = new ArrayList<>(List.of(FROM, TO));
    parameters.addAll(Levels.PARAMETERS);
    return new Descriptor(
        "diffusion-conversion",
        List.of(),
        Family.DIFFUSION,
        "Conversion between predictions",
        "x_t = alpha x0 + sigma eps; v = alpha eps - sigma x0; score = -eps / sigma; velocity = eps - x0",
        "Salimans and Ho, Progressive Distillation, arXiv:2202.00512, appendix D",
        List.of(RowSet.rows(roles.toArray(Role[]::new)).choosing(Levels.CHOICE)),
        parameters,
        List.of(
            Output.vector("converted", "prediction", "1", "the prediction as parameter 'to' says"),
            Output.vector("eps", "prediction", "1", "the noise it means").onRequest(),
            Output.vector("x0", "prediction", "1", "the clean data it means").onRequest(),
            Output.vector("v", "prediction", "1", "alpha eps - sigma x0").onRequest(),
            Output.vector("score", "prediction", "1", "-eps / sigma").onRequest(),
            Output.vector("velocity", "prediction", "1", "eps - x0").onRequest(),
            Output.vector("velocity-to-data", "prediction", "1", "x0 - eps").onRequest(),
            Output.vector(PreviousX.NAME, "prediction", "1", "the mean of the state at t - 1")
                .onRequest()));
  }

  @Override
  public RowFunction bind(Binding binding, String set) {
    String from = binding.get(FROM);
    String to = binding.get(TO);
    Levels levels = new Levels(binding, false);
    if (from.equals(PreviousX.NAME)) {
      levels.checkDiscrete("from");
    }
    if (to.equals(PreviousX.NAME) || binding.wants(PreviousX.NAME)) {
      levels.checkDiscrete("to");
    }
    Kernels kernels = binding.kernels();
    return (in, out) -> {
      LinearCombination kernel = kernels.linearCombination();
      levels.read(in);
      convert(kernel, levels, from, to, in, out.vector("converted"));
      for (String kind : PreviousX.NAMES) {
        if (out.wants(kind)) {
          convert(kernel, levels, from, kind, in, out.vector(kind));
        }
      }
    };
  }

  private static Prediction.Conversion factors(Levels levels, int i, String from, String to) {
    double alpha = levels.alpha()[i];
    double sigma = levels.sigma()[i];
    boolean before = from.equals(PreviousX.NAME);
    boolean toBefore = to.equals(PreviousX.NAME);
    if (before && toBefore) {
      return new Prediction.Conversion(0, 1);
    }
    if (!before && !toBefore) {
      return Prediction.of(from).to(Prediction.of(to), alpha, sigma);
    }
    Posterior posterior = levels.posterior(i);
    if (toBefore) {
      Prediction.Conversion data = Prediction.of(from).to(Prediction.X0, alpha, sigma);
      return new Prediction.Conversion(
          posterior.coefficient1() * data.state() + posterior.coefficient2(),
          posterior.coefficient1() * data.output());
    }
    Prediction.Conversion data = PreviousX.toData(posterior);
    Prediction.Conversion target = Prediction.X0.to(Prediction.of(to), alpha, sigma);
    return new Prediction.Conversion(
        target.state() + target.output() * data.state(), target.output() * data.output());
  }

  private static void convert(
      LinearCombination kernel,
      Levels levels,
      String from,
      String to,
      Rows in,
      MemorySegment into) {
    double[] state = new double[in.count()];
    double[] output = new double[in.count()];
    for (int i = 0; i < in.count(); i++) {
      Prediction.Conversion factors = factors(levels, i, from, to);
      state[i] = factors.state();
      output[i] = factors.output();
    }
    MemorySegment xt = in.vector("xt");
    MemorySegment prediction = in.vector("prediction");
    int width = in.width("xt");
    kernel.rows(
        in.matrix(xt, width), in.matrix(prediction, width), state, output, in.matrix(into, width));
  }
}
