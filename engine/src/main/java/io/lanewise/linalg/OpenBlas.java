package io.lanewise.linalg;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.jspecify.annotations.Nullable;

/// The native path: LAPACK and BLAS of OpenBLAS, from `org.bytedeco:openblas`. Matrices are copied
/// to native memory, which costs little compared with the work on them.
///
/// The upper triangle of a symmetric matrix by rows is the same memory as the lower triangle by
/// columns, which is what LAPACK gets.
final class OpenBlas implements Algebra {
  private static final int BY_COLUMNS = 102;
  private static final int TRANSPOSED = 112;
  private static final int AS_IS = 111;
  private static final int LOWER_TRIANGLE = 122;
  private static final int WITH_DIAGONAL = 131;
  private static final int FROM_LEFT = 141;
  private static final byte VALUES_ONLY = 'N';
  private static final byte LOWER = 'L';

  /// Columns of a product that are computed at a time.
  private static final int PANEL = 256;

  private final String name;
  private final MethodHandle dsyevd;
  private final MethodHandle dpotrf;
  private final MethodHandle dtrmm;
  private final MethodHandle dsymm;
  private final MethodHandle dtrsv;
  private final MethodHandle dgesdd;
  private final MethodHandle dgemm;

  private OpenBlas(SymbolLookup library) throws Throwable {
    dsyevd = function(library, "LAPACKE_dsyevd", "i", "ibbiaia");
    dpotrf = function(library, "LAPACKE_dpotrf", "i", "ibiai");
    dtrmm = function(library, "cblas_dtrmm", "v", "iiiiiiidaiai");
    dsymm = function(library, "cblas_dsymm", "v", "iiiiidaiaidai");
    dtrsv = function(library, "cblas_dtrsv", "v", "iiiiiaiai");
    dgesdd = function(library, "LAPACKE_dgesdd", "i", "ibiiaiaaiai");
    dgemm = function(library, "cblas_dgemm", "v", "iiiiiidaiaidai");
    // The way OpenBLAS splits work among threads would show in the last digits.
    function(library, "openblas_set_num_threads", "v", "i").invoke(1);
    MemorySegment config =
        (MemorySegment) function(library, "openblas_get_config", "a", "").invoke();
    String[] words = config.reinterpret(Long.MAX_VALUE).getString(0).split(" ", 3);
    name = (words[0] + " " + words[1]).toLowerCase(Locale.ROOT);
  }

