package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.kernel.loops.Species;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One kernel of every kind.
///
/// Each is plain, vector, or plain until its vector form is compiled: then each call of an accessor
/// gives what is best at that moment, so ask for a kernel where you use it and keep none. All forms
/// give the same bits.
public final class Kernels {
  /// The system property that chooses: `auto` (the default) begins with plain kernels, `simd` runs
  /// vector kernels from the first call on, `scalar` only plain ones.
  public static final String PROPERTY = KernelChoice.PROPERTY;

  private static volatile @Nullable Kernels active;

  private final String name;
  private final Precision precision;

  /// What runs; while vectors warm, what runs instead.
  private final KernelSet first;

  /// The way to vectors, where that is open.
  private final @Nullable PlainFirst plainFirst;

  /// Element types that each kernel may meet; all, for a kernel that is not there.
  private final Map<Kernel, Set<FloatType>> types;

  /// What has to be ready before a vector kernel may run.
  private final Map<Kernel, List<Warming>> awaited;

  private Kernels(
      String name,
      Precision precision,
      KernelSet first,
      @Nullable PlainFirst plainFirst,
      Map<Kernel, Set<FloatType>> types) {
    this.name = name;
    this.precision = precision;
    this.first = first;
    this.plainFirst = plainFirst;
    this.types = types;
    awaited = plainFirst == null ? Map.of() : plainFirst.awaited(types);
  }

  /// The plain kernels, which need nothing.
  public static Kernels scalar() {
    return fixed("scalar", KernelSet.plain(Precision.DOUBLE));
  }

  /// The vector kernels, from the first call on.
  ///
  /// @throws IllegalArgumentException if the module jdk.incubator.vector is absent
  public static Kernels simd() {
    KernelChoice.Facts facts = KernelChoice.Facts.ofThisProcess();
    KernelChoice.of(
        new KernelChoice.Facts(
            "simd",
            facts.bits(),
            facts.vmName(),
            facts.vmInfo(),
            facts.vectorModule(),
            facts.jvmciModule()));
    KernelSet vectors = PlainFirst.vector(Precision.DOUBLE);
    return fixed("simd-" + Species.bits(), vectors);
  }

  private static Kernels fixed(String name, KernelSet set) {
    return new Kernels(name, Precision.DOUBLE, set, null, Map.of());
  }

  /// The kernels this process uses, decided once from [#PROPERTY] and from what the JVM is. Where
  /// vectors are wanted and not possible, one log line says why.
  ///
  /// @throws IllegalArgumentException if a property asks for what is absent or unknown
  public static Kernels active() {
    Kernels decided = active;
    if (decided == null) {
      decided = decide();
      active = decided; // a race decides the same
    }
    return decided;
  }

  private static Kernels decide() {
    KernelChoice choice = KernelChoice.of(KernelChoice.Facts.ofThisProcess());
    if (choice.declined()) {
      System.getLogger("io.lanewise.kernel")
          .log(
              System.Logger.Level.WARNING,
              "plain kernels, several times slower: " + choice.reason());
    }
    return switch (choice.form()) {
      case PLAIN -> scalar();
      case VECTOR -> simd();
      case PLAIN_FIRST -> plainFirst();
    };
  }

  /// Kernels each of which is plain until its vector form is compiled.
  static Kernels plainFirst() {
    return new Kernels(
        "scalar",
        Precision.DOUBLE,
        KernelSet.plain(Precision.DOUBLE),
        PlainFirst.of(Precision.DOUBLE),
        Map.of());
  }

  /// What has run in this process so far: `scalar`, `simd-` and the vector width in bits, or
  /// `scalar, then simd-512` once a vector kernel has taken over from a plain one; and `single`
  /// where [Precision#SINGLE] is asked for. Part of every result's provenance.
  public String name() {
    return plainFirst != null && PlainFirst.vectorsRan()
        ? "scalar, then simd-" + Species.bits() + name.substring("scalar".length())
        : name;
  }

  /// The same kernels, with elementary functions, squared errors and linear combinations of float32
  /// data in that precision. Kernels that decide which row is nearest are the same.
  public Kernels in(Precision wanted) {
    if (wanted == precision) {
      return this;
    }
    if (wanted == Precision.DOUBLE) {
      throw new IllegalStateException("kernels: found single precision, expected double to narrow");
    }
    return new Kernels(
        name + " " + wanted,
        wanted,
        first.single(),
        plainFirst == null ? null : PlainFirst.of(wanted),
        types);
  }

