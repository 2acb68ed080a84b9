package io.lanewise.noise;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/// The normals of one NumPy seed, readable at any position by many threads.
///
/// Marks (position, state of the generator) are left at equal distances as the stream is walked.
/// One thread at a time reads new parts of the stream. Other threads that need them would only
/// repeat the work, so they wait for its marks. Known parts are read without the lock. There are
/// never more than [#MAX_MARKS] marks (1 MiB): when they are full, every other one goes and the
/// distance doubles.
final class NumpyStream {
  /// Draws handed over at once, and the smallest distance of marks.
  static final int GRAIN = 1024;

  private static final int MAX_MARKS = 1 << 16;

  private final Pcg64Normals origin;
  private final ReentrantLock newGround = new ReentrantLock();

  // Guarded by this.
  private long[] highs = new long[64];
  private long[] lows = new long[64];
  private int marks;
  private long distance = GRAIN;
  private Mark last;

  /// Takes `count` draws, the first of them draw `done` of the read.
  @FunctionalInterface
  interface Sink {
    void accept(double[] draws, int count, long done);
  }

  private record Mark(long position, long high, long low) {}

  NumpyStream(BigInteger seed) {
    if (seed.signum() < 0) {
      throw new IllegalArgumentException(
          "noise 'numpy': found seed " + seed + ", expected 0 or more");
    }
    origin = new Pcg64Normals(seed);
    last = new Mark(0, origin.high(), origin.low());
    leave(0, origin);
  }

  void read(long first, long count, Sink sink) {
    if (known(first + count)) {
      walk(first, count, sink);
      return;
    }
    newGround.lock();
    try {
      walk(first, count, sink);
    } finally {
      newGround.unlock();
    }
  }

  private void walk(long first, long count, Sink sink) {
    Mark start = nearest(first);
    Pcg64Normals normals = new Pcg64Normals(origin, start.high, start.low);
    double[] draws = new double[(int) Math.min(GRAIN, first - start.position + count)];
    long position = start.position;
    long end = first + count;
    while (position < end) {
      // Up to the next place for a mark, and not beyond the first draw that counts.
      long stop = Math.min((position / GRAIN + 1) * GRAIN, position < first ? first : end);
      int n = (int) Math.min(stop - position, draws.length);
      normals.draw(draws, n);
      if (position >= first) {
        sink.accept(draws, n, position - first);
      }
      position += n;
      if (position % GRAIN == 0) {
        leave(position, normals);
      }
    }
    setLast(new Mark(position, normals.high(), normals.low()));
  }

  private synchronized boolean known(long end) {
    return end <= (marks - 1) * distance;
  }

  /// The place to start from: where the last read ended, if that is it, or the mark before.
  private synchronized Mark nearest(long position) {
    int i = (int) Math.min(position / distance, marks - 1);
    long marked = i * distance;
    boolean resume = last.position <= position && last.position >= marked;
    return resume ? last : new Mark(marked, highs[i], lows[i]);
  }

  private synchronized void setLast(Mark mark) {
    last = mark;
  }

  private synchronized void leave(long position, Pcg64Normals normals) {
    if (position != marks * distance) {
      return;
    }
    if (marks == MAX_MARKS) {
      for (int i = 0; i < MAX_MARKS / 2; i++) {
        highs[i] = highs[2 * i];
        lows[i] = lows[2 * i];
      }
      // MAX_MARKS is even: this position is a multiple of the new distance, too.
      marks = MAX_MARKS / 2;
      distance *= 2;
    } else if (marks == highs.length) {
      highs = Arrays.copyOf(highs, 2 * marks);
      lows = Arrays.copyOf(lows, 2 * marks);
    }
    highs[marks] = normals.high();
    lows[marks] = normals.low();
    marks++;
  }
}
