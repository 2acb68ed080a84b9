#!/usr/bin/env python3
"""The peers that Python brings: NumPy, and PyTorch if it can be imported, in a process of their own.

Measures what the JMH benchmarks measure: the same kernels, element types, sizes and row lengths, with
destinations passed in (out=), each in the best of its known formulations. NumPy is also given the data in
blocks that stay in the cache, and two threads with a slice each: its loops release the interpreter's lock.
Results are checked against float64 where a formulation computes a number a row.

Writes a JSON list of {peer, formulation, benchmark, dtype, size, dim, threads, count, ns}: ns holds one
time per element for each sample.
"""

import argparse
import json
import math
import os
import threading
import time

# Before NumPy is imported: its BLAS reads this once, and torch gets its number by a call.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np  # noqa: E402

try:
    import torch
except ImportError:
    torch = None
try:
    from threadpoolctl import threadpool_limits
except ImportError:
    threadpool_limits = None

BYTES = {"SMOKE": 32 << 10, "L2": 256 << 10, "DRAM": 512 << 20}
BLOCK = 32 << 10  # bytes of one operand's block
SIGNAL, SPREAD, STEP = 0.75 ** 0.5, 0.5, 0.01
ROOT = (2 * STEP) ** 0.5


class Case:
    """One kernel: its operands and the formulations of each peer.

    A formulation is a function of the operands' rows `o` (a dict of 2-D arrays) that leaves its result in
    `o`. `scratch` operands are not counted in the size and hold a block when the data is blocked.
    `others` is how many rows of a second matrix, by size, every row is multiplied with.
    """

    def __init__(self, benchmark, inputs, outputs=(), scratch=(), dims=(512,), numpy=(), torch=(),
                 rows=None, blocked=True, sizes=("SMOKE", "L2", "DRAM"), dtypes=("FLOAT32", "FLOAT64"),
                 truth=None, others=None):
        self.benchmark, self.inputs, self.outputs, self.scratch = benchmark, inputs, outputs, scratch
        self.dims, self.numpy, self.torch, self.rows = dims, numpy, torch, rows
        self.blocked, self.sizes, self.dtypes, self.truth = blocked, sizes, dtypes, truth
        self.others = others


def numpy_linear(o):
    np.multiply(o["x"], o["a"], out=o["out"])
    np.multiply(o["y"], o["b"], out=o["t"])
    np.add(o["out"], o["t"], out=o["out"])


def numpy_linear_in_place(o):
    np.multiply(o["y"], o["b"], out=o["y"])
    np.multiply(o["x"], o["a"], out=o["t"])
    np.add(o["y"], o["t"], out=o["y"])


def numpy_squared_error(o):
    np.subtract(o["x"], o["y"], out=o["t"])
    o["r"][:] = np.einsum("ij,ij->i", o["t"], o["t"])


def numpy_kl(o):
    np.exp(o["v"], out=o["t"])
    np.subtract(o["t"], o["v"], out=o["t"])
    o["r"][:] = 0.5 * (np.einsum("ij,ij->i", o["m"], o["m"]) + o["t"].sum(1) - o["t"].shape[1])


def numpy_log_sum_exp(o):
    top = o["x"].max(1, keepdims=True)
    np.subtract(o["x"], top, out=o["t"])
    np.exp(o["t"], out=o["t"])
    o["r"][:] = o["x"][:, 7] - top[:, 0] - np.log(o["t"].sum(1))


def numpy_softplus(o):
    np.abs(o["x"], out=o["t"])
    np.negative(o["t"], out=o["t"])
    np.exp(o["t"], out=o["t"])
    np.log1p(o["t"], out=o["t"])
    np.maximum(o["x"], 0, out=o["out"])
    np.add(o["out"], o["t"], out=o["out"])


def numpy_flow(o):
    np.subtract(o["x"], o["shift"], out=o["t"])
    np.multiply(o["t"], o["inverse"], out=o["t"])
    o["r"][:] = -0.5 * np.einsum("ij,ij->i", o["t"], o["t"]) + o["constant"]


def numpy_normal(o):
    o["rng"].standard_normal(out=o["out"], dtype=o["out"].dtype)


def numpy_generated_noising(o):
    o["rng"].standard_normal(out=o["t"], dtype=o["t"].dtype)
    np.multiply(o["t"], SPREAD, out=o["t"])
    np.multiply(o["x"], SIGNAL, out=o["out"])
    np.add(o["out"], o["t"], out=o["out"])


