package io.lanewise.kernel.generate;

import java.util.ArrayList;
import java.util.List;

/// The maps that there are.
final class Maps {
  private static final String XY =
      """
      double vx = $get(x + at);
      double vy = $get(y + at);
      """;
  private static final String VECTOR_XY =
      """
      DoubleVector vx# = $load(x + at);
      DoubleVector vy# = $load(y + at);
      """;

  /// A row without noise does not read it.
  private static final String DRAWN = "long drawn = noise == 0 ? x : z;";

  private static final String VECTOR_DRAWN = "long drawn = noiseOf[r] == 0 ? x : z;";

  private Maps() {}

  private static final RowMap LINEAR_COMBINATION =
      new RowMap(
          "rows",
          List.of("x", "y"),
          List.of("a", "b"),
          false,
          "",
          XY,
          "Math.fma(a, vx, b * vy)",
          "",
          VECTOR_XY,
          "a.fma(vx#, b.mul(vy#))");

  static String linearCombination() {
    return rows(
        "LinearCombinationLoops", "`a x + b y`, with one a and one b per row.", LINEAR_COMBINATION);
  }

  static String linearCombinationInFloat32() {
    return ClassText.of(
        "LinearCombinationSingleLoops",
        "`a x + b y` in float32.",
        List.of(LINEAR_COMBINATION.plainInFloat32()),
        List.of(LINEAR_COMBINATION.vectorInFloat32()));
  }

  static String diffusionStep() {
    return rows(
        "DiffusionStepLoops",
        "Steps of diffusion samplers.",
        new RowMap(
            "linear",
            List.of("x", "y"),
            List.of("state", "output"),
            true,
            "",
            XY,
            "Math.fma(state, vx, output * vy)",
            "",
            VECTOR_XY,
            "state.fma(vx#, output.mul(vy#))"),
        new RowMap(
            "noisy",
            List.of("x", "y", "z"),
            List.of("state", "output", "noise"),
            true,
            DRAWN,
            XY,
            "Math.fma(noise, $get(drawn + at), Math.fma(state, vx, output * vy))",
            VECTOR_DRAWN,
            VECTOR_XY,
            "noise.fma($load(drawn + at), state.fma(vx#, output.mul(vy#)))"),
        new RowMap(
            "clamped",
            List.of("x", "y", "z"),
            List.of("state", "output", "noise", "clean", "cleanState", "cleanOutput", "range"),
            true,
            DRAWN,
            XY
                + """
                double data = Math.fma(cleanState, vx, cleanOutput * vy);
                data = data > range ? range : data;
                data = data < -range ? -range : data;
                """,
            "Math.fma(clean, data, Math.fma(noise, $get(drawn + at), Math.fma(state, vx, output * vy)))",
            VECTOR_DRAWN + " DoubleVector least = DoubleVector.broadcast(F64, -rangeOf[r]);",
            VECTOR_XY
                + """
                DoubleVector sum# = noise.fma($load(drawn + at), state.fma(vx#, output.mul(vy#)));
                DoubleVector data# = cleanState.fma(vx#, cleanOutput.mul(vy#));
                data# = data#.blend(range, data#.compare(GT, range));
                data# = data#.blend(least, data#.compare(LT, least));
                """,
            "clean.fma(data#, sum#)"));
  }

  static String langevinStep() {
    String setup = "double scale = Math.sqrt(2 * step);";
    String vectorSetup =
        """
        DoubleVector drift = DoubleVector.broadcast(F64, step);
        DoubleVector scale = DoubleVector.broadcast(F64, Math.sqrt(2 * step));
        """;
    String add = "$store(out + at; moved.add(scale.mul($load(noise + at))));";
    return flat(
        "LangevinStepLoops",
        "Steps of Langevin dynamics.",
        new FlatMap(
            "each",
            "Steps with a given score.",
            "long",
            "long x, long score, long noise, double step, long out",
            setup,
            """
            double moved = $get(x + at) + step * $get(score + at);
            $put(out + at; moved + scale * $get(noise + at));
            """,
            vectorSetup,
            "DoubleVector moved = $load(x + at).add(drift.mul($load(score + at)));" + add),
        new FlatMap(
            "normal",
            "Steps towards the standard normal distribution, whose score is -x.",
            "long",
            "long x, long noise, double step, long out",
            setup,
            """
            double v = $get(x + at);
            $put(out + at; (v + step * -v) + scale * $get(noise + at));
            """,
            vectorSetup,
            """
            DoubleVector v = $load(x + at);
            // v - step v and v + step (-v) are the same number.
            DoubleVector moved = v.sub(drift.mul(v));
            """
                + add));
  }

