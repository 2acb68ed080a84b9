"""Times whole sample metrics beside what one would run instead, each in a process of its own, start and reading included:

    python3 benchmarks/sample_metrics.py [--rounds 3] [--rows 50000] [--pairs 10000] [--dim 2048] [--threads 2] [--folder DIR]

Fréchet distances of two sets of `--rows` rows of float32 features, precision, recall, density, coverage and KID of two of
`--pairs`, interleaved; values are compared with the peers'. Writes benchmarks/results/<host-class>-sample-metrics.json,
which `report.py` puts on the page. Needs NumPy and SciPy. Files are deleted.

Features are relu(z W + noise) / 2 with 64 latent dimensions: like those of a network, neither negative nor of low rank.
"""

import argparse
import datetime
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import report  # noqa: E402
import run  # noqa: E402


def features(file, rows, dim, seed, shift):
    random = np.random.default_rng(seed)
    weights = np.random.default_rng(7).standard_normal((64, dim)).astype(np.float32) / 8
    x = (random.standard_normal((rows, 64)).astype(np.float32) + np.float32(shift)) @ weights
    x += np.float32(0.3) * random.standard_normal((rows, dim), dtype=np.float32)
    np.save(file, np.maximum(x, 0) / 2)


def timed(command):
    """Wall seconds, the peak of resident memory in MiB and what was printed."""
    start = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    printed = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))}: found exit status {status}, expected 0")
    return time.perf_counter() - start, usage.ru_maxrss / 1024, printed


def lanewise(folder, metric, measure, *options):
    """A run of the command, and a function from what it printed to the measure."""
    out = folder / "out"
    command = [HERE.parent / "lanewise", metric, "--features", "data", "--no-hash", "-o", out, "--replace", *options]

    def value(_):
        results = json.loads((out / "results.json").read_text())
        return next(m["value"] for m in results["evaluations"][0]["measures"] if m["name"] == measure)
    return command, value


def entries(folder, threads):
    """Name, what it is compared with by value, how far values may differ, command and value."""
    def sets(size):
        return folder / f"real-{size}.npy", folder / f"generated-{size}.npy"

    def command(size, metric, measure, *options):
        real, generated = sets(size)
        return lanewise(folder, metric, measure, "--real", real, "--generated", generated, "--threads", threads, *options)

    def peer(size, script, *arguments):
        return [sys.executable, HERE / "peers" / script, *arguments, *sets(size), threads]

    def first(printed):
        return json.loads(printed[printed.index("["):])[0]

    return [
        ("frechet-distance", "NumPy, symmetric", 1e-9, *command("rows", "frechet-distance", "frechet-distance")),
        ("frechet-distance, single precision", "NumPy, symmetric", 1e-6,
         *command("rows", "frechet-distance", "frechet-distance", "--precision=single")),
        ("NumPy, symmetric", None, 0, peer("rows", "frechet_peer.py", "symmetric"), float),
        ("NumPy and SciPy's sqrtm", "NumPy, symmetric", 1e-5, peer("rows", "frechet_peer.py", "sqrtm"), float),
        ("precision-recall", "NumPy, precision and recall", 1e-3, *command("pairs", "precision-recall", "precision")),
        ("NumPy, precision and recall", None, 0, peer("pairs", "all_pairs_peer.py", "numpy", "prdc"), first),
        ("kernel-inception-distance, subsets", "NumPy, KID subsets", 1e-6,
         *command("pairs", "kernel-inception-distance", "kid", "--mode=subsets")),
        ("NumPy, KID subsets", None, 0, peer("pairs", "all_pairs_peer.py", "numpy", "kid"), first),
        # Another estimator of the same number: every row once.
        ("kernel-inception-distance", "NumPy, KID subsets", 2e-4, *command("pairs", "kernel-inception-distance", "kid")),
    ]


def measure(folder, threads, rounds):
    runs = {}
    for _ in range(rounds):
        for name, _, _, command, value in entries(folder, threads):
            seconds, memory, printed = timed(command)
            entry = runs.setdefault(name, {"name": name, "seconds": [], "mebibytes": 0})
            entry["seconds"].append(seconds)
            entry["mebibytes"] = max(entry["mebibytes"], round(memory))
            entry["value"] = value(printed)
    for name, other, apart, _, _ in entries(folder, threads):
        if other and not abs(runs[name]["value"] - runs[other]["value"]) <= apart:
            sys.exit(f"{name}: found {runs[name]['value']}, expected {runs[other]['value']} within {apart}")
    return list(runs.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--dim", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", help="where the files are written: 4 GiB")
    arguments = parser.parse_args()
    subprocess.run([HERE.parent / "lanewise", "--version"], stdout=subprocess.DEVNULL, check=True)
    with tempfile.TemporaryDirectory(prefix="lanewise-sample-metrics-", dir=arguments.folder) as name:
        folder = Path(name)
        for size, rows in (("rows", arguments.rows), ("pairs", arguments.pairs)):
            for of, seed, shift in (("real", 1, 0), ("generated", 2, 0.05)):
                # In a process of its own: what this one takes counts as taken by those that it starts.
                writer = multiprocessing.Process(target=features, args=(
                    folder / f"{of}-{size}.npy", rows, arguments.dim, seed, shift))
                writer.start()
                writer.join()
        runs = measure(folder, arguments.threads, arguments.rounds)
    about = run.machine(run.java25())
    data = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="minutes"),
            "revision": run.revision(), "machine": about, "rows": arguments.rows, "pairs": arguments.pairs,
            "dim": arguments.dim, "threads": arguments.threads, "rounds": arguments.rounds, "runs": runs}
    print(report.sample_metrics(report.save("sample-metrics", data)))


if __name__ == "__main__":
    main()
