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

/// The native path: LAPACK and BLAS of OpenBLAS, as `org.bytedeco:openblas` brings it. Matrices are
/// copied to native memory, which costs little beside what is done with them.
///
/// A symmetric matrix by rows, upper triangle, is the same memory as by columns, lower triangle,
/// which is what is passed.
final class OpenBlas implements Algebra {
  private static final int BY_COLUMNS = 102;
  private static final int TRANSPOSED = 112;
  private static final int AS_IS = 111;
  private static final int LOWER_TRIANGLE = 122;
  private static final int WITH_DIAGONAL = 131;
  private static final int FROM_LEFT = 141;
  private static final int FROM_RIGHT = 142;
  private static final byte VALUES_ONLY = 'N';
  private static final byte LOWER = 'L';

  private final String name;
  private final MethodHandle dsyevd;
  private final MethodHandle dpotrf;
  private final MethodHandle dtrmm;
  private final MethodHandle dgesdd;
  private final MethodHandle dgemm;

  private OpenBlas(SymbolLookup library) throws Throwable {
    dsyevd =
        function(
            library,
            "LAPACKE_dsyevd",
            JAVA_INT,
            JAVA_INT,
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS);
    dpotrf =
        function(
            library, "LAPACKE_dpotrf", JAVA_INT, JAVA_INT, JAVA_BYTE, JAVA_INT, ADDRESS, JAVA_INT);
    dtrmm =
        function(
            library,
            "cblas_dtrmm",
            null,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_DOUBLE,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT);
    dgesdd =
        function(
            library,
            "LAPACKE_dgesdd",
            JAVA_INT,
            JAVA_INT,
            JAVA_BYTE,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT);
    dgemm =
        function(
            library,
            "cblas_dgemm",
            null,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_DOUBLE,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            JAVA_DOUBLE,
            ADDRESS,
            JAVA_INT);
    // How work is split would show in the last digits.
    function(library, "openblas_set_num_threads", null, JAVA_INT).invoke(1);
    MemorySegment config =
        (MemorySegment) function(library, "openblas_get_config", ADDRESS).invoke();
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
      throw new IllegalStateException("OpenBLAS does not load: " + e, e);
    }
  }

  private static MethodHandle function(
      SymbolLookup library, String name, @Nullable MemoryLayout result, MemoryLayout... arguments) {
    MemorySegment address =
        library
            .find(name)
            .orElseThrow(() -> new IllegalStateException("found no function " + name));
    return Linker.nativeLinker()
        .downcallHandle(
            address,
            result == null
                ? FunctionDescriptor.ofVoid(arguments)
                : FunctionDescriptor.of(result, arguments));
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
  public double @Nullable [] eigenvaluesOfProduct(double[] a, double[] b, int dim) {
    Algebra.requireFinite(a, dim);
    Algebra.requireFinite(b, dim);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment factor = arena.allocateFrom(JAVA_DOUBLE, a);
      int info = (int) dpotrf.invokeExact(BY_COLUMNS, LOWER, dim, factor, dim);
      if (info > 0) {
        return null;
      }
      require("dpotrf", info);
      double[] whole = b.clone();
      for (int i = 0; i < dim; i++) {
        for (int j = i + 1; j < dim; j++) {
          whole[j * dim + i] = whole[i * dim + j];
        }
      }
      // L' (B L) by two products. LAPACK's dsygst halves the operations, but OpenBLAS has it
      // without blocks, so that it takes three times as long.
      MemorySegment product = arena.allocateFrom(JAVA_DOUBLE, whole);
      multiply(FROM_RIGHT, AS_IS, factor, product, dim);
      multiply(FROM_LEFT, TRANSPOSED, factor, product, dim);
      MemorySegment values = arena.allocate(JAVA_DOUBLE, dim);
      require(
          "dsyevd",
          (int) dsyevd.invokeExact(BY_COLUMNS, VALUES_ONLY, LOWER, dim, product, dim, values));
      return values.toArray(JAVA_DOUBLE);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /// `matrix = matrix L` or `L' matrix`, square.
  private void multiply(
      int side, int transposed, MemorySegment factor, MemorySegment matrix, int dim)
      throws Throwable {
    dtrmm.invokeExact(
        BY_COLUMNS,
        side,
        LOWER_TRIANGLE,
        transposed,
        WITH_DIAGONAL,
        dim,
        dim,
        1.0,
        factor,
        dim,
        matrix,
        dim);
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