def numpy_reparameterize(eps, out):
    def run(o):
        np.multiply(o["v"], 0.5, out=o["t"])
        np.exp(o["t"], out=o["t"])
        if eps is None:
            o["rng"].standard_normal(out=o[out], dtype=o[out].dtype)
        np.multiply(o["t"], o[eps or out], out=o["t"])
        np.add(o["t"], o["m"], out=o[out])
    run.__name__ = "exp, multiply, add"
    return run


def numpy_langevin_given(o):
    np.multiply(o["z"], ROOT, out=o["out"])
    np.multiply(o["s"], STEP, out=o["t"])
    np.add(o["out"], o["t"], out=o["out"])
    np.add(o["out"], o["x"], out=o["out"])


def numpy_langevin_generated(o):
    o["rng"].standard_normal(out=o["t"], dtype=o["t"].dtype)
    np.multiply(o["t"], ROOT, out=o["t"])
    np.multiply(o["x"], 1 - STEP, out=o["x"])
    np.add(o["x"], o["t"], out=o["x"])


def numpy_moments(o):
    np.subtract(o["x"], o["shift"], out=o["t"])
    return o["t"].sum(0), np.einsum("ij,ij->j", o["t"], o["t"])


def numpy_var(o):
    return o["x"].mean(0), o["x"].var(0)


def numpy_syrk(o):
    c = o["x"].astype(np.float64)
    c -= o["shift"]
    return c.T @ c  # NumPy calls dsyrk for this


def numpy_gemm(o):
    np.matmul(o["x"], o["other"].T, out=o["pairs"])  # sgemm or dgemm
    o["r"][:] = o["pairs"][:, 0]


def numpy_gemm_widened(o):
    o["r"][:] = (o["x"].astype(np.float64) @ o["other"].astype(np.float64).T)[:, 0]  # dgemm


def numpy_ddim(o):
    np.multiply(o["x"], o["a"], out=o["out"])
    np.multiply(o["p"], o["b"], out=o["t"])
    np.add(o["out"], o["t"], out=o["out"])


def numpy_ddpm(o):
    numpy_ddim(o)
    np.multiply(o["z"], o["c"], out=o["t"])
    np.add(o["out"], o["t"], out=o["out"])


def fsum(o):
    o["r"][0] = math.fsum(o["x"].ravel())


def numpy_row_sum(o):
    np.sum(o["x"], axis=1, out=o["r"])


def numpy_row_einsum(o):
    o["r"][:] = np.einsum("ij->i", o["x"])


def torch_linear(o):
    torch.mul(o["x"], o["a"], out=o["out"])
    o["out"].addcmul_(o["y"], o["b"])


def torch_linear_in_place(o):
    o["y"].mul_(o["b"]).addcmul_(o["x"], o["a"])


def torch_squared_error(o):
    torch.sub(o["x"], o["y"], out=o["t"])
    torch.sum(o["t"].square_(), 1, out=o["r"])


def torch_kl(o):
    torch.exp(o["v"], out=o["t"])
    o["t"].sub_(o["v"]).addcmul_(o["m"], o["m"])
    torch.sum(o["t"], 1, out=o["r"])
    o["r"].sub_(o["t"].shape[1]).mul_(0.5)


def torch_log_sum_exp(o):
    o["r"].copy_(o["x"][:, 7] - torch.logsumexp(o["x"], 1))


def torch_log_softmax(o):
    o["r"].copy_(torch.log_softmax(o["x"], 1)[:, 7])


def torch_softplus(o):
    torch._C._nn.softplus(o["x"], out=o["out"])


def torch_flow(o):
    torch.sub(o["x"], o["shift"], out=o["t"])
    torch.sum(o["t"].mul_(o["inverse"]).square_(), 1, out=o["r"])
    o["r"].mul_(-0.5).add_(o["constant"])


def torch_normal(o):
    o["out"].normal_()


def torch_generated_noising(o):
    o["t"].normal_()
    torch.mul(o["x"], SIGNAL, out=o["out"])
    o["out"].add_(o["t"], alpha=SPREAD)


def torch_reparameterize(eps, out):
    def run(o):
        torch.mul(o["v"], 0.5, out=o["t"])
        o["t"].exp_()
        if eps is None:
            o[out].normal_()
        torch.addcmul(o["m"], o["t"], o[eps or out], out=o[out])
    run.__name__ = "exp_, addcmul"
    return run


