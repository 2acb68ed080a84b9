package io.lanewise.objective.diffusion;

import io.lanewise.batch.DType;
import java.lang.foreign.MemorySegment;

/// A step that uses several of the model's outputs, `next = state x + sum_j (clean_j x0_j + eps_j
/// eps_j) + noise z`: x0_j and eps_j are what the model predicted at point j, for the state and at
/// the level at which it was asked. [Solver] finds the factors.
///
/// @param state the factor of x, the state from which the step goes
/// @param clean the factors of the predicted data, one a point
/// @param eps the factors of the predicted noise, one a point
/// @param noise the factor of fresh noise; where it is 0 there is none
@SuppressWarnings("ArrayRecordComponent") // a few numbers, never written after construction
record Combination(double state, double[] clean, double[] eps, double noise) {
  /// A combination of predicted data alone.
  static Combination ofData(double state, double[] clean, double noise) {
    return new Combination(state, clean, new double[clean.length], noise);
  }

  /// A combination of predicted noise alone.
  static Combination ofNoise(double state, double[] eps, double noise) {
    return new Combination(state, new double[eps.length], eps, noise);
  }

  /// Takes the step for rows of float64. What is not read where its factor is 0: outputs and their
  /// states, and the noise.
  ///
  /// @param step its room is for as many rows
  /// @param at the level of each point
  /// @param x states, `rows x dim`
  /// @param states for each point the states that the model was asked about; `x` itself where these
  ///   are the same
  /// @param outputs for each point what the model predicted
  /// @param z standard normals; not read where `noise` is 0
  /// @param next written, no other operand
  void apply(
      ReverseStep step,
      Level[] at,
      MemorySegment x,
      MemorySegment[] states,
      MemorySegment[] outputs,
      MemorySegment z,
      int rows,
      int dim,
      MemorySegment next) {
    MemorySegment normals = noise == 0 ? MemorySegment.NULL : z;
    // Where the model was asked about x, one pass adds up x, its output and the noise.
    boolean joined = used(0) && states[0].equals(x);
    set(
        step,
        rows,
        joined
            ? new Step(at[0].alpha(), at[0].sigma(), clean[0], eps[0], state, noise)
            : new Step(1, 1, 0, 0, state, noise));
    step.apply(DType.FLOAT64, x, joined ? outputs[0] : x, normals, rows, dim, next);
    for (int j = joined ? 1 : 0; j < clean.length; j++) {
      if (used(j)) {
        set(step, rows, new Step(at[j].alpha(), at[j].sigma(), clean[j], eps[j], 0, 1));
        step.apply(DType.FLOAT64, states[j], outputs[j], next, rows, dim, next);
      }
    }
  }

  private boolean used(int point) {
    return clean[point] != 0 || eps[point] != 0;
  }

  private static void set(ReverseStep step, int rows, Step of) {
    for (int i = 0; i < rows; i++) {
      step.set(i, of);
    }
  }
}
