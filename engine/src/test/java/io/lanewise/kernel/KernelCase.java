package io.lanewise.kernel;

import io.lanewise.batch.FloatType;
import io.lanewise.batch.Matrix;
import io.lanewise.kernel.loops.Species;
import io.lanewise.noise.NoiseForms;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// One call of one kernel on made-up inputs: what the tests of bits, of speed and of memory all
/// run. A new kernel needs its lines in [#all()].
///
/// @param name the kernel and its element type
/// @param type of the values
/// @param minimum times faster than the plain loop that the SIMD loop must be in the check for
///   cliffs
record KernelCase(String name, FloatType type, double minimum, Body body) {
  /// The call: reads the inputs, writes `out` or `values`.
  interface Body {
    void run(Kernels k, KernelInputs in);
  }

  /// Cross-products run on no more columns than this.
  static final int LARGEST_MATRIX = 600;

  /// Where a form of cross-products packs rows of a width, used again and again as by those who
  /// have many batches.
  private static final Map<List<Object>, CrossProducts.Block> BLOCKS = new ConcurrentHashMap<>();

  private static double[] sums = {};

  /// Not a constant, which C2 takes for a reason to unroll the plain loop in some runs.
  private static int cubic = 3;

  private static final PairwiseProducts.Scratch SCRATCH = new PairwiseProducts.Scratch();

  /// Bytes of a value that is written.
  int width() {
    return type.widened().bytes();
  }

  @Override
  public String toString() {
    return name;
  }

