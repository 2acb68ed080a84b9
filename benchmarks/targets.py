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


MEMORY = "two cores share the memory; all that is left is what rows cost at their ends"
NOISE = ("bound by arithmetic: on 256 bit a Philox round is two 32-bit multiplications of four lanes; counted in slots "
         "of the execution ports this loop is full. Vectors of twice the width would halve it")
PEERS_NOISE = "; libtorch 2.10 draws normals in vectors, which the peers of the target did not"
TWO = "peers that draw serially stay at one thread; two threads of this machine share execution ports"
SINGLE_EXP = "the polynomial's slots are full; the limit named is that of reading, which no elementary function reaches"
PRODUCTS = ("a register block of 3 x 3 vectors is what 16 registers hold with C2's order of loads; OpenBLAS prefetches "
            "and schedules by hand")

TARGETS = [
    Target("LinearCombination", "L2", 1, share=0.95, dim=512,
           why="rows look their coefficients up one by one; a single row runs at the limit"),
    Target("LinearCombination", "L2", 1, peer=2.1, dim=512, why="as above"),
    Target("LinearCombination", "DRAM", 1, share=0.95, dim=512, why=MEMORY),
    Target("LinearCombination.inPlace", "DRAM", 1, peer=1.9, dim=512, why=MEMORY),
    Target("GeneratedNoising.threefry", "DRAM", 1, peer=5, why=NOISE + PEERS_NOISE),
    Target("GeneratedNoising.threefry", "DRAM", 2, peer=10, why=TWO),
    Target("GeneratedNoising", "DRAM", 1, peer=4, why=NOISE + PEERS_NOISE),
    Target("GeneratedNoising", "DRAM", 2, peer=7.5, why=TWO),
    Target("Noise", "L2", 1, peer=4, why=NOISE + PEERS_NOISE),
    Target("Noise", "L2", 2, peer=7.5, why=TWO),
    Target("Noise.threefry", "L2", 1, peer=5.3, why=NOISE + PEERS_NOISE),
    Target("Noise.threefry", "L2", 2, peer=10, why=TWO),
    Target("LangevinStep.generated", "DRAM", 1, peer=4, why=NOISE + PEERS_NOISE),
    Target("LangevinStep.generated", "DRAM", 2, peer=7.5, why=TWO),
    Target("Reparameterize.generated", "DRAM", 1, peer=4, why="exponential and noise in float64; " + NOISE),
    Target("SquaredError.single", "L2", 1, peer=3.3, dim=512, why="libtorch squares and sums a row from the cache too"),
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
           why="sums carry twice the digits of float64, so that merged states keep theirs"),
    Target("ColumnMoments", "DRAM", 1, peer=7, dim=512, why="as above"),
]
