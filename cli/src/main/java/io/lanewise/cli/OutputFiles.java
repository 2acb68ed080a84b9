package io.lanewise.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// Files of a folder that appear whole under their names or not at all.
///
/// @param directory where they are; made if it is missing
/// @param replace whether existing ones are replaced
record OutputFiles(Path directory, boolean replace) {
  /// Fails if writing would replace what it must not.
  void refuseExisting(Collection<String> names) throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new IllegalArgumentException(directory + ": found a file, expected a folder");
    }
    if (!replace) {
      for (String name : names) {
        if (Files.exists(directory.resolve(name))) {
          throw new FileAlreadyExistsException(directory.resolve(name).toString());
        }
      }
    }
  }

  /// Writes them all, the first one last, so that its presence says that all are there.
  void write(SequencedMap<String, byte[]> files) throws IOException {
    refuseExisting(files.keySet());
    Files.createDirectories(directory);
    SequencedMap<String, Path> written = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path part = Files.createTempFile(directory, "." + file.getKey(), ".part");
        part.toFile().deleteOnExit();
        written.put(file.getKey(), part);
        Files.write(part, file.getValue());
        makeReadable(part);
      }
      refuseExisting(files.keySet());
      for (Map.Entry<String, Path> part : written.reversed().entrySet()) {
        Files.move(
            part.getValue(),
            directory.resolve(part.getKey()),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      for (Path part : written.values()) {
        Files.deleteIfExists(part);
      }
    }
  }

  /// Temporary files are private to their owner; what they become is as public as any new file.
  private void makeReadable(Path file) throws IOException {
    Path plain = directory.resolve(file.getFileName() + ".mode");
    try {
      Files.createFile(plain);
      if (Files.getFileStore(plain).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(plain));
      }
    } finally {
      Files.deleteIfExists(plain);
    }
  }
}