  /// Loads the library.
  ///
  /// @throws IllegalStateException saying why it cannot
  static OpenBlas load() {
    try {
      Loader.load(openblas_nolapack.class);
      return new OpenBlas(SymbolLookup.loaderLookup());
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "add org.bytedeco:openblas and org.bytedeco:javacpp for this platform to the class path",
          e);
    } catch (Throwable e) {
      throw new IllegalStateException("OpenBLAS does not load: " + e.getMessage(), e);
    }
  }

  /// A function of the library. A letter is a type: `a` an address, `b` a byte, `d` float64, `i`
  /// int32, and as a result `v` nothing.
  private static MethodHandle function(
      SymbolLookup library, String name, String result, String arguments) {
    MemorySegment address =
        library
            .find(name)
            .orElseThrow(() -> new IllegalStateException("found no function " + name));
    MemoryLayout[] layouts =
        arguments.chars().mapToObj(OpenBlas::layout).toArray(MemoryLayout[]::new);
    return Linker.nativeLinker()
        .downcallHandle(
            address,
            result.equals("v")
                ? FunctionDescriptor.ofVoid(layouts)
                : FunctionDescriptor.of(layout(result.charAt(0)), layouts));
  }

  private static MemoryLayout layout(int letter) {
    return switch (letter) {
      case 'a' -> ADDRESS;
      case 'b' -> JAVA_BYTE;
      case 'd' -> JAVA_DOUBLE;
      case 'i' -> JAVA_INT;
      default -> throw new IllegalArgumentException(Character.toString(letter));
    };
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double[] eigenvalues(double[] matrix, int dim) {
    return decompose(VALUES_ONLY, matrix, dim).values();
  }

  @Override
  public Eigen eigen(double[] matrix, int dim) {
    return decompose((byte) 'V', matrix, dim);
  }

  private Eigen decompose(byte job, double[] matrix, int dim) {
    Algebra.requireFinite(matrix, dim);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocateFrom(JAVA_DOUBLE, matrix);
      MemorySegment values = arena.allocate(JAVA_DOUBLE, dim);
      require("dsyevd", (int) dsyevd.invokeExact(BY_COLUMNS, job, LOWER, dim, a, dim, values));
      return new Eigen(
          values.toArray(JAVA_DOUBLE), job == VALUES_ONLY ? new double[0] : a.toArray(JAVA_DOUBLE));
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  @Override
  public double @Nullable [] congruence(double[] a, double[] b, int dim, Parts parts) {
    Algebra.requireFinite(a, dim);
    Algebra.requireFinite(b, dim);
    int panels = (dim + PANEL - 1) / PANEL;
    // Memory that threads share takes a tenth of a millisecond to give back.
    try (Arena arena = panels > 1 ? Arena.ofShared() : Arena.ofConfined()) {
      MemorySegment factor = arena.allocateFrom(JAVA_DOUBLE, a);
      if (!factored(factor, dim)) {
        return null;
      }
      clearPanels(factor, dim);
      MemorySegment middle = arena.allocateFrom(JAVA_DOUBLE, b);
      MemorySegment product = arena.allocate(JAVA_DOUBLE, (long) dim * dim);
      parts.run(panels, panel -> multiply(factor, middle, product, dim, panel));
      return product.toArray(JAVA_DOUBLE);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /// Puts the Cholesky factor in the place of a matrix.
  ///
  /// @return false if it is not positive definite
  private boolean factored(MemorySegment matrix, int dim) throws Throwable {
    int info = (int) dpotrf.invokeExact(BY_COLUMNS, LOWER, dim, matrix, dim);
    require("dpotrf", Math.min(info, 0));
    return info == 0;
  }

  /// Makes the diagonal blocks of a factor's panels zero above the diagonal.
  private static void clearPanels(MemorySegment factor, int dim) {
    for (int j = 1; j < dim; j++) {
      int above = j % PANEL;
      factor.asSlice(8L * ((long) j * dim + j - above), 8L * above).fill((byte) 0);
    }
  }

  /// A panel of columns of the lower triangle of `L' B L`: the columns from `k` on are `L' (B L)`
  /// of what begins at row and column `k` of all three, so that both products of all panels
  /// together take half the operations that they take whole. LAPACK's dsygst halves them too, but
  /// OpenBLAS has it without blocks, so that it takes three times as long.
  ///
  /// @param factor L, after [#clearPanels]
  private void multiply(
      MemorySegment factor, MemorySegment b, MemorySegment product, int dim, int panel) {
    int k = panel * PANEL;
    int rows = dim - k;
    int columns = Math.min(PANEL, rows);
    long corner = 8L * k * (dim + 1);
    MemorySegment l = factor.asSlice(corner);
    MemorySegment to = product.asSlice(corner);
    try {
      dsymm.invokeExact(
          BY_COLUMNS,
          FROM_LEFT,
          LOWER_TRIANGLE,
          rows,
          columns,
          1.0,
          b.asSlice(corner),
          dim,
          l,
          dim,
          0.0,
          to,
          dim);
      dtrmm.invokeExact(
          BY_COLUMNS,
          FROM_LEFT,
          LOWER_TRIANGLE,
          TRANSPOSED,
          WITH_DIAGONAL,
          rows,
          columns,
          1.0,
          l,
          dim,
          to,
          dim);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  @Override
  public @Nullable Inverse inverse(double[] matrix, int dim, double shift) {
    Algebra.requireFinite(matrix, dim);
    Arena arena = Arena.ofConfined();
    try {
      MemorySegment factor = arena.allocateFrom(JAVA_DOUBLE, matrix);
      for (int j = 0; j < dim; j++) {
        factor.setAtIndex(JAVA_DOUBLE, (long) j * (dim + 1), matrix[j * (dim + 1)] - shift);
      }
      if (factored(factor, dim)) {
        return new Factor(this, arena, factor, arena.allocate(JAVA_DOUBLE, dim), dim);
      }
    } catch (Throwable e) {
      arena.close();
      throw unchecked(e);
    }
    arena.close();
    return null;
  }

  /// Solves by a Cholesky factor.
  private record Factor(
      OpenBlas library, Arena arena, MemorySegment factor, MemorySegment vector, int dim)
      implements Inverse {
    @Override
    public void apply(double[] x) {
      MemorySegment.copy(x, 0, vector, JAVA_DOUBLE, 0, dim);
      library.solve(AS_IS, factor, vector, dim);
      library.solve(TRANSPOSED, factor, vector, dim);
      MemorySegment.copy(vector, JAVA_DOUBLE, 0, x, 0, dim);
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  private void solve(int transposed, MemorySegment factor, MemorySegment vector, int dim) {
    try {
      dtrsv.invokeExact(
          BY_COLUMNS, LOWER_TRIANGLE, transposed, WITH_DIAGONAL, dim, factor, dim, vector, 1);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  @Override
  public double[] singularValuesOfProduct(double[] f, double[] g, int dim) {
    Algebra.requireFinite(f);
    Algebra.requireFinite(g);
    if (f.length == 0 || g.length == 0) {
      return new double[0];
    }
    int m = f.length / dim;
    int n = g.length / dim;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment product = arena.allocate(JAVA_DOUBLE, (long) m * n);
      dgemm.invokeExact(
          BY_COLUMNS,
          TRANSPOSED,
          AS_IS,
          m,
          n,
          dim,
          1.0,
          arena.allocateFrom(JAVA_DOUBLE, f),
          dim,
          arena.allocateFrom(JAVA_DOUBLE, g),
          dim,
          0.0,
          product,
          m);
      MemorySegment values = arena.allocate(JAVA_DOUBLE, Math.min(m, n));
      MemorySegment none = arena.allocate(JAVA_DOUBLE);
      require(
          "dgesdd",
          (int)
              dgesdd.invokeExact(
                  BY_COLUMNS, VALUES_ONLY, m, n, product, m, values, none, m, none, n));
      return values.toArray(JAVA_DOUBLE);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  private static void require(String function, int info) {
    if (info != 0) {
      throw new IllegalArgumentException(
          "OpenBLAS %s: found info %d, expected 0".formatted(function, info));
    }
  }

  private static RuntimeException unchecked(Throwable e) {
    return switch (e) {
      case RuntimeException r -> r;
      case Error error -> throw error;
      default -> new IllegalStateException(e);
    };
  }
}
