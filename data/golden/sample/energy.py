#!/usr/bin/env python3
"""Golden values of the energy distance, by SciPy: /usr/bin/python3 energy.py."""

import json
import math
import pathlib

import numpy as np
import scipy
from scipy.spatial.distance import cdist
from scipy.stats import energy_distance

rng = np.random.default_rng(20261201)
cases = []


def case(name, x, y, value, **more):
    sets = {"real": {"features": np.asarray(x).tolist()}, "generated": {"features": np.asarray(y).tolist()}}
    cases.append({"name": name, "objective": "energy-distance", "sets": sets, "measures": {"energy-distance": value}} | more)


def biased(x, y):
    return 2 * cdist(x, y).mean() - cdist(x, x).mean() - cdist(y, y).mean()


def unbiased(x, y):
    n, m = len(x), len(y)
    return 2 * cdist(x, y).mean() - cdist(x, x).sum() / (n * (n - 1)) - cdist(y, y).sum() / (m * (m - 1))


def jackknife(f, x, y, blocks=20):
    """Of sets cut into blocks of consecutive rows, each left out in turn, the larger blocks last."""
    total = 0.0
    for swap in (False, True):
        left, other = (y, x) if swap else (x, y)
        edges = [len(left) * b // blocks for b in range(blocks + 1)]
        values = []
        for b in range(blocks):
            rest = np.concatenate([left[: edges[b]], left[edges[b + 1] :]])
            values.append(f(other, rest) if swap else f(rest, other))
        values = np.array(values)
        total += (blocks - 1) / blocks * ((values - values.mean()) ** 2).sum()
    return math.sqrt(total)


x = rng.normal(size=(60, 5))
y = rng.normal(size=(40, 5)) * 1.2 + 0.3
case("biased", x, y, biased(x, y), errors={"energy-distance": jackknife(biased, x, y)}, relative=1e-12)
case("unbiased", x, y, unbiased(x, y), parameters={"estimator": "unbiased"}, errors={"energy-distance": jackknife(unbiased, x, y)}, relative=1e-11)
# The published function is for one dimension, and gives the square root.
u, v = rng.normal(size=50), rng.gamma(2.0, size=35)
case("one dimension, as scipy.stats.energy_distance squared", u[:, None], v[:, None], energy_distance(u, v) ** 2, relative=1e-11)
case("far from the origin", x + 1000, y + 1000, biased(x + 1000, y + 1000), relative=1e-8)
case("equal sets", x, x, 0.0, absolute=1e-14)
x32, y32 = x.astype(np.float32), y.astype(np.float32)
case("float32", x32, y32, biased(x32.astype(float), y32.astype(float)), dtype="float32", relative=1e-12)
case("as large as float64 goes", x * 1e200, y * 1e200, biased(x, y) * 1e200, relative=1e-12)

tool = f"numpy {np.__version__}, scipy {scipy.__version__}; energy.py"
path = pathlib.Path(__file__).with_name("energy.golden.json")
lines = ",\n".join(json.dumps(c) for c in cases)
path.write_text('{"tool": %s, "cases": [\n%s\n]}\n' % (json.dumps(tool), lines))
