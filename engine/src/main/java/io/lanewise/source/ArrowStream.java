package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.SequenceColumn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// An Arrow IPC stream: from a file, memory-mapped and readable many times, or from a pipe,
/// readable once and one record batch at a time.
public final class ArrowStream implements Source {
  /// How many messages of a pipe are kept to find out how long a column's lists are.
  private static final int MOST_AHEAD = 64;

  private final String name;
  private final Feed feed;
  private final ArrowSchema schema;
  private final long afterSchema;

  /// Messages of a pipe that were looked at before its pass, which will see them again.
  private final Deque<Message> ahead = new ArrayDeque<>();

  private boolean consumed;

  private ArrowStream(String name, Feed feed) {
    this.name = name;
    this.feed = feed;
    Message first = next(feed, 0, "schema");
    if (first == null) {
      throw new DataException(name, "found the end of the stream, expected a schema");
    }
    this.schema = first.metadata.schema();
    first.close();
    this.afterSchema = feed.position();
  }

  /// Opens a file that holds a stream.
  ///
  /// @throws DataException if it does not begin with an Arrow schema
  /// @throws UncheckedIOException if it cannot be read
  public static ArrowStream open(Path path, Reading reading) {
    Mapping mapping = Mapping.open(path, reading);
    try {
      return new ArrowStream(path.toString(), new MappedFeed(mapping, 0));
    } catch (RuntimeException e) {
      mapping.close();
      throw e;
    }
  }

  /// Reads a stream as it arrives. It can be read once, and its row count is not known before.
  ///
  /// @param name what to call it in messages: `-` for standard input
  public static ArrowStream from(InputStream in, String name) {
    return new ArrowStream(name, new PipedFeed(name, in));
  }

  /// Where bytes come from, in order.
  private sealed interface Feed {
    /// The next `bytes` bytes.
    ///
    /// @param owner what they live in, unless they live as long as the feed
    MemorySegment take(String place, long bytes, Arena owner);

    /// Whether nothing is left.
    boolean isAtEnd();

    long position();

    void close();
  }

  private static final class MappedFeed implements Feed {
    private final Mapping mapping;
    private long position;

    MappedFeed(Mapping mapping, long position) {
      this.mapping = mapping;
      this.position = position;
    }

    @Override
    public MemorySegment take(String place, long bytes, Arena owner) {
      if (bytes > mapping.size() - position) {
        throw new DataException(
            place,
            "found the end of the file after %d bytes, expected %d more"
                .formatted(mapping.size() - position, bytes));
      }
      MemorySegment taken = mapping.bytes().asSlice(position, bytes);
      position += bytes;
      return taken;
    }

    @Override
    public boolean isAtEnd() {
      return position == mapping.size();
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void close() {
      mapping.close();
    }
  }

  private static final class PipedFeed implements Feed {
    /// Memory grows with what arrives, not with what a damaged header announces.
    private static final long FIRST = 1 << 20;

    private final String name;
    private final InputStream in;
    private long position;
    private int peeked = -1;

    PipedFeed(String name, InputStream in) {
      this.name = name;
      this.in = in;
    }

    @Override
    public MemorySegment take(String place, long bytes, Arena owner) {
      long room = Math.min(bytes, FIRST);
      MemorySegment taken = owner.allocate(Math.max(1, room), 64);
      byte[] buffer = new byte[(int) Math.min(Math.max(bytes, 1), 1 << 16)];
      long have = 0;
      while (have < bytes) {
        int n = read(buffer, (int) Math.min(buffer.length, bytes - have));
        if (n < 0) {
          throw new DataException(
              place,
              "found the end of the stream after %d bytes, expected %d".formatted(have, bytes));
        }
        if (have + n > room) {
          room = Math.min(bytes, Math.max(have + n, 4 * room));
          MemorySegment larger = owner.allocate(room, 64);
          MemorySegment.copy(taken, 0, larger, 0, have);
          taken = larger;
        }
        MemorySegment.copy(MemorySegment.ofArray(buffer), 0, taken, have, n);
        have += n;
      }
      position += bytes;
      return taken.asSlice(0, bytes);
    }

    private int read(byte[] buffer, int most) {
      try {
        if (peeked >= 0) {
          buffer[0] = (byte) peeked;
          peeked = -1;
          return 1;
        }
        return in.read(buffer, 0, most);
      } catch (IOException e) {
        throw new UncheckedIOException(name + ": " + e.getMessage(), e);
      }
    }

    @Override
    public boolean isAtEnd() {
      try {
        if (peeked < 0) {
          peeked = in.read();
        }
        return peeked < 0;
      } catch (IOException e) {
        throw new UncheckedIOException(name + ": " + e.getMessage(), e);
      }
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException(name + ": " + e.getMessage(), e);
      }
    }
  }

  /// A message and its body, with the memory they live in.
  private record Message(ArrowMessage metadata, MemorySegment body, Arena owner) {
    void close() {
      release(owner);
    }
  }

  /// What a message lives in: the mapping, which needs no other owner, or memory of its own.
  private static Arena ownerFor(Feed feed) {
    return feed instanceof MappedFeed ? Arena.global() : Arena.ofShared();
  }

  @SuppressWarnings("ReferenceEquality") // there is one global arena
  private static void release(Arena owner) {
    if (owner != Arena.global()) {
      owner.close();
    }
  }

