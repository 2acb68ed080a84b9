"""What the kernels should reach, set before they were written: as shares of a limit, or times the speed of a peer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A kernel's target at one place of the table: a share of the machine's limit, or times the best peer.

    `why` gives the reasons, and what was tried. They are shown only where the target is missed.
    """

    kernel: str
    size: str
    threads: int
    share: float | None = None
    peer: float | None = None
    dtype: str = "float32"
    dim: int = 0
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class WholeRun:
    """What a run of the command, less its start, may take: times what `base` takes."""

    name: str
    base: str
    times: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class SampleMetric:
    """How many times as fast as `base` a whole run of a sample metric should be."""

    name: str
    base: str
    times: float
    why: tuple[str, ...]


MEMORY = ("Memory bandwidth varies by about 10 % from run to run, with the load of other virtual machines on the host.",)
PEERS = "libtorch 2.10 also draws in vectors; the peers of the target did not."
NOISE = ("Counting slots of the execution ports, a normal number takes about 1.5 ns with Philox on vectors of 256 bits, where "
         "32-bit products come four at a time.", PEERS)
THREEFRY = ("Half of the remaining time is the transform of Box and Muller.", PEERS)
TWO = ("The peers of the target drew on one thread; here each thread of a peer draws a slice of its own.",)
SINGLE_EXP = ("The exponential takes 12 cycles for 8 values, where counting slots gives 10, and memory waits for it; the machine "
              "of the target took 16 values at a time.",)
PRODUCTS = ("Sixteen registers hold 3 x 3 accumulators, given the order in which C2 loads; the kernels of OpenBLAS are scheduled "
            "by hand. Sums across blocks of columns are float64.",)
MOMENTS = ("Sums carry twice the digits of float64, so that merged states keep theirs: 12 additions per value.",)

TARGETS = [
    Target("LinearCombination", "L2", 1, share=0.95, dim=512,
           why=MEMORY),
    Target("LinearCombination", "L2", 1, peer=2.1, dim=512, why=MEMORY),
    Target("LinearCombination", "DRAM", 1, share=0.95, dim=512, why=MEMORY),
    Target("LinearCombination.inPlace", "DRAM", 1, peer=1.9, dim=512, why=("The peer of the target did not work in place; this one does.",)),
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
    Target("LogSumExp.single", "DRAM", 1, peer=5.5, why=(*SINGLE_EXP, "libtorch 2.10 also makes one pass.")),
    Target("Softplus.single", "L2", 1, peer=4, why=SINGLE_EXP),
    Target("Softplus.single", "DRAM", 1, peer=4.8, why=SINGLE_EXP),
    Target("CrossProducts", "DRAM", 1, share=0.92, why=PRODUCTS),
    Target("CrossProducts", "DRAM", 1, peer=1.1, why=PRODUCTS),
    Target("CrossProducts.single", "DRAM", 1, share=0.9, why=("Each chain of 160 rows ends in a pass over its part of C.",)),
    Target("CrossProducts.single", "DRAM", 1, peer=2.1, why=("The peer is float64.",)),
    Target("PairwiseProducts.single", "DRAM", 1, peer=1.2, why=PRODUCTS),
    Target("PairwiseProducts", "DRAM", 1, peer=1.2, why=PRODUCTS),
    Target("ColumnMoments", "DRAM", 1, share=0.85, dim=512, why=MOMENTS),
    Target("ColumnMoments", "DRAM", 1, peer=7, dim=512, why=MOMENTS),
]

WARM_UP = ("Two fifths of the processor time goes to the compilers of the JVM, and vectors are boxed until they are done. A "
           "profile of denoising-mse shows a tenth of the time in the kernel. Compiling kernels at once (cli/pom.xml) made no "
           "difference above the noise. The AOT cache holds classes and profiles, not code.",)

WHOLE_RUNS = [
    WholeRun("gaussian-kl, less its start", "read", 1.25, (*WARM_UP, "Exponentials are float64.")),
    WholeRun("gaussian-kl, single precision, less its start", "read", 1.25, WARM_UP),
    WholeRun("denoising-mse, less its start", "read", 1.25, WARM_UP),
    WholeRun("noising, eps given, less its start", "copy to a file", 1.5, ("Like a copy, it waits for the disk.",)),
]

# ns per row that one more group costs.
GROUPING = (1.0, ("Sums of groups are exact: a counting sort, and a superaccumulator for each group of a batch.",))

SLOW_TIMES = ("At times instruction issue is the bottleneck, for example when another virtual machine uses the sibling "
              "hyper-thread ([decision](decisions.md#loops-start-at-a-cache-line)). BLAS needs fewer instructions and suffers "
              "less.")
DOUBLE = ("420 GFLOP of float64 take two cores 4 to 5 s at their peak. In cache the register block reaches 0.95 of the peak, and "
          "0.7 at slow times. Linear algebra takes 1.5 s more, and the start more than 1 s until C2 has compiled the kernels.",
          SLOW_TIMES)
SINGLE = (*DOUBLE, "In single precision the products are half of the work.")
START = ("820 GFLOP of float32 take two cores 4 to 5 s at their peak. A tile reaches 0.8 of the peak, and 0.6 at slow times. More "
         "than 1 s passes until C2 has compiled it.", SLOW_TIMES)
SUBSETS = (*START, "Blocks, the default, need each row only once.")

SAMPLE_METRICS = [
    SampleMetric("frechet-distance", "NumPy and SciPy's sqrtm", 3, DOUBLE),
    SampleMetric("frechet-distance", "NumPy, symmetric", 1.5, DOUBLE),
    SampleMetric("frechet-distance, single precision", "NumPy and SciPy's sqrtm", 3, SINGLE),
    SampleMetric("frechet-distance, single precision", "NumPy, symmetric", 1.5, SINGLE),
    SampleMetric("precision-recall", "NumPy, precision and recall", 2, START),
    SampleMetric("kernel-inception-distance, subsets", "NumPy, KID subsets", 2, SUBSETS),
    SampleMetric("kernel-inception-distance", "NumPy, KID subsets", 2, ()),
]
