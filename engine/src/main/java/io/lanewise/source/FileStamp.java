package io.lanewise.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What tells whether a file is still the one that was opened.
///
/// @param key what the system knows the file by, whatever its name; null where it has no such thing
record FileStamp(Path path, long size, FileTime modified, @Nullable Object key) {
  /// The state of a file now.
  static FileStamp of(Path path) {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileStamp(path, now.size(), now.lastModifiedTime(), now.fileKey());
    } catch (IOException e) {
      throw Mapping.unreadable(path, e);
    }
  }

  /// Whether the file has been written to or cut since. A file that has been removed, or replaced
  /// by another of its name, is still open here, and whole.
  boolean hasChanged() {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      if (key != null && !Objects.equals(key, now.fileKey())) {
        return false;
      }
      return now.size() != size || !now.lastModifiedTime().equals(modified);
    } catch (IOException e) {
      return false;
    }
  }

  /// @throws DataException if the file has been written to or cut since
  void checkUnchanged() {
    if (hasChanged()) {
      throw changed(null);
    }
  }

  DataException changed(@Nullable Throwable cause) {
    String problem = "changed while it was read, expected it to stay as it is";
    return cause == null
        ? new DataException(path.toString(), problem)
        : new DataException(path.toString(), problem, cause);
  }
}
