package io.lanewise.kernel.generate;

import java.util.List;

/// An element type, as the text of a loop sees it.
///
/// | in a template | becomes, for float32 |
/// |---|---|
/// | `$N` | `32`; `16` for float16 and `B16` for bfloat16 |
/// | `$B` | `Float.BYTES` |
/// | `$t` | `float` |
/// | `$V`, `$S`, `$L` | `FloatVector`, `F32`, `L32`: a full vector of the type itself |
/// | `$own(a)` | a full vector of the type itself, from address a |
/// | `$raw(a)` | the value at address a, in its own type |
/// | `$get(a)` | the value at address a as a float64 |
/// | `$load(a)` | L values from address a on, as a vector of float64 |
/// | `$put(a; v)` | stores the float64 v, rounded |
/// | `$store(a; v)` | stores the vector of float64 v, rounded |
enum Element {
  F32("32", "Float.BYTES", "float", "FloatVector", "F32", "L32"),
  F64("64", "Double.BYTES", "double", "DoubleVector", "F64", "L"),
  F16("16", "Short.BYTES", "float", "", "", ""),
  B16("B16", "Short.BYTES", "float", "", "", "");

  /// Those that have vectors of their own.
  static final List<Element> WIDE = List.of(F32, F64);

  /// Those that are widened to float32 when they are loaded.
  static final List<Element> SHORT = List.of(F16, B16);

  final String suffix;
  private final String bytes;
  private final String type;
  private final String vector;
  private final String species;
  private final String length;

  Element(String suffix, String bytes, String type, String vector, String species, String length) {
    this.suffix = suffix;
    this.bytes = bytes;
    this.type = type;
    this.vector = vector;
    this.species = species;
    this.length = length;
  }

  /// The template with this type in it.
  String in(String template) {
    String text = template;
    text =
        Macro.expand(text, "$own(", a -> "$V.fromMemorySegment($S, MEMORY, " + a[0] + ", NATIVE)");
    text = Macro.expand(text, "$raw(", a -> raw(a[0]));
    text = Macro.expand(text, "$get(", a -> (this == F64 ? "" : "(double) ") + raw(a[0]));
    text = Macro.expand(text, "$load(", a -> load(a[0]));
    text = Macro.expand(text, "$put(", a -> put(a[0], a[1]));
    text = Macro.expand(text, "$store(", a -> store(a[0], a[1]));
    return text.replace("$N", suffix)
        .replace("$B", bytes)
        .replace("$t", type)
        .replace("$V", vector)
        .replace("$S", species)
        .replace("$L", length);
  }

  private String raw(String address) {
    return switch (this) {
      case F32 -> "Memory.f32(%s)".formatted(address);
      case F64 -> "Memory.f64(%s)".formatted(address);
      case F16 -> "Memory.f16(%s)".formatted(address);
      case B16 -> "Memory.b16(%s)".formatted(address);
    };
  }

  private String put(String address, String value) {
    return switch (this) {
      case F32 ->
          value.startsWith("Math.")
              ? "Memory.f32(%s, (float) %s)".formatted(address, value)
              : "Memory.f32(%s, (float) (%s))".formatted(address, value);
      case F64 -> "Memory.f64(%s, %s)".formatted(address, value);
      case F16, B16 -> throw new IllegalArgumentException(this + " is not written");
    };
  }

  private String load(String address) {
    return switch (this) {
      case F32 ->
          "((DoubleVector) FloatVector.fromMemorySegment(F32_HALF, MEMORY, %s, NATIVE)"
                  .formatted(address)
              + ".convertShape(F2D, F64, 0))";
      case F64 -> "DoubleVector.fromMemorySegment(F64, MEMORY, %s, NATIVE)".formatted(address);
      case F16, B16 -> throw new IllegalArgumentException(this + " fills no vector of float64");
    };
  }

  private String store(String address, String value) {
    return switch (this) {
      case F32 ->
          "((FloatVector) %s.convertShape(D2F, F32_HALF, 0)).intoMemorySegment(MEMORY, %s, NATIVE)"
              .formatted(value, address);
      case F64 -> "%s.intoMemorySegment(MEMORY, %s, NATIVE)".formatted(value, address);
      case F16, B16 -> throw new IllegalArgumentException(this + " is not written");
    };
  }

  /// Lines that define a full vector of float32 from 16-bit values, each exactly what it was.
  String widened(String name, String address) {
    String bits =
        "((IntVector) ShortVector.fromMemorySegment(I16_HALF, MEMORY, %s, NATIVE)"
                .formatted(address)
            + ".convertShape(ZERO_EXTEND_S2I, I32, 0))";
    return switch (this) {
      case B16 ->
          "FloatVector %s = %s.lanewise(LSHL, 16).reinterpretAsFloats();\n".formatted(name, bits);
      // The exponent gains 112 by a product, which is exact for subnormal numbers, too. Where it
      // was 31, for infinities and NaN, it becomes 255.
      case F16 ->
          """
          IntVector NAMEBits = BITS;
          IntVector NAMESize = NAMEBits.and(0x7FFF).lanewise(LSHL, 13);
          IntVector NAMEWide = NAMESize.reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts();
          FloatVector NAME =
              NAMEWide
                  .blend(NAMEWide.or(0x7F800000), NAMESize.compare(GE, 0x0F800000))
                  .or(NAMEBits.and(0x8000).lanewise(LSHL, 16))
                  .reinterpretAsFloats();
          """
              .replace("NAME", name)
              .replace("BITS", bits);
      case F32, F64 -> throw new IllegalArgumentException(this + " is not widened");
    };
  }
}