  /// Every kernel on every element type that it takes.
  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    each(cases, "rowSum", (k, i) -> k.rowSum().rows(i.matrix(i.x()), i.values()));
    each(cases, "rowSum.run", (k, i) -> i.values()[0] = k.rowSum().run(i.type(), i.x(), 0, i.n()));
    each(
        cases,
        "logProbSum",
        (k, i) -> i.values()[0] = k.logProbSum().run(i.type(), i.p(), 0, i.n()));
    each(
        cases,
        "gaussianKl",
        (k, i) -> k.gaussianKl().rows(i.matrix(i.x()), i.matrix(i.y()), i.values()));
    each(cases, "squaredNorm", (k, i) -> k.squaredNorm().rows(i.matrix(i.x()), i.values()));
    each(
        cases,
        "squaredError",
        (k, i) -> k.squaredError().rows(i.matrix(i.x()), i.matrix(i.y()), i.values()));
    each(
        cases,
        "reparameterize",
        (k, i) ->
            k.reparameterize().each(i.matrix(i.x()), i.matrix(i.y()), i.matrix(i.w()), i.result()));
    each(
        cases,
        "linearCombination",
        (k, i) ->
            k.linearCombination().rows(i.matrix(i.x()), i.matrix(i.y()), i.a(), i.b(), i.result()));
    each(
        cases,
        "langevinStep",
        (k, i) ->
            k.langevinStep()
                .each(i.matrix(i.x()), i.matrix(i.y()), i.matrix(i.w()), 0.01, i.result()));
    each(
        cases,
        "langevinStep.normal",
        (k, i) ->
            k.langevinStep().standardNormal(i.matrix(i.x()), i.matrix(i.w()), 0.01, i.result()));
    each(
        cases,
        "diffusionStep.linear",
        (k, i) ->
            k.diffusionStep()
                .linear(i.matrix(i.x()), i.matrix(i.y()), coefficients(i), i.result()));
    for (boolean clamped : new boolean[] {false, true}) {
      each(
          cases,
          clamped ? "diffusionStep.clamped" : "diffusionStep.noisy",
          (k, i) ->
              k.diffusionStep()
                  .noisy(
                      i.matrix(i.x()),
                      i.matrix(i.y()),
                      i.matrix(i.w()),
                      coefficients(i),
                      clamped,
                      i.result()));
    }
    each(cases, "softplus", (k, i) -> k.softplus().each(i.matrix(i.x()), false, i.values()));
    each(cases, "softplus(-x)", (k, i) -> k.softplus().each(i.matrix(i.x()), true, i.values()));
    each(cases, "negativeLog", (k, i) -> k.negativeLog().each(i.matrix(i.p()), false, i.values()));
    each(
        cases,
        "negativeLog(1-p)",
        (k, i) -> k.negativeLog().each(i.matrix(i.p()), true, i.values()));
    each(
        cases,
        "affineFlow",
        (k, i) ->
            k.affineFlow()
                .rows(i.matrix(i.x()), i.matrix(i.y()), i.matrix(i.w()), i.result(), i.values()));
    each(
        cases,
        "affineFlow.shared",
        (k, i) -> {
          if (i.rows() > 0) {
            k.affineFlow()
                .rows(
                    i.matrix(i.x()),
                    new Matrix(i.type(), i.y(), 1, i.dim()),
                    new Matrix(i.type(), i.w(), 1, i.dim()),
                    i.values());
          }
        });
    each(cases, "columnMoments", KernelCase::moments);
    both(
        cases,
        "crossProducts",
        (k, i) -> crossProducts(k.crossProducts(), i, Float.BYTES),
        (k, i) -> crossProducts(k.crossProducts(), i, Double.BYTES));
    both(
        cases,
        "pairwiseProducts",
        (k, i) ->
            k.pairwiseProducts().narrow(pairs(i, i.x()), pairs(i, i.y()), i.values(), SCRATCH),
        (k, i) -> k.pairwiseProducts().rows(pairs(i, i.x()), pairs(i, i.y()), i.values(), SCRATCH));
    cases.add(
        new KernelCase(
            "pairwiseProducts.wide f32",
            FloatType.FLOAT32,
            minimum("pairwiseProducts.wide f32"),
            (k, i) ->
                k.pairwiseProducts().rows(pairs(i, i.x()), pairs(i, i.y()), i.values(), SCRATCH)));
    cases.add(
        new KernelCase(
            "kernelSums.cubic f64",
            FloatType.FLOAT64,
            minimum("kernelSums.cubic f64"),
            (k, i) -> {
              // Several times over, since one pass takes no longer than making the array.
              double[] c = numbers(i);
              double sum = 0;
              for (int coef0 = 0; coef0 < 8; coef0++) {
                sum += k.kernelSums().polynomial(c, i.n(), 0.3, coef0, cubic);
              }
              i.values()[0] = sum;
            }));
    cases.add(
        new KernelCase(
            "kernelSums.gaussian f64",
            FloatType.FLOAT64,
            minimum("kernelSums.gaussian f64"),
            (k, i) -> i.values()[0] = k.kernelSums().gaussian(numbers(i), i.n(), 0.3)));
    cases.add(
        new KernelCase(
            "exactBlock f64",
            FloatType.FLOAT64,
            minimum("exactBlock f64"),
            (k, i) -> {
              double[] x = numbers(i);
              double[] parts = new double[ExactBlock.PARTS];
              double sum = 0;
              for (int from = 0; from < x.length; from += ExactBlock.LENGTH) {
                int to = Math.min(from + ExactBlock.LENGTH, x.length);
                boolean whole = k.exactBlock().sum(x, from, to, parts);
                sum += whole ? ((parts[0] + parts[1]) + parts[2]) + parts[3] : 1;
              }
              i.values()[0] = sum;
            }));
    each(
        cases,
        "finiteScan",
        (k, i) -> i.values()[0] = k.finiteScan().firstNonFinite(i.type(), i.x(), i.n()));
    each(
        cases,
        "finiteScan.outside",
        (k, i) -> i.values()[0] = k.finiteScan().firstOutside(i.type(), i.x(), 0, i.n(), -9, 9));
    each(cases, "logSumExp", (k, i) -> k.logSumExp().rows(i.matrix(i.x()), i.values()));
    each(
        cases,
        "logSumExp.target",
        (k, i) -> {
          if (i.dim() > 0) {
            k.logSumExp().rows(i.matrix(i.x()), i.targets(), i.values());
          }
        });
    for (String stream : List.of("philox", "threefry")) {
      both(
          cases,
          stream + " normals",
          (k, i) -> NoiseForms.normals(k.name(), stream + ":1", 4, i.n(), i.out()),
          (k, i) -> NoiseForms.normals(k.name(), stream + ":1", 8, i.n(), i.out()));
    }
    single(
        cases,
        "gaussianKl single",
        (k, i) -> k.gaussianKl().rows(i.matrix(i.x()), i.matrix(i.y()), i.values()));
    single(
        cases,
        "squaredError single",
        (k, i) -> k.squaredError().rows(i.matrix(i.x()), i.matrix(i.y()), i.values()));
    single(
        cases,
        "reparameterize single",
        (k, i) ->
            k.reparameterize().each(i.matrix(i.x()), i.matrix(i.y()), i.matrix(i.w()), i.result()));
    single(
        cases,
        "linearCombination single",
        (k, i) ->
            k.linearCombination().rows(i.matrix(i.x()), i.matrix(i.y()), i.a(), i.b(), i.result()));
    single(
        cases, "softplus single", (k, i) -> k.softplus().each(i.matrix(i.x()), false, i.values()));
    single(
        cases,
        "softplus(-x) single",
        (k, i) -> k.softplus().each(i.matrix(i.x()), true, i.values()));
    single(
        cases, "crossProducts single", (k, i) -> crossProducts(k.crossProducts(), i, Float.BYTES));
    single(cases, "logSumExp single", (k, i) -> k.logSumExp().rows(i.matrix(i.x()), i.values()));
    return cases;
  }

  /// Every third row without noise, some with a range that clamps.
  private static DiffusionStep.Coefficients coefficients(KernelInputs i) {
    DiffusionStep.Coefficients c = new DiffusionStep.Coefficients(i.rows());
    for (int r = 0; r < i.rows(); r++) {
      c.state()[r] = i.a()[r];
      c.output()[r] = -i.b()[r];
      c.noise()[r] = r % 3 == 2 ? 0 : i.a()[r] * i.b()[r];
      c.clean()[r] = i.b()[r];
      c.cleanState()[r] = 1 / i.a()[r];
      c.cleanOutput()[r] = -i.b()[r] / i.a()[r];
      c.range()[r] = 1 + r % 5 * 0.25;
    }
    return c;
  }

  private static void crossProducts(CrossProducts kernel, KernelInputs i, int width) {
    double[] c = zeros(kernel.length(i.dim()));
    addProducts(
        kernel,
        i.x(),
        width,
        i.rows(),
        i.dim(),
        new double[i.dim()],
        c,
        0,
        CrossProducts.tiles(i.dim()));
    upperTriangle(kernel, c, i.dim(), i.values());
  }

  /// At least so many zeros; the same memory again and again.
  private static double[] zeros(int length) {
    if (sums.length < length) {
      sums = new double[length];
    } else {
      java.util.Arrays.fill(sums, 0, length, 0);
    }
    return sums;
  }

  /// The upper triangle of C as that of a row-major matrix.
  static void upperTriangle(CrossProducts kernel, double[] c, int dim, double[] matrix) {
    for (int i = 0; i < dim; i++) {
      for (int j = i; j < dim; j++) {
        matrix[i * dim + j] = c[kernel.at(dim, i, j)];
      }
    }
  }

  /// Adds the cross-products of rows to some tiles of C, packing as many as can be at a time.
  static void addProducts(
      CrossProducts kernel,
      MemorySegment x,
      int width,
      int rows,
      int dim,
      double[] shift,
      double[] c,
      int tileFrom,
      int tileTo) {
    FloatType type = width == Float.BYTES ? FloatType.FLOAT32 : FloatType.FLOAT64;
    CrossProducts.Block block =
        BLOCKS.computeIfAbsent(List.of(kernel, width), _ -> kernel.block(type, LARGEST_MATRIX));
    for (int r = 0; r < rows; r += CrossProducts.DEPTH) {
      int depth = Math.min(CrossProducts.DEPTH, rows - r);
      MemorySegment batch = x.asSlice((long) r * dim * width);
      kernel.pack(new Matrix(type, batch, depth, dim), shift, block, 0);
      kernel.add(block, depth, dim, c, tileFrom, tileTo);
    }
  }

  private static void single(List<KernelCase> cases, String name, Body f32) {
    cases.add(
        new KernelCase(
            name, FloatType.FLOAT32, minimum(name), (k, i) -> f32.run(k.in(Precision.SINGLE), i)));
  }

  private static void both(List<KernelCase> cases, String name, Body f32, Body f64) {
    cases.add(new KernelCase(name + " f32", FloatType.FLOAT32, minimum(name + " f32"), f32));
    cases.add(new KernelCase(name + " f64", FloatType.FLOAT64, minimum(name + " f64"), f64));
  }

  /// One case for each element type.
  private static void each(List<KernelCase> cases, String name, Body body) {
    both(cases, name, body, body);
    // What is widened before the loops takes that time in either form.
    cases.add(new KernelCase(name + " f16", FloatType.FLOAT16, 0.8, body));
    cases.add(new KernelCase(name + " bf16", FloatType.BFLOAT16, 0.8, body));
  }

  /// Times faster than the plain loop that the SIMD loop must be in the check for cliffs: twice,
  /// with few exceptions. (Where vectors are boxed it is several times slower, so that these bounds
  /// leave room for a busy machine.)
  private static double minimum(String name) {
    return switch (name) {
      // C2 vectorizes the plain loop, and both run at the speed of L2.
      case "linearCombination f64" -> 0.9;
      case "linearCombination single", "langevinStep f64" -> 1.3;
      case "linearCombination f32" -> 1.2;
      case "diffusionStep.linear f32", "diffusionStep.linear f64" -> 1.2;
      case "diffusionStep.noisy f32", "diffusionStep.noisy f64" -> 1.2;
      // Two lanes at 128 bit cannot be twice as fast.
      default -> Species.L == 2 ? 1.2 : 2;
    };
  }

  private static void moments(Kernels k, KernelInputs i) {
    double[][] m = new double[5][i.dim()];
    Matrix x = i.matrix(i.x());
    for (int j = 0; i.rows() > 0 && j < i.dim(); j++) {
      m[0][j] = x.get(j);
    }
    k.columnMoments().rows(x, m[0], m[1], m[2], m[3], m[4]);
    keep(m, i);
  }

  private static void keep(double[][] m, KernelInputs i) {
    for (int c = 1; c < 5; c++) {
      System.arraycopy(m[c], 0, i.values(), (c - 1) * i.dim(), i.dim());
    }
  }

  /// The values of `x`, float64, as an array.
  private static double[] numbers(KernelInputs i) {
    return i.x().asSlice(0, 8L * i.n()).toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED);
  }

  /// Rows of which all pairs are taken: not so many that plain loops take long.
  private static Matrix pairs(KernelInputs i, MemorySegment rows) {
    return new Matrix(i.type(), rows, Math.min(i.rows(), 64), i.dim());
  }
}
