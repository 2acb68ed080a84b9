package io.lanewise.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Opens files. A format is recognised by the first bytes of a file, never by its name.
public final class Sources {
  /// The formats that can be read, for messages and help.
  public static final String FORMATS =
      "Arrow file, Arrow stream, Parquet, .npy, .npz, .safetensors or CSV with a header";

  private static final int PEEK = 4096;

  private Sources() {}

  /// The first bytes of formats that cannot be read, so that a message can name them.
  @SuppressWarnings("ImmutableEnumChecker") // the bytes are written once, here
  private enum Foreign {
    PICKLE("a Python pickle", 0x80, 0x02),
    PICKLE3("a Python pickle", 0x80, 0x03),
    PICKLE4("a Python pickle", 0x80, 0x04),
    PICKLE5("a Python pickle", 0x80, 0x05),
    HDF5("an HDF5 file", 0x89, 'H', 'D', 'F'),
    GZIP("a gzip file; decompress it first", 0x1F, 0x8B),
    ZSTD("a zstd file; decompress it first", 0x28, 0xB5, 0x2F, 0xFD),
    XZ("an xz file; decompress it first", 0xFD, '7', 'z', 'X', 'Z'),
    BZIP2("a bzip2 file; decompress it first", 'B', 'Z', 'h'),
    FEATHER1("a Feather 1 file; rewrite it as Feather 2, which is Arrow", 'F', 'E', 'A', '1'),
    ORC("an ORC file", 'O', 'R', 'C'),
    AVRO("an Avro file", 'O', 'b', 'j', 0x01),
    MATLAB("a MATLAB file", 'M', 'A', 'T', 'L', 'A', 'B'),
    SQLITE("an SQLite database", 'S', 'Q', 'L', 'i', 't', 'e'),
    ENCRYPTED_PARQUET("an encrypted Parquet file", 'P', 'A', 'R', 'E'),
    PNG("a PNG image", 0x89, 'P', 'N', 'G'),
    JPEG("a JPEG image", 0xFF, 0xD8, 0xFF);

    private final String what;
    private final byte[] magic;

    Foreign(String what, int... magic) {
      this.what = what;
      this.magic = new byte[magic.length];
      for (int i = 0; i < magic.length; i++) {
        this.magic[i] = (byte) magic[i];
      }
    }
  }

  /// Begins to load, in a thread of its own, what files with a name such as this need to be opened:
  /// DuckDB for `.parquet` and `.csv`. It serves the files of the same folder that are opened with
  /// the usual memory, and stays until the process ends, so it is for commands. Failures are left
  /// to [#open].
  public static void prepare(Path file) {
    String name = file.toString();
    if (name.endsWith(".parquet") || name.endsWith(".csv")) {
      Thread.ofPlatform().daemon().name("lanewise-duckdb").start(() -> DuckDb.prepare(file));
    }
  }

  /// Opens a file by its content, or standard input if the path is `-` (an Arrow stream only).
  ///
  /// @throws UncheckedIOException if it cannot be read
  /// @throws DataException if its format is not in [#FORMATS], or it is damaged
  public static Source open(String pathOrDash) {
    return open(pathOrDash, Reading.DEFAULT);
  }

  /// The same, read in another way.
  public static Source open(String pathOrDash, Reading reading) {
    if (pathOrDash.equals("-")) {
      return piped(System.in, "-", reading);
    }
    Path path;
    try {
      path = Path.of(pathOrDash);
    } catch (InvalidPathException e) {
      throw new UncheckedIOException(
          pathOrDash + ": found no path, expected one", new IOException(e));
    }
    Mapping.checkReadable(path);
    try {
      if (!Files.isRegularFile(path)) {
        // A named pipe, as from `<(command)`: it can be read once, from the beginning.
        return piped(Files.newInputStream(path), pathOrDash, reading);
      }
      byte[] head;
      try (InputStream in = Files.newInputStream(path)) {
        head = in.readNBytes(PEEK);
      }
      return open(path, head, reading);
    } catch (IOException e) {
      throw Mapping.unreadable(path, e);
    }
  }

