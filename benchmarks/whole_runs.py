"""Times whole commands beside what a user would write with NumPy or PyTorch: each a process of its own, interleaved.

    python3 benchmarks/whole_runs.py [--scale S] [--rounds N] [TASK ...]   prints a table
    python3 benchmarks/whole_runs.py --check                               fails below half of a place in whole_runs.json
    python3 benchmarks/whole_runs.py --record                              writes whole_runs.json

The peers are NumPy in this Python, NumPy of another version if another python3 on the PATH has one, and PyTorch if a
python3 has it. The values of all are compared. At scale 1 the files of kl and mse have 4 GiB. --check and --record use 1/32, so that
they take a minute.
"""

import argparse
import json
import os
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


def torch_peer(task):
    """The value by PyTorch."""
    import torch

    if task == "fid":
        a, b = (torch.from_numpy(np.load(f"{name}.npy")).double() for name in ("real", "generated"))
        ca, cb = torch.cov(a.T), torch.cov(b.T)
        values, vectors = torch.linalg.eigh(ca)
        root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
        trace = torch.linalg.eigvalsh(root @ cb @ root).clamp(min=0).sqrt().sum()
        return ((a.mean(0) - b.mean(0)) ** 2).sum() + ca.trace() + cb.trace() - 2 * trace
    files = {"kl": "kl", "kl-small": "small", "mse": "mse", "loss-by-timestep": "lbt", "log-likelihood": "ll"}
    data = {name: torch.from_numpy(array) for name, array in np.load(files[task] + ".npz").items()}
    if task.startswith("kl"):
        mu, logvar = data["mu"], data["logvar"]
        return (0.5 * (mu**2 + logvar.exp() - logvar - 1).sum(1, dtype=torch.float64)).mean()
    if task == "mse":
        return torch.nn.functional.mse_loss(data["eps_pred"], data["eps"], reduction="none").mean(1, dtype=torch.float64).mean()
    if task == "log-likelihood":
        return data["logprob"].sum(1, dtype=torch.float64).mean()
    loss, t = data["loss"].double(), data["t"].long()
    counts = torch.bincount(t, minlength=1000)
    means = torch.bincount(t, loss, 1000) / counts.clamp(min=1)
    return (means * counts).sum() / counts.sum()


def version(python, module):
    """The version of a module that an interpreter has; empty if it has none."""
    code = f"import {module}; print({module}.__version__)"
    return subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()


def peers():
    """Name of a peer: its command. NumPy in this Python comes first."""
    found = {f"NumPy {np.__version__}": [sys.executable, Path(__file__).resolve(), "--peer"]}
    others = [Path(folder) / "python3" for folder in os.environ["PATH"].split(os.pathsep)]
    for python in [sys.executable, *(other for other in others if other.is_file())]:
        numpy = version(python, "numpy")
        if not numpy:
            continue
        found.setdefault(f"NumPy {numpy}", [python, Path(__file__).resolve(), "--peer"])
        torch = version(python, "torch")
        if torch and not any(name.startswith("PyTorch") for name in found):
            found[f"PyTorch {torch}"] = [python, Path(__file__).resolve(), "--torch", "--peer"]
    return found


def run(command, folder):
    """Wall seconds and output of a process."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}: {done.stderr.strip()}")
    return time.perf_counter() - start, done.stdout


def measure(task, folder, rounds, others):
    """Median seconds of all. One round more, the first, is not counted."""
    words, name = TASKS[task]
    commands = {peer: [*command, task] for peer, command in others.items()}
    commands["Lanewise"] = [HERE.parent / "lanewise", *words, "--format", "json"]
    seconds = {key: [] for key in commands}
    values = {}
    for turn in range(rounds + 1):
        for key, command in commands.items():
            taken, output = run(command, folder)
            if turn:
                seconds[key].append(taken)
            if key == "Lanewise":
                found = json.loads(output)["evaluations"][0]["measures"]
                values[key] = float(next(m["value"] for m in found if m["name"] == name))
            else:
                values[key] = float(output)
    for key in others:
        if not abs(values["Lanewise"] - values[key]) <= 1e-4 * abs(values[key]):
            sys.exit(f"{task}: found {values['Lanewise']}, expected {values[key]} as {key} has it")
    return {key: statistics.median(all_) for key, all_ in seconds.items()}


def table(tasks, folder, rounds, others):
    """The places of the tasks: how many times as long NumPy in this Python takes. The last column is that of the fastest peer."""
    places = {}
    print(f"{'task':18}" + "".join(f" {name:>15}" for name in [*others, "Lanewise", "NumPy / ours", "best / ours"]))
    for task in tasks:
        median = measure(task, folder, rounds, others)
        ours = median["Lanewise"]
        places[task] = median[next(iter(others))] / ours
        best = min(median[name] for name in others) / ours
        print(f"{task:18}" + "".join(f" {taken:14.2f}s" for taken in median.values()) + f" {places[task]:15.2f} {best:15.2f}", flush=True)
    return places


def check(folder, rounds):
    """Whatever is below half of its place is tried once more, with twice the rounds."""
    expected = json.loads(PLACES.read_text())
    numpy = dict([next(iter(peers().items()))])
    low = [task for task, place in table(expected, folder, rounds, numpy).items() if place < expected[task] / 2]
    if low:
        print("once more: " + ", ".join(low))
        again = table(low, folder, 2 * rounds, numpy)
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
    parser.add_argument("--torch", action="store_true")
    given = parser.parse_args()
    if given.peer:
        print(repr(float(torch_peer(given.peer) if given.torch else peer(given.peer))))
        return
    small = given.check or given.record
    scale = given.scale or (CHECK_SCALE if small else 1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        make(folder, scale)
        if given.check:
            check(folder, given.rounds)
        places = table(given.tasks or TASKS, folder, given.rounds, peers())
        if given.record:
            PLACES.write_text(json.dumps({task: round(place, 2) for task, place in places.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