  /// The next message, or null at the end of the stream.
  private @Nullable Message next(Feed from, int number, String what) {
    String place = name + ": message " + number + " (" + what + ")";
    // Streams end with a mark, or simply end.
    if (from.isAtEnd()) {
      return null;
    }
    Arena owner = ownerFor(from);
    boolean done = false;
    try {
      int length = from.take(place, 4, owner).get(JAVA_INT_UNALIGNED, 0);
      if (length == ArrowMessage.CONTINUATION) {
        length = from.take(place, 4, owner).get(JAVA_INT_UNALIGNED, 0);
      }
      if (length == 0) {
        checkNothingFollows(from);
        return null;
      }
      if (length < 0) {
        throw new DataException(place, "found metadata of " + length + " bytes");
      }
      ArrowMessage metadata = ArrowMessage.parse(place, from.take(place, length, owner));
      MemorySegment body = from.take(place, metadata.bodyLength(), owner);
      done = true;
      return new Message(metadata, body, owner);
    } finally {
      if (!done) {
        release(owner);
      }
    }
  }

  /// Two streams in one file (`cat a b`) look like one that ends early: half the data, silently.
  private void checkNothingFollows(Feed from) {
    if (from instanceof MappedFeed && !from.isAtEnd()) {
      throw new DataException(
          name,
          "found more bytes after the end of the stream at byte %d, expected one stream a file"
              .formatted(from.position()));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String format() {
    return "arrow-stream";
  }

  @Override
  public List<ColumnType> schema() {
    return schema.columns();
  }

  @Override
  public List<Unsupported> unsupported() {
    return schema.unsupported();
  }

  /// Known for a file, by walking over its messages; not for a pipe.
  @Override
  public OptionalLong rowCount(List<String> columns) {
    Projection.of(this, columns);
    if (!(feed instanceof MappedFeed mapped)) {
      return OptionalLong.empty();
    }
    MappedFeed walk = new MappedFeed(mapped.mapping, afterSchema);
    long rows = 0;
    for (int number = 1; ; number++) {
      Message message = next(walk, number, "count");
      if (message == null) {
        return OptionalLong.of(rows);
      }
      if (message.metadata.is(MessageHeader.RecordBatch)) {
        rows += message.metadata.rows();
      }
      message.close();
    }
  }

  @Override
  public long firstLength(String column) {
    if (feed instanceof MappedFeed) {
      return Source.super.firstLength(column);
    }
    List<ColumnType> wanted = Projection.of(this, List.of(column));
    for (Message message : ahead) {
      long length = firstLength(message, wanted);
      if (length >= 0) {
        return length;
      }
    }
    while (ahead.size() < MOST_AHEAD) {
      Message message = next(feed, ahead.size() + 1, "record batch");
      if (message == null) {
        return -1;
      }
      ahead.add(message);
      long length = firstLength(message, wanted);
      if (length >= 0) {
        return length;
      }
    }
    throw new DataException(
        "%s: column '%s'".formatted(name, column),
        "found null in every row of the first %d messages, expected a list; save it to a file first"
            .formatted(MOST_AHEAD));
  }

  private long firstLength(Message message, List<ColumnType> wanted) {
    if (!message.metadata.is(MessageHeader.RecordBatch) || message.metadata.rows() == 0) {
      return -1;
    }
    Chunk chunk =
        ArrowFile.chunk(schema, wanted, message.metadata, message.body, Map.of(), () -> {});
    try (Scratch scratch = new Scratch(name, 0)) {
      int rows = (int) Math.min(chunk.rows(), 1 << 16);
      return chunk.columns().getFirst().cut(0, rows, scratch) instanceof SequenceColumn lists
          ? lists.firstLength()
          : -1;
    } finally {
      chunk.release();
    }
  }

  @Override
  public Cursor read(List<String> columns, int batchRows) {
    List<ColumnType> wanted = Projection.of(this, columns, batchRows);
    Feed pass;
    if (feed instanceof MappedFeed mapped) {
      pass = new MappedFeed(mapped.mapping, afterSchema);
    } else {
      if (consumed) {
        throw new IllegalStateException(
            name + ": found a second pass over a pipe, expected one; save it to a file first");
      }
      consumed = true;
      pass = feed;
    }
    Map<Long, Field> dictionaryFields = ArrowBody.dictionaryFields(schema);
    return new ChunkCursor(
        name,
        this::checkUnchanged,
        batchRows,
        new ChunkCursor.Chunks() {
          private final Map<Long, Dictionary> dictionaries = new HashMap<>();
          private int number;

          @Override
          public @Nullable Chunk next() {
            while (true) {
              number++;
              Message message =
                  pass == feed && !ahead.isEmpty()
                      ? ahead.remove()
                      : ArrowStream.this.next(pass, number, "record batch");
              if (message == null) {
                return null;
              }
              boolean kept = false;
              try {
                if (message.metadata.is(MessageHeader.DictionaryBatch)) {
                  message.metadata.addTo(dictionaries, dictionaryFields, message.body);
                } else {
                  Chunk chunk =
                      ArrowFile.chunk(
                          schema,
                          wanted,
                          message.metadata,
                          message.body,
                          dictionaries,
                          message::close);
                  kept = true;
                  return chunk;
                }
              } finally {
                if (!kept) {
                  message.close();
                }
              }
            }
          }
        });
  }

  @Override
  public void checkUnchanged() {
    if (feed instanceof MappedFeed mapped) {
      mapped.mapping.checkUnchanged();
    }
  }

  @Override
  public void close() {
    ahead.forEach(Message::close);
    ahead.clear();
    feed.close();
  }
}
