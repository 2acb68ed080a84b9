package io.lanewise.benchmarks;

import io.lanewise.batch.DType;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import joptsimple.OptionParser;
import joptsimple.OptionSet;
import joptsimple.OptionSpec;

/// The peers that JavaCPP brings, in a process of their own: libtorch, and OpenBLAS for the
/// products. Built by the profile `peers`, run by `run.sh --peers`.
///
/// Measures what the JMH benchmarks measure, as `numpy_peer.py` does for NumPy: the same kernels,
/// element types, sizes, row lengths and threads, with destinations passed in, each in the best of
/// its known formulations. Threads are the library's own, or each has a slice of the rows; what is in
/// memory is also computed block after block of rows that stay in the cache. Results are checked
/// against float64 before anything is timed.
///
/// Writes a JSON list of {peer, formulation, benchmark, dtype, size, dim, threads, count, ns}: ns
/// holds one time per element for each sample.
public final class Peers {
  /// Bytes of one operand's block.
  private static final int BLOCK = 32 << 10;

  /// The row length of what has no rows of its own.
  private static final int ROW = 512;

  private final double seconds;
  private final List<String> results = new ArrayList<>();

  private Peers(double seconds) {
    this.seconds = seconds;
  }

  public static void main(String[] args) throws Throwable {
    OptionParser parser = new OptionParser();
    OptionSpec<String> sizes = list(parser, "sizes", "L2", "DRAM");
    OptionSpec<String> dtypes = list(parser, "dtypes", "FLOAT32", "FLOAT64");
    OptionSpec<String> threads = list(parser, "threads", "1", "2");
    OptionSpec<String> names = list(parser, "peers", "libtorch", "openblas");
    OptionSpec<String> benchmarks = list(parser, "benchmarks", "");
    OptionSpec<Double> time =
        parser.accepts("seconds").withRequiredArg().ofType(Double.class).defaultsTo(0.15);
    OptionSpec<String> output = parser.accepts("output").withRequiredArg().required();
    OptionSet options = parser.parse(args);
    List<Peer> peers = new ArrayList<>();
    for (String name : options.valuesOf(names)) {
      peers.add(
          switch (name) {
            case "libtorch" -> Libtorch.load();
            case "openblas" -> OpenBlasProducts.load();
            default ->
                throw new IllegalArgumentException(
                    "--peers: found " + name + ", expected libtorch or openblas");
          });
    }
    Peers run = new Peers(options.valueOf(time));
    for (String count : options.valuesOf(threads)) {
      for (PeerCase kernel : PeerCase.ALL) {
        if (options.valuesOf(benchmarks).stream().anyMatch(kernel.benchmark()::startsWith)) {
          for (String dtype : options.valuesOf(dtypes)) {
            for (String size : options.valuesOf(sizes)) {
              run.measure(
                  kernel,
                  DType.valueOf(dtype),
                  Size.valueOf(size),
                  Integer.parseInt(count),
                  peers);
            }
          }
        }
      }
    }
    Files.writeString(Path.of(options.valueOf(output)), "[" + String.join(",\n", run.results) + "]");
  }

  private static OptionSpec<String> list(OptionParser parser, String name, String... usual) {
    return parser.accepts(name).withRequiredArg().withValuesSeparatedBy(',').defaultsTo(usual);
  }

