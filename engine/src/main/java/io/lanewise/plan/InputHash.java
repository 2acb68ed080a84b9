package io.lanewise.plan;

import java.util.Locale;

/// What identifies the bytes of input files in a report.
public enum InputHash {
  /// Nothing.
  NONE,
  /// A fingerprint of checksums, taken while the files are read
  /// ([io.lanewise.source.InputFingerprints]): no protection from forgery, and nearly free.
  CHUNK_CRC,
  /// The same, and the SHA-256, for which each file is read once more.
  SHA256;

  /// The name used by the command.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
