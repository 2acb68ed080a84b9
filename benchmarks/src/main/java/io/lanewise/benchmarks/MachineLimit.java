package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/// What the machine allows, measured as the kernels are: reading, copying, the triad `z = x + a y`,
/// updating in place, and fused multiply-adds in registers. The loops are flat on purpose: C2 keeps
/// vectors in registers only where it sees the whole loop.
@State(Scope.Thread)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.NATIVE, Jvm.UNSAFE, Jvm.OPENS})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class MachineLimit {
  private static final VectorSpecies<Float> F32 = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> F64 = DoubleVector.SPECIES_PREFERRED;
  private static final int BYTES = F32.vectorByteSize();
  private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

  /// All memory, so that the loops pay for no check; only at addresses of matrices that live.
  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /// Multiply-adds of one vector in one call of `fma`.
  private static final int FMA_LOOPS = 4096;

  private static final int FMA_CHAINS = 12;

  @Param({"FLOAT32", "FLOAT64"})
  public DType dtype = DType.FLOAT32;

  @Param({"L2", "DRAM"})
  public Size size = Size.L2;

  /// `read`, `copy`, `triad`, `update` or `fma` (whose size means nothing).
  @Param({"read", "copy", "triad", "update", "fma"})
  public String limit = "read";

  private Body body = () -> 0;

  /// Held, so that the memory behind the addresses lives.
  private Matrix[] matrices = {};

  private double factor;

  @Setup
  public void setup(ThreadParams threads) {
    if (size != Size.SMOKE) {
      prepare(threads, Size.L2);
      body.rehearse();
    }
    prepare(threads, size);
  }

  private void prepare(ThreadParams threads, Size size) {
    factor = 0.5;
    boolean f32 = dtype == DType.FLOAT32;
    int count =
        switch (limit) {
          case "read", "update", "fma" -> 1;
          case "copy" -> 2;
          default -> 3;
        };
    Slice slice = Slice.of(Implementation.SIMD, dtype, size, threads, count, 512);
    matrices = new Matrix[count];
    long[] at = new long[3];
    for (int i = 0; i < count; i++) {
      matrices[i] = slice.normal(i);
      at[i] = matrices[i].data().address();
    }
    long bytes = slice.count() * dtype.bytes();
    double y = count < 3 ? 0 : matrices[1].get(0);
    double expected =
        switch (limit) {
          case "read" -> total(slice, matrices[0]);
          case "copy" -> matrices[0].get(0);
          case "triad" -> matrices[0].get(0) + 0.5 * y;
          case "update" -> 0.5 * matrices[0].get(0);
          default -> FMA_CHAINS * F32.vectorByteSize() / (double) dtype.bytes();
        };
    body =
        switch (limit) {
          case "read" -> f32 ? () -> read32(at[0], bytes) : () -> read64(at[0], bytes);
          case "copy" -> () -> copy(at[0], at[1], bytes);
          case "triad" ->
              f32
                  ? () -> triad32(at[0], at[1], (float) factor, at[2], bytes)
                  : () -> triad64(at[0], at[1], factor, at[2], bytes);
          case "update" ->
              f32
                  ? () -> update32(at[0], (float) factor, bytes)
                  : () -> update64(at[0], factor, bytes);
          default -> f32 ? () -> fma32((float) factor) : () -> fma64(factor);
        };
    double result = body.run();
    int last = count - 1;
    double found =
        switch (limit) {
          case "read", "fma" -> result;
          default -> matrices[last].get(0);
        };
    Check.of(
            "MachineLimit." + limit, slice, dtype == DType.FLOAT32 ? 1e-4 : 1e-11, 1, i -> expected)
        .against(Integer.toString(8 * BYTES), i -> found);
    factor = 1; // an update that shrinks would reach subnormals
  }

  @Benchmark
  public double run() {
    return body.run();
  }

  /// Relative to the sum of what was added, zero: the values are centred.
  private static double total(Slice slice, Matrix x) {
    double sum = 0;
    for (long i = 0; i < slice.count(); i++) {
      sum += x.get(i);
    }
    return sum;
  }

  private static double read32(long x, long bytes) {
    FloatVector a = FloatVector.zero(F32);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    FloatVector e = a;
    FloatVector f = a;
    FloatVector g = a;
    FloatVector h = a;
    for (long i = 0; i < bytes; i += 8L * BYTES) {
      long at = x + i;
      a = a.add(FloatVector.fromMemorySegment(F32, MEMORY, at, NATIVE));
      b = b.add(FloatVector.fromMemorySegment(F32, MEMORY, at + BYTES, NATIVE));
      c = c.add(FloatVector.fromMemorySegment(F32, MEMORY, at + 2L * BYTES, NATIVE));
      d = d.add(FloatVector.fromMemorySegment(F32, MEMORY, at + 3L * BYTES, NATIVE));
      e = e.add(FloatVector.fromMemorySegment(F32, MEMORY, at + 4L * BYTES, NATIVE));
      f = f.add(FloatVector.fromMemorySegment(F32, MEMORY, at + 5L * BYTES, NATIVE));
      g = g.add(FloatVector.fromMemorySegment(F32, MEMORY, at + 6L * BYTES, NATIVE));
      h = h.add(FloatVector.fromMemorySegment(F32, MEMORY, at + 7L * BYTES, NATIVE));
    }
    FloatVector sum = a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h)));
    return sum.reduceLanes(VectorOperators.ADD);
  }

  private static double read64(long x, long bytes) {
    DoubleVector a = DoubleVector.zero(F64);
    DoubleVector b = a;
    DoubleVector c = a;
    DoubleVector d = a;
    DoubleVector e = a;
    DoubleVector f = a;
    DoubleVector g = a;
    DoubleVector h = a;
    for (long i = 0; i < bytes; i += 8L * BYTES) {
      long at = x + i;
      a = a.add(DoubleVector.fromMemorySegment(F64, MEMORY, at, NATIVE));
      b = b.add(DoubleVector.fromMemorySegment(F64, MEMORY, at + BYTES, NATIVE));
      c = c.add(DoubleVector.fromMemorySegment(F64, MEMORY, at + 2L * BYTES, NATIVE));
      d = d.add(DoubleVector.fromMemorySegment(F64, MEMORY, at + 3L * BYTES, NATIVE));
      e = e.add(DoubleVector.fromMemorySegment(F64, MEMORY, at + 4L * BYTES, NATIVE));
      f = f.add(DoubleVector.fromMemorySegment(F64, MEMORY, at + 5L * BYTES, NATIVE));
      g = g.add(DoubleVector.fromMemorySegment(F64, MEMORY, at + 6L * BYTES, NATIVE));
      h = h.add(DoubleVector.fromMemorySegment(F64, MEMORY, at + 7L * BYTES, NATIVE));
    }
    DoubleVector sum = a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h)));
    return sum.reduceLanes(VectorOperators.ADD);
  }

  private static double copy(long x, long y, long bytes) {
    for (long i = 0; i < bytes; i += BYTES) {
      FloatVector.fromMemorySegment(F32, MEMORY, x + i, NATIVE)
          .intoMemorySegment(MEMORY, y + i, NATIVE);
    }
    return bytes;
  }

  private static double triad32(long x, long y, float factor, long z, long bytes) {
    FloatVector a = FloatVector.broadcast(F32, factor);
    for (long i = 0; i < bytes; i += BYTES) {
      FloatVector vx = FloatVector.fromMemorySegment(F32, MEMORY, x + i, NATIVE);
      a.fma(FloatVector.fromMemorySegment(F32, MEMORY, y + i, NATIVE), vx)
          .intoMemorySegment(MEMORY, z + i, NATIVE);
    }
    return bytes;
  }

  private static double triad64(long x, long y, double factor, long z, long bytes) {
    DoubleVector a = DoubleVector.broadcast(F64, factor);
    for (long i = 0; i < bytes; i += BYTES) {
      DoubleVector vx = DoubleVector.fromMemorySegment(F64, MEMORY, x + i, NATIVE);
      a.fma(DoubleVector.fromMemorySegment(F64, MEMORY, y + i, NATIVE), vx)
          .intoMemorySegment(MEMORY, z + i, NATIVE);
    }
    return bytes;
  }

  private static double update32(long x, float factor, long bytes) {
    for (long i = 0; i < bytes; i += BYTES) {
      FloatVector.fromMemorySegment(F32, MEMORY, x + i, NATIVE)
          .mul(factor)
          .intoMemorySegment(MEMORY, x + i, NATIVE);
    }
    return bytes;
  }

  private static double update64(long x, double factor, long bytes) {
    for (long i = 0; i < bytes; i += BYTES) {
      DoubleVector.fromMemorySegment(F64, MEMORY, x + i, NATIVE)
          .mul(factor)
          .intoMemorySegment(MEMORY, x + i, NATIVE);
    }
    return bytes;
  }

  /// Twelve chains: two units of four cycles' latency, and a few to spare. From 0, `v = v factor +
  /// (1 - factor)` tends to 1 in every lane.
  private static double fma32(float factor) {
    FloatVector m = FloatVector.broadcast(F32, factor);
    FloatVector n = FloatVector.broadcast(F32, 1 - factor);
    FloatVector a = FloatVector.zero(F32);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    FloatVector e = a;
    FloatVector f = a;
    FloatVector g = a;
    FloatVector h = a;
    FloatVector i = a;
    FloatVector j = a;
    FloatVector k = a;
    FloatVector l = a;
    for (int t = 0; t < FMA_LOOPS; t++) {
      a = a.fma(m, n);
      b = b.fma(m, n);
      c = c.fma(m, n);
      d = d.fma(m, n);
      e = e.fma(m, n);
      f = f.fma(m, n);
      g = g.fma(m, n);
      h = h.fma(m, n);
      i = i.fma(m, n);
      j = j.fma(m, n);
      k = k.fma(m, n);
      l = l.fma(m, n);
    }
    FloatVector sum = a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h)));
    return sum.add(i.add(j).add(k.add(l))).reduceLanes(VectorOperators.ADD);
  }

  private static double fma64(double factor) {
    DoubleVector m = DoubleVector.broadcast(F64, factor);
    DoubleVector n = DoubleVector.broadcast(F64, 1 - factor);
    DoubleVector a = DoubleVector.zero(F64);
    DoubleVector b = a;
    DoubleVector c = a;
    DoubleVector d = a;
    DoubleVector e = a;
    DoubleVector f = a;
    DoubleVector g = a;
    DoubleVector h = a;
    DoubleVector i = a;
    DoubleVector j = a;
    DoubleVector k = a;
    DoubleVector l = a;
    for (int t = 0; t < FMA_LOOPS; t++) {
      a = a.fma(m, n);
      b = b.fma(m, n);
      c = c.fma(m, n);
      d = d.fma(m, n);
      e = e.fma(m, n);
      f = f.fma(m, n);
      g = g.fma(m, n);
      h = h.fma(m, n);
      i = i.fma(m, n);
      j = j.fma(m, n);
      k = k.fma(m, n);
      l = l.fma(m, n);
    }
    DoubleVector sum = a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h)));
    return sum.add(i.add(j).add(k.add(l))).reduceLanes(VectorOperators.ADD);
  }
}