  private void measure(PeerCase kernel, DType type, Size size, int threads, List<Peer> peers)
      throws InterruptedException {
    if (!kernel.types().contains(type)) {
      return;
    }
    for (int dim : kernel.dims(size)) {
      int row = dim == 1 ? ROW : dim;
      long fit = size.bytes(threads) / ((long) kernel.matrices() * type.bytes() * row);
      int most = kernel.mostRows() == 0 ? Integer.MAX_VALUE : kernel.mostRows() / threads;
      int rows = Math.clamp(fit, 1, most);
      Setting setting = new Setting(kernel, type, size, dim, threads, (long) rows * row * threads);
      try (Arena arena = Arena.ofShared()) {
        Operands all = Operands.of(arena, type, rows * threads, row, kernel.others(size));
        List<List<Operands>> slices = new ArrayList<>();
        List<List<Operands>> blocks = new ArrayList<>();
        int step = Math.max(1, BLOCK / (row * type.bytes()));
        for (int thread = 0; thread < threads; thread++) {
          int from = thread * rows;
          slices.add(List.of(all.part(from, rows, from)));
          List<Operands> of = new ArrayList<>();
          for (int at = 0; at < rows; at += step) {
            of.add(all.part(from + at, Math.min(step, rows - at), from));
          }
          blocks.add(of);
        }
        for (Peer peer : peers) {
          measure(setting, peer, threads, "", List.of(List.of(all)));
          if (threads > 1) {
            measure(setting, peer, 1, " in slices", slices);
          }
          if (size == Size.DRAM && kernel.blocked()) {
            measure(setting, peer, 1, " in blocks", blocks);
          }
        }
      }
    }
  }

  /// What is measured, whoever computes it.
  private record Setting(
      PeerCase kernel, DType type, Size size, int dim, int threads, long count) {}

  /// @param how said behind the formulation's name
  /// @param parts of the operands, those of each thread
  private void measure(
      Setting setting, Peer peer, int libraryThreads, String how, List<List<Operands>> parts)
      throws InterruptedException {
    peer.threads(libraryThreads);
    List<List<Map<String, Runnable>>> formulations = new ArrayList<>();
    for (List<Operands> ofThread : parts) {
      formulations.add(ofThread.stream().map(o -> peer.formulations(setting.kernel, o)).toList());
    }
    for (String name : formulations.getFirst().getFirst().keySet()) {
      PeerCheck check = PeerCheck.of(setting.kernel, parts.stream().flatMap(List::stream).toList());
      List<Runnable> runs = new ArrayList<>();
      for (List<Map<String, Runnable>> ofThread : formulations) {
        Runnable[] some = ofThread.stream().map(by -> by.get(name)).toArray(Runnable[]::new);
        runs.add(
            () -> {
              for (Runnable run : some) {
                run.run();
              }
            });
      }
      timed(runs, 1);
      check.against(peer.name() + ", " + name + how);
      results.add(json(setting, peer.name(), name + how, samples(runs, setting.count)));
    }
  }

  /// Nanoseconds per element, until the time is used.
  private List<Double> samples(List<Runnable> runs, long count) throws InterruptedException {
    // The first calls are interpreted.
    long warm = System.nanoTime() + (long) (Math.min(0.05, seconds) * 1e9);
    long once;
    do {
      once = Math.max(1, timed(runs, 1));
    } while (System.nanoTime() < warm);
    int number = (int) Math.max(1, Math.min(0.02, seconds / 5) * 1e9 / once);
    int enough = once < seconds * 1e9 ? 3 : 1;
    List<Double> times = new ArrayList<>();
    long begin = System.nanoTime();
    while (times.size() < enough
        || (System.nanoTime() - begin < seconds * 1e9 && times.size() < 50)) {
      times.add((double) timed(runs, number) / number / count);
    }
    return times;
  }

  /// Nanoseconds that `number` calls of each take, all at the same time.
  private static long timed(List<Runnable> runs, int number) throws InterruptedException {
    if (runs.size() == 1) {
      long start = System.nanoTime();
      repeat(runs.getFirst(), number);
      return System.nanoTime() - start;
    }
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (Runnable run : runs) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      go.await();
                      repeat(run, number);
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    long start = System.nanoTime();
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    return System.nanoTime() - start;
  }

  private static void repeat(Runnable run, int number) {
    for (int i = 0; i < number; i++) {
      run.run();
    }
  }

  private static String json(Setting setting, String peer, String formulation, List<Double> ns) {
    return """
    {"peer":"%s","formulation":"%s","benchmark":"%s","dtype":"%s","size":"%s","dim":%d,\
    "threads":%d,"count":%d,"ns":%s}"""
        .formatted(
            peer,
            formulation,
            setting.kernel.benchmark(),
            setting.type.name(),
            setting.size,
            setting.dim,
            setting.threads,
            setting.count,
            ns);
  }
}
