"""Times `lanewise` over files of the given size, interleaved with reading and copying them; see end-to-end.sh."""

import argparse
import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import report  # noqa: E402
import run  # noqa: E402

THREADS = "2"
FLAGS = HERE.parent / "jvm.args"


def tool(java, *arguments):
    """Runs EndToEnd; what it prints first is a number of seconds."""
    command = [java, f"@{FLAGS}", "-cp", str(HERE / "target" / "benchmarks.jar"), "io.lanewise.benchmarks.EndToEnd",
               *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return float(done.stdout.split()[0]) if done.stdout.strip() else None


def command(*arguments):
    """Wall time of the command, its start included."""
    start = time.perf_counter()
    subprocess.run([str(HERE.parent / "lanewise"), *map(str, arguments), "--no-hash", "--threads", THREADS],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def measure(java, folder, gib, dim, rounds, columns, commands):
    """Seconds by name: the file's bases, the commands, and the commands on a file of next to nothing."""
    file, tiny = folder / "data.arrow", folder / "tiny.arrow"
    tool(java, "write", file, gib, dim, *columns)
    tool(java, "write", tiny, 0.001, dim, *columns)
    out, copied = folder / "out", folder / "copy"
    seconds = {}

    def add(name, value):
        seconds.setdefault(name, []).append(value)

    tool(java, "read", file, THREADS)  # into the page cache
    for _ in range(rounds):
        add("read", tool(java, "read", file, THREADS))
        add("copy", tool(java, "copy", file, THREADS))
        if any(writes for _, _, writes in commands):
            copied.unlink(missing_ok=True)
            add("copy to a file", tool(java, "copy-file", file, THREADS, copied))
            copied.unlink()
        for name, arguments, writes in commands:
            output = ["-o", out, "--rows", "arrow", "--replace"] if writes else []
            start = command(arguments[0], tiny, *arguments[1:], *output)
            shutil.rmtree(out, ignore_errors=True)
            took = command(arguments[0], file, *arguments[1:], *output)
            shutil.rmtree(out, ignore_errors=True)
            add(name, took)
            add(name + ", less its start", max(took - start, 0))
    file.unlink()
    tiny.unlink()
    of = f"{gib:g} GiB, {columns[0]} and {columns[1]}, D={dim}"
    return [{"name": name, "file": of, "seconds": values} for name, values in seconds.items()]


def grouping(java, folder, rounds):
    """What it takes to add up a loss for each of 1000 timesteps, beside the loss: ns for each row.

    Of the difference between a file and one five times as large, so that what a run costs once is not in it.
    """
    dim, files = 4, [(rows * 10**6, folder / f"rows-{rows}.arrow") for rows in (10, 50)]
    for rows, file in files:
        tool(java, "write", file, 2 * dim * 4 * rows / 2**30, dim, "eps", "eps_pred", 1000)
    ns = []
    for _ in range(rounds):
        more = []
        for _, file in files:
            arguments = ["denoising-mse", file, "--target=eps", "--prediction=eps_pred"]
            alone = command(*arguments)
            more.append(command(*arguments, "--by=t") - alone)
        ns.append((more[1] - more[0]) / (files[1][0] - files[0][0]) * 1e9)
    for _, file in files:
        file.unlink()
    return [{"name": "by 1000 timesteps", "file": f"{files[1][0] // 10**6} million rows, D={dim}", "ns": ns}]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gib", nargs="?", type=float, default=1)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    java = run.java25()
    about = run.machine(java)
    with tempfile.TemporaryDirectory(prefix="lanewise-end-to-end-") as name:
        folder = Path(name)
        free = shutil.disk_usage(folder).free / 2**30
        if free < 3 * arguments.gib:
            sys.exit(f"{folder}: found {free:.1f} GiB free, expected {3 * arguments.gib:g}")
        size = (java, folder, arguments.gib, arguments.dim, arguments.rounds)
        runs = measure(*size, ("mu", "logvar"), [
            ("gaussian-kl", ["gaussian-kl"], False),
            ("gaussian-kl, single precision", ["gaussian-kl", "--precision=single"], False),
        ])
        both = ["--x0=eps", "--alpha-bar-parameter=0.5"]
        runs += measure(*size, ("eps", "eps_pred"), [
            ("denoising-mse", ["denoising-mse", "--target=eps", "--prediction=eps_pred"], False),
            ("noising, eps given", ["noising", *both, "--eps=eps_pred", "--noise=given"], True),
        ])
        runs += grouping(java, folder, arguments.rounds)
    data = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="minutes"),
            "revision": run.revision(), "machine": about, "gib": f"{arguments.gib:g}", "rounds": arguments.rounds,
            "load": os.getloadavg()[0], "runs": runs}
    print(report.end_to_end(report.save("end-to-end", data)))


if __name__ == "__main__":
    main()
