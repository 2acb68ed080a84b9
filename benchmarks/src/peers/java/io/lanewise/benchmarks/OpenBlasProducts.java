package io.lanewise.benchmarks;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasUpper;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import io.lanewise.batch.DType;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.global.openblas_nolapack;

/// OpenBLAS through JavaCPP, for the products alone. What has to be widened or centred before is so
/// by plain Java loops, within the time.
final class OpenBlasProducts implements Peer {
  private final String name;

  private OpenBlasProducts(String name) {
    this.name = name;
  }

  /// Loads the library.
  static OpenBlasProducts load() throws Throwable {
    Loader.load(openblas_nolapack.class);
    // Its configuration, which the presets leave out: "OpenBLAS 0.3.31 and how it was built".
    MemorySegment config =
        (MemorySegment)
            Linker.nativeLinker()
                .downcallHandle(
                    SymbolLookup.loaderLookup().findOrThrow("openblas_get_config"),
                    FunctionDescriptor.of(ValueLayout.ADDRESS))
                .invokeExact();
    String[] words = config.reinterpret(Long.MAX_VALUE).getString(0).split(" ", 3);
    return new OpenBlasProducts(words[0] + " " + words[1]);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void threads(int count) {
    openblas.blas_set_num_threads(count);
  }

  @Override
  public Map<String, Runnable> formulations(PeerCase kernel, Operands o) {
    boolean f32 = o.type() == DType.FLOAT32;
    return switch (kernel.benchmark()) {
      case "CrossProducts" -> crossProducts(o);
      case "PairwiseProducts" -> f32 ? pairsWidened(o) : pairs64(o);
      case "PairwiseProducts.single" -> pairs32(o);
      default -> Map.of();
    };
  }

  private static Map<String, Runnable> crossProducts(Operands o) {
    Operands.Block x = o.of("x");
    Operands.Block wide = o.of("wide");
    Operands.Block shift = o.of("shift");
    int rows = o.rows();
    int dim = o.dim();
    double[] centre = new double[dim];
    for (int i = 0; i < dim; i++) {
      centre[i] = shift.get(i);
    }
    DoublePointer at = doubles(wide);
    DoublePointer products = doubles(o.of("products"));
    return Map.of(
        "centred, cblas_dsyrk",
        () -> {
          if (o.type() == DType.FLOAT32) {
            centre32(x.data(), centre, rows, wide.data());
          } else {
            centre64(x.data(), centre, rows, wide.data());
          }
          cblas_dsyrk(
              CblasRowMajor, CblasUpper, CblasTrans, dim, rows, 1, at, dim, 0, products, dim);
        });
  }

  private static Map<String, Runnable> pairs32(Operands o) {
    FloatPointer x = floats(o.of("x"));
    FloatPointer other = floats(o.of("other"));
    FloatPointer pairs = floats(o.of("pairs"));
    int rows = o.rows();
    int dim = o.dim();
    int others = o.others();
    return Map.of(
        "cblas_sgemm",
        () ->
            cblas_sgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasTrans,
                rows,
                others,
                dim,
                1,
                x,
                dim,
                other,
                dim,
                0,
                pairs,
                others));
  }

  private static Map<String, Runnable> pairs64(Operands o) {
    DoublePointer x = doubles(o.of("x"));
    DoublePointer other = doubles(o.of("other"));
    DoublePointer pairs = doubles(o.of("pairs"));
    return Map.of("cblas_dgemm", () -> dgemm(o, x, other, pairs));
  }

  private static Map<String, Runnable> pairsWidened(Operands o) {
    MemorySegment x = o.of("x").data();
    MemorySegment other = o.of("other").data();
    Operands.Block wide = o.of("wide");
    Operands.Block otherWide = o.of("otherWide");
    DoublePointer left = doubles(wide);
    DoublePointer right = doubles(otherWide);
    DoublePointer pairs = doubles(o.of("pairsWide"));
    return Map.of(
        "widened, cblas_dgemm",
        () -> {
          widen(x, wide.data());
          widen(other, otherWide.data());
          dgemm(o, left, right, pairs);
        });
  }

  private static void dgemm(
      Operands o, DoublePointer x, DoublePointer other, DoublePointer pairs) {
    cblas_dgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        o.rows(),
        o.others(),
        o.dim(),
        1,
        x,
        o.dim(),
        other,
        o.dim(),
        0,
        pairs,
        o.others());
  }

  private static void widen(MemorySegment from, MemorySegment to) {
    long count = from.byteSize() / Float.BYTES;
    for (long i = 0; i < count; i++) {
      to.setAtIndex(ValueLayout.JAVA_DOUBLE, i, from.getAtIndex(ValueLayout.JAVA_FLOAT, i));
    }
  }

  private static void centre32(MemorySegment x, double[] centre, int rows, MemorySegment to) {
    for (int r = 0; r < rows; r++) {
      long at = (long) r * centre.length;
      for (int i = 0; i < centre.length; i++) {
        double value = x.getAtIndex(ValueLayout.JAVA_FLOAT, at + i);
        to.setAtIndex(ValueLayout.JAVA_DOUBLE, at + i, value - centre[i]);
      }
    }
  }

  private static void centre64(MemorySegment x, double[] centre, int rows, MemorySegment to) {
    for (int r = 0; r < rows; r++) {
      long at = (long) r * centre.length;
      for (int i = 0; i < centre.length; i++) {
        double value = x.getAtIndex(ValueLayout.JAVA_DOUBLE, at + i);
        to.setAtIndex(ValueLayout.JAVA_DOUBLE, at + i, value - centre[i]);
      }
    }
  }

  private static FloatPointer floats(Operands.Block block) {
    return new FloatPointer(
        block.data().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer());
  }

  private static DoublePointer doubles(Operands.Block block) {
    return new DoublePointer(
        block.data().asByteBuffer().order(ByteOrder.nativeOrder()).asDoubleBuffer());
  }
}