def torch_langevin_given(o):
    torch.add(o["x"], o["s"], alpha=STEP, out=o["out"])
    o["out"].add_(o["z"], alpha=ROOT)


def torch_langevin_generated(o):
    o["t"].normal_()
    o["x"].mul_(1 - STEP).add_(o["t"], alpha=ROOT)


def torch_moments(o):
    return torch.var_mean(o["x"], 0)


def torch_syrk(o):
    c = o["x"].double()
    c -= o["shift"]
    return c.T @ c


def torch_gemm(o):
    torch.matmul(o["x"], o["other"].T, out=o["pairs"])
    o["r"].copy_(o["pairs"][:, 0])


def torch_gemm_widened(o):
    o["r"].copy_((o["x"].double() @ o["other"].double().T)[:, 0])


def torch_ddim(o):
    torch.mul(o["x"], o["a"], out=o["out"])
    o["out"].addcmul_(o["p"], o["b"])


def torch_ddpm(o):
    torch_ddim(o)
    o["out"].addcmul_(o["z"], o["c"])


def torch_row_sum(o):
    torch.sum(o["x"], 1, out=o["r"])


def truth_kl(o):
    m, v = o["m"].astype(np.float64), o["v"].astype(np.float64)
    return 0.5 * (m * m + np.expm1(v) - v).sum(1)


def truth_log_sum_exp(o):
    x = o["x"].astype(np.float64)
    top = x.max(1)
    return x[:, 7] - top - np.log(np.exp(x - top[:, None]).sum(1))


def truth_flow(o):
    z = (o["x"].astype(np.float64) - o["shift"]) * o["inverse"]
    return -0.5 * (z * z).sum(1) + o["constant"]


def truth_pairs(o):
    return (o["x"].astype(np.float64) * o["other"][0]).sum(1)


BOTH = (512, 64)
OTHERS = {"SMOKE": 64, "L2": 64, "DRAM": 512}  # as in PairwiseProductsBenchmark
PAIRS = {"dims": None, "rows": 512, "blocked": False, "others": OTHERS, "truth": truth_pairs}
CASES = [
    Case("LinearCombination", "xy", ["out"], ["t"], BOTH, [numpy_linear], [torch_linear]),
    Case("LinearCombination.inPlace", "xy", [], ["t"], BOTH, [numpy_linear_in_place], [torch_linear_in_place]),
    Case("SquaredError", "xy", [], ["t"], BOTH, [numpy_squared_error], [torch_squared_error],
         truth=lambda o: ((o["x"].astype(np.float64) - o["y"]) ** 2).sum(1)),
    Case("GaussianKl", "mv", [], ["t"], BOTH, [numpy_kl], [torch_kl], truth=truth_kl),
    Case("LogSumExp", "x", [], ["t"], (32000,), [numpy_log_sum_exp], [torch_log_sum_exp, torch_log_softmax],
         truth=truth_log_sum_exp),
    Case("Softplus", "x", [], ["out", "t"], (4096,), [numpy_softplus], [torch_softplus]),
    Case("AffineFlow", "x", [], ["t"], BOTH, [numpy_flow], [torch_flow], truth=truth_flow),
    Case("Noise", "", ["out"], [], (1,), [numpy_normal], [torch_normal]),
    Case("GeneratedNoising", "x", ["out"], ["t"], (512,), [numpy_generated_noising], [torch_generated_noising]),
    Case("Reparameterize.given", "mve", ["out"], ["t"], (1,), [numpy_reparameterize("e", "out")],
         [torch_reparameterize("e", "out")]),
    Case("Reparameterize.inPlace", "mve", [], ["t"], (1,), [numpy_reparameterize("e", "e")],
         [torch_reparameterize("e", "e")]),
    Case("Reparameterize.generated", "mv", ["out"], ["t"], (1,), [numpy_reparameterize(None, "out")],
         [torch_reparameterize(None, "out")]),
    Case("LangevinStep.given", "xsz", ["out"], ["t"], (1,), [numpy_langevin_given], [torch_langevin_given]),
    Case("LangevinStep.generated", "x", [], ["t"], (1,), [numpy_langevin_generated], [torch_langevin_generated]),
    Case("ColumnMoments", "x", [], ["t"], BOTH, [numpy_moments, numpy_var], [torch_moments]),
    Case("CrossProducts", "x", [], [], None, [numpy_syrk], [torch_syrk], rows=1024, blocked=False),
    Case("RowSum", "x", [], [], BOTH, [numpy_row_sum, numpy_row_einsum], [torch_row_sum],
         truth=lambda o: o["x"].astype(np.float64).sum(1)),
    # What is computed in float64 is compared with dgemm, float32 products with sgemm.
    Case("PairwiseProducts", "x", numpy=[numpy_gemm_widened], torch=[torch_gemm_widened], dtypes=("FLOAT32",), **PAIRS),
    Case("PairwiseProducts.single", "x", numpy=[numpy_gemm], torch=[torch_gemm], dtypes=("FLOAT32",), **PAIRS),
    Case("PairwiseProducts", "x", numpy=[numpy_gemm], torch=[torch_gemm], dtypes=("FLOAT64",), **PAIRS),
    Case("Step.ddim", "xp", ["out"], ["t"], (512,), [numpy_ddim], [torch_ddim]),
    Case("Step.ddpm", "xpz", ["out"], ["t"], (512,), [numpy_ddpm], [torch_ddpm]),
    Case("Step.langevin", "xsz", ["out"], ["t"], (512,), [numpy_langevin_given], [torch_langevin_given]),
    # The only exact sum among the peers; a gigabyte would take it a minute.
    Case("ExactSum", "x", dims=(1,), numpy=[fsum], blocked=False, sizes=("SMOKE", "L2"), dtypes=("FLOAT64",)),
]


