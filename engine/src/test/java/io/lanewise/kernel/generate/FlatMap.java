package io.lanewise.kernel.generate;

/// A loop over n elements, each on its own.
///
/// @param name the method's, to which the element type is added
/// @param what a line of documentation
/// @param index `int` or `long`: what counts elements
/// @param parameters the method's, but for the number of elements
/// @param plainSetup lines before the plain loop
/// @param plainBody the plain loop's lines, for the element i at byte `at`
/// @param vectorSetup lines before the vector loop
/// @param vectorBody the vector loop's lines, for L elements from i on
record FlatMap(
    String name,
    String what,
    String index,
    String parameters,
    String plainSetup,
    String plainBody,
    String vectorSetup,
    String vectorBody) {
  String plain(Element e) {
    return e.in(
        """
          /// WHAT
          public static void NAME$N(PARAMETERS, INDEX from, INDEX n) {
            SETUP
            for (INDEX i = from; i < n; i++) {
              long at = POSITION * $B;
              BODY
            }
          }
        """
            .replace("WHAT", what + " From element `from` on.")
            .replace("NAME", name)
            .replace("PARAMETERS", parameters)
            .replace("INDEX", index)
            .replace("POSITION", index.equals("long") ? "i" : "(long) i")
            .replace("SETUP", plainSetup)
            .replace("BODY", plainBody));
  }

  String vector(Element e) {
    return e.in(
        """
          /// WHAT
          public static void NAME$N(PARAMETERS, INDEX n) {
            SETUP
            INDEX i = 0;
            for (; i <= n - L; i += L) {
              long at = POSITION * $B;
              BODY
            }
            Scalar.NAME$N(ARGUMENTS, i, n);
          }
        """
            .replace("WHAT", what)
            .replace("NAME", name)
            .replace("PARAMETERS", parameters)
            .replace(
                "ARGUMENTS", parameters.replaceAll("(long|int|double|double\\[\\]) (\\w+)", "$2"))
            .replace("INDEX", index)
            .replace("POSITION", index.equals("long") ? "i" : "(long) i")
            .replace("SETUP", vectorSetup)
            .replace("BODY", vectorBody));
  }
}
