package io.lanewise.run.state;

import io.lanewise.objective.StateFields;
import io.lanewise.source.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import java.util.zip.DataFormatException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;

/// A state as bytes, in the form `lanewise-bytes/1`: a mark, the number of the form, the header of
/// a state file ([StateHeader]) compressed, where its rows come from ([Rows]), the fields of each
/// evaluation, and checksums.
public final class StateBytes {
  private static final int MARK = 0x5453574c; // "LWST"
  private static final int FORM = 1;

  /// Headers describe; none has more.
  private static final int MOST_HEADER = 64 << 20;

  private final StateHeader header;
  private final Rows rows;
  private final BytesRead fields;

  private StateBytes(StateHeader header, Rows rows, BytesRead fields) {
    this.header = header;
    this.rows = rows;
    this.fields = fields;
  }

  /// Whose rows a state has seen.
  ///
  /// @param parts the numbers of the sessions that saw them, which are drawn at random, so that no
  ///   rows are counted twice
  /// @param indexed whether all rows came with their index
  public record Rows(List<Long> parts, boolean indexed) {
    public Rows {
      parts = List.copyOf(parts);
    }
  }

  /// Writes what has been seen.
  ///
  /// @param state names the fields of each evaluation
  public static byte[] write(StateHeader header, Rows rows, ObjIntConsumer<StateFields> state) {
    Bytes bytes = new Bytes();
    bytes.int32(MARK).int32(FORM);
    byte[] text = StateHeaderCodec.write(header).getBytes(StandardCharsets.UTF_8);
    bytes.unsigned(text.length).block(deflated(text));
    bytes.unsigned(rows.indexed ? 1 : 0).unsigned(rows.parts.size());
    rows.parts.forEach(bytes::int64);
    for (int i = 0; i < header.evaluations().size(); i++) {
      state.accept(new ByteFields(bytes), i);
    }
    return bytes.finished();
  }

  private static byte[] deflated(byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /// Reads the header.
  ///
  /// @param place what messages call the bytes
  /// @throws DataException if they are no state, damaged, or of another version
  public static StateBytes read(String place, byte[] bytes) {
    BytesRead read = new BytesRead(place, bytes);
    int mark = read.int32();
    int form = read.int32();
    if (mark != MARK || form != FORM) {
      throw new DataException(
          place,
          mark != MARK
              ? "found other bytes, expected those of a state"
              : "found a state of form %d, expected form %d".formatted(form, FORM));
    }
    long size = read.unsigned();
    if (size < 0 || size > MOST_HEADER) {
      throw read.damaged("a header of %d bytes".formatted(size));
    }
    StateHeader header =
        StateHeaderCodec.read(place, inflated(read, read.block(), (int) size))
            .requireVersion(place);
    boolean indexed = read.unsigned() == 1;
    int count = read.length(Long.BYTES);
    List<Long> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(read.int64());
    }
    return new StateBytes(header, new Rows(parts, indexed), read);
  }

  private static String inflated(BytesRead read, byte[] deflated, int size) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(deflated);
      byte[] text = new byte[size];
      int at = 0;
      int got = -1;
      while (at < size && got != 0) {
        got = inflater.inflate(text, at, size - at);
        at += got;
      }
      if (at != size) {
        throw read.damaged("a header of %d bytes, not %d".formatted(at, size));
      }
      return new String(text, StandardCharsets.UTF_8);
    } catch (DataFormatException e) {
      throw read.damaged("a header that cannot be expanded");
    } finally {
      inflater.end();
    }
  }

  /// The plan and the runs.
  public StateHeader header() {
    return header;
  }

  /// Whose rows it has seen.
  public Rows rows() {
    return rows;
  }

  /// Reads the fields of all evaluations, once.
  ///
  /// @throws DataException if they are not as they should be
  public void load(ObjIntConsumer<StateFields> state) {
    ReadFields all = new ReadFields(fields);
    for (int i = 0; i < header.evaluations().size(); i++) {
      String place =
          "%s: evaluation '%s'"
              .formatted(fields.place(), header.evaluations().get(i).task().name());
      StateFiles.guarded(place, state, all, i);
    }
    fields.requireEnd();
  }
}
