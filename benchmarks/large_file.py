"""Evaluates a file that is larger than memory, and watches what the process takes:

    python3 benchmarks/large_file.py [--gib 20] [--dim 2048] [--threads 2] [--folder DIR]

Writes a `.npy` file of float32 rows, runs `lanewise frechet-distance` of it against 10 000 rows, compares the distance with
NumPy's and prints seconds and peaks of memory as JSON: `anonymous` is the process's own (heap, native memory, stacks),
`file` what of mapped files happens to be in memory, which the system takes back when it needs it. Files are deleted.

The rows are a block of normals over and over, so that mean and covariance of the whole file follow from the block.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
BLOCK = 4096
OTHER_ROWS = 10_000
AGREE = 1e-9


def write(file, block, rows):
    with open(file, "wb") as out:
        header = {"descr": "<f4", "fortran_order": False, "shape": (rows, block.shape[1])}
        np.lib.format.write_array_header_1_0(out, header)
        for at in range(0, rows, len(block)):
            out.write(block[: rows - at].tobytes())


def distance(block, times, other):
    """Of `times` blocks from other rows, by the eigenvalues of L' S L."""
    x, y = block.astype(float), other.astype(float)
    n = times * len(x)
    s1, s2 = np.cov(x.T, ddof=0) * n / (n - 1), np.cov(y.T)
    root = np.linalg.cholesky(s1)
    values = np.linalg.eigvalsh(root.T @ s2 @ root)
    means = ((x.mean(0) - y.mean(0)) ** 2).sum()
    return float(means + np.trace(s1) + np.trace(s2) - 2 * np.sqrt(np.maximum(values, 0)).sum())


def memory(pid, peaks):
    """Raises the peaks to what the process takes now, in MiB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return
    found = dict(line.split(":", 1) for line in status.splitlines() if line.startswith(("Rss", "VmHWM")))
    for name, key in [("anonymous", "RssAnon"), ("file", "RssFile"), ("both", "VmHWM")]:
        if key in found:
            peaks[name] = max(peaks.get(name, 0), round(int(found[key].split()[0]) / 1024))


def run(arguments):
    peaks = {}
    start = time.perf_counter()
    process = subprocess.Popen([str(HERE.parent / "lanewise"), *map(str, arguments)],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        memory(process.pid, peaks)
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"lanewise {' '.join(map(str, arguments))}: exit code {process.returncode}")
    return seconds, peaks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gib", type=float, default=20)
    parser.add_argument("--dim", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", help="where the file goes; TMPDIR if not given")
    options = parser.parse_args()
    subprocess.run([str(HERE.parent / "lanewise"), "--version"], stdout=subprocess.DEVNULL, check=True)  # builds
    random = np.random.default_rng(20)
    block = random.standard_normal((BLOCK, options.dim), dtype=np.float32)
    other = random.standard_normal((OTHER_ROWS, options.dim), dtype=np.float32) * np.float32(1.1)
    times = max(1, round(options.gib * 2**30 / block.nbytes))
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        large, small, out = Path(folder, "large.npy"), Path(folder, "small.npy"), Path(folder, "out")
        write(large, block, times * BLOCK)
        write(small, other, OTHER_ROWS)
        seconds, peaks = run(["frechet-distance", "--real", large, "--generated", small, "--features", "data",
                              "--threads", options.threads, "--no-hash", "-o", out])
        results = json.loads((out / "results.json").read_text())
        found = {m["name"]: m["value"] for m in results["evaluations"][0]["measures"]}["frechet-distance"]
        gib = large.stat().st_size / 2**30
    expected = distance(block, times, other)
    if abs(found - expected) > AGREE * expected:
        raise SystemExit(f"found distance {found}, expected {expected} by NumPy")
    print(json.dumps({"gib": round(gib, 2), "rows": times * BLOCK, "dim": options.dim, "threads": options.threads,
                      "seconds": round(seconds, 1), "peak_mib": peaks, "distance": found, "numpy": expected}))


if __name__ == "__main__":
    main()
