package io.lanewise.kernel;

import static io.lanewise.kernel.loops.Memory.MEMORY;
import static io.lanewise.kernel.loops.Species.F32_HALF;
import static io.lanewise.kernel.loops.Species.F64;
import static io.lanewise.kernel.loops.Species.L;
import static io.lanewise.kernel.loops.Species.NATIVE;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import io.lanewise.kernel.loops.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/// One step of a diffusion sampler, rows with coefficients of their own: every step of DDPM, DDIM
/// and Euler's method is a sum of the state x, the model's output y, noise z and the predicted
/// clean data, which is a sum of x and y itself and may be clamped.
///
/// | form | out |
/// |---|---|
/// | linear | `state x + output y` |
/// | noisy | `state x + output y + noise z` |
/// | clamped | the same `+ clean clamp(cleanState x + cleanOutput y, -range, range)` |
///
/// float64 throughout, by fma from the right: `fma(noise, z, fma(state, x, output * y))`, then
/// `fma(clean, c, ...)` with `c = fma(cleanState, x, cleanOutput * y)` clamped; float32 inputs are
/// widened first and the result is rounded once. NaN propagates, through the clamp too. Where a
/// row's `noise` is 0 its z is not read. `out` may be an input.
public sealed interface DiffusionStep permits DiffusionStep.Scalar, DiffusionStep.Simd {
  /// Coefficients, one of each per row.
  ///
  /// @param state the factor of x
  /// @param output the factor of y
  /// @param noise the factor of z
  /// @param clean the factor of the clamped sum
  /// @param cleanState the factor of x in that sum
  /// @param cleanOutput the factor of y in that sum
  /// @param range the largest magnitude that clamping leaves, >= 0
  @SuppressWarnings("ArrayRecordComponent") // tables, filled for each call
  record Coefficients(
      double[] state,
      double[] output,
      double[] noise,
      double[] clean,
      double[] cleanState,
      double[] cleanOutput,
      double[] range) {
    /// Zeros for so many rows.
    public Coefficients(int rows) {
      this(
          new double[rows],
          new double[rows],
          new double[rows],
          new double[rows],
          new double[rows],
          new double[rows],
          new double[rows]);
    }

    /// The number of rows there is room for.
    public int rows() {
      return state.length;
    }
  }

  /// The linear form.
  ///
  /// @param x states, `rows x dim` float32, row-major
  /// @param y what the model put out, the same shape
  /// @param out written, the same shape; may be an input
  /// @throws IndexOutOfBoundsException if an operand or a table of coefficients is too short
  default void linearF32(
      MemorySegment x, MemorySegment y, Coefficients c, int rows, int dim, MemorySegment out) {
    Operand.checkRows("coefficients", c.rows(), rows);
    try (Operand ox = Operand.read("x", x, rows, dim, Float.BYTES);
        Operand oy = Operand.read("y", y, rows, dim, Float.BYTES);
        Operand oo = Operand.write("out", out, rows, dim, Float.BYTES)) {
      linearF32(ox, oy, c, rows, dim, oo);
    }
  }

  /// The noisy form, or the clamped one.
  ///
  /// @param x states, `rows x dim` float32, row-major
  /// @param y what the model put out, the same shape
  /// @param z noise, the same shape
  /// @param clamped whether clean data is added, clamped
  /// @param out written, the same shape; may be an input
  /// @throws IndexOutOfBoundsException if an operand or a table of coefficients is too short
  default void noisyF32(
      MemorySegment x,
      MemorySegment y,
      MemorySegment z,
      Coefficients c,
      boolean clamped,
      int rows,
      int dim,
      MemorySegment out) {
    Operand.checkRows("coefficients", c.rows(), rows);
    try (Operand ox = Operand.read("x", x, rows, dim, Float.BYTES);
        Operand oy = Operand.read("y", y, rows, dim, Float.BYTES);
        Operand oz = Operand.read("z", z, rows, dim, Float.BYTES);
        Operand oo = Operand.write("out", out, rows, dim, Float.BYTES)) {
      if (clamped) {
        clampedF32(ox, oy, oz, c, rows, dim, oo);
      } else {
        noisyF32(ox, oy, oz, c, rows, dim, oo);
      }
    }
  }

