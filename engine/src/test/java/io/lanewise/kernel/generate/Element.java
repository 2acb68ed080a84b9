package io.lanewise.kernel.generate;

/// An element type, as the text of a loop sees it.
///
/// | in a template | becomes, for float32 |
/// |---|---|
/// | `$N` | `32` |
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
  F64("64", "Double.BYTES", "double", "DoubleVector", "F64", "L");

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
    text = Macro.expand(text, "$raw(", a -> "Memory.f$N(" + a[0] + ")");
    text = Macro.expand(text, "$get(", a -> widened("Memory.f$N(" + a[0] + ")"));
    text = Macro.expand(text, "$load(", a -> load(a[0]));
    text = Macro.expand(text, "$put(", a -> "Memory.f$N(" + a[0] + ", " + rounded(a[1]) + ")");
    text = Macro.expand(text, "$store(", a -> store(a[0], a[1]));
    return text.replace("$N", suffix)
        .replace("$B", bytes)
        .replace("$t", type)
        .replace("$V", vector)
        .replace("$S", species)
        .replace("$L", length);
  }

  private String widened(String value) {
    return switch (this) {
      case F32 -> "(double) " + value;
      case F64 -> value;
    };
  }

  private String rounded(String value) {
    return switch (this) {
      case F32 -> "(float) (" + value + ")";
      case F64 -> value;
    };
  }

  private String load(String address) {
    return switch (this) {
      case F32 ->
          "((DoubleVector) FloatVector.fromMemorySegment(F32_HALF, MEMORY, %s, NATIVE)"
                  .formatted(address)
              + ".convertShape(F2D, F64, 0))";
      case F64 -> "DoubleVector.fromMemorySegment(F64, MEMORY, %s, NATIVE)".formatted(address);
    };
  }

  private String store(String address, String value) {
    return switch (this) {
      case F32 ->
          "((FloatVector) %s.convertShape(D2F, F32_HALF, 0)).intoMemorySegment(MEMORY, %s, NATIVE)"
              .formatted(value, address);
      case F64 -> "%s.intoMemorySegment(MEMORY, %s, NATIVE)".formatted(value, address);
    };
  }
}
