package io.lanewise.noise;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The normals of `numpy.random.default_rng(seed)`, in NumPy's order. Specs `numpy:SEED` and
/// `numpy:SEED@SKIP`.
///
/// Element `index` of step 0 is the draw at position `SKIP + index` of the stream that
/// `default_rng(seed).normal(size=...)`, or `standard_normal`, reads. NumPy code that loops over
/// steps draws one whole array per step: element `(index, step)` is at `SKIP + step * total +
/// index`, where `total`, the number of elements of the whole input, comes from [#withElements].
///
/// Values are those of NumPy to the bit, except for one in 1.5e8 where the C library of NumPy
/// rounds `log1p` differently. Float32 is the float64 draw, rounded; `dtype=float32` of NumPy is
/// another stream.
///
/// A draw takes a varying number of random words, so the stream can only be read in order. Marks
/// along the way make it cheap to return to any range that was passed. A range far ahead costs
/// reading up to it, once. For large evaluations prefer a [CounterNoise].
public final class NumpyNoise implements Noise {
  private static final long UNKNOWN = -1;

  private final BigInteger seed;
  private final long skip;
  private final long elements;
  private final NumpyStream stream;

  /// Noise of a seed, without the first `skip` draws of its stream.
  ///
  /// Throws `IllegalArgumentException` if one of the two is negative.
  public NumpyNoise(BigInteger seed, long skip) {
    this(seed, skip, UNKNOWN, new NumpyStream(seed));
  }

  private NumpyNoise(BigInteger seed, long skip, long elements, NumpyStream stream) {
    if (skip < 0) {
      throw new IllegalArgumentException(
          "noise 'numpy': found skip " + skip + ", expected 0 or more");
    }
    this.seed = seed;
    this.skip = skip;
    this.elements = elements;
    this.stream = stream;
  }

  /// The same noise for an input of `total` elements (rows times columns), so that it can be asked
  /// for steps after the first.
  ///
  /// Throws `IllegalArgumentException` if `total` is negative.
  public NumpyNoise withElements(long total) {
    if (total < 0) {
      throw new IllegalArgumentException(
          "noise '" + this + "': found " + total + " elements, expected 0 or more");
    }
    return new NumpyNoise(seed, skip, total, stream);
  }

  /// Float64 draws, rounded to float32. Throws as [#normalsF64] does.
  @Override
  public void normalsF32(long first, long count, int step, MemorySegment out) {
    ElementRange.check(first, count, step, Float.BYTES, out);
    stream.read(
        position(first, count, step),
        count,
        (draws, n, done) -> {
          for (int i = 0; i < n; i++) {
            out.set(ValueLayout.JAVA_FLOAT_UNALIGNED, (done + i) * Float.BYTES, (float) draws[i]);
          }
        });
  }

  /// Also throws `IllegalArgumentException` if `step` is not 0 and the number of elements unknown,
  /// if the range ends behind a known number of elements, or behind `2^63 - 1` in the stream.
  @Override
  public void normalsF64(long first, long count, int step, MemorySegment out) {
    ElementRange.check(first, count, step, Double.BYTES, out);
    stream.read(
        position(first, count, step),
        count,
        (draws, n, done) ->
            MemorySegment.copy(
                draws, 0, out, ValueLayout.JAVA_DOUBLE_UNALIGNED, done * Double.BYTES, n));
  }

  private long position(long first, long count, int step) {
    if (elements == UNKNOWN && step > 0) {
      throw new IllegalArgumentException(
          "noise '"
              + this
              + "': found step "
              + step
              + " of an input of unknown size, expected withElements(total) before:"
              + " NumPy draws whole arrays, one after the other");
    }
    if (elements != UNKNOWN && first + count > elements) {
      throw new IllegalArgumentException(
          "noise '"
              + this
              + "': found elements up to "
              + (first + count)
              + ", expected at most the "
              + elements
              + " of the whole input");
    }
    try {
      long before = step == 0 ? 0 : Math.multiplyExact(elements, (long) step);
      long position = Math.addExact(Math.addExact(skip, before), first);
      Math.addExact(position, count);
      return position;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "noise '"
              + this
              + "': found step "
              + step
              + " and element "
              + first
              + " behind position 2^63 - 1 of the stream, expected a smaller one",
          e);
    }
  }

  /// Equal noise draws equal numbers.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NumpyNoise that
        && seed.equals(that.seed)
        && skip == that.skip
        && elements == that.elements;
  }

  @Override
  public int hashCode() {
    return Objects.hash(seed, skip, elements);
  }

  @Override
  public String toString() {
    return "numpy:" + seed + (skip == 0 ? "" : "@" + skip);
  }
}