  private static Source open(Path path, byte[] head, Reading reading) {
    String name = path.toString();
    if (startsWith(head, "ARROW1")) {
      return ArrowFile.open(path, reading);
    }
    if (startsWith(head, "PAR1")) {
      return ParquetFile.open(path, reading);
    }
    if (startsWith(head, "\u0093NUMPY")) {
      return NpyFile.open(path, reading);
    }
    if (startsWith(head, "PK\u0003\u0004") || startsWith(head, "PK\u0005\u0006")) {
      return NpzFile.open(path, reading);
    }
    if (isStream(head)) {
      return ArrowStream.open(path, reading);
    }
    if (isSafetensors(path, head)) {
      return SafetensorsFile.open(path, reading);
    }
    refuse(name, head);
    return CsvFile.open(path, reading);
  }

  private static Source piped(InputStream in, String name, Reading reading) {
    InputFingerprints fingerprints = reading.fingerprints();
    try {
      PushbackInputStream pushback =
          new PushbackInputStream(fingerprints == null ? in : fingerprints.of(name, in), PEEK);
      byte[] head = pushback.readNBytes(8);
      if (isStream(head)) {
        pushback.unread(head);
        return ArrowStream.from(pushback, name);
      }
      throw new DataException(
          name,
          "found %s on a pipe, expected an Arrow stream; save it to a file first"
              .formatted(described(head)));
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + e.getMessage(), e);
    }
  }

  /// A stream begins with the continuation mark; before Arrow 0.15 it began with the schema's
  /// length, which nothing tells from other bytes.
  private static boolean isStream(byte[] head) {
    return head.length >= 8 && head[0] == -1 && head[1] == -1 && head[2] == -1 && head[3] == -1;
  }

  /// Without a mark of its own: a length that fits the file, and the brace of its header.
  private static boolean isSafetensors(Path path, byte[] head) {
    try {
      return SafetensorsFile.lengthOf(MemorySegment.ofArray(head), Files.size(path)) >= 0;
    } catch (IOException e) {
      throw Mapping.unreadable(path, e);
    }
  }

  private static void refuse(String name, byte[] head) {
    String found = described(head);
    if (!found.equals("text")) {
      throw new DataException(name, "found %s, expected %s".formatted(found, FORMATS));
    }
  }

  private static String described(byte[] head) {
    if (head.length == 0) {
      return "an empty file";
    }
    for (KnownText known : KNOWN) {
      if (startsWith(head, known.magic)) {
        return known.what;
      }
    }
    // Text first: a CSV header may well begin with the letters of somebody's magic.
    if (isText(head)) {
      return "text";
    }
    for (Foreign foreign : Foreign.values()) {
      if (head.length >= foreign.magic.length
          && Arrays.equals(head, 0, foreign.magic.length, foreign.magic, 0, foreign.magic.length)) {
        return foreign.what;
      }
    }
    return "a file that begins with the bytes "
        + HexFormat.ofDelimiter(" ").formatHex(head, 0, Math.min(head.length, 8));
  }

  private record KnownText(String magic, String what) {}

  /// Text that is plainly no CSV, and the native formats when they arrive where they cannot be
  /// used.
  private static final List<KnownText> KNOWN =
      List.of(
          new KnownText("ARROW1", "an Arrow file"),
          new KnownText("PAR1", "a Parquet file"),
          new KnownText("\u0093NUMPY", "a .npy file"),
          new KnownText("PK\u0003\u0004", "a zip or .npz file"),
          new KnownText("{", "JSON"),
          new KnownText("<?xml", "XML"),
          new KnownText("<!DOCTYPE", "HTML"),
          new KnownText("<html", "HTML"),
          new KnownText("%PDF", "a PDF document"));

  private static boolean isText(byte[] head) {
    for (byte b : head) {
      if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    try {
      // The last character may be cut in two; that much is forgiven.
      int whole = head.length < PEEK ? head.length : head.length - 4;
      int end = whole;
      while (end < head.length && (head[end] & 0xC0) == 0x80) {
        end++;
      }
      decoder.decode(ByteBuffer.wrap(head, 0, end));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }

  private static boolean startsWith(byte[] head, String magic) {
    byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
    return head.length >= expected.length
        && Arrays.equals(head, 0, expected.length, expected, 0, expected.length);
  }
}
