package io.lanewise.kernel;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Which vector kernels of a precision are ready to take the place of plain ones.
final class PlainFirst {
  private static final byte FLOAT32 = 1;
  private static final byte FLOAT64 = 2;

  /// What plain kernels must be expected to cost beyond vector ones for warming to pay: it keeps a
  /// processor busy for about so long.
  private static final double WORTH_NANOS = 0.2e9;

  private static final PlainFirst DOUBLE = new PlainFirst(Precision.DOUBLE);
  private static final PlainFirst SINGLE = new PlainFirst(Precision.SINGLE);

  private final Precision precision;
  private final Map<Kernel, Warming> float32 = new EnumMap<>(Kernel.class);
  private final Map<Kernel, Warming> float64 = new EnumMap<>(Kernel.class);

  private PlainFirst(Precision precision) {
    this.precision = precision;
    for (Kernel kernel : Kernel.values()) {
      // In single precision most kernels are those of double.
      boolean same = precision == Precision.SINGLE;
      float32.put(
          kernel,
          same && !kernel.hasSingle()
              ? DOUBLE.warming(kernel, Float.BYTES)
              : new Warming(kernel, precision, Float.BYTES));
      float64.put(
          kernel,
          same
              ? DOUBLE.warming(kernel, Double.BYTES)
              : new Warming(kernel, precision, Double.BYTES));
    }
  }

  static PlainFirst of(Precision precision) {
    return precision == Precision.SINGLE ? SINGLE : DOUBLE;
  }

  private Warming warming(Kernel kernel, int width) {
    Warming warming = (width == Float.BYTES ? float32 : float64).get(kernel);
    if (warming == null) {
      throw new IllegalStateException("kernels: found none of " + kernel);
    }
    return warming;
  }

  /// For each kernel all element types.
  static byte[] anyTypes() {
    byte[] types = new byte[Kernel.values().length];
    Arrays.fill(types, (byte) (FLOAT32 | FLOAT64));
    return types;
  }

  /// For each kernel the element types of its uses; all types where there is none.
  ///
  /// @param width bytes of an element of the columns
  static byte[] types(List<KernelUse> uses, int width) {
    byte[] types = new byte[Kernel.values().length];
    for (KernelUse use : uses) {
      types[use.kernel().ordinal()] |= use.width(width) == Float.BYTES ? FLOAT32 : FLOAT64;
    }
    for (int k = 0; k < types.length; k++) {
      types[k] = types[k] == 0 ? FLOAT32 | FLOAT64 : types[k];
    }
    return types;
  }

  /// Has those kernels warmed for which it pays.
  void expect(List<KernelUse> uses, int width, long values) {
    for (KernelUse use : uses) {
      if (values * use.kernel().savedNanos() > WORTH_NANOS) {
        warming(use.kernel(), use.width(width)).request();
      }
    }
  }

  /// Where to take a kernel from that may meet elements of these types.
  KernelSet now(Kernel kernel, byte types, KernelSet plain) {
    boolean ready =
        ((types & FLOAT32) == 0 || warming(kernel, Float.BYTES).isReady())
            & ((types & FLOAT64) == 0 || warming(kernel, Double.BYTES).isReady());
    return ready ? vector(precision) : plain;
  }

  /// Whether the vector form of a kernel of double precision is being warmed, or was.
  static boolean isRequested(Kernel kernel, int width) {
    return DOUBLE.warming(kernel, width).isRequested();
  }

  /// Whether any vector kernel is ready in this process.
  static boolean anyReady() {
    return Warming.anyReady();
  }

  /// The vector kernels of a precision. First asked for by [Warmup], since to load them takes time.
  static KernelSet vector(Precision precision) {
    return precision == Precision.SINGLE ? Vectors.SINGLE : Vectors.DOUBLE;
  }

  private static final class Vectors {
    static final KernelSet DOUBLE = KernelSet.vector(Precision.DOUBLE);
    static final KernelSet SINGLE = DOUBLE.single();

    private Vectors() {}
  }
}