def filled(name, rows, dim, dtype, seed):
    """Standard normal values, a block of them repeated; log-variances below 0, so that nothing overflows."""
    block = np.random.default_rng(seed).standard_normal(min(65537, rows * dim)).astype(dtype)
    if name == "v":
        block = -0.1 - np.abs(block)
    return np.resize(block, rows * dim).reshape(rows, dim)


def operands(case, rows, dim, dtype, others):
    o = {name: filled(name, rows, dim, dtype, i) for i, name in enumerate(case.inputs)}
    for name in [*case.outputs, *case.scratch]:
        o[name] = np.zeros((rows, dim), dtype)
    o["r"] = np.zeros(rows, dtype)
    signal = (np.arange(rows) % 1000 + 0.5) / 1000
    o["a"] = np.sqrt(signal).astype(dtype).reshape(-1, 1)
    o["b"] = np.sqrt(1 - signal).astype(dtype).reshape(-1, 1)
    o["c"] = (0.1 * o["b"]).astype(dtype)
    if others:
        o["other"] = filled("y", others, dim, dtype, 90)
        o["pairs"] = np.zeros((rows, others), dtype)
    o["shift"] = filled("x", 1, dim, dtype, 91)
    o["inverse"] = 1 / (0.5 + np.abs(filled("x", 1, dim, dtype, 92)))
    o["constant"] = float(np.log(o["inverse"]).sum() - dim * 0.9189385332046727)
    return o


def rows_of(case, o, start, stop, scratch, rng):
    """The operands of some rows; scratch begins at its row `scratch`, so that blocks share it."""
    part = dict(o)
    part["rng"] = rng
    for name in [*case.inputs, *case.outputs, "r", "a", "b", "c", *(["pairs"] if "pairs" in o else [])]:
        part[name] = o[name][start:stop]
    for name in case.scratch:
        part[name] = o[name][scratch : scratch + stop - start]
    return part


def samples(runs, count, seconds):
    """Times per element, one thread for each of `runs`, until the time is used."""
    runs[0]()
    for run in runs[1:]:
        run()
    start = time.perf_counter()
    runs[0]()
    once = max(time.perf_counter() - start, 1e-7)
    number = max(1, int(min(0.02, seconds / 5) / once))
    enough = 3 if once < seconds else 1
    times = []
    begin = time.perf_counter()

    def loop(run):
        for _ in range(number):
            run()

    while len(times) < enough or (time.perf_counter() - begin < seconds and len(times) < 50):
        if len(runs) == 1:
            start = time.perf_counter()
            loop(runs[0])
            elapsed = time.perf_counter() - start
        else:
            barrier = threading.Barrier(len(runs) + 1)

            def work(run):
                barrier.wait()
                loop(run)

            threads = [threading.Thread(target=work, args=(run,)) for run in runs]
            for thread in threads:
                thread.start()
            barrier.wait()
            start = time.perf_counter()
            for thread in threads:
                thread.join()
            elapsed = time.perf_counter() - start
        times.append(elapsed / number / count * 1e9)
    return times


