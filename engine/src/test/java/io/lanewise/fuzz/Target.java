package io.lanewise.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// One reader with the files that it is tried on.
interface Target extends AutoCloseable {
  /// The name that a campaign is asked for it by.
  String name();

  /// A damaged file. All of it follows from `random`.
  byte[] mutant(Random random) throws IOException;

  /// What Lanewise reads.
  ///
  /// @throws io.lanewise.source.DataException if it refuses the file, as most are
  Rows read(Path file, Random random) throws IOException;

  /// What somebody else reads, in the same columns; null if that reader refuses the file, or knows
  /// nothing of it.
  @Nullable Rows independent(Path file, byte[] bytes, Rows ours) throws IOException;

  /// Whether a refusal says where it is about: it begins with the file's name.
  default boolean places(String message, Path file) {
    return message.startsWith(file.toString());
  }

  /// Lets go of what it keeps open between files.
  @Override
  default void close() {}
}