  /// The same kernels for work that uses some with known element types only, so that they need not
  /// wait for other types.
  ///
  /// @param uses all uses of the kernels it names
  /// @param columns the element type of the columns
  public Kernels using(List<KernelUse> uses, FloatType columns) {
    return new Kernels(name, precision, first, plainFirst, PlainFirst.types(uses, columns));
  }

  /// Announces work, so that vector kernels may be ready when it begins; those for which it would
  /// not pay are left alone.
  ///
  /// @param uses the kernels
  /// @param columns the element type of the columns
  /// @param values about how many elements there will be
  public void expect(List<KernelUse> uses, FloatType columns, long values) {
    if (plainFirst != null) {
      plainFirst.expect(uses, columns, values);
    }
  }

  private KernelSet now(Kernel kernel) {
    List<Warming> warmings = awaited.get(kernel);
    return warmings == null || !PlainFirst.areReady(warmings)
        ? first
        : PlainFirst.vector(precision);
  }

  /// The best [RowSum] at this moment.
  public RowSum rowSum() {
    return now(Kernel.ROW_SUM).rowSum();
  }

  /// The best [LogProbSum] at this moment.
  public LogProbSum logProbSum() {
    return now(Kernel.LOG_PROB_SUM).logProbSum();
  }

  /// The best [GaussianKl] at this moment.
  public GaussianKl gaussianKl() {
    return now(Kernel.GAUSSIAN_KL).gaussianKl();
  }

  /// The best [SquaredNorm] at this moment.
  public SquaredNorm squaredNorm() {
    return now(Kernel.SQUARED_NORM).squaredNorm();
  }

  /// The best [SquaredError] at this moment.
  public SquaredError squaredError() {
    return now(Kernel.SQUARED_ERROR).squaredError();
  }

  /// The best [Reparameterize] at this moment.
  public Reparameterize reparameterize() {
    return now(Kernel.REPARAMETERIZE).reparameterize();
  }

  /// The best [LinearCombination] at this moment.
  public LinearCombination linearCombination() {
    return now(Kernel.LINEAR_COMBINATION).linearCombination();
  }

  /// The best [LangevinStep] at this moment.
  public LangevinStep langevinStep() {
    return now(Kernel.LANGEVIN_STEP).langevinStep();
  }

  /// The best [DiffusionStep] at this moment.
  public DiffusionStep diffusionStep() {
    return now(Kernel.DIFFUSION_STEP).diffusionStep();
  }

  /// The best [Softplus] at this moment.
  public Softplus softplus() {
    return now(Kernel.SOFTPLUS).softplus();
  }

  /// The best [NegativeLog] at this moment.
  public NegativeLog negativeLog() {
    return now(Kernel.NEGATIVE_LOG).negativeLog();
  }

  /// The best [AffineFlow] at this moment.
  public AffineFlow affineFlow() {
    return now(Kernel.AFFINE_FLOW).affineFlow();
  }

  /// The best [ColumnMoments] at this moment.
  public ColumnMoments columnMoments() {
    return now(Kernel.COLUMN_MOMENTS).columnMoments();
  }

  /// The best [CrossProducts] at this moment.
  public CrossProducts crossProducts() {
    return now(Kernel.CROSS_PRODUCTS).crossProducts();
  }

  /// The best [PairwiseProducts] at this moment.
  public PairwiseProducts pairwiseProducts() {
    return now(Kernel.PAIRWISE_PRODUCTS).pairwiseProducts();
  }

  /// The best [KernelSums] at this moment.
  public KernelSums kernelSums() {
    return now(Kernel.KERNEL_SUMS).kernelSums();
  }

  /// The best [FiniteScan] at this moment.
  public FiniteScan finiteScan() {
    return now(Kernel.FINITE_SCAN).finiteScan();
  }

  /// The best [LogSumExp] at this moment.
  public LogSumExp logSumExp() {
    return now(Kernel.LOG_SUM_EXP).logSumExp();
  }

  /// The best [ExactBlock] at this moment.
  ExactBlock exactBlock() {
    return now(Kernel.EXACT_BLOCK).exactBlock();
  }

  /// The best [CounterRandom] of Philox at this moment.
  public CounterRandom philox() {
    return now(Kernel.PHILOX).philox();
  }

  /// The best [CounterRandom] of Threefry at this moment.
  public CounterRandom threefry() {
    return now(Kernel.THREEFRY).threefry();
  }
}
