package io.lanewise.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.kernel.Kernels;
import io.lanewise.noise.Noise;
import io.lanewise.objective.support.Patch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Transforms that draw noise do so a part of a batch at a time: what comes out is what the formula
/// makes of the noise of the whole batch, however rows and parts lie to each other.
class FusedNoiseTest {
  private static final long FIRST = 5;

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 30000, 1, philox:3",
    "FLOAT32, 5000, 7, threefry:3",
    "FLOAT64, 40, 512, threefry:3",
    "FLOAT32, 3, 20001, threefry:3",
    "FLOAT64, 2, 9000, numpy:3",
  })
  void partsOfABatchTakeTheNoiseOfTheirElements(DType type, int rows, int width, String spec) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = normals(arena, type, "philox:100", rows, width, 0);
      MemorySegment y = normals(arena, type, "philox:101", rows, width, 0);
      MemorySegment eps = normals(arena, type, spec, rows, width, 0);
      // Steps of NumPy's stream need the number of rows, which a binding may not know.
      boolean one = spec.startsWith("numpy");
      MemorySegment next = normals(arena, type, spec, rows, width, one ? 0 : 1);
      double tolerance = type == DType.FLOAT32 ? 2e-6 : 1e-14;
      Rows in =
          new Rows(
              FIRST,
              rows,
              type,
              Map.of("x0", x, "x", x, "mu", x, "logvar", y),
              Map.of("x0", width, "x", width, "mu", width, "logvar", width),
              Map.of(),
              Map.of());

      Map<String, String> level = Map.of("noise", spec, "alpha-bar", "0.36");
      for (List<String> wanted : List.of(List.of("xt"), List.of("xt", "eps", "v"))) {
        Map<String, MemorySegment> out = run(arena, "noising", level, in, width, wanted);
        for (int i = 0; i < rows * width; i++) {
          double expected = 0.6 * in.element(x, i) + 0.8 * in.element(eps, i);
          assertThat(in.element(out.get("xt"), i)).isCloseTo(expected, within(tolerance));
          if (wanted.contains("v")) {
            double v = 0.6 * in.element(eps, i) - 0.8 * in.element(x, i);
            assertThat(in.element(out.get("v"), i)).isCloseTo(v, within(tolerance));
          }
        }
        if (wanted.contains("eps")) {
          assertThat(out.get("eps").mismatch(eps)).isEqualTo(-1);
        }
      }

      Map<String, String> chain =
          new HashMap<>(Map.of("noise", spec, "eta", "0.02", "score-function", "standard-normal"));
      chain.put("steps", one ? "1" : "2");
      for (List<String> wanted : List.of(List.of("x-next"), List.of("x-next", "score-norm"))) {
        Map<String, MemorySegment> out = run(arena, "langevin", chain, in, width, wanted);
        for (int i = 0; i < rows * width; i++) {
          double state = 0.98 * in.element(x, i) + 0.2 * in.element(eps, i);
          if (!one) {
            state = 0.98 * state + 0.2 * in.element(next, i);
          }
          assertThat(in.element(out.get("x-next"), i)).isCloseTo(state, within(tolerance));
        }
      }

      for (List<String> wanted : List.of(List.of("z"), List.of("z", "log-q"))) {
        Map<String, MemorySegment> out =
            run(arena, "reparameterize", Map.of("noise", spec), in, width, wanted);
        for (int i = 0; i < rows * width; i++) {
          double spread = Math.exp(in.element(y, i) / 2);
          double z = in.element(x, i) + spread * in.element(eps, i);
          assertThat(in.element(out.get("z"), i)).isCloseTo(z, within(10 * tolerance));
        }
      }
    }
  }

  @Test
  void patchesCoverEachElementOnce() {
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (int width : new int[] {1, 3, 4095, 4096, 4097, 8192, 8193, 30_000}) {
        int rows = 100_000 / width + 2;
        for (List<Patch> patches :
            List.of(Patch.of(rows, width, type), Patch.wholeRows(rows, width, type))) {
          long at = 0;
          for (Patch patch : patches) {
            assertThat((long) patch.row() * width + patch.column()).isEqualTo(at);
            assertThat(patch.rows() == 1 || patch.columns() == width).isTrue();
            at += patch.elements();
          }
          assertThat(at).isEqualTo((long) rows * width);
        }
        assertThat(Patch.of(rows, width, type))
            .allMatch(patch -> patch.elements() * type.bytes() <= 32 * 1024);
        assertThat(Patch.wholeRows(rows, width, type)).allMatch(patch -> patch.columns() == width);
      }
    }
  }

  private static MemorySegment normals(
      Arena arena, DType type, String spec, int rows, int width, int step) {
    long count = (long) rows * width;
    MemorySegment out = arena.allocate(count * type.bytes(), 64);
    if (type == DType.FLOAT32) {
      Noise.parse(spec).normalsF32(FIRST * width, count, step, out);
    } else {
      Noise.parse(spec).normalsF64(FIRST * width, count, step, out);
    }
    return out;
  }

  private static Map<String, MemorySegment> run(
      Arena arena,
      String objective,
      Map<String, String> given,
      Rows in,
      int width,
      List<String> wanted) {
    Transform transform = (Transform) Objectives.get(objective);
    Parameters parameters =
        new Parameters(transform.descriptor().parameters(), given, UnaryOperator.identity());
    Map<String, ColumnType> types = new HashMap<>();
    for (RowSet set : transform.descriptor().sets()) {
      for (Role role : set.roles()) {
        if (in.vectors().containsKey(role.name())) {
          types.put(role.name(), new ColumnType(role.name(), Shape.VECTOR, in.type(), width));
        }
      }
    }
    Binding binding =
        new Binding(
            parameters,
            Map.of(RowSet.ROWS, types),
            Map.of(),
            Set.copyOf(wanted),
            Kernels.active(),
            Workers.CALLER);
    Map<String, MemorySegment> vectors = new TreeMap<>();
    Map<String, double[]> numbers = new TreeMap<>();
    for (String output : wanted) {
      if (output.equals("score-norm") || output.equals("log-q")) {
        numbers.put(output, new double[in.count()]);
      } else {
        vectors.put(output, arena.allocate((long) in.count() * width * in.type().bytes(), 64));
      }
    }
    transform.bind(binding, RowSet.ROWS).evaluate(in, new RowOutputs(numbers, vectors));
    return vectors;
  }
}