def check(case, name, o, dtype):
    if case.truth is None:
        return
    some = rows_of(case, o, 0, min(64, len(o["r"])), 0, None)
    want = case.truth(some)
    got = np.asarray(some["r"], np.float64)
    error = np.max(np.abs(got - want) / np.maximum(1, np.abs(want)))
    if not error < (1e-3 if dtype == np.float32 else 1e-11):
        raise SystemExit(f"{name} {case.benchmark} {np.dtype(dtype)}: found error {error}, expected about 0")


def measure(case, dtype_name, size, threads, seconds, results, only):
    dtype = np.float32 if dtype_name == "FLOAT32" else np.float64
    width = np.dtype(dtype).itemsize
    # As the benchmarks of products have it: L2 holds one matrix and its products, or two and theirs.
    wide = {"SMOKE": 32, "L2": 256 if case.others else 128, "DRAM": 2048}[size]
    for dim in case.dims or (wide,):
        # What has no rows of its own is measured as rows of 512, or as one row.
        row = 512 if dim == 1 else dim
        matrices = len(case.inputs) + len(case.outputs) + (1 if case.others else 0)
        share = threads if size == "DRAM" else 1
        rows = max(1, BYTES[size] // share // (matrices * width * row))
        if case.rows:
            rows = min(rows, case.rows // threads)
        count = rows * row * threads
        key = {"benchmark": case.benchmark, "dtype": dtype_name, "size": size, "dim": dim, "threads": threads,
               "count": count}
        # One set of operands for all: slices are views of it, and so are tensors.
        whole = operands(case, rows * threads, row, dtype, case.others and case.others[size])
        step = max(1, BLOCK // (row * width))
        for formulation in case.numpy if "numpy" in only else ():
            limit_blas(1)
            for blocked in (False, True) if case.blocked and size == "DRAM" else (False,):
                runs = []
                for thread in range(threads):
                    size_of_part = step if blocked else rows
                    rng = np.random.Generator(np.random.SFC64(thread))
                    scratch = thread * rows
                    parts = [rows_of(case, whole, at, min(at + size_of_part, (thread + 1) * rows), scratch, rng)
                             for at in range(thread * rows, (thread + 1) * rows, size_of_part)]
                    runs.append(lambda parts=parts, run=formulation: [run(part) for part in parts])
                times = samples(runs, count, seconds)
                if whole["r"].any():
                    check(case, formulation.__name__, whole, dtype)
                results.append({"peer": "NumPy " + np.__version__,
                                "formulation": formulation.__name__ + (" in blocks" if blocked else ""),
                                **key, "ns": times})
        if torch is None or "torch" not in only:
            continue
        limit_blas(threads)
        torch.set_num_threads(threads)
        tensors = {k: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for k, v in whole.items()}
        for formulation in case.torch:
            times = samples([lambda run=formulation: run(tensors)], count, seconds)
            if whole["r"].any():
                check(case, formulation.__name__, whole, dtype)
            results.append({"peer": "PyTorch " + torch.__version__, "formulation": formulation.__name__, **key,
                            "ns": times})


def limit_blas(threads):
    """NumPy's slices each call a BLAS of one thread; torch's BLAS has them all."""
    if threadpool_limits:
        threadpool_limits(threads)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="L2,DRAM")
    parser.add_argument("--dtypes", default="FLOAT32,FLOAT64")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--peers", default="numpy,torch")
    parser.add_argument("--benchmarks", default="", help="only those whose name begins so, comma-separated")
    parser.add_argument("--seconds", type=float, default=0.15, help="for each formulation")
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    wanted = tuple(arguments.benchmarks.split(","))
    results = []
    for threads in map(int, arguments.threads.split(",")):
        for case in CASES:
            for dtype in arguments.dtypes.split(","):
                for size in arguments.sizes.split(","):
                    if case.benchmark.startswith(wanted) and size in case.sizes and dtype in case.dtypes:
                        measure(case, dtype, size, threads, arguments.seconds, results, arguments.peers)
    if torch is None and "torch" in arguments.peers:
        print("peers: PyTorch cannot be imported, only NumPy is measured")
    with open(arguments.output, "w", encoding="utf-8") as out:
        json.dump(results, out, indent=0)


if __name__ == "__main__":
    main()
