"""What the kernels should reach, for the page: set before they were written, as shares of a limit and times a peer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A kernel's target at one place of the table: a share of the machine's limit, or times the best peer.

    `why` says what stands between, and what was tried; it is shown only where the target is missed.
    """

    kernel: str
    size: str
    threads: int
    share: float | None = None
    peer: float | None = None
    dtype: str = "float32"
    dim: int = 0
    why: str = ""


@dataclass(frozen=True)
class WholeRun:
    """What a run of the command, less its start, may take: times what `base` takes."""

    name: str
    base: str
    times: float
    why: str


@dataclass(frozen=True)
class SampleMetric:
    """How many times as fast as `base` a whole run of a sample metric should be."""

    name: str
    base: str
    times: float
    why: str


MEMORY = "what the memory gives moves by a tenth from run to run, with what neighbours leave of it"
NOISE = ("by counting slots of the execution ports a normal takes about 1.5 ns with Philox on vectors of 256 bit: products "
         "of 32 bit come four at a time; libtorch 2.10 draws in vectors too, which the target's peers did not")
THREEFRY = ("half of what is left is the transform of Box and Muller; libtorch 2.10 draws in vectors too, which the "
            "target's peers did not")
TWO = "the target's peers drew on one thread; here each thread of a peer draws a slice of its own"
SINGLE_EXP = ("the exponential takes 12 cycles for 8 values, where counting slots gives 10, and memory waits for it; the "
              "target's machine took 16 values at a time")
PRODUCTS = ("3 x 3 vectors are what 16 registers hold with C2's order of loads; OpenBLAS's kernels are scheduled by hand. "
            "Sums across blocks of columns are float64")

TARGETS = [
    Target("LinearCombination", "L2", 1, share=0.95, dim=512,
           why=MEMORY),
    Target("LinearCombination", "L2", 1, peer=2.1, dim=512, why=MEMORY),
    Target("LinearCombination", "DRAM", 1, share=0.95, dim=512, why=MEMORY),
    Target("LinearCombination.inPlace", "DRAM", 1, peer=1.9, dim=512, why="the target's peer was not in place; this one is"),
    Target("GeneratedNoising.threefry", "DRAM", 1, peer=5, why=THREEFRY),
    Target("GeneratedNoising.threefry", "DRAM", 2, peer=10, why=TWO),
    Target("GeneratedNoising", "DRAM", 1, peer=4, why=NOISE),
    Target("GeneratedNoising", "DRAM", 2, peer=7.5, why=TWO),
    Target("Noise", "L2", 1, peer=4, why=NOISE),
    Target("Noise", "L2", 2, peer=7.5, why=TWO),
    Target("Noise.threefry", "L2", 1, peer=5.3, why=THREEFRY),
    Target("Noise.threefry", "L2", 2, peer=10, why=TWO),
    Target("LangevinStep.generated", "DRAM", 1, peer=4, why=NOISE),
    Target("LangevinStep.generated", "DRAM", 2, peer=7.5, why=TWO),
    Target("Reparameterize.generated.single", "DRAM", 1, peer=4, why=NOISE),
    Target("SquaredError.single", "L2", 1, peer=3.3, dim=512, why=MEMORY),
    Target("SquaredError.single", "DRAM", 1, share=0.9, dim=512, why=MEMORY),
    Target("SquaredError.single", "DRAM", 1, peer=2, dim=512, why=MEMORY),
    Target("GaussianKl.single", "L2", 1, peer=3.5, dim=512, why=SINGLE_EXP),
    Target("GaussianKl.single", "DRAM", 1, share=0.9, dim=512, why=SINGLE_EXP),
    Target("GaussianKl.single", "DRAM", 1, share=0.9, dim=16, why=SINGLE_EXP),
    Target("GaussianKl.single", "DRAM", 1, share=0.9, dim=4096, why=SINGLE_EXP),
    Target("LogSumExp.single", "L2", 1, peer=3.5, why=SINGLE_EXP),
    Target("LogSumExp.single", "DRAM", 1, peer=5.5, why=SINGLE_EXP + "; libtorch 2.10 makes one pass too"),
    Target("Softplus.single", "L2", 1, peer=4, why=SINGLE_EXP),
    Target("Softplus.single", "DRAM", 1, peer=4.8, why=SINGLE_EXP),
    Target("CrossProducts", "DRAM", 1, share=0.92, why=PRODUCTS),
    Target("CrossProducts", "DRAM", 1, peer=1.1, why=PRODUCTS),
    Target("CrossProducts.single", "DRAM", 1, share=0.9, why="each chain of 160 ends in a pass over its part of C"),
    Target("CrossProducts.single", "DRAM", 1, peer=2.1, why="as above; the peer is float64"),
    Target("PairwiseProducts.single", "DRAM", 1, peer=1.2, why=PRODUCTS),
    Target("PairwiseProducts", "DRAM", 1, peer=1.2, why=PRODUCTS),
    Target("ColumnMoments", "DRAM", 1, share=0.85, dim=512,
           why="sums carry twice the digits of float64, so that merged states keep theirs: 12 additions a value"),
    Target("ColumnMoments", "DRAM", 1, peer=7, dim=512, why="as above"),
]

WARM_UP = ("two fifths of the processor time is the JVM's compilers, and until they are done vectors are boxed; a profile "
           "of denoising-mse has a tenth in the kernel. Compiling kernels at once (cli/pom.xml) made no difference that "
           "is above the noise here; the cache ahead of time holds classes and profiles, not code")

WHOLE_RUNS = [
    WholeRun("gaussian-kl, less its start", "read", 1.25, WARM_UP + "; exponentials are float64"),
    WholeRun("gaussian-kl, single precision, less its start", "read", 1.25, WARM_UP),
    WholeRun("denoising-mse, less its start", "read", 1.25, WARM_UP),
    WholeRun("noising, eps given, less its start", "copy to a file", 1.5, "as a copy, it waits for the disk"),
]

# ns for each row that a group more costs.
GROUPING = (1.0, "sums of groups are exact: a counting sort and a superaccumulator for each group of a batch")

SLOWER = ("at times when instructions come slower, which BLAS, with fewer of them, feels less (decisions.md, loops begin with a "
          "cache line)")
DOUBLE = ("420 GFLOP of float64 are 4 to 5 s of two cores at their peak; in cache the register block reaches 0.95 of it, and 0.7 "
          + SLOWER + ". The linear algebra is one and a half, the start more than one until C2 has compiled the kernels")
SINGLE = "as above; products are half of it"
START = ("820 GFLOP of float32 are 4 to 5 s of two cores at their peak; a tile reaches 0.8 of it, and 0.6 " + SLOWER
         + ". More than a second until C2 has compiled it")
SUBSETS = START + ". Blocks, the default, need each row once"

SAMPLE_METRICS = [
    SampleMetric("frechet-distance", "NumPy and SciPy's sqrtm", 3, DOUBLE),
    SampleMetric("frechet-distance", "NumPy, symmetric", 1.5, DOUBLE),
    SampleMetric("frechet-distance, single precision", "NumPy and SciPy's sqrtm", 3, SINGLE),
    SampleMetric("frechet-distance, single precision", "NumPy, symmetric", 1.5, SINGLE),
    SampleMetric("precision-recall", "NumPy, precision and recall", 2, START),
    SampleMetric("kernel-inception-distance, subsets", "NumPy, KID subsets", 2, SUBSETS),
    SampleMetric("kernel-inception-distance", "NumPy, KID subsets", 2, ""),
]
