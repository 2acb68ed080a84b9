package io.lanewise.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/// One file of a [DataSet], for provenance.
///
/// @param path as given, or as found by a glob; `-` for standard input
/// @param format the format's name, as [Source#format]
/// @param bytes its size; unknown for a pipe
/// @param rows its number of rows, where the format tells without reading them all
public record FileInfo(String path, String format, OptionalLong bytes, OptionalLong rows) {
  /// The SHA-256 of the file's bytes in hexadecimal, computed by reading it whole, now; empty for a
  /// pipe.
  ///
  /// @throws java.io.UncheckedIOException if the file cannot be read
  public Optional<String> sha256() {
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    Path file = Path.of(path);
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return Optional.of(HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      throw Mapping.unreadable(file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
