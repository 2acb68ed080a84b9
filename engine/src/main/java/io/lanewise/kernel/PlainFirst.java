package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Which vector kernels of a precision are ready to take the place of plain ones.
final class PlainFirst {
  private static final Set<FloatType> ALL_TYPES = EnumSet.allOf(FloatType.class);

  /// What plain kernels must be expected to cost beyond vector ones for warming to pay: it keeps a
  /// processor busy for about so long, which the workers then lack. At a quarter of it, KL of 25
  /// million elements took 1.33 s instead of 0.95.
  private static final double WORTH_NANOS = 1.2e9;

  private static final PlainFirst DOUBLE = new PlainFirst(Precision.DOUBLE);
  private static final PlainFirst SINGLE = new PlainFirst(Precision.SINGLE);

  private static volatile boolean vectorsRan;

  private final Map<Kernel, Map<FloatType, Warming>> warmings = new EnumMap<>(Kernel.class);

  private PlainFirst(Precision precision) {
    for (Kernel kernel : Kernel.values()) {
      Map<FloatType, Warming> byType = new EnumMap<>(FloatType.class);
      for (FloatType type : ALL_TYPES) {
        // In single precision most kernels are those of double.
        boolean same =
            precision == Precision.SINGLE && !(kernel.hasSingle() && type != FloatType.FLOAT64);
        byType.put(
            type, same ? DOUBLE.warming(kernel, type) : new Warming(kernel, precision, type));
      }
      warmings.put(kernel, byType);
    }
  }

  static PlainFirst of(Precision precision) {
    return precision == Precision.SINGLE ? SINGLE : DOUBLE;
  }

  private Warming warming(Kernel kernel, FloatType type) {
    return Objects.requireNonNull(
        Objects.requireNonNull(warmings.get(kernel))
            .get(kernel.isTyped() ? type : FloatType.FLOAT64));
  }

  /// For each kernel what has to be ready: its forms for all types that it may meet.
  Map<Kernel, List<Warming>> awaited(Map<Kernel, Set<FloatType>> types) {
    Map<Kernel, List<Warming>> awaited = new EnumMap<>(Kernel.class);
    for (Kernel kernel : Kernel.values()) {
      awaited.put(
          kernel,
          types.getOrDefault(kernel, ALL_TYPES).stream()
              .map(type -> warming(kernel, type))
              .distinct()
              .toList());
    }
    return awaited;
  }

  /// For each kernel the element types of its uses. A kernel that is not there may meet the
  /// columns' type, and those that objectives compute in.
  static Map<Kernel, Set<FloatType>> types(List<KernelUse> uses, FloatType columns) {
    Map<Kernel, Set<FloatType>> types = new EnumMap<>(Kernel.class);
    for (KernelUse use : uses) {
      types
          .computeIfAbsent(use.kernel(), kernel -> EnumSet.noneOf(FloatType.class))
          .add(use.type(columns));
    }
    for (Kernel kernel : Kernel.values()) {
      types.computeIfAbsent(
          kernel, any -> EnumSet.of(FloatType.FLOAT32, FloatType.FLOAT64, columns));
    }
    return types;
  }

  /// Has those kernels warmed for which it pays.
  void expect(List<KernelUse> uses, FloatType columns, long values) {
    for (KernelUse use : uses) {
      if (values * use.kernel().savedNanos() > WORTH_NANOS) {
        warming(use.kernel(), use.type(columns)).request();
      }
    }
  }

  /// Whether all are ready, so that vectors run now. Each is asked, since who asks for long has it
  /// warmed.
  static boolean areReady(List<Warming> warmings) {
    boolean ready = true;
    for (int i = 0; i < warmings.size(); i++) {
      ready &= warmings.get(i).isReady();
    }
    if (ready && !vectorsRan) {
      vectorsRan = true;
    }
    return ready;
  }

  /// Whether the vector form of a kernel of double precision is being warmed, or was.
  static boolean isRequested(Kernel kernel, FloatType type) {
    return DOUBLE.warming(kernel, type).isRequested();
  }

  /// Whether a vector kernel has taken over from a plain one in this process.
  static boolean vectorsRan() {
    return vectorsRan;
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