  /// What fills tiles of float64, and what uses them.
  static String tiles() {
    String at8 = "(long) i * Double.BYTES";
    String toTile = ".intoMemorySegment(MEMORY, tile + %s, NATIVE);".formatted(at8);
    String tile = "DoubleVector.fromMemorySegment(F64, MEMORY, tile + %s, NATIVE)".formatted(at8);
    return flat(
        "TileLoops",
        "Loops between inputs and tiles of float64.",
        new FlatMap(
            "fill",
            "`tile_i = factor x_i - shift`.",
            "int",
            "long x, double factor, double shift, long tile",
            "",
            "Memory.f64(tile + %s, $get(x + at) * factor - shift);".formatted(at8),
            """
            DoubleVector a = DoubleVector.broadcast(F64, factor);
            DoubleVector b = DoubleVector.broadcast(F64, shift);
            """,
            "DoubleVector v = $load(x + at); v.mul(a).sub(b)" + toTile),
        new FlatMap(
            "addSquares",
            "`tile_i = x_i^2 + tile_i`.",
            "int",
            "long x, long tile",
            "",
            """
            double v = $get(x + at);
            Memory.f64(tile + AT8, Math.fma(v, v, Memory.f64(tile + AT8)));
            """
                .replace("AT8", at8),
            "",
            "DoubleVector v = $load(x + at); v.fma(v, " + tile + ")" + toTile),
        new FlatMap(
            "combine",
            "`out_i = tile_i x_i + y_i`.",
            "int",
            "long tile, long x, long y, long out",
            "",
            "$put(out + at; Math.fma(Memory.f64(tile + %s), $get(x + at), $get(y + at)));"
                .formatted(at8),
            "",
            "DoubleVector s = "
                + tile
                + "; $store(out + at; s.fma($load(x + at), $load(y + at)));"),
        new FlatMap(
            "standardize",
            "`z_i = (x_i - shift_i) / scale_i`, which is left out if z is 0; `tile_i = z_i^2`.",
            "int",
            "long x, long shift, long scale, long z, long tile",
            "",
            """
            double v = ($get(x + at) - $get(shift + at)) / $get(scale + at);
            if (z != 0) {
              $put(z + at; v);
            }
            Memory.f64(tile + AT8, v * v);
            """
                .replace("AT8", at8),
            "",
            """
            DoubleVector v = $load(x + at).sub($load(shift + at)).div($load(scale + at));
            if (z != 0) {
              $store(z + at; v);
            }
            v.mul(v)\
            """
                + toTile));
  }

  private static String rows(String name, String what, RowMap... maps) {
    List<String> scalar = new ArrayList<>();
    List<String> simd = new ArrayList<>();
    for (RowMap map : maps) {
      for (Element e : Element.WIDE) {
        scalar.add(map.plain(e));
        simd.add(map.vector(e));
      }
    }
    return ClassText.of(name, what, scalar, simd);
  }

  private static String flat(String name, String what, FlatMap... maps) {
    List<String> scalar = new ArrayList<>();
    List<String> simd = new ArrayList<>();
    for (FlatMap map : maps) {
      for (Element e : Element.WIDE) {
        scalar.add(map.plain(e));
        simd.add(map.vector(e));
      }
    }
    return ClassText.of(name, what, scalar, simd);
  }
}