  /// The linear form, on float64.
  ///
  /// @param x states, `rows x dim` float64, row-major
  /// @param y what the model put out, the same shape
  /// @param out written, the same shape; may be an input
  /// @throws IndexOutOfBoundsException if an operand or a table of coefficients is too short
  default void linearF64(
      MemorySegment x, MemorySegment y, Coefficients c, int rows, int dim, MemorySegment out) {
    Operand.checkRows("coefficients", c.rows(), rows);
    try (Operand ox = Operand.read("x", x, rows, dim, Double.BYTES);
        Operand oy = Operand.read("y", y, rows, dim, Double.BYTES);
        Operand oo = Operand.write("out", out, rows, dim, Double.BYTES)) {
      linearF64(ox, oy, c, rows, dim, oo);
    }
  }

  /// The noisy form, or the clamped one, on float64.
  ///
  /// @param x states, `rows x dim` float64, row-major
  /// @param y what the model put out, the same shape
  /// @param z noise, the same shape
  /// @param clamped whether clean data is added, clamped
  /// @param out written, the same shape; may be an input
  /// @throws IndexOutOfBoundsException if an operand or a table of coefficients is too short
  default void noisyF64(
      MemorySegment x,
      MemorySegment y,
      MemorySegment z,
      Coefficients c,
      boolean clamped,
      int rows,
      int dim,
      MemorySegment out) {
    Operand.checkRows("coefficients", c.rows(), rows);
    try (Operand ox = Operand.read("x", x, rows, dim, Double.BYTES);
        Operand oy = Operand.read("y", y, rows, dim, Double.BYTES);
        Operand oz = Operand.read("z", z, rows, dim, Double.BYTES);
        Operand oo = Operand.write("out", out, rows, dim, Double.BYTES)) {
      if (clamped) {
        clampedF64(ox, oy, oz, c, rows, dim, oo);
      } else {
        noisyF64(ox, oy, oz, c, rows, dim, oo);
      }
    }
  }

  /// The loop behind [#linearF32], on checked operands.
  void linearF32(Operand x, Operand y, Coefficients c, int rows, int dim, Operand out);

  /// The loop of the noisy form, on checked operands.
  void noisyF32(Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out);

  /// The loop of the clamped form, on checked operands.
  void clampedF32(Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out);

  /// The loop behind [#linearF64], on checked operands.
  void linearF64(Operand x, Operand y, Coefficients c, int rows, int dim, Operand out);

  /// The loop of the noisy form, on checked operands.
  void noisyF64(Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out);

  /// The loop of the clamped form, on checked operands.
  void clampedF64(Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out);

  /// Plain loops.
  final class Scalar implements DiffusionStep {
    @Override
    public void linearF32(Operand x, Operand y, Coefficients c, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        linear32(x.address(), y.address(), c, r, dim, out.address());
      }
    }

    static void linear32(long x, long y, Coefficients c, int r, int dim, long out) {
      double state = c.state[r];
      double output = c.output[r];
      for (int i = 0; i < dim; i++) {
        long at = ((long) r * dim + i) * Float.BYTES;
        double vx = Memory.f32(x + at);
        double vy = Memory.f32(y + at);
        Memory.f32(out + at, (float) Math.fma(state, vx, output * vy));
      }
    }

