package io.lanewise.objective.sample;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Family;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.SampleMetric;
import io.lanewise.objective.Workers;
import io.lanewise.result.Direction;
import io.lanewise.result.Measure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Kernel inception distance: squared maximum mean discrepancy with a cubic kernel, as the mean
/// over small groups of rows.
///
/// With `mode=blocks` both sets are shuffled and cut into as many blocks of at most `block-size`
/// rows as the larger set needs, so that every row counts once; the standard error is that of the
/// mean of independent blocks, `sd/sqrt(blocks)`. With `mode=subsets` the same number of rows is
/// drawn from each set again and again, as torch-fidelity does; subsets share rows, so that there
/// is no standard error, but their standard deviation (over n) as that tool prints it.
///
/// Rows are chosen by [RowChoice]: of NumPy's `RandomState(seed)` or of `torch.manual_seed(seed)`,
/// or blocks of rows in the order they come.
public final class KernelInceptionDistance implements SampleMetric {
  private static final Parameter<String> MODE =
      Parameter.choice(
          "mode",
          "blocks",
          "blocks: every row once, with a standard error; subsets: as torch-fidelity.",
          List.of("blocks", "subsets"));
  private static final Parameter<Long> BLOCK_SIZE =
      Parameter.integer("block-size", "1024", 2, 1_000_000, "The most rows of a block.");
  private static final Parameter<Long> SUBSETS =
      Parameter.integer("subsets", "100", 1, 1_000_000, "Number of subsets.");
  private static final Parameter<Long> SUBSET_SIZE =
      Parameter.integer("subset-size", "1000", 2, 1_000_000, "Rows drawn from each set.");
  private static final Parameter<String> SHUFFLE =
      Parameter.choice(
          "shuffle",
          "numpy",
          "numpy: NumPy's RandomState(seed), generated rows first, as torch-fidelity;"
              + " numpy-real-first: the same, real rows first, as dgm-eval; torch: torch.randperm after"
              + " manual_seed(seed), real rows first, as torchmetrics; none: blocks in file order.",
          RowChoice.NAMES);
  private static final Parameter<Long> SEED =
      Parameter.integer("seed", "2020", 0, 0xFFFFFFFFL, "Seed of the shuffle.");

  @Override
  public Descriptor descriptor() {
    return new Descriptor(
        "kernel-inception-distance",
        List.of("kid"),
        Family.SAMPLE,
        "Kernel inception distance",
        "mean over blocks of mean k(x, x') + mean k(y, y') - 2 mean k(x, y), x != x', y != y', k(x, y) = (x.y/d + 1)^3",
        "Bińkowski et al., Demystifying MMD GANs, arXiv:1801.01401, section 4",
        HeldPair.sets("Features of real data."),
        List.of(
            MODE,
            BLOCK_SIZE,
            SUBSETS,
            SUBSET_SIZE,
            SHUFFLE,
            SEED,
            MmdKernel.KERNEL,
            MmdKernel.DEGREE,
            MmdKernel.GAMMA,
            MmdKernel.COEF0,
            MmdKernel.SIGMA,
            MmdKernel.ESTIMATOR,
            MmdKernel.PRODUCTS),
        List.of());
  }

  @Override
  public State newState(Binding binding) {
    boolean blocks = binding.get(MODE).equals("blocks");
    if (!blocks && binding.get(SHUFFLE).equals("none")) {
      throw new IllegalArgumentException(
          "shuffle: found none with mode subsets, expected numpy, numpy-real-first or torch: subsets"
              + " are drawn");
    }
    MemoryClaim claim = new MemoryClaim(binding.workers());
    HeldPair held =
        HeldPair.of(
            binding,
            claim,
            (real, generated) -> {
              MmdKernel kernel = MmdKernel.of(binding, real.dim());
              List<HeldRows> sets = kernel.rows(real, generated);
              return new Sets(binding, blocks, kernel, sets.getFirst(), sets.getLast())
                  .finish(claim);
            });
    claim.announce(AllPairs.bytes(binding.workers()) + copies(binding, blocks, held));
    return held;
  }

  /// What the copies of the rows of groups will take at least: of the rows that are known to be
  /// there. Where a file does not tell, [Sets#finish] knows.
  private static long copies(Binding binding, boolean blocks, HeldPair held) {
    long rows =
        binding.rowCounts().values().stream().mapToLong(count -> count.orElse(0)).max().orElse(0);
    long group = Math.min(rows, blocks ? binding.get(BLOCK_SIZE) : binding.get(SUBSET_SIZE));
    long groups = blocks ? Math.ceilDiv(rows, Math.max(1, group)) : binding.get(SUBSETS);
    return Math.min(binding.workers().threads(), groups) * 2 * group * held.real().rowBytes();
  }

  @Override
  public List<String> measures(Binding binding) {
    return List.of("kid", "kid-deviation");
  }

  /// Where a thread holds the rows of a group, one after the other: new memory for each would be
  /// cleared by the system and by Java.
  private record Workspace(MemorySegment x, MemorySegment y) {}

