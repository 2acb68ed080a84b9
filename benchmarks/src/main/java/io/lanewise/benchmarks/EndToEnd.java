package io.lanewise.benchmarks;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.Shape;
import io.lanewise.batch.Validity;
import io.lanewise.batch.VectorColumn;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// What `end-to-end.sh` needs beside the command itself.
///
///     EndToEnd write FILE.arrow GIB DIM COLUMN COLUMN   two float32 columns of normal values,
///                    [STEPS]                            and t, an integer below STEPS
///     EndToEnd read FILE THREADS                        adds up the mapped file, once
///     EndToEnd copy FILE THREADS                        copies the mapped file to memory, once
///     EndToEnd copy-file FILE THREADS OUT               copies the mapped file to another file
///
/// Reading and copying print the seconds they took; the JVM's start is outside of them, as it is the
/// command's own cost.
public final class EndToEnd {
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final int CHUNK = 1 << 20;

  private EndToEnd() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path file = Path.of(args[1]);
    switch (args[0]) {
      case "write" ->
          write(
              file,
              Double.parseDouble(args[2]),
              Integer.parseInt(args[3]),
              args[4],
              args[5],
              args.length > 6 ? Integer.parseInt(args[6]) : 0);
      case "read" -> time(file, Integer.parseInt(args[2]), EndToEnd::sum);
      case "copy" -> {
        long size = Files.size(file);
        try (Arena arena = Arena.ofShared()) {
          MemorySegment to = arena.allocate(size).fill((byte) 0);
          time(
              file,
              Integer.parseInt(args[2]),
              (map, at, n) -> {
                MemorySegment.copy(map, at, to, at, n);
                return n;
              });
        }
      }
      case "copy-file" -> {
        Set<StandardOpenOption> options =
            EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try (FileChannel out = FileChannel.open(Path.of(args[3]), options)) {
          time(
              file,
              Integer.parseInt(args[2]),
              (map, at, n) -> out.write(map.asSlice(at, n).asByteBuffer(), at));
        }
      }
      default ->
          throw new IllegalArgumentException(
              "found '" + args[0] + "', expected write, read, copy or copy-file");
    }
  }

  /// @param steps what t is below; 0 for no t
  private static void write(
      Path file, double gib, int dim, String first, String second, int steps) {
    long rowBytes = 2L * dim * Float.BYTES;
    long rows = (long) (gib * (1L << 30)) / rowBytes;
    // An odd number of rows of noise, written again and again; log-variances below 0.
    int batchRows = (int) Math.min(rows, (8 << 20) / rowBytes | 1);
    List<ColumnType> schema = new ArrayList<>();
    schema.add(new ColumnType(first, Shape.VECTOR, DType.FLOAT32, dim));
    schema.add(new ColumnType(second, Shape.VECTOR, DType.FLOAT32, dim));
    if (steps > 0) {
      schema.add(new ColumnType("t", Shape.SCALAR, DType.INT32, 1));
    }
    MemorySegment a = normals(1, batchRows * dim);
    MemorySegment b = normals(2, batchRows * dim);
    MemorySegment t = steps > 0 ? integers(3, batchRows, steps) : MemorySegment.NULL;
    try (Sink sink = Sinks.create(file, schema, true)) {
      for (long row = 0; row < rows; row += batchRows) {
        int n = (int) Math.min(batchRows, rows - row);
        List<Column> columns = new ArrayList<>();
        columns.add(column(first, n, dim, a));
        columns.add(column(second, n, dim, b));
        if (steps > 0) {
          MemorySegment some = t.asSlice(0, (long) n * Integer.BYTES);
          columns.add(new ScalarColumn("t", DType.INT32, n, some, Validity.ALL));
        }
        sink.write(new Batch(row, n, columns, () -> {}));
      }
      sink.commit();
    }
  }

  private static VectorColumn column(String name, int rows, int dim, MemorySegment data) {
    MemorySegment some = data.asSlice(0, (long) rows * dim * Float.BYTES);
    return new VectorColumn(name, DType.FLOAT32, rows, dim, some, Validity.ALL, Validity.ALL);
  }

  private static MemorySegment normals(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    MemorySegment out = Arena.ofAuto().allocate((long) count * Float.BYTES, 64);
    for (int i = 0; i < count; i++) {
      out.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
    }
    return out;
  }

  private static MemorySegment integers(long seed, int count, int below) {
    SplittableRandom random = new SplittableRandom(seed);
    MemorySegment out = Arena.ofAuto().allocate((long) count * Integer.BYTES, 64);
    for (int i = 0; i < count; i++) {
      out.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(below));
    }
    return out;
  }

  /// What is done to each chunk of the mapped file.
  private interface Step {
    long apply(MemorySegment map, long at, long bytes) throws IOException;
  }

  private static void time(Path file, int threads, Step step)
      throws IOException, InterruptedException {
    try (Arena arena = Arena.ofShared();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      // Of the kind that is timed, so that the loop is compiled for it before the clock starts.
      MemorySegment warm =
          channel.map(MapMode.READ_ONLY, 0, Math.min(CHUNK, channel.size()), arena);
      long results = 0;
      for (int i = 0; i < 1000; i++) {
        results += sum(warm, 0, warm.byteSize());
      }
      AtomicLong total = new AtomicLong(results);
      long start = System.nanoTime();
      MemorySegment map = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      AtomicLong next = new AtomicLong();
      Thread[] workers = new Thread[threads];
      for (int t = 0; t < threads; t++) {
        workers[t] = Thread.ofPlatform().start(() -> total.addAndGet(work(map, next, step)));
      }
      for (Thread worker : workers) {
        worker.join();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.println(seconds + " " + total.get());
    }
  }

  /// Takes chunk after chunk until none is left.
  private static long work(MemorySegment map, AtomicLong next, Step step) {
    long result = 0;
    long size = map.byteSize();
    try {
      for (long at = next.getAndAdd(CHUNK); at < size; at = next.getAndAdd(CHUNK)) {
        result += step.apply(map, at, Math.min(CHUNK, size - at));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return result;
  }

  /// The 64-bit words from `from` on, but for an incomplete vector at the end.
  private static long sum(MemorySegment map, long from, long bytes) {
    int step = LONGS.vectorByteSize();
    LongVector a = LongVector.zero(LONGS);
    LongVector b = LongVector.zero(LONGS);
    LongVector c = LongVector.zero(LONGS);
    LongVector d = LongVector.zero(LONGS);
    ByteOrder order = ByteOrder.nativeOrder();
    for (long i = from; i + 4L * step <= from + bytes; i += 4L * step) {
      a = a.add(LongVector.fromMemorySegment(LONGS, map, i, order));
      b = b.add(LongVector.fromMemorySegment(LONGS, map, i + step, order));
      c = c.add(LongVector.fromMemorySegment(LONGS, map, i + 2L * step, order));
      d = d.add(LongVector.fromMemorySegment(LONGS, map, i + 3L * step, order));
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }
}
