"""Times calls of the Python package beside NumPy's formula for the same number: the KL of gaussian-kl.

    PYTHONPATH=python python3 benchmarks/python_calls.py [MiB]

The first lines are small calls. On a busy machine processor time tells more than the clock does. Linux only.
"""

import os
import statistics
import sys
import tempfile
import time

import numpy

import lanewise
from lanewise._engine import default_engine


def kl(mu, logvar):
    return (0.5 * (mu * mu + numpy.exp(logvar) - 1 - logvar)).sum(axis=1).mean()


def processor_seconds():
    """Of this process and of the engine's."""
    pid = default_engine().pid
    engine = 0
    if pid:
        with open(f"/proc/{pid}/stat") as stat:
            user, system = stat.read().rpartition(")")[2].split()[11:13]
        engine = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return engine + time.process_time()


def times(call, count):
    """The seconds of each call, and the processor time of one on average."""
    result, processor = [], processor_seconds()
    for _ in range(count):
        start = time.perf_counter()
        call()
        result.append(time.perf_counter() - start)
    return result, (processor_seconds() - processor) / count


def show(what, measured):
    seconds, processor = measured
    print(
        f"{what:40} best {min(seconds) * 1e3:8.2f} ms, median {statistics.median(seconds) * 1e3:8.2f} ms,"
        f" processor {processor * 1e3:8.2f} ms",
        flush=True,
    )


def arrays(rows, width):
    random = numpy.random.default_rng(0)
    return [random.standard_normal((rows, width), "f4") * 0.5 for _ in range(2)]


def main(mebibytes):
    mu, logvar = arrays(1000, 16)
    evaluate = lambda: lanewise.evaluate("gaussian-kl", mu=mu, logvar=logvar)
    show("first call, starts the process", times(evaluate, 1))
    show("second call", times(evaluate, 1))
    show("calls 3 to 100", times(evaluate, 98))
    show("calls 101 to 600", times(evaluate, 500))
    show("NumPy", times(lambda: kl(mu, logvar), 500))

    mu, logvar = arrays(mebibytes * 2**20 // 8 // 1024, 1024)
    wide = [mu.astype("f8")[:1000], logvar.astype("f8")[:1000]]
    assert abs(lanewise.evaluate("gaussian-kl", mu=mu[:1000], logvar=logvar[:1000])["kl"] / kl(*wide) - 1) < 1e-7
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "posterior.npz")
        numpy.savez(path, mu=mu, logvar=logvar)
        print(f"{mebibytes} MiB of float32")
        lanewise.evaluate("gaussian-kl", mu=mu, logvar=logvar)
        show("arrays", times(lambda: lanewise.evaluate("gaussian-kl", mu=mu, logvar=logvar), 7))
        single = lambda: lanewise.evaluate("gaussian-kl", mu=mu, logvar=logvar, precision="single")
        show("arrays, precision single", times(single, 7))
        show("path of an .npz", times(lambda: lanewise.evaluate("gaussian-kl", path), 7))
        show("NumPy, arrays, in float32", times(lambda: kl(mu, logvar), 3))
        show("NumPy, arrays, in float64", times(lambda: kl(mu.astype("f8"), logvar.astype("f8")), 3))

        def load():
            with numpy.load(path) as file:
                return kl(file["mu"], file["logvar"])

        show("NumPy, path of the .npz, in float32", times(load, 3))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 512)