  private record Sets(
      Binding binding, boolean blocks, MmdKernel kernel, HeldRows real, HeldRows generated) {
    Finished finish(MemoryClaim claim) {
      List<int[][]> groups = blocks ? cutIntoBlocks() : drawSubsets();
      MmdKernel ofRows = kernel.forRows(binding, binding.get(MmdKernel.SIGMA), real);
      MmdEstimator estimator = MmdEstimator.of(binding.get(MmdKernel.ESTIMATOR));
      AllPairs inside =
          AllPairs.of(binding, Workers.CALLER, kernel.narrow(binding), real, generated);
      double[] values = new double[groups.size()];
      int most = groups.stream().mapToInt(g -> Math.max(g[0].length, g[1].length)).max().orElse(0);
      claim.hold(
          AllPairs.bytes(binding.workers())
              + Math.min(binding.workers().threads(), (long) groups.size())
                  * most
                  * (real.rowBytes() + generated.rowBytes()));
      ConcurrentLinkedQueue<Workspace> workspaces = new ConcurrentLinkedQueue<>();
      binding
          .workers()
          .forEach(
              blocks ? "KID blocks" : "KID subsets",
              groups.size(),
              group -> {
                int[][] rows = groups.get((int) group);
                Workspace polled = workspaces.poll();
                Workspace workspace =
                    polled == null
                        ? new Workspace(generated.memoryFor(most), real.memoryFor(most))
                        : polled;
                HeldRows x = generated.select(rows[0], workspace.x);
                HeldRows y = real.select(rows[1], workspace.y);
                values[(int) group] = Discrepancy.of(inside, ofRows, estimator, x, y, 1).value();
                workspaces.add(workspace);
              });
      return finished(estimator, values);
    }

    private Finished finished(MmdEstimator estimator, double[] values) {
      int count = values.length;
      double mean = Arrays.stream(values).sum() / count;
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      int ddof = blocks ? 1 : 0;
      double deviation = Math.sqrt(squares / (count - ddof));
      String groups =
          blocks
              ? "%d blocks of %s"
                  .formatted(
                      count,
                      binding.get(SHUFFLE).equals("none") ? "rows in file order" : "shuffled rows")
              : "%d subsets of %d rows".formatted(count, binding.get(SUBSET_SIZE));
      long n = (long) real.count() + generated.count();
      return new Finished(
          List.of(
              new Measure(
                  "kid",
                  kernel.inRange(mean, real, generated),
                  blocks ? deviation / Math.sqrt(count) : Double.NaN,
                  blocks && count > 1 ? "blocks" : "none",
                  n,
                  "1",
                  Direction.LOWER,
                  "mean over %s of the %s MMD^2, %s%s"
                      .formatted(groups, estimator, kernel.formula(), withoutError(count))),
              new Measure(
                  "kid-deviation",
                  deviation,
                  Double.NaN,
                  "none",
                  n,
                  "1",
                  Direction.NEITHER,
                  "standard deviation over %s, ddof %d".formatted(groups, ddof))),
          List.of(),
          List.of());
    }

    private String withoutError(int count) {
      if (!blocks) {
        return "; no standard error: subsets share rows";
      }
      return count > 1
          ? ""
          : "; no standard error: one block remains, expected 2 or more (a smaller 'block-size')";
    }

    /// Blocks as tf-gan cuts them: the sizes of a set's blocks differ by one at most, the smaller
    /// first.
    private List<int[][]> cutIntoBlocks() {
      int larger = Math.max(real.count(), generated.count());
      int count = Math.toIntExact((larger + binding.get(BLOCK_SIZE) - 1) / binding.get(BLOCK_SIZE));
      int least = MmdEstimator.of(binding.get(MmdKernel.ESTIMATOR)).least();
      for (HeldRows rows : List.of(real, generated)) {
        if (rows.count() < (long) least * Math.max(count, 1)) {
          throw new IllegalArgumentException(
              "set '%s': found %d rows, expected at least %d for each of %d blocks"
                  .formatted(rows.set(), rows.count(), least, Math.max(count, 1)));
        }
      }
      RowChoice choice = RowChoice.of(binding.get(SHUFFLE), binding.get(SEED));
      int[][] order = choice.draw(generated.count(), generated.count(), real.count(), real.count());
      List<int[][]> groups = new ArrayList<>();
      for (int b = 0; b < count; b++) {
        groups.add(new int[][] {cut(order[0], b, count), cut(order[1], b, count)});
      }
      return groups;
    }

    private static int[] cut(int[] rows, int block, int blocks) {
      int size = rows.length / blocks;
      int larger = rows.length - size * blocks;
      int from = block * size + Math.max(0, block - (blocks - larger));
      return Arrays.copyOfRange(rows, from, from + size + (block >= blocks - larger ? 1 : 0));
    }

    private List<int[][]> drawSubsets() {
      int size = Math.toIntExact(binding.get(SUBSET_SIZE));
      for (HeldRows rows : List.of(real, generated)) {
        if (rows.count() < size) {
          throw new IllegalArgumentException(
              "set '%s': found %d rows, expected at least subset-size = %d"
                  .formatted(rows.set(), rows.count(), size));
        }
      }
      RowChoice choice = RowChoice.of(binding.get(SHUFFLE), binding.get(SEED));
      List<int[][]> groups = new ArrayList<>();
      for (long s = 0; s < binding.get(SUBSETS); s++) {
        groups.add(choice.draw(generated.count(), size, real.count(), size));
      }
      return groups;
    }
  }
}
