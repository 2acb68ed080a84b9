package io.lanewise.cli;

import io.lanewise.run.InputFiles;
import io.lanewise.sink.StagedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/// Files of a folder that appear whole under their names or not at all.
///
/// @param directory where they are; made if it is missing
/// @param replace whether existing ones are replaced
record OutputFiles(Path directory, boolean replace) {
  /// Fails if writing would replace a file that must stay.
  void refuseExisting(Collection<String> names) throws IOException {
    for (Path at = directory.toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at) && !Files.isDirectory(at)) {
        Path shown = at.equals(directory.toAbsolutePath()) ? directory : at;
        throw new IllegalArgumentException(shown + ": found a file, expected a folder");
      }
    }
    if (!replace) {
      for (String name : names) {
        if (Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
          throw new FileAlreadyExistsException(directory.resolve(name).toString());
        }
      }
    }
  }

  /// Fails, before any work, if the files cannot be written into the folder or one of them is an
  /// input. The names of plots are known only after the work, so no plot in the folder may be an
  /// input.
  ///
  /// @return whether the folder was made for it
  boolean prepare(Collection<String> names, InputFiles inputs) throws IOException {
    refuseExisting(names);
    boolean made = !Files.isDirectory(directory);
    try {
      Files.createDirectories(directory);
      // The only way to know: permissions, read-only file systems and full ones look all the same.
      Files.delete(Files.createTempFile(directory, ".lanewise-", ".partial"));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s: found %s, expected a folder that can be written".formatted(directory, why(e)),
          new IOException(e));
    }
    List<Path> outputs = new ArrayList<>();
    names.forEach(name -> outputs.add(directory.resolve(name)));
    try (DirectoryStream<Path> plots = Files.newDirectoryStream(directory, "*.{svg,png}")) {
      plots.forEach(outputs::add);
    }
    inputs.refuse(outputs);
    return made;
  }

  private static String why(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "no permission to write it";
      case FileSystemException file when file.getReason() != null ->
          "an error of the file system (%s)".formatted(file.getReason());
      default -> "a place where none can be made";
    };
  }

  /// Writes them all, the first one last, so that its presence means that all are there. If one
  /// cannot be given its name, those before it are removed, unless they replaced others.
  void write(SequencedMap<String, byte[]> files) throws IOException {
    refuseExisting(files.keySet());
    Files.createDirectories(directory);
    SequencedMap<Path, StagedFile> staged = new LinkedHashMap<>();
    List<Path> written = new ArrayList<>();
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path target = directory.resolve(file.getKey());
        StagedFile part = new StagedFile(target, replace);
        staged.put(target, part);
        try {
          Files.write(part.partial(), file.getValue());
        } catch (IOException e) {
          throw StagedFile.failed(target, e);
        }
      }
      for (Map.Entry<Path, StagedFile> part : staged.reversed().entrySet()) {
        part.getValue().commit();
        written.add(part.getKey());
      }
    } finally {
      for (StagedFile part : staged.values()) {
        part.close();
      }
      if (!replace && written.size() < files.size()) {
        for (Path file : written) {
          Files.deleteIfExists(Objects.requireNonNull(file));
        }
      }
    }
  }
}
