#!/usr/bin/env python3
"""Golden values of chain-diagnostics by ArviZ: pip install arviz, python3 chains.py."""

import json
import pathlib

import arviz
import numpy as np
from arviz.stats.diagnostics import _multichain_statistics

rng = np.random.default_rng(20261209)
cases = []


def nan(value, all_equal):
    """Stan and posterior give no effective sample size where all draws are equal; ArviZ gives their number."""
    return "NaN" if all_equal or np.isnan(value) else "Infinity" if np.isinf(value) else float(value)


def case(name, draws, scale=1.0, **more):
    """draws: chain, iteration, dimension; rows alternate between the chains. Values are those of unscaled draws."""
    chains, n, dims = draws.shape
    arrays = {key: [] for key in ("effective-sample-sizes", "split-r-hats", "bulk-effective-sample-sizes", "tail-effective-sample-sizes", "rank-r-hats", "mean-errors")}
    for j in range(dims):
        x = draws[:, :, j]
        equal = (x == x[0, 0]).all()
        # One indicator that is the same for all draws tells nothing either.
        top = (x <= np.quantile(x, 0.95)).all()
        mean_error, _, bulk, tail, rank = _multichain_statistics(x)
        size = arviz.ess(x, method="mean")
        arrays["effective-sample-sizes"].append(nan(size, equal))
        arrays["split-r-hats"].append(nan(arviz.rhat(x, method="split"), equal))
        arrays["bulk-effective-sample-sizes"].append(nan(bulk, equal))
        arrays["tail-effective-sample-sizes"].append(nan(tail, top))
        # ArviZ's 1e16 here is the rounding of a mean of equal numbers.
        still = (x == x[:, :1]).all()
        arrays["rank-r-hats"].append("Infinity" if still and not equal else nan(rank, equal))
        arrays["mean-errors"].append(nan(mean_error * scale, equal))
    worst = lambda pick, values: "NaN" if "NaN" in values else "Infinity" if "Infinity" in values and pick is max else pick(v for v in values if v != "Infinity")
    measures = {"effective-sample-size": worst(min, arrays["effective-sample-sizes"]), "split-r-hat": worst(max, arrays["split-r-hats"]), "bulk-effective-sample-size": worst(min, arrays["bulk-effective-sample-sizes"]), "tail-effective-sample-size": worst(min, arrays["tail-effective-sample-sizes"]), "rank-r-hat": worst(max, arrays["rank-r-hats"]), "chains": chains, "draws": n}
    rows = {"chain": np.tile(np.arange(chains) * 3 - 1, n).tolist(), "x": (draws * scale).transpose(1, 0, 2).reshape(-1, dims).tolist()}
    cases.append({"name": name, "objective": "chain-diagnostics", "sets": {"rows": rows}, "measures": measures, "arrays": arrays, "relative": 1e-10})


def autoregressive(phi, chains, n):
    x = np.zeros((chains, n, len(phi)))
    x[:, 0] = rng.normal(size=(chains, len(phi)))
    for i in range(1, n):
        x[:, i] = phi * x[:, i - 1] + np.sqrt(1 - phi**2) * rng.normal(size=(chains, len(phi)))
    return x


case("autoregressive, even", autoregressive(np.array([0.9, 0.3, -0.4]), 3, 60))
case("two chains, odd", autoregressive(np.array([0.7, 0.0]), 2, 41))
apart = autoregressive(np.array([0.5, 0.5]), 4, 30)
apart[1] += 3
case("a chain elsewhere", apart)

plain = autoregressive(np.array([0.5, 0.1]), 4, 30)
stuck = plain.copy()
stuck[1, :, 0] = 0.1
case("a chain that does not move", stuck)
halves = plain.copy()
halves[2, :15, 1] = 0.3
case("half a chain that does not move", halves)
apart = plain.copy()
apart[:, :, 1] = np.array([0.5, 1.5, 2.5, 0.25])[:, None]
case("chains stuck at different values", apart)
constant = plain.copy()
constant[:, :, 0] = 0.1
case("one dimension that does not move", constant)
case("two values", np.sign(plain))
# A power of two near 1e160 and others: every digit stays, so the values are those of the plain draws.
for exponent in (532, 1020, -565, -1000):
    case(f"draws times 2^{exponent}", plain, 2.0**exponent)

out = pathlib.Path(__file__).parent / "chains.golden.json"
out.write_text(json.dumps({"tool": f"arviz {arviz.__version__}, numpy {np.__version__}", "source": "chains.py beside this file", "cases": cases}) + "\n")
