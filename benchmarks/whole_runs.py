"""Times whole commands beside what a user would write with NumPy: each a process of its own, interleaved.

    python3 benchmarks/whole_runs.py [--scale S] [--rounds N] [TASK ...]   prints a table
    python3 benchmarks/whole_runs.py --check                               fails below half of a place in whole_runs.json
    python3 benchmarks/whole_runs.py --record                              writes whole_runs.json

The values of both are compared. At scale 1 the files of kl and mse have 4 GiB. --check and --record use 1/32, so that
they take a minute.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

try:
    import numpy as np
except ImportError:
    sys.exit("whole_runs: found no NumPy, expected it (Debian: python3-numpy)")

HERE = Path(__file__).resolve().parent
PLACES = HERE / "whole_runs.json"
CHECK_SCALE = 1 / 32

# Task: the arguments of the command, and the measure that is compared.
TASKS = {
    "kl": (["kl", "kl.npz"], "kl"),
    "kl-small": (["kl", "small.npz"], "kl"),
    "mse": (["mse", "mse.npz", "--target", "eps", "--prediction", "eps_pred"], "mse"),
    "loss-by-timestep": (["loss-by-timestep", "lbt.npz"], "loss"),
    "log-likelihood": (["ll", "ll.npz"], "log-likelihood"),
    "fid": (["fid", "real.npy", "generated.npy"], "frechet-distance"),
}


def make(folder, scale):
    """The files, unless they are there."""
    rng = np.random.default_rng(7)

    def normal(rows, columns):
        return rng.standard_normal((rows, columns), dtype=np.float32)

    def npz(name, **arrays):
        if not (folder / name).exists():
            np.savez(folder / name, **{key: array() for key, array in arrays.items()})

    n = int(1_000_000 * scale)
    m = int(40_000_000 * scale)
    npz("kl.npz", mu=lambda: normal(n, 512), logvar=lambda: normal(n, 512) / 2)
    npz("small.npz", mu=lambda: normal(10_000, 64), logvar=lambda: normal(10_000, 64) / 2)
    npz("mse.npz", eps=lambda: normal(n, 512), eps_pred=lambda: normal(n, 512))
    npz("lbt.npz", t=lambda: rng.integers(0, 1000, m, dtype=np.int32), loss=lambda: rng.random(m, dtype=np.float32))
    npz("ll.npz", logprob=lambda: -np.abs(normal(int(200_000 * scale), 256)))
    for name, factor in (("real", 1), ("generated", 1.05)):
        if not (folder / f"{name}.npy").exists():
            np.save(folder / f"{name}.npy", normal(max(2000, int(50_000 * scale)), 256) * np.float32(factor))


def peer(task):
    """The value by NumPy, in float64 where the command computes in float64."""
    if task == "fid":
        a, b = (np.load(f"{name}.npy").astype(np.float64) for name in ("real", "generated"))
        ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
        values, vectors = np.linalg.eigh(ca)
        root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
        trace = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ cb @ root), 0)).sum()
        return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca) + np.trace(cb) - 2 * trace
    files = {"kl": "kl", "kl-small": "small", "mse": "mse", "loss-by-timestep": "lbt", "log-likelihood": "ll"}
    data = np.load(files[task] + ".npz")
    if task.startswith("kl"):
        mu, logvar = data["mu"], data["logvar"]
        return (0.5 * (mu**2 + np.exp(logvar) - logvar - 1).sum(1, dtype=np.float64)).mean()
    if task == "mse":
        return ((data["eps"] - data["eps_pred"]) ** 2).mean(1, dtype=np.float64).mean()
    if task == "log-likelihood":
        return data["logprob"].sum(1, dtype=np.float64).mean()
    loss, t = data["loss"].astype(np.float64), data["t"]
    counts = np.bincount(t, minlength=1000)
    means = np.bincount(t, loss, 1000) / np.maximum(counts, 1)
    return (means * counts).sum() / counts.sum()


def run(command, folder):
    """Wall seconds and output of a process."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}: {done.stderr.strip()}")
    return time.perf_counter() - start, done.stdout


def measure(task, folder, rounds):
    """Median seconds of both. One round more, the first, is not counted."""
    words, name = TASKS[task]
    commands = {
        "lanewise": [HERE.parent / "lanewise", *words, "--format", "json"],
        "numpy": [sys.executable, Path(__file__).resolve(), "--peer", task],
    }
    seconds = {key: [] for key in commands}
    values = {}
    for turn in range(rounds + 1):
        for key, command in commands.items():
            taken, output = run(command, folder)
            if turn:
                seconds[key].append(taken)
            if key == "numpy":
                values[key] = float(output)
            else:
                found = json.loads(output)["evaluations"][0]["measures"]
                values[key] = float(next(m["value"] for m in found if m["name"] == name))
    if not abs(values["lanewise"] - values["numpy"]) <= 1e-4 * abs(values["numpy"]):
        sys.exit(f"{task}: found {values['lanewise']}, expected {values['numpy']} as NumPy has it")
    return {key: statistics.median(all_) for key, all_ in seconds.items()}


def table(tasks, folder, rounds):
    places = {}
    print(f"{'task':18} {'NumPy':>8} {'Lanewise':>9} {'ratio':>6}")
    for task in tasks:
        median = measure(task, folder, rounds)
        places[task] = median["numpy"] / median["lanewise"]
        print(f"{task:18} {median['numpy']:7.2f}s {median['lanewise']:8.2f}s {places[task]:6.2f}", flush=True)
    return places


def check(folder, rounds):
    """Whatever is below half of its place is tried once more, with twice the rounds."""
    expected = json.loads(PLACES.read_text())
    low = [task for task, place in table(expected, folder, rounds).items() if place < expected[task] / 2]
    if low:
        print("once more: " + ", ".join(low))
        again = table(low, folder, 2 * rounds)
        low = [task for task in low if again[task] < expected[task] / 2]
    for task in low:
        print(f"{task}: below half of its place, {expected[task]:.2f}", file=sys.stderr)
    sys.exit(1 if low else 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tasks", nargs="*")
    parser.add_argument("--scale", type=float)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--peer")
    given = parser.parse_args()
    if given.peer:
        print(repr(float(peer(given.peer))))
        return
    small = given.check or given.record
    scale = given.scale or (CHECK_SCALE if small else 1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        make(folder, scale)
        if given.check:
            check(folder, given.rounds)
        places = table(given.tasks or TASKS, folder, given.rounds)
        if given.record:
            PLACES.write_text(json.dumps({task: round(place, 2) for task, place in places.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