    @Override
    public void noisyF32(
        Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        noisy32(x.address(), y.address(), z.address(), c, r, dim, out.address());
      }
    }

    static void noisy32(long x, long y, long z, Coefficients c, int r, int dim, long out) {
      double state = c.state[r];
      double output = c.output[r];
      double noise = c.noise[r];
      long drawn = noise == 0 ? x : z;
      for (int i = 0; i < dim; i++) {
        long at = ((long) r * dim + i) * Float.BYTES;
        double vx = Memory.f32(x + at);
        double vy = Memory.f32(y + at);
        Memory.f32(
            out + at,
            (float) Math.fma(noise, Memory.f32(drawn + at), Math.fma(state, vx, output * vy)));
      }
    }

    @Override
    public void clampedF32(
        Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        clamped32(x.address(), y.address(), z.address(), c, r, dim, out.address());
      }
    }

    static void clamped32(long x, long y, long z, Coefficients c, int r, int dim, long out) {
      double state = c.state[r];
      double output = c.output[r];
      double noise = c.noise[r];
      long drawn = noise == 0 ? x : z;
      double clean = c.clean[r];
      double cleanState = c.cleanState[r];
      double cleanOutput = c.cleanOutput[r];
      double range = c.range[r];
      for (int i = 0; i < dim; i++) {
        long at = ((long) r * dim + i) * Float.BYTES;
        double vx = Memory.f32(x + at);
        double vy = Memory.f32(y + at);
        double data = Math.fma(cleanState, vx, cleanOutput * vy);
        data = data > range ? range : data;
        data = data < -range ? -range : data;
        Memory.f32(
            out + at,
            (float)
                Math.fma(
                    clean,
                    data,
                    Math.fma(noise, Memory.f32(drawn + at), Math.fma(state, vx, output * vy))));
      }
    }

    @Override
    public void linearF64(Operand x, Operand y, Coefficients c, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        linear64(x.address(), y.address(), c, r, dim, out.address());
      }
    }

    static void linear64(long x, long y, Coefficients c, int r, int dim, long out) {
      double state = c.state[r];
      double output = c.output[r];
      for (int i = 0; i < dim; i++) {
        long at = ((long) r * dim + i) * Double.BYTES;
        double vx = Memory.f64(x + at);
        double vy = Memory.f64(y + at);
        Memory.f64(out + at, Math.fma(state, vx, output * vy));
      }
    }

    @Override
    public void noisyF64(
        Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        noisy64(x.address(), y.address(), z.address(), c, r, dim, out.address());
      }
    }

    static void noisy64(long x, long y, long z, Coefficients c, int r, int dim, long out) {
      double state = c.state[r];
      double output = c.output[r];
      double noise = c.noise[r];
      long drawn = noise == 0 ? x : z;
      for (int i = 0; i < dim; i++) {
        long at = ((long) r * dim + i) * Double.BYTES;
        double vx = Memory.f64(x + at);
        double vy = Memory.f64(y + at);
        Memory.f64(
            out + at, Math.fma(noise, Memory.f64(drawn + at), Math.fma(state, vx, output * vy)));
      }
    }

    @Override
    public void clampedF64(
        Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      for (int r = 0; r < rows; r++) {
        clamped64(x.address(), y.address(), z.address(), c, r, dim, out.address());
      }
    }

    static void clamped64(long x, long y, long z, Coefficients c, int r, int dim, long out) {
      double state = c.state[r];
      double output = c.output[r];
      double noise = c.noise[r];
      long drawn = noise == 0 ? x : z;
      double clean = c.clean[r];
      double cleanState = c.cleanState[r];
      double cleanOutput = c.cleanOutput[r];
      double range = c.range[r];
      for (int i = 0; i < dim; i++) {
        long at = ((long) r * dim + i) * Double.BYTES;
        double vx = Memory.f64(x + at);
        double vy = Memory.f64(y + at);
        double data = Math.fma(cleanState, vx, cleanOutput * vy);
        data = data > range ? range : data;
        data = data < -range ? -range : data;
        Memory.f64(
            out + at,
            Math.fma(
                clean,
                data,
                Math.fma(noise, Memory.f64(drawn + at), Math.fma(state, vx, output * vy))));
      }
    }
  }

  /// Vector loops. The last vector of a row overlaps the one before it; it is computed first, while
  /// its inputs are intact. Counted loops, which C2 unrolls: rows that are sampled are long.
  final class Simd implements DiffusionStep {
    @Override
    public void linearF32(Operand x, Operand y, Coefficients c, int rows, int dim, Operand out) {
      if (dim >= L) {
        linear32(x.address(), y.address(), c, rows, dim, out.address());
      } else {
        for (int r = 0; r < rows; r++) {
          Scalar.linear32(x.address(), y.address(), c, r, dim, out.address());
        }
      }
    }

    private static void linear32(long x, long y, Coefficients c, int rows, int dim, long out) {
      int whole = (dim - 1) / L * L;
      for (int r = 0; r < rows; r++) {
        DoubleVector state = DoubleVector.broadcast(F64, c.state[r]);
        DoubleVector output = DoubleVector.broadcast(F64, c.output[r]);
        long start = (long) r * dim * Float.BYTES;
        long last = start + (long) (dim - L) * Float.BYTES;
        DoubleVector lx =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + last, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector ly =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + last, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector tail = state.fma(lx, output.mul(ly));
        for (int i = 0; i < whole; i += L) {
          long at = start + (long) i * Float.BYTES;
          DoubleVector vx =
              (DoubleVector)
                  FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                      .convertShape(F2D, F64, 0);
          DoubleVector vy =
              (DoubleVector)
                  FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + at, NATIVE)
                      .convertShape(F2D, F64, 0);
          ((FloatVector) state.fma(vx, output.mul(vy)).convertShape(D2F, F32_HALF, 0))
              .intoMemorySegment(MEMORY, out + at, NATIVE);
        }
        ((FloatVector) tail.convertShape(D2F, F32_HALF, 0))
            .intoMemorySegment(MEMORY, out + last, NATIVE);
      }
    }

    @Override
    public void noisyF32(
        Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      if (dim >= L) {
        noisy32(x.address(), y.address(), z.address(), c, rows, dim, out.address());
      } else {
        for (int r = 0; r < rows; r++) {
          Scalar.noisy32(x.address(), y.address(), z.address(), c, r, dim, out.address());
        }
      }
    }

    private static void noisy32(
        long x, long y, long z, Coefficients c, int rows, int dim, long out) {
      int whole = (dim - 1) / L * L;
      for (int r = 0; r < rows; r++) {
        DoubleVector state = DoubleVector.broadcast(F64, c.state[r]);
        DoubleVector output = DoubleVector.broadcast(F64, c.output[r]);
        DoubleVector noise = DoubleVector.broadcast(F64, c.noise[r]);
        long drawn = c.noise[r] == 0 ? x : z;
        long start = (long) r * dim * Float.BYTES;
        long last = start + (long) (dim - L) * Float.BYTES;
        DoubleVector lx =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + last, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector ly =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + last, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector tail =
            noise.fma(
                (DoubleVector)
                    FloatVector.fromMemorySegment(F32_HALF, MEMORY, drawn + last, NATIVE)
                        .convertShape(F2D, F64, 0),
                state.fma(lx, output.mul(ly)));
        for (int i = 0; i < whole; i += L) {
          long at = start + (long) i * Float.BYTES;
          DoubleVector vx =
              (DoubleVector)
                  FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                      .convertShape(F2D, F64, 0);
          DoubleVector vy =
              (DoubleVector)
                  FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + at, NATIVE)
                      .convertShape(F2D, F64, 0);
          ((FloatVector)
                  noise
                      .fma(
                          (DoubleVector)
                              FloatVector.fromMemorySegment(F32_HALF, MEMORY, drawn + at, NATIVE)
                                  .convertShape(F2D, F64, 0),
                          state.fma(vx, output.mul(vy)))
                      .convertShape(D2F, F32_HALF, 0))
              .intoMemorySegment(MEMORY, out + at, NATIVE);
        }
        ((FloatVector) tail.convertShape(D2F, F32_HALF, 0))
            .intoMemorySegment(MEMORY, out + last, NATIVE);
      }
    }

    @Override
    public void clampedF32(
        Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      if (dim >= L) {
        clamped32(x.address(), y.address(), z.address(), c, rows, dim, out.address());
      } else {
        for (int r = 0; r < rows; r++) {
          Scalar.clamped32(x.address(), y.address(), z.address(), c, r, dim, out.address());
        }
      }
    }

    private static void clamped32(
        long x, long y, long z, Coefficients c, int rows, int dim, long out) {
      int whole = (dim - 1) / L * L;
      for (int r = 0; r < rows; r++) {
        DoubleVector state = DoubleVector.broadcast(F64, c.state[r]);
        DoubleVector output = DoubleVector.broadcast(F64, c.output[r]);
        DoubleVector noise = DoubleVector.broadcast(F64, c.noise[r]);
        long drawn = c.noise[r] == 0 ? x : z;
        DoubleVector clean = DoubleVector.broadcast(F64, c.clean[r]);
        DoubleVector cleanState = DoubleVector.broadcast(F64, c.cleanState[r]);
        DoubleVector cleanOutput = DoubleVector.broadcast(F64, c.cleanOutput[r]);
        DoubleVector most = DoubleVector.broadcast(F64, c.range[r]);
        DoubleVector least = DoubleVector.broadcast(F64, -c.range[r]);
        long start = (long) r * dim * Float.BYTES;
        long last = start + (long) (dim - L) * Float.BYTES;
        DoubleVector lx =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + last, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector ly =
            (DoubleVector)
                FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + last, NATIVE)
                    .convertShape(F2D, F64, 0);
        DoubleVector lsum =
            noise.fma(
                (DoubleVector)
                    FloatVector.fromMemorySegment(F32_HALF, MEMORY, drawn + last, NATIVE)
                        .convertShape(F2D, F64, 0),
                state.fma(lx, output.mul(ly)));
        DoubleVector ldata = cleanState.fma(lx, cleanOutput.mul(ly));
        ldata = ldata.blend(most, ldata.compare(GT, most));
        ldata = ldata.blend(least, ldata.compare(LT, least));
        DoubleVector tail = clean.fma(ldata, lsum);
        for (int i = 0; i < whole; i += L) {
          long at = start + (long) i * Float.BYTES;
          DoubleVector vx =
              (DoubleVector)
                  FloatVector.fromMemorySegment(F32_HALF, MEMORY, x + at, NATIVE)
                      .convertShape(F2D, F64, 0);
          DoubleVector vy =
              (DoubleVector)
                  FloatVector.fromMemorySegment(F32_HALF, MEMORY, y + at, NATIVE)
                      .convertShape(F2D, F64, 0);
          DoubleVector sum =
              noise.fma(
                  (DoubleVector)
                      FloatVector.fromMemorySegment(F32_HALF, MEMORY, drawn + at, NATIVE)
                          .convertShape(F2D, F64, 0),
                  state.fma(vx, output.mul(vy)));
          DoubleVector data = cleanState.fma(vx, cleanOutput.mul(vy));
          data = data.blend(most, data.compare(GT, most));
          data = data.blend(least, data.compare(LT, least));
          ((FloatVector) clean.fma(data, sum).convertShape(D2F, F32_HALF, 0))
              .intoMemorySegment(MEMORY, out + at, NATIVE);
        }
        ((FloatVector) tail.convertShape(D2F, F32_HALF, 0))
            .intoMemorySegment(MEMORY, out + last, NATIVE);
      }
    }

    @Override
    public void linearF64(Operand x, Operand y, Coefficients c, int rows, int dim, Operand out) {
      if (dim >= L) {
        linear64(x.address(), y.address(), c, rows, dim, out.address());
      } else {
        for (int r = 0; r < rows; r++) {
          Scalar.linear64(x.address(), y.address(), c, r, dim, out.address());
        }
      }
    }

    private static void linear64(long x, long y, Coefficients c, int rows, int dim, long out) {
      int whole = (dim - 1) / L * L;
      for (int r = 0; r < rows; r++) {
        DoubleVector state = DoubleVector.broadcast(F64, c.state[r]);
        DoubleVector output = DoubleVector.broadcast(F64, c.output[r]);
        long start = (long) r * dim * Double.BYTES;
        long last = start + (long) (dim - L) * Double.BYTES;
        DoubleVector lx = DoubleVector.fromMemorySegment(F64, MEMORY, x + last, NATIVE);
        DoubleVector ly = DoubleVector.fromMemorySegment(F64, MEMORY, y + last, NATIVE);
        DoubleVector tail = state.fma(lx, output.mul(ly));
        for (int i = 0; i < whole; i += L) {
          long at = start + (long) i * Double.BYTES;
          DoubleVector vx = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
          DoubleVector vy = DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE);
          state.fma(vx, output.mul(vy)).intoMemorySegment(MEMORY, out + at, NATIVE);
        }
        tail.intoMemorySegment(MEMORY, out + last, NATIVE);
      }
    }

    @Override
    public void noisyF64(
        Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      if (dim >= L) {
        noisy64(x.address(), y.address(), z.address(), c, rows, dim, out.address());
      } else {
        for (int r = 0; r < rows; r++) {
          Scalar.noisy64(x.address(), y.address(), z.address(), c, r, dim, out.address());
        }
      }
    }

    private static void noisy64(
        long x, long y, long z, Coefficients c, int rows, int dim, long out) {
      int whole = (dim - 1) / L * L;
      for (int r = 0; r < rows; r++) {
        DoubleVector state = DoubleVector.broadcast(F64, c.state[r]);
        DoubleVector output = DoubleVector.broadcast(F64, c.output[r]);
        DoubleVector noise = DoubleVector.broadcast(F64, c.noise[r]);
        long drawn = c.noise[r] == 0 ? x : z;
        long start = (long) r * dim * Double.BYTES;
        long last = start + (long) (dim - L) * Double.BYTES;
        DoubleVector lx = DoubleVector.fromMemorySegment(F64, MEMORY, x + last, NATIVE);
        DoubleVector ly = DoubleVector.fromMemorySegment(F64, MEMORY, y + last, NATIVE);
        DoubleVector tail =
            noise.fma(
                DoubleVector.fromMemorySegment(F64, MEMORY, drawn + last, NATIVE),
                state.fma(lx, output.mul(ly)));
        for (int i = 0; i < whole; i += L) {
          long at = start + (long) i * Double.BYTES;
          DoubleVector vx = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
          DoubleVector vy = DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE);
          noise
              .fma(
                  DoubleVector.fromMemorySegment(F64, MEMORY, drawn + at, NATIVE),
                  state.fma(vx, output.mul(vy)))
              .intoMemorySegment(MEMORY, out + at, NATIVE);
        }
        tail.intoMemorySegment(MEMORY, out + last, NATIVE);
      }
    }

    @Override
    public void clampedF64(
        Operand x, Operand y, Operand z, Coefficients c, int rows, int dim, Operand out) {
      if (dim >= L) {
        clamped64(x.address(), y.address(), z.address(), c, rows, dim, out.address());
      } else {
        for (int r = 0; r < rows; r++) {
          Scalar.clamped64(x.address(), y.address(), z.address(), c, r, dim, out.address());
        }
      }
    }

    private static void clamped64(
        long x, long y, long z, Coefficients c, int rows, int dim, long out) {
      int whole = (dim - 1) / L * L;
      for (int r = 0; r < rows; r++) {
        DoubleVector state = DoubleVector.broadcast(F64, c.state[r]);
        DoubleVector output = DoubleVector.broadcast(F64, c.output[r]);
        DoubleVector noise = DoubleVector.broadcast(F64, c.noise[r]);
        long drawn = c.noise[r] == 0 ? x : z;
        DoubleVector clean = DoubleVector.broadcast(F64, c.clean[r]);
        DoubleVector cleanState = DoubleVector.broadcast(F64, c.cleanState[r]);
        DoubleVector cleanOutput = DoubleVector.broadcast(F64, c.cleanOutput[r]);
        DoubleVector most = DoubleVector.broadcast(F64, c.range[r]);
        DoubleVector least = DoubleVector.broadcast(F64, -c.range[r]);
        long start = (long) r * dim * Double.BYTES;
        long last = start + (long) (dim - L) * Double.BYTES;
        DoubleVector lx = DoubleVector.fromMemorySegment(F64, MEMORY, x + last, NATIVE);
        DoubleVector ly = DoubleVector.fromMemorySegment(F64, MEMORY, y + last, NATIVE);
        DoubleVector lsum =
            noise.fma(
                DoubleVector.fromMemorySegment(F64, MEMORY, drawn + last, NATIVE),
                state.fma(lx, output.mul(ly)));
        DoubleVector ldata = cleanState.fma(lx, cleanOutput.mul(ly));
        ldata = ldata.blend(most, ldata.compare(GT, most));
        ldata = ldata.blend(least, ldata.compare(LT, least));
        DoubleVector tail = clean.fma(ldata, lsum);
        for (int i = 0; i < whole; i += L) {
          long at = start + (long) i * Double.BYTES;
          DoubleVector vx = DoubleVector.fromMemorySegment(F64, MEMORY, x + at, NATIVE);
          DoubleVector vy = DoubleVector.fromMemorySegment(F64, MEMORY, y + at, NATIVE);
          DoubleVector sum =
              noise.fma(
                  DoubleVector.fromMemorySegment(F64, MEMORY, drawn + at, NATIVE),
                  state.fma(vx, output.mul(vy)));
          DoubleVector data = cleanState.fma(vx, cleanOutput.mul(vy));
          data = data.blend(most, data.compare(GT, most));
          data = data.blend(least, data.compare(LT, least));
          clean.fma(data, sum).intoMemorySegment(MEMORY, out + at, NATIVE);
        }
        tail.intoMemorySegment(MEMORY, out + last, NATIVE);
      }
    }
  }
}
