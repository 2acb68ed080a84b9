package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import java.util.List;

/// Which vector kernels of a precision are ready to take the place of plain ones.
final class PlainFirst {
  private static final FloatType[] TYPES = FloatType.values();

  /// What plain kernels must be expected to cost beyond vector ones for warming to pay: it keeps a
  /// processor busy for about so long.
  private static final double WORTH_NANOS = 0.2e9;

  private static final PlainFirst DOUBLE = new PlainFirst(Precision.DOUBLE);
  private static final PlainFirst SINGLE = new PlainFirst(Precision.SINGLE);

  private final Precision precision;
  private final Warming[][] warmings =
      new Warming[Kernel.values().length][FloatType.values().length];

  private PlainFirst(Precision precision) {
    this.precision = precision;
    for (Kernel kernel : Kernel.values()) {
      for (FloatType type : FloatType.values()) {
        // In single precision most kernels are those of double.
        boolean same =
            precision == Precision.SINGLE && !(kernel.hasSingle() && type != FloatType.FLOAT64);
        warmings[kernel.ordinal()][type.ordinal()] =
            same ? DOUBLE.warming(kernel, type) : new Warming(kernel, precision, type);
      }
    }
  }

  static PlainFirst of(Precision precision) {
    return precision == Precision.SINGLE ? SINGLE : DOUBLE;
  }

  private Warming warming(Kernel kernel, FloatType type) {
    return warmings[kernel.ordinal()][(kernel.isTyped() ? type : FloatType.FLOAT64).ordinal()];
  }

  /// For each kernel all element types, as a set of bits.
  static byte[] anyTypes() {
    byte[] types = new byte[Kernel.values().length];
    for (FloatType type : FloatType.values()) {
      for (int k = 0; k < types.length; k++) {
        types[k] |= bit(type);
      }
    }
    return types;
  }

  /// For each kernel the element types of its uses. Where none is named: the columns' type, and
  /// those that objectives compute in.
  static byte[] types(List<KernelUse> uses, FloatType columns) {
    byte[] types = new byte[Kernel.values().length];
    for (KernelUse use : uses) {
      types[use.kernel().ordinal()] |= bit(use.type(columns));
    }
    for (int k = 0; k < types.length; k++) {
      if (types[k] == 0) {
        types[k] = (byte) (bit(FloatType.FLOAT32) | bit(FloatType.FLOAT64) | bit(columns));
      }
    }
    return types;
  }

  private static byte bit(FloatType type) {
    return (byte) (1 << type.ordinal());
  }

  /// Has those kernels warmed for which it pays.
  void expect(List<KernelUse> uses, FloatType columns, long values) {
    for (KernelUse use : uses) {
      if (values * use.kernel().savedNanos() > WORTH_NANOS) {
        warming(use.kernel(), use.type(columns)).request();
      }
    }
  }

  /// Where to take a kernel from that may meet elements of these types.
  KernelSet now(Kernel kernel, byte types, KernelSet plain) {
    boolean ready = true;
    for (FloatType type : TYPES) {
      if ((types & bit(type)) != 0) {
        // Each is asked, since who asks for long has it warmed.
        ready &= warming(kernel, type).isReady();
      }
    }
    return ready ? vector(precision) : plain;
  }

  /// Whether the vector form of a kernel of double precision is being warmed, or was.
  static boolean isRequested(Kernel kernel, FloatType type) {
    return DOUBLE.warming(kernel, type).isRequested();
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
    static final KernelSet DOUBLE = vectors();
    static final KernelSet SINGLE = DOUBLE.single();

    private static KernelSet vectors() {
      if (!VectorModule.present()) {
        throw new IllegalStateException("found no module " + VectorModule.NAME + ", expected it");
      }
      return KernelSet.vector(Precision.DOUBLE);
    }

    private Vectors() {}
  }
}
