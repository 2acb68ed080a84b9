package io.lanewise.plan;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One of the models of a plan.
///
/// @param name letters, digits, `.`, `-` and `_`; part of file names
/// @param step the training step, or another number that orders models; null where none is known
public record Model(String name, @Nullable Double step) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  public Model {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "model: found the name '%s', expected letters, digits, '.', '-' and '_'".formatted(name));
    }
  }
}
