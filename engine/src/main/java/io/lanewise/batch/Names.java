package io.lanewise.batch;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;

/// Errors for unknown names.
public final class Names {
  private static final int MOST_TYPED = 200;
  private static final int MOST_COMPARED = 10_000;

  private Names() {}

  /// An exception that gives the unknown name and the most likely intended one.
  ///
  /// @param what the kind of name, for example `parameter`
  /// @param name the unknown name
  /// @param known the valid names
  public static IllegalArgumentException unknown(
      String what, String name, Collection<String> known) {
    String nearest =
        // Not for a name nobody meant to type, nor among the columns of a very wide file.
        (name.length() > MOST_TYPED || known.size() > MOST_COMPARED
                ? Stream.<String>empty()
                : known.stream())
            .min(Comparator.comparing(k -> LevenshteinDistance.getDefaultInstance().apply(name, k)))
            .map(k -> "; did you mean '" + k + "'?")
            .orElse(";");
    String all = known.isEmpty() ? "none" : String.join(", ", known);
    return new IllegalArgumentException(
        "unknown %s '%s'%s Known: %s".formatted(what, name, nearest, all));
  }
}
